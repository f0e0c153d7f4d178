import CivilCalendar
import Configuration
import Diagnostics
import Learning
import ModelFormat
import Reporting
import Revenue
import Scoring

extension TrainingOutcome {
  /// The card of the model, with what this training knew of its data.
  ///
  /// - Parameters:
  ///   - file: The model as it is written.
  ///   - options: What the training was asked to do.
  public func card(of file: ModelFile, _ options: TrainingOptions) -> ModelCard {
    var card = ModelCard(of: file.model, id: file.id, byteCount: file.byteCount)
    card.training = ModelCard.Training(
      readRowCount: table.rowCounts.read, rejectedRowCount: table.rowCounts.rejected,
      unlabelledRowCount: table.rowCounts.accepted - table.set.rowCount,
      columns: table.plan.entries.map {
        ModelCard.Column(name: $0.name, use: $0.use.rawValue, note: $0.note)
      },
      period: panel.flatMap { period($0, file.model) }, splits: splitText(options),
      calibration: calibration, trainingROCAUC: overfit?.training,
      strongestColumns: table.audit.strengths.prefix(5).map {
        ModelCard.Strength(
          column: $0.column, rocAUC: $0.rocAUC, standardError: $0.standardError)
      },
      configurationHash: Self.hash(of: file.model, options))
    card.verdict = verdict?.sentences ?? []
    card.baselines = comparisons.compactMap { comparison in
      comparison.paired[.logLoss].map {
        ModelCard.Baseline(
          name: comparison.title, logLoss: $0.first, rocAUC: comparison.paired[.rocAUC]?.first)
      }
    }
    return card
  }

  /// The days of a panel, those without labels left out.
  private func period(_ panel: OutcomePanel, _ model: RetentionModel) -> ModelCard.Period? {
    guard let first = panel.rows.first?.asOf, let last = panel.rows.last?.asOf else { return nil }
    let total = panel.total
    var outcome = panel.target.rawValue
    if let recipe = model.recipe {
      let definition = recipe.configuration.targets[panel.target] ?? TargetDefinition(panel.target)
      outcome +=
        " within \(Numbers.count(definition.horizonDays, "day"))"
        + (definition.leadDays > 0
          ? ", which begin \(Numbers.count(definition.leadDays, "day")) after the as-of day" : "")
    }
    return ModelCard.Period(
      firstDay: first.description, lastDay: last.description,
      dayCount: Set(panel.rows.map(\.asOf)).count,
      accountCount: Set(panel.rows.map(\.account)).count,
      lastDayOfData: panel.lastDay.description, censoredRowCount: total.censoredCount,
      excludedRowCounts: Exclusion.allCases.compactMap { reason in
        total.excludedCounts[reason].map { (reason.text, $0) }
      },
      outcome: outcome)
  }

  /// How rows were held out.
  private func splitText(_ options: TrainingOptions) -> String {
    guard let validation = model.summary.validation else { return "No row was held out." }
    let count = validation.foldCount
    switch table.set.scheme.rule {
    case .stratified:
      return
        "\(count) folds of rows drawn at random, each with the same share of the outcome; each "
        + "row is judged by a model that was fitted without its fold."
    case .grouped:
      return "\(count) folds, which divide no group of rows"
        + (options.group.map { " of one `\(displayText($0))`" } ?? "")
        + "; each row is judged by a model that was fitted without its fold."
    case .forward(_, let groups, let embargo):
      let days = (embargo / 86_400 * 10).rounded() / 10
      return "\(count) blocks in time, each judged by a model of earlier rows"
        + (embargo > 0 && table.timesAreDates
          ? ", those of the last \(Numbers.quantity(days)) days before it left out" : "")
        + (groups == nil ? "." : "; who is judged is not learned from.")
    }
  }

  /// Held-out probabilities beside what happened.
  private var calibration: ModelCard.Calibration? {
    guard let rows = outOfFold else { return nil }
    let judged = rows.indices.filter { rows[$0].probability != nil }
    let weights = judged.map { table.set.weights?[$0] ?? 1 }
    let total = weights.reduce(0, +)
    guard total > 0 else { return nil }
    func mean(_ value: (OutOfFoldRow) -> Double) -> Double {
      zip(judged, weights).reduce(0) { $0 + value(rows[$1.0]) * $1.1 } / total
    }
    return ModelCard.Calibration(
      meanProbability: mean { $0.probability ?? 0 }, baseRate: mean { $0.label ? 1 : 0 },
      slope: evaluation?.calibrationLine?.slope?.value,
      intercept: evaluation?.calibrationLine?.intercept?.value)
  }

  /// The hash of what was asked for: two trainings of one hash differ in their data alone.
  private static func hash(of model: RetentionModel, _ options: TrainingOptions) -> String {
    let target = model.schema.target
    var lines = ["target \(target.column) \(target.positive) \(target.negative)"]
    lines += model.schema.features.map { "column \($0.name) \($0.kind)" }
    lines += model.summary.parameters.map { "parameter \($0.name) \($0.value)" }
    for (role, column) in [
      ("id", options.id), ("weight", options.weight), ("group", options.group),
      ("time", options.time),
    ] {
      if let column { lines.append("\(role) \(column)") }
    }
    if let recipe = model.recipe { lines.append(recipe.configuration.text()) }
    return ModelFile.id(of: Array(lines.joined(separator: "\n").utf8))
  }
}

/// Where the cards of a model go.
public struct CardFiles: Sendable, Equatable {
  /// The card in Markdown.
  public let markdown: String
  /// The card in JSON.
  public let json: String

  /// Beside a model file: `churn.retain` has `churn.card.md` and `churn.card.json`.
  public init(besideModel path: String) {
    let suffix = ".retain"
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let stem =
      name.hasSuffix(suffix) && name.count > suffix.count
      ? String(path.dropLast(suffix.count)) : path
    markdown = stem + ".card.md"
    json = stem + ".card.json"
  }

  /// The Markdown where it was asked for, and the JSON beside it.
  public init(markdown path: String) {
    markdown = path
    let suffix = [".md", ".markdown"].first { path.hasSuffix($0) } ?? ""
    json = path.dropLast(suffix.count) + ".json"
  }
}
