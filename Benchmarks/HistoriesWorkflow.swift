import CivilCalendar
import Configuration
import Diagnostics
import Features
import Learning
import UsageHistory

/// From the tables of a configuration to features in memory.
struct HistoriesWorkflow {
  private let configuration: RetentionConfiguration
  private let threads: Int

  init(path: String, threads: Int) throws(Diagnostic) {
    configuration = try RetentionConfiguration(contentsOf: path)
    self.threads = threads
  }

  func run() throws(Diagnostic) -> WorkflowResult {
    let history = try HistoryReader(configuration, threads: threads).read()
    let lastDay = history.coverage.upperBound
    var days = [Int?](repeating: 0, count: history.accountCount)
    if case .before(_, let lead) = configuration.asOf {
      days = history.scheduleDates.map { $0.map { lastDay.days(until: $0) - lead } }
    }
    let rows = days.enumerated().compactMap { account, offset in
      offset.map { PanelRow(account: account, asOf: lastDay + $0) }
    }
    let (panel, _) = try FeaturePanel.fitted(
      rows, of: history, settings: configuration.features, dictionaries: history.dictionaries,
      threads: threads)
    var checksum = 0.0
    for case .number(let values) in panel.matrix.columns {
      for value in values where !value.isNaN { checksum += value }
    }
    return WorkflowResult(rowCount: rows.count, checksum: checksum)
  }
}
