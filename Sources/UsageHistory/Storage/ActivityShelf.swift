import Diagnostics

/// The cells of the accounts of one shelf, ready to be read.
struct ActivityShelf: Sendable {
  /// Sorted by account, then day, name, traits, lag and user.
  let cells: [ActivityCell]
  /// Where the cells of each account begin, by its position in the shelf, and where the last end.
  private let starts: [Int]
  /// The fingerprints of the users; a user's code in a cell is its rank here, from 1.
  let fingerprints: [UInt64]

  /// Sorts the events of a shelf and makes cells of those that are alike.
  ///
  /// - Parameters:
  ///   - counts: How many events the first of `events` stand for; the others are one each.
  ///   - accountCount: How many accounts the shelf has.
  /// - Throws: `limit.history`, see ``CellOrder``.
  init(_ events: [RawEvent], counts: [UInt32], accountCount: Int) throws(Diagnostic) {
    var cells: [ActivityCell] = []
    cells.reserveCapacity(events.count)
    var starts = [Int](repeating: 0, count: accountCount + 1)
    var account = 0
    fingerprints = try CellMerge.forEachCell(of: events, counts: counts) { bits, user, count, sum in
      let key = ActivityKey(bits: bits)
      while account < key.account {
        account &+= 1
        starts[account] = cells.count
      }
      let traits = key.traits
      cells.append(
        ActivityCell(
          day: Int32(truncatingIfNeeded: key.day), name: UInt16(truncatingIfNeeded: key.name),
          user: user, isAgent: traits & ActivityTraits.agent != 0,
          outcome: ActivityTraits.outcome(of: traits),
          isOffHours: traits & ActivityTraits.offHours != 0, count: count,
          amount: ExactAmount(millionths: sum), lag: UInt16(truncatingIfNeeded: key.lag)))
    }
    while account < accountCount {
      account += 1
      starts[account] = cells.count
    }
    self.cells = cells
    self.starts = starts
  }

  /// The cells of an account by its position in the shelf.
  func cells(of position: Int) -> ArraySlice<ActivityCell> {
    cells[starts[position]..<starts[position + 1]]
  }

  /// The code of a user; 0 for one without events.
  func user(_ fingerprint: UInt64) -> UInt32 {
    var low = 0
    var high = fingerprints.count
    while low < high {
      let middle = (low + high) / 2
      if fingerprints[middle] < fingerprint { low = middle + 1 } else { high = middle }
    }
    return low < fingerprints.count && fingerprints[low] == fingerprint ? UInt32(low + 1) : 0
  }
}
