import Diagnostics

/// Collects the events of one worker by shelf and hands them over in chunks.
@safe final class ShelfWriter {
  /// Where the next event of a shelf goes, and how many there is room for.
  @safe private struct Place {
    /// Behind the last event; `nil` before the first.
    var next: UnsafeMutablePointer<RawEvent>?
    var room = 0
  }

  private let store: ActivityStore
  private let places: UnsafeMutablePointer<Place>
  private static let shelfBits = UInt64(ActivityStore.shelfCount.trailingZeroBitCount)
  private static let capacity = ActivityStore.chunkCapacity

  init(_ store: ActivityStore) {
    self.store = store
    // SAFETY: freed by `deinit`; all of it is initialised.
    unsafe places = .allocate(capacity: ActivityStore.shelfCount)
    unsafe places.initialize(repeating: Place(), count: ActivityStore.shelfCount)
  }

  deinit {
    for shelf in 0..<ActivityStore.shelfCount {
      if let chunk = begun(shelf) { store.pool.takeBack(chunk.events) }
    }
    unsafe places.deallocate()
  }

  /// Adds an event.
  ///
  /// - Parameter key: An ``ActivityKey`` whose account is still 0.
  /// - Throws: `limit.accounts`; what ``ActivityStore/append(_:to:)`` throws.
  @inline(__always)
  func add(_ account: Int32, key: UInt64, user: UInt64, amount: Int64) throws(Diagnostic) {
    let shelf = Int(account) & (ActivityStore.shelfCount &- 1)
    let position = UInt64(UInt32(bitPattern: account)) &>> Self.shelfBits
    if position >= UInt64(ActivityKey.accountLimit) { throw Self.tooManyAccounts }
    // SAFETY: `shelf` is below the number of shelves; where there is no room, some is made.
    if unsafe places[shelf].room == 0 { try makeRoom(shelf) }
    let next = unsafe places[shelf].next.unsafelyUnwrapped
    unsafe next.initialize(to: RawEvent(key: key | position &<< 46, user: user, amount: amount))
    unsafe places[shelf].next = next + 1
    unsafe places[shelf].room &-= 1
  }

  /// Hands over what is left.
  ///
  /// It is copied: many small files would each leave behind chunks of which most is empty.
  func finish() throws(Diagnostic) {
    for shelf in 0..<ActivityStore.shelfCount {
      guard let chunk = begun(shelf) else { continue }
      // SAFETY: the first so many events of the chunk were written.
      let events = unsafe Array(
        UnsafeBufferPointer(start: chunk.events.start, count: chunk.count))
      store.pool.takeBack(chunk.events)
      unsafe places[shelf] = Place()
      try store.append(EventChunk(events), to: shelf)
    }
  }

  private func makeRoom(_ shelf: Int) throws(Diagnostic) {
    if let chunk = begun(shelf) {
      unsafe places[shelf] = Place()
      try store.append(EventChunk(chunk.events, count: chunk.count, of: store.pool), to: shelf)
    }
    unsafe places[shelf] = Place(next: store.pool.take().start, room: Self.capacity)
  }

  /// The chunk that is being filled, and how many events it has; `nil` for none.
  private func begun(_ shelf: Int) -> (events: PooledEvents, count: Int)? {
    // SAFETY: `shelf` is below the number of shelves, and `next` is so many events behind the start.
    let place = unsafe places[shelf]
    guard let next = unsafe place.next else { return nil }
    let count = Self.capacity - place.room
    return unsafe (PooledEvents(start: next - count), count)
  }

  private static var tooManyAccounts: Diagnostic {
    Diagnostic(
      .limitAccounts,
      "more than \(ActivityKey.accountLimit * ActivityStore.shelfCount) accounts")
  }
}
