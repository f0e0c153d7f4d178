import Diagnostics
import Explanation
import Learning
import Scoring

/// A model card in Markdown: what a model is for, what it was trained on, and how far to trust it.
///
/// After Mitchell et al. 2019, "Model cards for model reporting", https://arxiv.org/abs/1810.03993.
public enum ModelCard {
  /// The card of a model.
  public static func text(of model: RetentionModel, id: String, byteCount: Int) -> String {
    let summary = model.summary
    let target = model.schema.target
    return """
      # Model card: \(escaped(target.column)) = \(escaped(target.positive))

      | | |
      |---|---|
      | Model | `\(id)`, \(Numbers.bytes(byteCount)) |
      | Written by | retain \(escaped(summary.release)) |
      | Learner | \(summary.learner), \(Numbers.count(model.learner.treeCount, "tree")) |
      | Trained on | \(Numbers.count(summary.rowCount, "row")), \
      \(Numbers.count(summary.positiveCount)) positive (\(Numbers.percent(summary.baseRate))) |
      | Calibration | \(model.calibrator.text) |\(certainty(model))
      | Bands | high from \(Numbers.percent(model.bands.high)), elevated from \
      \(Numbers.percent(model.bands.elevated)) |

      ## Use
      Gives each account the probability that `\(escaped(target.column))` is
      `\(escaped(target.positive))`. A probability is an estimate for customers like those it was
      trained on; reasons say what the model relied on, not what caused the outcome.

      ## Held-out figures
      \(validation(summary))
      ## What it relies on
      \(importances(summary))
      ## Columns read
      \(features(model.schema.features))
      ## Parameters
      \(summary.parameters.map { "- `\(escaped($0.name))`: \(escaped($0.value))" }.joined(separator: "\n"))
      \(warnings(summary))
      """
  }

  private static func certainty(_ model: RetentionModel) -> String {
    let choice = model.summary.calibration.map { "\n| Chosen by log loss | \($0.text) |" }
    let certainty = model.certainty.map { "\n| Certainty | \($0.text(model.calibrator)) |" }
    return (choice ?? "") + (certainty ?? "")
  }

  private static func validation(_ summary: TrainingSummary) -> String {
    guard let validation = summary.validation else { return "None: the model was not validated.\n" }
    var text = """
      \(validation.foldCount) folds (\(validation.rule)), \(Numbers.count(validation.rowCount)) rows.

      | figure | value | 95 % interval |
      |---|---:|---:|

      """
    for estimate in validation.metrics {
      let metric = estimate.metric
      text +=
        "| \(metric.title) | \(metric.text(estimate.value)) | \(metric.text(estimate.low)) to "
        + "\(metric.text(estimate.high)) |\n"
    }
    return text + "\nThe base rate alone has a log loss of "
      + Numbers.fixed(validation.baselineLogLoss, 4) + ".\n"
  }

  private static func importances(_ summary: TrainingSummary) -> String {
    guard let kind = summary.importances.first?.kind else { return "" }
    var text = "\(kind.title).\n\n| column | importance | standard error |\n|---|---:|---:|\n"
    for importance in summary.importances.filter({ $0.kind == kind }).prefix(12) {
      text +=
        "| \(escaped(importance.feature)) | \(Numbers.fixed(importance.value, 4)) | "
        + "\(Numbers.fixed(importance.standardError, 4)) |\n"
    }
    return text
  }

  private static func features(_ features: [Feature]) -> String {
    features.map { "- `\(escaped($0.name))`: \(escaped($0.kindText))" }.joined(separator: "\n")
      + "\n"
  }

  private static func warnings(_ summary: TrainingSummary) -> String {
    guard !summary.warnings.isEmpty else { return "" }
    return "\n## Warnings\n" + summary.warnings.map { "- \(escaped($0))\n" }.joined()
  }

  /// A name from outside, which must not break a table or a code span.
  private static func escaped(_ text: String) -> String {
    displayText(text).map { "|`".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}
