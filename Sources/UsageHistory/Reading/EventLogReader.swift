import Configuration
import Diagnostics
import Dispatch
import Synchronization
import Tabular

/// What the events of all files are written to.
struct EventTargets: Sendable {
  /// The accounts, or the subscriptions that tell them.
  var keys: IdentifierDirectory
  /// Whether keys that are not known yet are accounts of their own.
  var addsAccounts: Bool
  /// The account of each key, where keys are subscriptions; -1 for none.
  var accountOfKey: [Int32]?
  var names: IdentifierDirectory
  var words: EventWords
  var store: ActivityStore
  /// The events met so far, where they have ids and are to count once.
  var eventIDs: EventIDs?
}

/// What reading one event log came to.
struct EventLogCount: Sendable, Equatable {
  var rowCount = 0
  /// Rows of accounts that do not exist.
  var orphanRowCount = 0
  /// Rows of events that were met before.
  var repeatedRowCount = 0
  /// Blocks that the fast path left to the readable one.
  var slowBlockCount = 0
  /// The first and the last day met.
  var days: (first: Int, last: Int) = (.max, .min)

  static func == (left: EventLogCount, right: EventLogCount) -> Bool {
    left.rowCount == right.rowCount && left.orphanRowCount == right.orphanRowCount
      && left.repeatedRowCount == right.repeatedRowCount
      && left.slowBlockCount == right.slowBlockCount && left.days == right.days
  }

  mutating func add(_ other: EventLogCount) {
    rowCount += other.rowCount
    orphanRowCount += other.orphanRowCount
    repeatedRowCount += other.repeatedRowCount
    slowBlockCount += other.slowBlockCount
    days = (min(days.first, other.days.first), max(days.last, other.days.last))
  }
}

/// Reads one event log with several workers, each of which takes the next block when it has time.
struct EventLogReader {
  let targets: EventTargets
  let threads: Int
  /// Whether blocks go the fast path at all; the tests compare both.
  var usesFastPath = true

  /// Reads a file.
  ///
  /// - Parameter ledger: What becomes of bad rows. Several threads read only where the first one
  ///   ends the reading, and each with a ledger of its own.
  /// - Throws: what its reading throws; where several blocks are at fault, the first fault of the
  ///   file.
  func read(
    _ source: EventBlockSource, layout: EventLayout, columns: EventColumns, ledger: RowLedger,
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws(Diagnostic) -> EventLogCount {
    precondition(ledger.policy == .stop || threads == 1, "bad rows are counted by one thread")
    let shared = Mutex(Shared())
    let isStrict = ledger.policy == .stop
    // SAFETY: with more than one thread the ledger is only asked for its policy, which is constant.
    nonisolated(unsafe) let ledger = ledger
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      let worker = unsafe Worker(self, source, layout, columns, ledger)
      do throws(Diagnostic) {
        while shared.withLock({ $0.failure == nil }) {
          guard let block = try source.next(into: &worker.buffer) else { break }
          do throws(Diagnostic) {
            let lines = try worker.read(block)
            shared.withLock { $0.lineCountOfBlock[block.index] = lines }
          } catch {
            shared.withLock { $0.note(error, block: block.index) }
          }
          progress?(block.byte + block.range.count)
        }
        try worker.writer.finish()
      } catch {
        shared.withLock { $0.note(error, block: .max) }
      }
      let count = worker.count
      shared.withLock { $0.count.add(count) }
    }
    let result = shared.withLock { $0 }
    if var failure = result.failure {
      if isStrict, let line = failure.line, result.failedBlock < .max {
        // The slow path counted from its own header.
        let before = (0..<result.failedBlock).reduce(0) { $0 + (result.lineCountOfBlock[$1] ?? 0) }
        failure.line = line + before
      }
      throw failure
    }
    return result.count
  }

  private struct Shared {
    var count = EventLogCount()
    var lineCountOfBlock: [Int: Int] = [:]
    var failure: Diagnostic?
    var failedBlock = Int.max

    mutating func note(_ fault: Diagnostic, block: Int) {
      guard failure == nil || block < failedBlock else { return }
      failure = fault
      failedBlock = block
    }
  }

  /// What one thread works with.
  private final class Worker {
    var buffer: [UInt8] = []
    let writer: ShelfWriter
    private(set) var count = EventLogCount()
    private var fast: EventBlock
    private let ledger: RowLedger
    private var lineCount = 0
    private let slow: EventTable
    private let usesFastPath: Bool

    init(
      _ reader: EventLogReader, _ source: EventBlockSource, _ layout: EventLayout,
      _ columns: EventColumns, _ ledger: RowLedger
    ) {
      self.ledger = ledger
      writer = ShelfWriter(reader.targets.store)
      fast = EventBlock(reader.targets, layout: layout)
      slow = EventTable(reader.targets, source: source, layout: layout, columns: columns)
      usesFastPath = reader.usesFastPath
    }

    /// Reads a block and says how many physical lines it has.
    func read(_ block: EventBlockSource.Block) throws(Diagnostic) -> Int {
      if usesFastPath && !block.hasQuotes {
        let range = block.range.lowerBound..<block.range.upperBound + (block.lacksNewline ? 1 : 0)
        if let part = try fast.read(buffer, range, to: writer) {
          count.add(part)
          if ledger.policy != .stop { ledger.addAccepted(part.rowCount) }
          lineCount += part.rowCount
          return part.rowCount
        }
      }
      let bytes = Array(buffer[block.range])
      var part = try slow.read(
        bytes, to: writer, ledger: ledger, lines: ledger.policy == .stop ? 0 : lineCount,
        byte: block.byte)
      part.slowBlockCount = 1
      count.add(part)
      let lines = PhysicalLines.count(in: bytes[...])
      lineCount += lines
      return lines
    }
  }
}
