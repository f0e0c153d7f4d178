import CivilCalendar
import Configuration
import Diagnostics
import Features
import Revenue
import Scoring
import Tabular
import UsageHistory

/// Trains on histories: from raw tables and a configuration to a model that scores raw tables.
///
/// ```swift
/// let configuration = try RetentionConfiguration(contentsOf: "retain.yaml")
/// var training = HistoryTraining(configuration, target: .churn)
/// let outcome = try training.run()
/// ```
public struct HistoryTraining: Sendable {
  /// What the tables mean.
  public var configuration: RetentionConfiguration
  /// What is to be predicted.
  public var target: TargetName
  /// How to learn; the columns are set by the run.
  public var options: TrainingOptions
  /// The file that keeps event logs that were read, see ``HistoryReader``; no result depends on it.
  public var cache: String?
  /// Called as the work goes on.
  public var progress: (@Sendable (TrainingProgress) -> Void)?

  /// See ``Training/interruption``.
  public var interruption: (@Sendable () -> Bool)?

  /// Prepares a training.
  public init(_ configuration: RetentionConfiguration, target: TargetName) {
    self.configuration = configuration
    self.target = target
    options = TrainingOptions(table: configuration.path, label: target.rawValue)
  }

  /// What a training came to, beside the model.
  public struct Outcome: Sendable {
    /// The model and its figures.
    public var training: TrainingOutcome
    /// Rows and labels, counted by as-of day.
    public var panel: OutcomePanel
    /// What reading the tables came to.
    public var report: HistoryReport
  }

  /// Trains.
  ///
  /// Folds go forward in time where there are several as-of days, with an embargo of lead and
  /// horizon; no account is judged that was learned from.
  ///
  /// - Throws: what ``HistoryReader`` throws; `config.missing` without a schedule; `config.as_of`,
  ///   `data.*` where there is nothing to learn.
  public func run() throws(Diagnostic) -> Outcome {
    try options.start?.check(isOfHistories: true)
    var timings = TrainingTimings()
    let prepared = try timings.measure(\.read) { () throws(Diagnostic) in
      try self.prepared()
    }
    var training = prepared.training
    training.progress = progress
    training.interruption = interruption
    var outcome = try Self.advising {
      () throws(Diagnostic) in try training.run(on: prepared.table, timings: timings)
    }
    outcome.panel = prepared.panel.outcomes
    // Words that the model did not learn from, because few accounts have them, stay out of it.
    var levels: [String: [String]] = [:]
    for feature in outcome.model.schema.features {
      if case .category(let names, _) = feature.kind { levels[feature.name] = names }
    }
    outcome.model.recipe = HistoryRecipe(
      configuration: configuration, target: target,
      features: prepared.recipe.keeping(levels: levels))
    outcome.model.summary.warnings = prepared.report.sentences + outcome.model.summary.warnings
    return Outcome(
      training: outcome, panel: prepared.panel.outcomes, report: prepared.report)
  }

  /// Rows with features and outcomes, and a training that knows its columns.
  package struct Prepared {
    /// Learns from ``table``.
    package var training: Training
    /// The account, the as-of day, the features and the outcome of each row, in the panel's order.
    package var table: Table
    /// The same rows: accounts by their position in the history, days and outcomes.
    package var panel: LabelledPanel
    /// Computes the features again.
    package var recipe: FeatureRecipe
    /// What reading the tables came to.
    package var report: HistoryReport
    /// The history that was read.
    package var session: HistorySession
  }

  /// Reads the tables, finds the outcomes and computes the features.
  package func prepared() throws(Diagnostic) -> Prepared {
    let progress = progress
    let session = try HistorySession(
      configuration, threads: options.threads, onBadRow: options.reading.onBadRow,
      rejects: options.reading.rejects, cache: cache
    ) { progress?(.reading(byteCount: $0)) }
    try session.checkEventNames()
    progress?(.step("finding outcomes"))
    let panel = try session.labels(of: target)
    progress?(.step("computing features"))
    let (features, recipe) = try session.fittedFeatures(of: panel.rows)
    let table = FeatureTable.table(
      of: features, accountIDs: session.history.accountIDs,
      labels: (target.rawValue, panel.outcomes.rows.map(\.isPositive)))
    return Prepared(
      training: Training(tableOptions(panel)), table: table, panel: panel, recipe: recipe,
      report: session.history.report, session: session)
  }
}

extension HistoryTraining {
  /// Has a feature that tells the outcome left out where features are named.
  private static func advising<Result>(_ body: () throws(Diagnostic) -> Result)
    throws(Diagnostic) -> Result
  {
    do {
      return try body()
    } catch {
      guard error.kind == .dataLeakage else { throw error }
      var advised = error
      advised.hint =
        "'retain check' looks for the rows behind it; leave it out with features: {exclude: [...]} in "
        + "the configuration; what was known in time can be learned from with --allow"
      throw advised
    }
  }

  /// What the columns of a panel's table are for.
  private func tableOptions(_ panel: LabelledPanel) -> TrainingOptions {
    var options = options
    options.table = configuration.path
    options.label = target.rawValue
    options.positive = FeatureTable.positive
    options.id = FeatureTable.accountColumn
    options.group = FeatureTable.accountColumn
    let dayCount = Set(panel.rows.map(\.asOf)).count
    if dayCount > 1 {
      options.time = FeatureTable.asOfColumn
      options.embargo = Double(panel.definition.leadDays + panel.definition.horizonDays)
    } else if dayCount == 1 {
      options.drop = [FeatureTable.asOfColumn]
    }
    return options
  }
}

/// The labels of a target, and who they are of.
package struct LabelledPanel {
  let outcomes: OutcomePanel
  let definition: TargetDefinition

  package var rows: [PanelRow] {
    outcomes.rows.map { PanelRow(account: $0.account, asOf: $0.asOf) }
  }
}
