import Configuration
import Diagnostics
import UsageHistory

/// From an event log to typed columns in memory.
struct EventColumnsWorkflow {
  let path: String
  let threads: Int

  func run() throws(Diagnostic) -> WorkflowResult {
    var source = TableSource(files: [path])
    source.columns = ["ts": "timestamp", "event": "event_name", "value": "quantity"]
    let columns = try EventLogColumns(path: path, source: source, threads: threads)
    // One value of each part: to add up all would be timed too.
    let checksum = columns.parts.reduce(0.0) { $0 + Double($1.amounts.last ?? 0) / 1_000_000 }
    return WorkflowResult(rowCount: columns.rowCount, checksum: checksum)
  }
}
