import Diagnostics

/// The cells of one shelf: sorted by account, day, name, traits, lag and user, each once.
package struct SortedCells {
  /// An ``ActivityKey`` each, ascending.
  package private(set) var keys: [UInt64] = []
  /// The rank of each cell's user among ``users``, from 1; 0 for none.
  package private(set) var users: [UInt32] = []
  /// How many events each cell stands for, cut off at the greatest `UInt32`.
  package private(set) var counts: [UInt32] = []
  /// The sum of their values in millionths, cut off at the greatest `Int64`.
  package private(set) var amounts: [Int64] = []
  /// The fingerprints of the shelf's users, ascending.
  package private(set) var fingerprints: [UInt64] = []

  /// How many cells there are.
  var count: Int { keys.count }

  /// Sorts events and merges those that are alike.
  ///
  /// The order of `events` leaves no trace: keys, users' ranks and exact sums do not depend on it.
  ///
  /// - Parameter counts: How many events the first of `events` stand for; the others are one each.
  /// - Throws: `limit.history`, see ``CellOrder``.
  /// - Complexity: O(`events.count`).
  init(_ events: [RawEvent], counts eventCounts: [UInt32]) throws(Diagnostic) {
    guard !events.isEmpty else { return }
    let ranking = UserRanking(events)
    fingerprints = ranking.fingerprints
    let order = try CellOrder(events, userCount: fingerprints.count)
    var items = [CellOrder.Item](
      repeating: CellOrder.Item(composite: 0, index: 0), count: events.count)
    order.fill(&items, events, ranking.rankOfEvent)
    order.sort(&items)
    merge(items, events, eventCounts, order)
  }

  private mutating func merge(
    _ items: [CellOrder.Item], _ events: [RawEvent], _ eventCounts: [UInt32], _ order: CellOrder
  ) {
    // Locals, because a property's array is checked for other owners at every change.
    var (keys, users): ([UInt64], [UInt32]) = ([], [])
    var (counts, amounts): ([UInt32], [Int64]) = ([], [])
    keys.reserveCapacity(items.count)
    users.reserveCapacity(items.count)
    counts.reserveCapacity(items.count)
    amounts.reserveCapacity(items.count)
    let all = events.span
    var previous: UInt64?
    for item in items {
      let index = Int(item.index)
      let count = index < eventCounts.count ? eventCounts[index] : 1
      let amount = all[index].amount
      if item.composite == previous {
        let last = keys.count - 1
        let (sum, overflow) = amounts[last].addingReportingOverflow(amount)
        amounts[last] = overflow ? (amount < 0 ? .min : .max) : sum
        let (total, tooMany) = counts[last].addingReportingOverflow(count)
        counts[last] = tooMany ? .max : total
      } else {
        keys.append(all[index].key)
        users.append(order.user(item.composite))
        counts.append(count)
        amounts.append(amount)
        previous = item.composite
      }
    }
    (self.keys, self.users) = (keys, users)
    (self.counts, self.amounts) = (counts, amounts)
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
  /// The rank of each event's user, from 1; 0 for none.
  private(set) var rankOfEvent: [UInt32]

  /// Ranks the users.
  ///
  /// A slot is found by the fingerprint's highest bits and, where taken, by the next free one after
  /// it, so that the table read from end to end is all but sorted.
  init(_ events: [RawEvent]) {
    var slots = [Slot](repeating: Slot(), count: (1 << 10) + Self.tail)
    var bits = 10
    var places = [UInt32](repeating: 0, count: events.count)
    var count = 0
    let all = events.span
    for index in all.indices {
      let fingerprint = all[index].user
      if fingerprint == 0 { continue }
      if count &* 2 > slots.count || slots[slots.count - 2].fingerprint != 0 {
        bits += 1
        slots = Self.spread(slots, bits: bits)
      }
      let at = Self.place(of: fingerprint, in: slots.span, bits: bits)
      if slots[at].fingerprint == 0 {
        count &+= 1
        slots[at] = Slot(fingerprint: fingerprint, place: UInt32(truncatingIfNeeded: count))
      }
      places[index] = slots[at].place
    }
    var users = slots.filter { $0.fingerprint != 0 }
    Self.finishSorting(&users)
    var ranks = [UInt32](repeating: 0, count: count + 1)
    for (rank, user) in users.enumerated() { ranks[Int(user.place)] = UInt32(rank + 1) }
    fingerprints = users.map(\.fingerprint)
    for index in places.indices { places[index] = ranks[Int(places[index])] }
    rankOfEvent = places
  }

  /// Slots behind the last that bits lead to, for those that find theirs taken.
  private static let tail = 64

  /// The slot that holds a fingerprint, or the empty one where it belongs.
  @inline(__always)
  private static func place(of fingerprint: UInt64, in slots: Span<Slot>, bits: Int) -> Int {
    var at = Int(truncatingIfNeeded: fingerprint &>> UInt64(64 &- bits))
    while slots[at].fingerprint != fingerprint && slots[at].fingerprint != 0 { at &+= 1 }
    return at
  }

  private static func spread(_ old: [Slot], bits: Int) -> [Slot] {
    var slots = [Slot](repeating: Slot(), count: (1 << bits) + tail + old.count / 8)
    for slot in old where slot.fingerprint != 0 {
      slots[place(of: slot.fingerprint, in: slots.span, bits: bits)] = slot
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
  /// What is sorted: the packed order, and where the event stands.
  struct Item {
    var composite: UInt64
    var index: UInt32
  }

  /// The bits of the keys that differ between the events.
  private let mask: UInt64
  /// The runs of ones in `mask`: where each begins, how long it is.
  private let fields: [(shift: UInt64, width: UInt64)]
  private let userBitCount: UInt64
  private let bitCount: Int

  /// Finds the bits that differ.
  ///
  /// - Throws: `limit.history` where they and the users' ranks are more than 64.
  init(_ events: [RawEvent], userCount: Int) throws(Diagnostic) {
    let first = events[0].key
    var mask: UInt64 = 0
    for event in events { mask |= event.key ^ first }
    // Whole fields, not single bits: a field's bits up to its highest that differs.
    var fields: [(shift: UInt64, width: UInt64)] = []
    var total: UInt64 = 0
    for (shift, width) in [(0, 12), (12, 4), (16, 13), (29, 17), (46, 18)] as [(UInt64, UInt64)] {
      let part = mask >> shift & (1 << width - 1)
      guard part != 0 else { continue }
      let used = UInt64(64 - part.leadingZeroBitCount)
      fields.append((shift, used))
      total += used
    }
    self.mask = mask
    self.fields = fields
    userBitCount = userCount == 0 ? 0 : UInt64(64 - UInt64(userCount).leadingZeroBitCount)
    bitCount = Int(total + userBitCount)
    guard bitCount <= 64 else {
      throw Diagnostic(
        .limitHistory,
        "the accounts of one shelf differ in \(bitCount) bits, and 64 can be told apart",
        hint: "leave the user id out, or read fewer years at a time")
    }
  }

  /// The order of an event in `bitCount` bits: the key's fields, then the user.
  @inline(__always) func composite(_ key: UInt64, _ user: UInt32) -> UInt64 {
    var result = UInt64(user)
    var at = userBitCount
    for field in fields {
      result |= (key &>> field.shift & (1 &<< field.width &- 1)) &<< at
      at &+= field.width
    }
    return result
  }

  /// Writes the order of every event.
  func fill(_ items: inout [Item], _ events: [RawEvent], _ ranks: [UInt32]) {
    let all = events.span
    let users = ranks.span
    var filled = items.mutableSpan
    for index in all.indices {
      filled[index] = Item(
        composite: composite(all[index].key, users[index]),
        index: UInt32(truncatingIfNeeded: index))
    }
  }

  /// The user's rank in a composite.
  @inline(__always) func user(_ composite: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: composite & (1 &<< userBitCount &- 1))
  }

  /// Sorts by composite; stable, from the lowest digit of 11 bits up.
  func sort(_ items: inout [Item]) {
    let digitBits = 11
    var other = items
    for shift in stride(from: 0, to: bitCount, by: digitBits) {
      var starts = [Int](repeating: 0, count: 1 << digitBits)
      Self.pass(items.span, into: &other, &starts, shift: UInt64(shift), mask: 1 << 11 - 1)
      swap(&items, &other)
    }
  }

  private static func pass(
    _ items: Span<Item>, into other: inout [Item], _ starts: inout [Int], shift: UInt64,
    mask: UInt64
  ) {
    var counts = starts.mutableSpan
    for index in items.indices {
      counts[Int(truncatingIfNeeded: items[index].composite &>> shift & mask)] &+= 1
    }
    var sum = 0
    for digit in counts.indices {
      let count = counts[digit]
      counts[digit] = sum
      sum &+= count
    }
    var sorted = other.mutableSpan
    for index in items.indices {
      let item = items[index]
      let digit = Int(truncatingIfNeeded: item.composite &>> shift & mask)
      sorted[counts[digit]] = item
      counts[digit] &+= 1
    }
  }
}
