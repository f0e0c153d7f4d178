import Diagnostics

/// Collects the events of one worker by shelf and hands them over in chunks.
@safe final class ShelfWriter {
  private let store: ActivityStore
  // One chunk per shelf, side by side; `counts` says how full each is.
  private let chunks: UnsafeMutablePointer<RawEvent>
  private let counts: UnsafeMutablePointer<Int32>
  private static let shelfBits = UInt64(ActivityStore.shelfCount.trailingZeroBitCount)
  private static let capacity = ActivityStore.chunkCapacity

  init(_ store: ActivityStore) {
    self.store = store
    // SAFETY: both are freed by `deinit`; an event is written before it is counted.
    unsafe chunks = .allocate(capacity: ActivityStore.shelfCount * Self.capacity)
    // One event goes here and the next far away.
    unsafe LargePages.ask(
      for: UnsafeMutableRawBufferPointer(
        UnsafeMutableBufferPointer(
          start: chunks, count: ActivityStore.shelfCount * Self.capacity)))
    unsafe counts = .allocate(capacity: ActivityStore.shelfCount)
    unsafe counts.initialize(repeating: 0, count: ActivityStore.shelfCount)
  }

  deinit {
    unsafe chunks.deallocate()
    unsafe counts.deallocate()
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
    // SAFETY: `shelf` is below the number of shelves, and a full chunk is handed over at once, so
    // that the count is below the capacity here.
    let count = unsafe Int(counts[shelf])
    unsafe chunks[shelf &* Self.capacity &+ count] = RawEvent(
      key: key | position &<< 46, user: user, amount: amount)
    unsafe counts[shelf] = Int32(truncatingIfNeeded: count &+ 1)
    if count &+ 1 == Self.capacity { try handOver(shelf) }
  }

  /// Hands over what is left.
  func finish() throws(Diagnostic) {
    for shelf in 0..<ActivityStore.shelfCount { try handOver(shelf) }
  }

  private func handOver(_ shelf: Int) throws(Diagnostic) {
    // SAFETY: the first so many events of the chunk were written.
    let chunk = unsafe Array(
      UnsafeBufferPointer(start: chunks + shelf * Self.capacity, count: Int(counts[shelf])))
    unsafe counts[shelf] = 0
    try store.append(chunk, to: shelf)
  }

  private static var tooManyAccounts: Diagnostic {
    Diagnostic(
      .limitAccounts,
      "more than \(ActivityKey.accountLimit * ActivityStore.shelfCount) accounts")
  }
}
