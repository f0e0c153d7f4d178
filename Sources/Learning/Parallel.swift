import Dispatch

/// Work on independent items, gathered by index, so that the result never depends on how many
/// threads did it.
public enum Parallel {
  /// Calls `body` once for each of `0..<count`, on at most `threads` threads.
  ///
  /// `body` must write only to places that belong to its index.
  public static func forEach(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(threads, count)
    guard workers > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for index in stride(from: worker, to: count, by: workers) { body(index) }
    }
  }

  /// The results of `body` for each of `0..<count`, in order.
  public static func map<Result: Sendable>(
    _ count: Int, threads: Int, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    guard min(threads, count) > 1 else { return (0..<count).map(body) }
    return unsafe [Result](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      nonisolated(unsafe) let start = buffer.baseAddress!
      // SAFETY: each index below `count`, the capacity, is initialised by exactly one call.
      forEach(count, threads: threads) { index in
        unsafe (start + index).initialize(to: body(index))
      }
      initializedCount = count
    }
  }
}
