import CByteScan
import Synchronization

/// Identifiers of one sort (accounts, subscriptions, event names), byte by byte; the code of each is
/// the order in which it was first met.
///
/// Workers look identifiers up in an ``IdentifierLookup`` of their own and come here only for those
/// that they have not met.
final class IdentifierDirectory: Sendable {
  private struct State {
    var lookup = IdentifierLookup()
    var ids: [[UInt8]] = []
  }
  private let state = Mutex(State())

  /// How many identifiers there are.
  var count: Int { state.withLock { $0.ids.count } }

  /// The identifiers by code.
  var ids: [[UInt8]] { state.withLock { $0.ids } }

  /// A lookup that knows all identifiers of this moment.
  var lookup: IdentifierLookup { state.withLock { $0.lookup } }

  /// The code of an id; `nil` where it is not known.
  func knownCode(of id: [UInt8]) -> Int32? {
    state.withLock { $0.lookup.code(of: IdentifierLookup.Key(id), id) }
  }

  /// The code of an id, which is added where it is new.
  func code(of id: [UInt8]) -> Int32 {
    state.withLock { state in
      let key = IdentifierLookup.Key(id)
      if let code = state.lookup.code(of: key, id) { return code }
      let code = Int32(state.ids.count)
      state.ids.append(id)
      state.lookup.insert(key, id, code: code)
      return code
    }
  }
}

/// A hash table from identifiers to codes, laid out so that a probe touches one cache line.
///
/// Ids of up to 16 bytes are compared in their slot; longer ones also byte by byte.
struct IdentifierLookup: Sendable {
  /// What of an id is compared in the slot.
  struct Key: Equatable, Sendable {
    var low: UInt64
    var high: UInt64
    var hash: UInt64
    var count: Int

    /// The key of `count` bytes.
    ///
    /// - Precondition: 16 bytes behind the id can be read.
    @inline(__always) init(_ id: UnsafePointer<UInt8>, _ count: Int) {
      // SAFETY: the caller promises the 16 bytes that the loads may reach behind the id.
      low = unsafe Fingerprint64.load(id, min(count, 8))
      high = unsafe count > 8 ? Fingerprint64.load(id + 8, min(count - 8, 8)) : 0
      hash = unsafe Fingerprint64.of(
        low: low, high: high, count: count, rest: count > 16 ? id + 16 : nil)
      self.count = count
    }

    init(_ id: [UInt8]) {
      guard id.count <= 16 else {
        let padded = id + [UInt8](repeating: 0, count: 16)
        // SAFETY: 16 bytes were added behind the id.
        self = unsafe padded.withUnsafeBufferPointer { unsafe Key($0.baseAddress!, id.count) }
        return
      }
      (low, high, count) = (0, 0, id.count)
      for place in id.indices.prefix(8) { low |= UInt64(id[place]) << UInt64(8 * place) }
      for place in id.indices.dropFirst(8) { high |= UInt64(id[place]) << UInt64(8 * place - 64) }
      hash = unsafe Fingerprint64.of(low: low, high: high, count: count, rest: nil)
    }
  }

  private struct Slot {
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// 0 in an empty slot.
    var hash: UInt64 = 0
    var code: Int32 = -1
    /// The length of the id, cut off at `UInt32.max`; ids are shorter than a record.
    var count: UInt32 = 0
  }

  private var slots = [Slot](repeating: Slot(), count: 1 << 10)
  /// How many identifiers are known.
  private(set) var count = 0
  /// The ids of more than 16 bytes, by code.
  private var longIDs: [Int32: [UInt8]] = [:]

  /// Asks the processor for the slot of a hash.
  @inline(__always) func prefetch(_ hash: UInt64) {
    // SAFETY: a hint; the address is never read.
    unsafe slots.withUnsafeBufferPointer { slots in
      unsafe rk_prefetch(slots.baseAddress! + Int(truncatingIfNeeded: hash) & (slots.count &- 1))
    }
  }

  /// The code of an id of at most 16 bytes; `nil` where it is not known.
  @inline(__always) func code(of key: Key) -> Int32? {
    // SAFETY: the mask keeps `place` below the number of slots.
    unsafe slots.withUnsafeBufferPointer { slots in
      let mask = slots.count &- 1
      var place = Int(truncatingIfNeeded: key.hash) & mask
      while true {
        let slot = unsafe slots[place]
        if slot.hash == key.hash && slot.low == key.low && slot.high == key.high
          && slot.count == UInt32(truncatingIfNeeded: key.count)
        {
          return slot.code
        }
        if slot.hash == 0 { return nil }
        place = (place &+ 1) & mask
      }
    }
  }

  /// The code of an id of any length; `nil` where it is not known.
  func code(of key: Key, _ id: [UInt8]) -> Int32? {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: key.hash) & mask
    while slots[place].hash != 0 {
      let slot = slots[place]
      if slot.hash == key.hash, slot.low == key.low, slot.high == key.high,
        slot.count == UInt32(truncatingIfNeeded: key.count),
        key.count <= 16 || longIDs[slot.code] == id
      {
        return slot.code
      }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Adds an id that is not known yet.
  mutating func insert(_ key: Key, _ id: [UInt8], code: Int32) {
    if (count + 1) * 2 > slots.count { grow() }
    place(
      Slot(
        low: key.low, high: key.high, hash: key.hash, code: code,
        count: UInt32(truncatingIfNeeded: key.count)))
    if key.count > 16 { longIDs[code] = id }
    count += 1
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    for slot in old where slot.hash != 0 { place(slot) }
  }

  private mutating func place(_ slot: Slot) {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: slot.hash) & mask
    while slots[place].hash != 0 { place = (place + 1) & mask }
    slots[place] = slot
  }
}
