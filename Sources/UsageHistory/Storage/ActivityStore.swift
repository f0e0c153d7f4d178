import Diagnostics
import Synchronization

/// The events of a history, divided by account into shelves that are worked on one by one.
///
/// Events arrive in any order and from several threads. They wait in their shelf as they came until
/// there are so many of them that memory calls for order: then the shelf is sorted, alike events
/// become one cell, and the cells are packed into a few bytes each. Memory so follows what differs
/// (account, day, name, user) and not how many events there are.
package final class ActivityStore: Sendable {
  /// How many shelves there are; an account's shelf is its code modulo this.
  static let shelfCount = 512
  /// How many events a worker collects for a shelf before it hands them over.
  static let chunkCapacity = 512
  /// How many events may wait on a shelf before they are packed for the first time.
  let waitingLimit: Int

  package struct Shelf {
    /// The events that wait, chunk by chunk.
    var chunks: [EventChunk] = []
    var waitingCount = 0
    /// The cells that are packed.
    var packed = PackedCells()
    /// Cells that were packed since, run by run: to merge each run with all that is packed would
    /// sort a long history over and over.
    var runs: [PackedCells] = []

    /// How many cells the runs have.
    var runCellCount: Int { runs.reduce(0) { $0 + $1.count } }
  }

  package let shelves: [ShelfLock]
  /// Where writers take the memory of chunks.
  let pool = EventPool()

  /// One shelf and the lock around it.
  package final class ShelfLock: Sendable {
    package let shelf = Mutex(Shelf())
  }

  /// - Parameter waitingLimit: At 24 bytes an event, the default keeps 600 MB in all. A shelf that
  ///   was packed once belongs to a long history and is packed three times as often.
  package init(waitingLimit: Int = 48 << 10) {
    self.waitingLimit = waitingLimit
    shelves = (0..<Self.shelfCount).map { _ in ShelfLock() }
  }

  /// Hands events over to a shelf.
  ///
  /// - Throws: `limit.history` where a shelf's cells need more than 64 bits to be told apart.
  package func append(_ events: EventChunk, to index: Int) throws(Diagnostic) {
    guard !events.isEmpty else { return }
    let limit = waitingLimit
    let result = shelves[index].shelf.withLock { shelf -> Result<Bool, Diagnostic> in
      shelf.chunks.append(events)
      shelf.waitingCount += events.count
      let isFresh = shelf.packed.count == 0 && shelf.runs.isEmpty
      guard shelf.waitingCount > (isFresh ? limit : limit / 3) else { return .success(false) }
      return Result { () throws(Diagnostic) in
        try shelf.seal(limit: limit)
        return true
      }
    }
    if try result.get() { pool.trim() }
  }
}

extension ActivityStore.Shelf {
  /// Sorts all events of the shelf, packed or not, into cells.
  ///
  /// - Parameter rankOfName: The code that names are to have, by the code they came with; `nil`
  ///   leaves them.
  package func cells(rankOfName: [UInt16]? = nil) throws(Diagnostic) -> SortedCells {
    let (events, counts) = events(rankOfName: rankOfName)
    return try SortedCells(events, counts: counts)
  }

  /// All events of the shelf, those that are packed first; `counts` says how many events each of
  /// these stands for.
  func events(rankOfName: [UInt16]?) -> (events: [RawEvent], counts: [UInt32]) {
    var events: [RawEvent] = []
    events.reserveCapacity(waitingCount + packed.count + runCellCount)
    var counts: [UInt32] = []
    packed.unpack(into: &events, counts: &counts)
    for run in runs { run.unpack(into: &events, counts: &counts) }
    for chunk in chunks { chunk.append(to: &events) }
    if let rankOfName, !rankOfName.indices.allSatisfy({ Int(rankOfName[$0]) == $0 }) {
      let nameBits = UInt64(ActivityKey.nameLimit - 1) << 16
      let ranks = rankOfName.span
      var all = events.mutableSpan
      for index in all.indices {
        let key = all[index].key
        all[index].key = key & ~nameBits | UInt64(ranks[ActivityKey(bits: key).name]) &<< 16
      }
    }
    return (events, counts)
  }

  /// Packs the events that wait as a run of their own, and merges the runs where they have become
  /// more than what they would be merged with: each event is merged a few times at most, however
  /// long the history.
  mutating func seal(limit: Int) throws(Diagnostic) {
    var events: [RawEvent] = []
    events.reserveCapacity(waitingCount)
    for chunk in chunks { chunk.append(to: &events) }
    runs.append(PackedCells(try SortedCells(events, counts: [])))
    chunks = []
    waitingCount = 0
    if runCellCount > max(packed.count, 4 * limit) { try pack() }
  }

  /// Packs the events that wait together with those packed before.
  mutating func pack() throws(Diagnostic) {
    guard waitingCount > 0 || !runs.isEmpty else { return }
    packed = PackedCells(try cells())
    runs = []
    chunks = []
    waitingCount = 0
  }
}
