import Diagnostics

/// The cells of one shelf: sorted by account, day, name, traits, lag and user, each once.
package struct SortedCells {
  /// An ``ActivityKey`` each, ascending.
  package private(set) var keys: [UInt64] = []
  /// The rank of each cell's user among ``fingerprints``, from 1; 0 for none.
  package private(set) var users: [UInt32] = []
  /// How many events each cell stands for, cut off at the greatest `UInt32`.
  package private(set) var counts: [UInt32] = []
  /// The sum of their values in millionths, cut off at the greatest `Int64`.
  package private(set) var amounts: [Int64] = []
  /// The fingerprints of the shelf's users, ascending.
  package private(set) var fingerprints: [UInt64] = []

  /// How many cells there are.
  var count: Int { keys.count }

  /// Sorts events and merges those that are alike, see ``CellMerge``.
  ///
  /// - Parameter counts: How many events the first of `events` stand for; the others are one each.
  /// - Throws: `limit.history`, see ``CellOrder``.
  /// - Complexity: O(`events.count`).
  package init(_ events: [RawEvent], counts eventCounts: [UInt32]) throws(Diagnostic) {
    // Locals, because a property's array is checked for other owners at every change.
    var (keys, users): ([UInt64], [UInt32]) = ([], [])
    var (counts, amounts): ([UInt32], [Int64]) = ([], [])
    keys.reserveCapacity(events.count)
    users.reserveCapacity(events.count)
    counts.reserveCapacity(events.count)
    amounts.reserveCapacity(events.count)
    fingerprints = try CellMerge.forEachCell(of: events, counts: eventCounts) {
      keys.append($0)
      users.append($1)
      counts.append($2)
      amounts.append($3)
    }
    (self.keys, self.users) = (keys, users)
    (self.counts, self.amounts) = (counts, amounts)
  }
}

/// Sorts the events of a shelf and merges those that are alike.
enum CellMerge {
  /// Calls `body` with every cell in order: its key, its user's rank, how many events it stands for,
  /// and the sum of their values.
  ///
  /// The order of `events` leaves no trace: keys, users' ranks and exact sums do not depend on it.
  ///
  /// - Parameter counts: How many events the first of `events` stand for; the others are one each.
  /// - Returns: The fingerprints of the users, ascending.
  /// - Throws: `limit.history`, see ``CellOrder``.
  @inline(__always)
  static func forEachCell(
    of events: [RawEvent], counts: [UInt32], _ body: (UInt64, UInt32, UInt32, Int64) -> Void
  ) throws(Diagnostic) -> [UInt64] {
    guard !events.isEmpty else { return [] }
    let ranking = UserRanking(events)
    let order = try CellOrder(events, userCount: ranking.fingerprints.count)
    let sorted = order.sorted(events, ranking)
    let all = events.span
    let countOfEvent = counts.span
    let items = sorted.items.span
    let indices = sorted.indices.span
    // The cell at hand; the first event opens it.
    var composite = items[0] &>> sorted.shift
    var key: UInt64 = 0
    var (count, sum): (UInt32, Int64) = (0, 0)
    for place in items.indices {
      let item = items[place]
      // Where there was no room for it in the item, the event's index is kept beside it.
      let index =
        indices.isEmpty
        ? Int(truncatingIfNeeded: item & sorted.indexMask) : Int(indices[place])
      let next = item &>> sorted.shift
      let event = all[index]
      let eventCount = index < countOfEvent.count ? countOfEvent[index] : 1
      if next != composite {
        body(key, order.user(composite), count, sum)
        composite = next
        (count, sum) = (0, 0)
      }
      key = event.key
      let (total, tooMany) = count.addingReportingOverflow(eventCount)
      count = tooMany ? .max : total
      let (amount, overflow) = sum.addingReportingOverflow(event.amount)
      sum = overflow ? (event.amount < 0 ? .min : .max) : amount
    }
    body(key, order.user(composite), count, sum)
    return ranking.fingerprints
  }
}

/// The rank of each event's user among the users of a shelf.
struct UserRanking {
  private struct Slot {
    /// 0 in an empty slot.
    var fingerprint: UInt64 = 0
    /// The place among the users found, from 1.
    var place: UInt32 = 0
  }

  /// The fingerprints, ascending.
  private(set) var fingerprints: [UInt64] = []
  /// Each event's user in the order of being met, from 1; 0 for none.
  private(set) var placeOfEvent: [UInt32]
  /// The rank of each of them, from 1; 0 for none.
  private(set) var rankOfPlace: [UInt32]

  /// Ranks the users.
  ///
  /// A slot is found by the fingerprint's highest bits and, where taken, by the next free one after
  /// it, so that the table read from end to end is all but sorted.
  init(_ events: [RawEvent]) {
    // Most shelves have a user for about ten events: the table need not grow, and most users are
    // found at once.
    var bits = max(10, Int.bitWidth - (events.count / 3).leadingZeroBitCount)
    var slots = [Slot](repeating: Slot(), count: (1 << bits) + Self.tail)
    var places = [UInt32](repeating: 0, count: events.count)
    var count: UInt32 = 0
    var index = 0
    while true {
      index = Self.number(
        events.span, from: index, slots: &slots, places: &places, count: &count, bits: bits)
      if index == events.count { break }
      bits += 1
      slots = Self.spread(slots, bits: bits)
    }
    var users = slots.filter { $0.fingerprint != 0 }
    Self.finishSorting(&users)
    var ranks = [UInt32](repeating: 0, count: Int(count) + 1)
    for (rank, user) in users.enumerated() { ranks[Int(user.place)] = UInt32(rank + 1) }
    fingerprints = users.map(\.fingerprint)
    placeOfEvent = places
    rankOfPlace = ranks
  }

  /// Slots behind the last that bits lead to, for those that find theirs taken.
  private static let tail = 64

  /// Numbers the users of the events from `start` on.
  ///
  /// - Returns: The first event that was not reached, because the table must grow before.
  private static func number(
    _ events: Span<RawEvent>, from start: Int, slots: inout [Slot], places: inout [UInt32],
    count: inout UInt32, bits: Int
  ) -> Int {
    var table = slots.mutableSpan
    var numbers = places.mutableSpan
    let shift = UInt64(64 &- bits)
    let last = table.count - 2
    var used = Int(count)
    for index in start..<events.count {
      let fingerprint = events[index].user
      if fingerprint == 0 { continue }
      var at = Int(truncatingIfNeeded: fingerprint &>> shift)
      while table[at].fingerprint != fingerprint && table[at].fingerprint != 0 { at &+= 1 }
      if table[at].fingerprint == 0 {
        // At most half full, and never so at its end that a search would leave it.
        if used &* 2 > table.count || at >= last { return stop(index, used, &count) }
        used &+= 1
        table[at] = Slot(fingerprint: fingerprint, place: UInt32(truncatingIfNeeded: used))
      }
      numbers[index] = table[at].place
    }
    return stop(events.count, used, &count)
  }

  private static func stop(_ index: Int, _ used: Int, _ count: inout UInt32) -> Int {
    count = UInt32(truncatingIfNeeded: used)
    return index
  }

  private static func spread(_ old: [Slot], bits: Int) -> [Slot] {
    var slots = [Slot](repeating: Slot(), count: (1 << bits) + tail + old.count / 8)
    for slot in old where slot.fingerprint != 0 {
      var at = Int(truncatingIfNeeded: slot.fingerprint &>> UInt64(64 &- bits))
      while slots[at].fingerprint != 0 { at &+= 1 }
      slots[at] = slot
    }
    return slots
  }

  /// Insertion sort: each user is at most a few places from its own.
  private static func finishSorting(_ users: inout [Slot]) {
    var all = users.mutableSpan
    for index in 1..<max(1, all.count) {
      let user = all[index]
      var at = index
      while at > 0 && all[at &- 1].fingerprint > user.fingerprint {
        all[at] = all[at &- 1]
        at &-= 1
      }
      all[at] = user
    }
  }
}

/// A key and a user's rank in as few bits as the events at hand need, so that a radix sort has few
/// digits to go through.
struct CellOrder {
  /// Where a part of a key stands in it, and where it goes in the composite.
  private struct Field {
    var from: UInt64 = 0
    var mask: UInt64 = 0
    var to: UInt64 = 0

    @inline(__always) func moved(_ key: UInt64) -> UInt64 { (key &>> from & mask) &<< to }
  }

  /// Events in order.
  struct Sorted {
    /// The composite of each, with the event's index in the lowest bits where there is room.
    var items: [UInt64]
    /// The event's index, where there is none.
    var indices: [UInt32] = []
    /// Where the composite begins in an item.
    var shift: UInt64
    /// The bits of an index in an item.
    var indexMask: UInt64
  }

  /// Lag, traits, name, day and account, so far as they differ between the events.
  private let fields: InlineArray<5, Field>
  private let userBitCount: UInt64
  private let bitCount: Int
  private static let digitBits = 11

  /// Finds the bits that differ.
  ///
  /// - Throws: `limit.history` where they and the users' ranks are more than 64.
  init(_ events: [RawEvent], userCount: Int) throws(Diagnostic) {
    let first = events[0].key
    var differing: UInt64 = 0
    for event in events { differing |= event.key ^ first }
    userBitCount = userCount == 0 ? 0 : UInt64(64 - UInt64(userCount).leadingZeroBitCount)
    // Whole fields, not single bits: a field's bits up to its highest that differs.
    var fields = InlineArray<5, Field>(repeating: Field())
    var total = userBitCount
    for (field, place) in Self.places.enumerated() {
      let part = differing >> place.shift & (1 << place.width - 1)
      guard part != 0 else { continue }
      let used = UInt64(64 - part.leadingZeroBitCount)
      // Beyond 64 bits the order is not used, but shifts must not trap.
      fields[field] = Field(from: place.shift, mask: 1 << used - 1, to: min(total, 63))
      total += used
    }
    self.fields = fields
    bitCount = Int(total)
    guard bitCount <= 64 else {
      throw Diagnostic(
        .limitHistory,
        "the accounts of one shelf differ in \(bitCount) bits, and 64 can be told apart",
        hint: "leave the user id out, or read fewer years at a time")
    }
  }

  private static let places: [(shift: UInt64, width: UInt64)] = [
    (0, 12), (12, 4), (16, 13), (29, 17), (46, 18),
  ]

  /// The order of an event in `bitCount` bits: the key's fields, then the user.
  @inline(__always) private func composite(_ key: UInt64, _ user: UInt32) -> UInt64 {
    UInt64(user) | fields[0].moved(key) | fields[1].moved(key) | fields[2].moved(key)
      | fields[3].moved(key) | fields[4].moved(key)
  }

  /// The user's rank in a composite.
  @inline(__always) func user(_ composite: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: composite & (1 &<< userBitCount &- 1))
  }

  /// Sorts events by their composites, from the lowest digit of 11 bits up.
  ///
  /// - Complexity: O(`events.count`) for each digit.
  func sorted(_ events: [RawEvent], _ ranking: UserRanking) -> Sorted {
    let indexBitCount = Int.bitWidth - max(1, events.count - 1).leadingZeroBitCount
    let hasRoom = bitCount + indexBitCount <= 64
    var result = Sorted(
      items: [UInt64](repeating: 0, count: events.count),
      indices: hasRoom ? [] : (0..<UInt32(events.count)).map { $0 },
      shift: hasRoom ? UInt64(indexBitCount) : 0, indexMask: 1 << UInt64(indexBitCount) - 1)
    fill(&result, events, ranking)
    var other = result.items
    var otherIndices = result.indices
    let end = Int(result.shift) + bitCount
    for shift in stride(from: Int(result.shift), to: end, by: Self.digitBits) {
      if hasRoom {
        Self.pass(result.items.span, into: &other, shift: UInt64(shift))
      } else {
        Self.pass(
          result.items.span, result.indices.span, into: &other, &otherIndices,
          shift: UInt64(shift))
        swap(&result.indices, &otherIndices)
      }
      swap(&result.items, &other)
    }
    return result
  }

  private func fill(_ sorted: inout Sorted, _ events: [RawEvent], _ ranking: UserRanking) {
    let all = events.span
    let places = ranking.placeOfEvent.span
    let ranks = ranking.rankOfPlace.span
    let indexMask = sorted.indices.isEmpty ? sorted.indexMask : 0
    let shift = sorted.shift
    var items = sorted.items.mutableSpan
    for index in all.indices {
      items[index] =
        composite(all[index].key, ranks[Int(places[index])]) &<< shift
        | UInt64(truncatingIfNeeded: index) & indexMask
    }
  }

  /// Where each digit's items begin.
  private static func starts(_ items: Span<UInt64>, shift: UInt64) -> [Int] {
    var starts = [Int](repeating: 0, count: 1 << digitBits)
    var counts = starts.mutableSpan
    let mask: UInt64 = 1 << UInt64(digitBits) - 1
    for index in items.indices {
      counts[Int(truncatingIfNeeded: items[index] &>> shift & mask)] &+= 1
    }
    var sum = 0
    for digit in counts.indices {
      let count = counts[digit]
      counts[digit] = sum
      sum &+= count
    }
    return starts
  }

  private static func pass(_ items: Span<UInt64>, into other: inout [UInt64], shift: UInt64) {
    var starts = starts(items, shift: shift)
    var next = starts.mutableSpan
    let mask: UInt64 = 1 << UInt64(digitBits) - 1
    var sorted = other.mutableSpan
    for index in items.indices {
      let item = items[index]
      let digit = Int(truncatingIfNeeded: item &>> shift & mask)
      sorted[next[digit]] = item
      next[digit] &+= 1
    }
  }

  private static func pass(
    _ items: Span<UInt64>, _ indices: Span<UInt32>, into other: inout [UInt64],
    _ otherIndices: inout [UInt32], shift: UInt64
  ) {
    var starts = starts(items, shift: shift)
    var next = starts.mutableSpan
    let mask: UInt64 = 1 << UInt64(digitBits) - 1
    var sorted = other.mutableSpan
    var sortedIndices = otherIndices.mutableSpan
    for index in items.indices {
      let digit = Int(truncatingIfNeeded: items[index] &>> shift & mask)
      sorted[next[digit]] = items[index]
      sortedIndices[next[digit]] = indices[index]
      next[digit] &+= 1
    }
  }
}
