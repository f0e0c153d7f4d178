import Configuration
import Diagnostics
import Dispatch
import Synchronization

/// An event log as typed columns in memory: what reading alone costs, without the shelves that a
/// history keeps its events on.
package struct EventLogColumns: Sendable {
  /// The rows of one block, each column of shape `[rowCount]`; empty where the log lacks it.
  package struct Part: Sendable {
    /// Codes of accounts, in the order of being met by any worker.
    package var accounts: [Int32]
    /// Fingerprints of users; 0 for none.
    package var users: [UInt64]
    /// Days since 1970-01-01.
    package var days: [Int32]
    /// Codes of event names.
    package var names: [UInt16]
    /// Values in millionths.
    package var amounts: [Int64]
  }

  /// The blocks in the order of the file.
  package let parts: [Part]

  /// How many rows the log has.
  package var rowCount: Int { parts.reduce(0) { $0 + $1.accounts.count } }

  /// Reads a log that is plain throughout.
  ///
  /// - Parameter source: What its columns are called.
  /// - Throws: what ``EventLogFile`` throws; `config.missing` for a log that is not plain.
  package init(path: String, source: TableSource, threads: Int) throws(Diagnostic) {
    let names = IdentifierDirectory()
    let targets = EventTargets(
      keys: IdentifierDirectory(), addsAccounts: true, names: names,
      words: EventWords(EventMeanings()), store: ActivityStore())
    let log = try EventLogFile(
      path: path, source: source, options: source.options(timeZone: "UTC"),
      keyColumn: "account_id", names: names, words: targets.words)
    let (blocks, layout) = (log.blocks, log.layout)
    let found = Mutex<[(index: Int, part: Part)]>([])
    let failure = Mutex<Diagnostic?>(nil)
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      var block = EventBlock(targets, layout: layout)
      var buffer: [UInt8] = []
      do throws(Diagnostic) {
        while let next = try blocks.next(into: &buffer) {
          let end = next.range.upperBound + (next.lacksNewline ? 1 : 0)
          guard !next.hasQuotes, let part = try block.columns(buffer, 0..<end) else {
            throw Diagnostic(.csvFieldCount, "the log is not plain", file: path)
          }
          found.withLock { $0.append((next.index, part)) }
        }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    parts = found.withLock { $0 }.sorted { $0.index < $1.index }.map(\.part)
  }
}
