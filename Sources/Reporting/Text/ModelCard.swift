import Diagnostics
import Learning
import Scoring

/// A model card: what a model is for, what it was trained on, and how far to trust it.
///
/// After Mitchell et al. 2019, "Model cards for model reporting", https://arxiv.org/abs/1810.03993.
/// It holds no account and no clock: the same training gives the same bytes.
/// `Docs/Formats/ModelCard.md` is the specification of both forms.
public struct ModelCard: Sendable {
  /// The model.
  public var model: RetentionModel
  /// Which file it is in.
  public var id: String
  /// The size of the file.
  public var byteCount: Int
  /// What training knew of the data beside what the model holds; `nil` where only the model is at
  /// hand.
  public var training: Training?
  /// How simple rules do on the same held-out rows; empty where that was not asked.
  public var baselines: [Baseline] = []
  /// What the figures come to, in sentences.
  public var verdict: [String] = []

  /// A card of a model alone.
  public init(of model: RetentionModel, id: String, byteCount: Int) {
    self.model = model
    self.id = id
    self.byteCount = byteCount
  }

  /// What training knew of its data.
  public struct Training: Sendable {
    /// Rows of the file, or of the panel.
    public var readRowCount: Int
    /// Rows left out as bad.
    public var rejectedRowCount: Int
    /// Rows left out for want of a label.
    public var unlabelledRowCount: Int
    /// What each column was used for, and why.
    public var columns: [Column]
    /// The days on which accounts were looked at, where that is known.
    public var period: Period?
    /// How rows were held out, in a sentence or two.
    public var splits: String
    /// What held-out probabilities come to; `nil` without folds.
    public var calibration: Calibration?
    /// ROC AUC on the rows that the model was fitted to, where it was taken.
    public var trainingROCAUC: Double?
    /// How well single columns rank, the strongest first.
    public var strongestColumns: [Strength]
    /// The first 16 hexadecimal digits of the SHA-256 of what was asked for: columns, target,
    /// parameters, and the configuration of histories.
    public var configurationHash: String

    /// Puts it together.
    public init(
      readRowCount: Int, rejectedRowCount: Int, unlabelledRowCount: Int, columns: [Column],
      period: Period?, splits: String, calibration: Calibration?, trainingROCAUC: Double?,
      strongestColumns: [Strength], configurationHash: String
    ) {
      self.readRowCount = readRowCount
      self.rejectedRowCount = rejectedRowCount
      self.unlabelledRowCount = unlabelledRowCount
      self.columns = columns
      self.period = period
      self.splits = splits
      self.calibration = calibration
      self.trainingROCAUC = trainingROCAUC
      self.strongestColumns = strongestColumns
      self.configurationHash = configurationHash
    }
  }

  /// What a column was used for.
  public struct Column: Sendable {
    /// Its name.
    public var name: String
    /// `label`, `id`, `weight`, `group`, `time`, `feature` or `excluded`.
    public var use: String
    /// What it looks like, or why it was left out.
    public var note: String

    /// Puts a column together.
    public init(name: String, use: String, note: String) {
      self.name = name
      self.use = use
      self.note = note
    }
  }

  /// The days of a panel.
  public struct Period: Sendable {
    /// The first day on which accounts with a label were looked at.
    public var firstDay: String
    /// The last.
    public var lastDay: String
    /// How many there are.
    public var dayCount: Int
    /// How many accounts have a row.
    public var accountCount: Int
    /// The last day that the data cover.
    public var lastDayOfData: String
    /// Rows whose label window is not over by then.
    public var censoredRowCount: Int
    /// Rows that take no part, by reason.
    public var excludedRowCounts: [(reason: String, count: Int)]
    /// What the outcome means, in words.
    public var outcome: String

    /// Puts a period together.
    public init(
      firstDay: String, lastDay: String, dayCount: Int, accountCount: Int, lastDayOfData: String,
      censoredRowCount: Int, excludedRowCounts: [(reason: String, count: Int)], outcome: String
    ) {
      self.firstDay = firstDay
      self.lastDay = lastDay
      self.dayCount = dayCount
      self.accountCount = accountCount
      self.lastDayOfData = lastDayOfData
      self.censoredRowCount = censoredRowCount
      self.excludedRowCounts = excludedRowCounts
      self.outcome = outcome
    }
  }

  /// Held-out probabilities beside what happened.
  public struct Calibration: Sendable {
    /// The mean probability.
    public var meanProbability: Double
    /// The share of positive rows.
    public var baseRate: Double
    /// By how much log odds rise where predicted ones rise by 1; `nil` where it is not defined.
    public var slope: Double?
    /// How far log odds are off where the slope is right; `nil` where it is not defined.
    public var intercept: Double?

    /// Puts the figures together.
    public init(meanProbability: Double, baseRate: Double, slope: Double?, intercept: Double?) {
      self.meanProbability = meanProbability
      self.baseRate = baseRate
      self.slope = slope
      self.intercept = intercept
    }
  }

  /// How well one column ranks by itself.
  public struct Strength: Sendable {
    /// The column.
    public var column: String
    /// Its ROC AUC, at least a half.
    public var rocAUC: Double
    /// Its standard error.
    public var standardError: Double

    /// Puts a strength together.
    public init(column: String, rocAUC: Double, standardError: Double) {
      self.column = column
      self.rocAUC = rocAUC
      self.standardError = standardError
    }
  }

  /// A simple rule, judged on the rows that the model is judged on.
  public struct Baseline: Sendable {
    /// What it goes by.
    public var name: String
    /// Its log loss.
    public var logLoss: Double
    /// Its ROC AUC, where it ranks at all.
    public var rocAUC: Double?

    /// Puts a rule's figures together.
    public init(name: String, logLoss: Double, rocAUC: Double?) {
      self.name = name
      self.logLoss = logLoss
      self.rocAUC = rocAUC
    }
  }

  // MARK: - What follows from it

  /// Fewer positive rows tell no small differences.
  static let fewPositives = 100

  /// What the model must not be used for, and where it knows little; in sentences.
  package var limits: [String] {
    let summary = model.summary
    var limits = [
      "Not for decisions on single people with legal or similar effect, such as employment, credit or "
        + "insurance.",
      "Not as proof of causes: changing what drives a probability need not change the outcome.",
      "For customers like those below only; where the business changes, judge it anew on newer rows.",
    ]
    if let period = training?.period {
      limits.append(
        "It was taught by what followed the days \(period.firstDay) to \(period.lastDay), and knows "
          + "of nothing later.")
    } else if training != nil {
      limits.append("The table does not say which period it covers: the one who made it must.")
    }
    let rarer = min(summary.positiveCount, summary.rowCount - summary.positiveCount)
    if rarer < Self.fewPositives {
      limits.append(
        "Only \(Numbers.count(rarer, "row")) of the rarer outcome: small differences between customers "
          + "or models cannot be told.")
    }
    let pooled = model.schema.features.filter {
      if case .category(_, true) = $0.kind { true } else { false }
    }
    if !pooled.isEmpty {
      limits.append(
        "Levels of fewer than \(CategoryEncoding.minimumRowsPerLevel) rows are one to it, in "
          + pooled.map { displayText($0.name) }.joined(separator: ", ") + ".")
    }
    if summary.validation == nil {
      limits.append("It was not validated: nobody knows how good it is.")
    }
    return limits
  }

  /// A setting of the training.
  func setting(_ name: String) -> String? {
    model.summary.parameters.first { $0.name == name }?.value
  }

  /// The number that recognises the training table, as text.
  var fingerprint: String {
    let digits = String(model.summary.fingerprint, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension ModelCard {
  /// The card in Markdown.
  public var text: String {
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
      | Calibration | \(model.calibrator.text) |\(certaintyText)
      | Bands | high from \(Numbers.percent(model.bands.high)), elevated from \
      \(Numbers.percent(model.bands.elevated)) |
      | Data fingerprint | `\(fingerprint)` |
      \(training.map { "| Configuration | `\($0.configurationHash)` |\n" } ?? "")
      ## Use
      Gives each account the probability that `\(escaped(target.column))` is
      `\(escaped(target.positive))`. A probability is an estimate for customers like those it was
      trained on; reasons say what the model relied on, not what caused the outcome.
      \(verdictText)
      ## Limits
      \(limits.map { "- \(escaped($0))\n" }.joined())
      ## Data
      \(dataText)
      ## Held-out figures
      \(validationText)
      ## What it relies on
      \(importanceText)
      ## Columns read
      \(model.schema.features.map { "- `\(escaped($0.name))`: \(escaped($0.kindText))\n" }.joined())\
      \(excludedText)
      ## Parameters
      \(summary.parameters.map { "- `\(escaped($0.name))`: \(escaped($0.value))\n" }.joined())\
      \(warningText)
      """
  }

  private var verdictText: String {
    verdict.isEmpty ? "" : "\n## Verdict\n" + verdict.map { "- \(escaped($0))\n" }.joined()
  }

  private var dataText: String {
    let summary = model.summary
    var lines = [
      "\(Numbers.count(summary.rowCount, "row")) with a label, "
        + "\(Numbers.count(summary.positiveCount)) of them positive."
    ]
    guard let training else { return lines[0] + "\n" }
    if training.rejectedRowCount > 0 {
      lines.append("\(Numbers.count(training.rejectedRowCount, "bad row")) left out.")
    }
    if training.unlabelledRowCount > 0 {
      lines.append("\(Numbers.count(training.unlabelledRowCount, "row")) without a label left out.")
    }
    if let period = training.period {
      lines.append("Outcome: \(period.outcome).")
      lines.append(
        "\(Numbers.count(period.accountCount, "account")) on "
          + "\(Numbers.count(period.dayCount, "as-of day")), \(period.firstDay) to \(period.lastDay); "
          + "the data end on \(period.lastDayOfData).")
      var out = period.excludedRowCounts.map { "\(Numbers.count($0.count)) \($0.reason)" }
      if period.censoredRowCount > 0 {
        out.append("\(Numbers.count(period.censoredRowCount)) whose outcome is not yet known")
      }
      if !out.isEmpty { lines.append("Left out: " + out.joined(separator: ", ") + ".") }
    }
    if let strongest = training.strongestColumns.first {
      lines.append(
        "The strongest single column, `\(escaped(strongest.column))`, has a ROC AUC of "
          + "\(Numbers.fixed(strongest.rocAUC, 3)) ± \(Numbers.fixed(strongest.standardError, 3)).")
    }
    return lines.map { "- \($0)\n" }.joined()
  }

  private var certaintyText: String {
    let choice = model.summary.calibration.map { "\n| Chosen by log loss | \($0.text) |" }
    let certainty = model.certainty.map { "\n| Certainty | \($0.text(model.calibrator)) |" }
    return (choice ?? "") + (certainty ?? "")
  }

  private var validationText: String {
    guard let validation = model.summary.validation else {
      return "None: the model was not validated.\n"
    }
    var text = """
      \(training?.splits ?? "\(validation.foldCount) folds (\(validation.rule)).") \
      \(Numbers.count(validation.rowCount, "row")) judged.

      | figure | value | 95 % interval |
      |---|---:|---:|

      """
    for estimate in validation.metrics {
      let metric = estimate.metric
      text +=
        "| \(metric.title) | \(metric.text(estimate.value)) | \(metric.text(estimate.low)) to "
        + "\(metric.text(estimate.high)) |\n"
    }
    text +=
      "\nThe base rate alone has a log loss of " + Numbers.fixed(validation.baselineLogLoss, 4)
      + ".\n"
    if let area = training?.trainingROCAUC {
      text += "On the rows that it was fitted to, ROC AUC is \(Numbers.fixed(area, 4)).\n"
    }
    if let calibration = training?.calibration {
      text +=
        "The mean probability is \(Numbers.percent(calibration.meanProbability, 2)), the outcome came "
        + "in \(Numbers.percent(calibration.baseRate, 2))."
      if let slope = calibration.slope, let intercept = calibration.intercept {
        text +=
          " Calibration slope \(Numbers.fixed(slope, 3)) (1 is right), intercept "
          + "\(Numbers.fixed(intercept, 3)) (0 is right)."
      }
      text += "\n"
    }
    guard !baselines.isEmpty else { return text }
    text += "\n| on the same rows | log loss | ROC AUC |\n|---|---:|---:|\n"
    for baseline in baselines {
      text +=
        "| \(escaped(baseline.name)) | \(Numbers.fixed(baseline.logLoss, 4)) | "
        + "\(Numbers.fixed(baseline.rocAUC, 4)) |\n"
    }
    return text
  }

  private var importanceText: String {
    let summary = model.summary
    guard let kind = summary.importances.first?.kind else { return "" }
    var text = "\(kind.title).\n\n| column | importance | standard error |\n|---|---:|---:|\n"
    for importance in summary.importances.filter({ $0.kind == kind }).prefix(12) {
      text +=
        "| \(escaped(importance.label)) | \(Numbers.fixed(importance.value, 4)) | "
        + "\(Numbers.fixed(importance.standardError, 4)) |\n"
    }
    return text
  }

  private var excludedText: String {
    let excluded = model.summary.excludedColumns
    guard !excluded.isEmpty else { return "" }
    return "\n## Columns left out\n"
      + excluded.map { "- `\(escaped($0.name))`: \(escaped($0.reason))\n" }.joined()
  }

  private var warningText: String {
    let warnings = model.summary.warnings
    guard !warnings.isEmpty else { return "" }
    return "\n## Warnings\n" + warnings.map { "- \(escaped($0))\n" }.joined()
  }

  /// A name from outside, which must not break a table or a code span.
  private func escaped(_ text: String) -> String {
    displayText(text).map { "|`".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}
