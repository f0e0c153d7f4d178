import CProcessor
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Identifiers of one sort (accounts, subscriptions, event names), byte by byte; the code of each is
/// the order in which it was first met.
///
/// Workers look identifiers up in an ``IdentifierLookup`` of their own and come here only for those
/// that they have not met.
final class IdentifierDirectory: Sendable {
  private struct State {
    var lookup = IdentifierLookup()
    var ids = IdentifierList()

    mutating func code(of id: Span<UInt8>) -> Int32 {
      code(of: IdentifierLookup.Key(id), id)
    }

    mutating func code(of key: IdentifierLookup.Key, _ id: Span<UInt8>) -> Int32 {
      let known = lookup.code(of: key, id)
      if known >= 0 { return known }
      let code = Int32(ids.count)
      ids.append(id)
      lookup.insert(key, id, code: code)
      return code
    }
  }
  private let state = Mutex(State())

  /// How many identifiers there are.
  var count: Int { state.withLock { $0.ids.count } }

  /// The identifiers by code.
  var list: IdentifierList { state.withLock { $0.ids } }

  /// The same, each as an array of its own: for few, or where time does not matter.
  var ids: [[UInt8]] { list.map { Array($0) } }

  /// A lookup that knows all identifiers of this moment.
  var lookup: IdentifierLookup { state.withLock { $0.lookup } }

  /// The code of an id; `nil` where it is not known.
  func knownCode(of id: [UInt8]) -> Int32? {
    let code = state.withLock { $0.lookup.code(of: IdentifierLookup.Key(id.span), id.span) }
    return code < 0 ? nil : code
  }

  /// The code of an id, which is added where it is new.
  func code(of id: [UInt8]) -> Int32 { code(of: id.span) }

  /// The code of an id, which is added where it is new.
  func code(of id: Span<UInt8>) -> Int32 { state.withLock { $0.code(of: id) } }

  /// The codes of ids, of which those that are new are added in their order.
  func codes(of ids: IdentifierList) -> [Int32] {
    state.withLock { state in
      state.lookup.reserve(ids.count)
      state.ids.reserve(ids.count)
      var codes: [Int32] = []
      codes.reserveCapacity(ids.count)
      // 16 bytes that can be read behind the last.
      let padded = ids.bytes + [UInt8](repeating: 0, count: 16)
      // SAFETY: each id lies in the bytes, and 16 bytes behind it do.
      unsafe padded.withUnsafeBufferPointer { bytes in
        for place in ids.indices {
          let range = ids.range(at: place)
          let key = unsafe IdentifierLookup.Key(bytes.baseAddress! + range.lowerBound, range.count)
          codes.append(unsafe state.code(of: key, bytes.span.extracting(range)))
        }
      }
      return codes
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

    /// As a slot has it.
    @inline(__always) var size: UInt32 { UInt32(truncatingIfNeeded: count &+ 1) }

    /// The key of `count` bytes.
    ///
    /// - Precondition: 16 bytes behind the id can be read.
    @inline(__always) init(_ id: UnsafePointer<UInt8>, _ count: Int) {
      // SAFETY: the caller promises the 16 bytes that the loads may reach behind the id.
      (low, high) = unsafe Fingerprint64.first16(id, count)
      hash = unsafe Fingerprint64.of(
        low: low, high: high, count: count, rest: count > 16 ? id + 16 : nil)
      self.count = count
    }

    /// The key of an id behind which nothing can be read.
    init(_ id: Span<UInt8>) {
      guard id.count <= 16 else {
        var padded = [UInt8](repeating: 0, count: id.count + 16)
        for place in id.indices { padded[place] = id[place] }
        // SAFETY: 16 bytes were added behind the id.
        self = unsafe padded.withUnsafeBufferPointer { unsafe Key($0.baseAddress!, id.count) }
        return
      }
      (low, high, count) = (0, 0, id.count)
      for place in 0..<min(8, id.count) { low |= UInt64(id[place]) << UInt64(8 * place) }
      for place in min(8, id.count)..<id.count {
        high |= UInt64(id[place]) << UInt64(8 * place - 64)
      }
      hash = unsafe Fingerprint64.of(low: low, high: high, count: count, rest: nil)
    }
  }

  /// Where an identifier is kept, for ``code(of:in:)``.
  struct Slot: Sendable {
    fileprivate var low: UInt64 = 0
    /// Where an id of more than 16 bytes begins among the long ones.
    fileprivate var high: UInt64 = 0
    /// 0 in an empty slot.
    fileprivate var hash: UInt64 = 0
    fileprivate var code: Int32 = -1
    /// One more than the length of the id, which is shorter than a record; 0 in an empty slot.
    fileprivate var size: UInt32 = 0
  }

  /// As many as a power of two.
  private(set) var slots = Self.emptySlots(1 << 10)
  /// How many identifiers are known.
  private(set) var count = 0
  /// The ids of more than 16 bytes, end to end.
  private var longBytes: [UInt8] = []

  /// Asks the processor for the slot of a hash.
  @inline(__always) static func prefetch(_ hash: UInt64, in slots: Span<Slot>) {
    // SAFETY: a hint; the address is never read.
    unsafe slots.withUnsafeBufferPointer { slots in
      unsafe rk_prefetch_line(
        slots.baseAddress! + Int(truncatingIfNeeded: hash) & (slots.count &- 1))
    }
  }

  /// The code of an id of at most 16 bytes; -1 where it is not known.
  ///
  /// - Parameter slots: ``slots``, which a loop borrows once.
  @inline(__always) static func code(of key: Key, in slots: Span<Slot>) -> Int32 {
    let mask = slots.count &- 1
    var place = Int(truncatingIfNeeded: key.hash) & mask
    while true {
      // SAFETY: the mask keeps `place` below the number of slots.
      let slot = unsafe slots[unchecked: place]
      // All of the id is compared, so its hash need not be; and all at once.
      let difference =
        (slot.low ^ key.low) | (slot.high ^ key.high) | UInt64(slot.size ^ key.size)
      if difference == 0 { return slot.code }
      if slot.hash == 0 { return -1 }
      place = (place &+ 1) & mask
    }
  }

  /// The code of an id of more than 16 bytes; -1 where it is not known.
  func code(ofLong key: Key, _ id: UnsafePointer<UInt8>) -> Int32 {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: key.hash) & mask
    while slots[place].hash != 0 {
      let slot = slots[place]
      if slot.hash == key.hash, slot.low == key.low,
        slot.size == key.size,
        unsafe isLong(at: Int(truncatingIfNeeded: slot.high), id, key.count)
      {
        return slot.code
      }
      place = (place + 1) & mask
    }
    return -1
  }

  private func isLong(at start: Int, _ id: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let known = longBytes.span.extracting(start..<start + count)
    // SAFETY: both have `count` bytes.
    return unsafe known.withUnsafeBufferPointer { unsafe memcmp($0.baseAddress!, id, count) == 0 }
  }

  /// The code of an id of any length; -1 where it is not known.
  func code(of key: Key, _ id: Span<UInt8>) -> Int32 {
    // SAFETY: the pointer does not leave the closure.
    key.count <= 16
      ? Self.code(of: key, in: slots.span)
      : unsafe id.withUnsafeBufferPointer { unsafe code(ofLong: key, $0.baseAddress!) }
  }

  /// Adds an id that is not known yet.
  mutating func insert(_ key: Key, _ id: Span<UInt8>, code: Int32) {
    reserve(count + 1)
    place(
      Slot(
        low: key.low, high: key.count > 16 ? UInt64(longBytes.count) : key.high, hash: key.hash,
        code: code, size: key.size))
    if key.count > 16 {
      // SAFETY: the pointer does not leave the closure.
      unsafe id.withUnsafeBufferPointer { unsafe longBytes.append(contentsOf: $0) }
    }
    count += 1
  }

  private static func emptySlots(_ count: Int) -> [Slot] {
    // SAFETY: all of the slots are initialised.
    unsafe [Slot](unsafeUninitializedCapacity: count) { slots, initializedCount in
      // Probes go anywhere in a table that is larger than what addresses are remembered for.
      unsafe LargePages.ask(for: UnsafeMutableRawBufferPointer(slots))
      unsafe slots.initialize(repeating: Slot())
      initializedCount = count
    }
  }

  /// Makes room for so many ids in all.
  mutating func reserve(_ idCount: Int) {
    var slotCount = slots.count
    while idCount * 2 > slotCount { slotCount *= 2 }
    guard slotCount > slots.count else { return }
    let old = slots
    slots = Self.emptySlots(slotCount)
    for slot in old where slot.hash != 0 { place(slot) }
  }

  private mutating func place(_ slot: Slot) {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: slot.hash) & mask
    while slots[place].hash != 0 { place = (place + 1) & mask }
    slots[place] = slot
  }
}
