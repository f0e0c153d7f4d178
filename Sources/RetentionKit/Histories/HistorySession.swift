import CivilCalendar
import Configuration
import Diagnostics
import Features
import Revenue
import Tabular
import UsageHistory

/// A history that was read, and what can be asked of it.
package struct HistorySession {
  let configuration: RetentionConfiguration
  package let history: CustomerHistory
  let threads: Int

  /// Reads the tables of a configuration.
  ///
  /// - Parameter cache: The file that keeps event logs that were read, see ``HistoryReader``.
  /// - Throws: `config.missing` for a configuration without tables; what ``HistoryReader`` throws.
  package init(
    _ configuration: RetentionConfiguration, threads: Int, onBadRow: BadRowPolicy = .stop,
    rejects: String? = nil, cache: String? = nil, progress: (@Sendable (Int) -> Void)? = nil
  ) throws(Diagnostic) {
    guard configuration.sources.keys.contains(where: { $0 != .tiers && $0 != .campaigns }) else {
      throw Diagnostic(
        .configMissing, "sources: names no table of histories", file: configuration.path,
        hint: "'retain init DIR' writes a configuration for the tables of a folder")
    }
    var reader = HistoryReader(configuration, threads: threads)
    reader.progress = progress
    reader.onBadRow = onBadRow
    reader.rejects = rejects
    reader.cachePath = cache
    self.configuration = configuration
    self.threads = threads
    history = try reader.read()
  }

  /// Makes sure that every event that the configuration names without a `*` is in the tables.
  ///
  /// Features of an event that is only misspelt would be 0 for everybody.
  ///
  /// - Throws: `config.event_name` for the first that is not.
  func checkEventNames() throws(Diagnostic) {
    guard configuration.sources[.events] != nil else { return }
    let names = history.dictionaries.events.names
    guard let (key, name) = EventWord.missing(configuration, in: names).first else { return }
    throw Diagnostic(
      .configEventName, "\(key): no event is called '\(displayText(name))'",
      file: configuration.path,
      hint: EventWord.nearest(to: name, among: names).map { "did you mean '\(displayText($0))'?" }
        ?? "take it out, or correct it; a pattern with * may match nothing")
  }

  /// The definition of a target, as the configuration or the defaults say.
  func definition(of target: TargetName) -> TargetDefinition {
    if let definition = configuration.targets[target] { return definition }
    var definition = TargetDefinition(target)
    // Where no subscriptions are kept, leaving is not coming back.
    if target == .churn && configuration.sources[.subscriptions] == nil {
      definition.source = configuration.sources[.outcomes] == nil ? .inactivity : .outcomes
    }
    return definition
  }

  /// The rule of a target's outcomes.
  package func rule(of target: TargetName) -> OutcomeRule {
    OutcomeRule(
      target, definition(of: target), dictionaries: history.dictionaries,
      lastDay: history.coverage.upperBound)
  }

  /// The as-of days of the schedule.
  ///
  /// - Throws: `config.missing` without one; `config.as_of` for days before or far behind the data.
  func days(of schedule: AsOfSchedule?) throws(Diagnostic) -> AsOfDays {
    guard let schedule else {
      throw Diagnostic(
        .configMissing, "as_of: no days are named on which accounts are looked at",
        file: configuration.path,
        hint: "for instance as_of: {from: 2024-01-01, to: 2024-12-01, every: month}")
    }
    guard case .before = schedule else { return schedule.days() }
    return schedule.days(dates: history.scheduleDates)
  }

  /// The labels of a target on all days of the schedule.
  package func labels(of target: TargetName) throws(Diagnostic) -> LabelledPanel {
    let outcomes = try OutcomePanel(
      rule(of: target), of: history, asOf: days(of: configuration.asOf), threads: threads)
    return LabelledPanel(outcomes: outcomes, definition: definition(of: target))
  }

  /// Makes sure that a day is one that the data can tell of.
  ///
  /// - Throws: `data.no_rows_before_as_of`, or `config.as_of` for a day long after the data.
  func check(_ asOf: CalendarDay) throws(Diagnostic) {
    let coverage = history.coverage
    guard coverage.lowerBound < asOf else {
      throw Diagnostic(
        .dataNoRowsBeforeAsOf,
        "the first row is of \(coverage.lowerBound), and the as-of day is \(asOf)",
        file: configuration.path, hint: "choose a later as-of day, or export older rows")
    }
    let gap = coverage.upperBound.days(until: asOf)
    guard gap <= Self.longestSilence else {
      throw Diagnostic(
        .configAsOf,
        "the as-of day \(asOf) is \(gap) days after the last row, of \(coverage.upperBound): "
          + "every account would seem to have gone silent",
        file: configuration.path, hint: "export the newer rows, or choose an earlier as-of day")
    }
  }

  /// The most days without any row that pass for a delay of the export.
  private static let longestSilence = 31

  /// All accounts that were known as of a day, by the ids' order.
  func knownAccounts(asOf: CalendarDay) throws(Diagnostic) -> [Int] {
    let isKnown = try history.map(threads: threads) { account in
      account.profile.created.map { $0 < asOf } ?? false
        || account.subscriptions.contains { $0.start < asOf && $0.knownOn < asOf }
        || account.activity.contains { $0.day < asOf.number }
        || (account.profile.created == nil && account.subscriptions.isEmpty
          && account.activity.isEmpty)
    }
    return isKnown.indices.filter { isKnown[$0] }
  }

  /// The features of rows, and the recipe that computes them again.
  package func fittedFeatures(of rows: [PanelRow]) throws(Diagnostic) -> (
    FeaturePanel, FeatureRecipe
  ) {
    let (panel, recipe) = try FeaturePanel.fitted(
      rows, of: history, settings: configuration.features, dictionaries: history.dictionaries,
      threads: threads)
    return (panel, recipe)
  }
}

extension HistoryReport {
  /// What the one who runs it should know.
  var sentences: [String] {
    tables.filter { $0.rejectedRowCount > 0 }.map {
      "\($0.name): \($0.rejectedRowCount) of \($0.rowCount + $0.rejectedRowCount) rows are bad and "
        + "left out"
    }
      + tables.filter { $0.orphanRowCount > 0 }.map {
        "\($0.name): \($0.orphanRowCount) of \($0.rowCount) rows belong to no account and are left out"
      } + warnings
  }
}
