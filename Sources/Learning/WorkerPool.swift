import CProcessor
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Threads that stay for many short pieces of work, and look for the next a while before they sleep:
/// starting work costs about a microsecond, where waking a thread costs ten.
///
/// Items are taken by whichever thread is free, so each must write only to places of its own, and
/// what comes out must not depend on who did what. One caller at a time may run work.
public final class WorkerPool: Sendable {
  /// How many threads work, the caller's included.
  public let threadCount: Int
  private let desk: Desk

  /// Starts `threads - 1` threads; the caller's own is the last.
  public init(threads: Int) {
    threadCount = max(1, threads)
    desk = Desk(helperCount: threadCount - 1)
    for helper in desk.helpers {
      // A serial queue has a thread of its own; the block holds the desk, not the pool, so that
      // letting go of the pool sends the threads home.
      DispatchQueue(label: "retentionkit.worker").async { [desk] in desk.serve(helper) }
    }
  }

  deinit { desk.close() }

  /// The most items of one run.
  public static let itemLimit = (1 << 20) - 1

  /// Calls `body` once for each of `0..<count`, and returns when all calls have.
  public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 1, threadCount > 1 else {
      for item in 0..<count { body(item) }
      return
    }
    precondition(count <= Self.itemLimit, "\(count) items; at most \(Self.itemLimit)")
    withoutActuallyEscaping(body) { desk.run(count, $0) }
  }

  /// The results of `body` for each of `0..<count`, in order.
  public func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    unsafe [Result](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      nonisolated(unsafe) let start = buffer.baseAddress
      // SAFETY: each place below `count`, the capacity, is initialised by exactly one call.
      forEach(count) { index in unsafe (start! + index).initialize(to: body(index)) }
      initializedCount = count
    }
  }

  /// Divides `0..<count` into at most `pieceLimit` ranges of at least `least`, and calls `body` once
  /// for each.
  public func forEachRange(
    of count: Int, least: Int, pieceLimit: Int, _ body: @Sendable (_ piece: Int, Range<Int>) -> Void
  ) {
    let pieces = Self.pieceCount(of: count, least: least, pieceLimit: pieceLimit)
    forEach(pieces) { piece in
      body(piece, count * piece / pieces..<count * (piece + 1) / pieces)
    }
  }

  /// How many ranges ``forEachRange(of:least:pieceLimit:_:)`` makes.
  public static func pieceCount(of count: Int, least: Int, pieceLimit: Int) -> Int {
    max(1, min(pieceLimit, count / max(1, least)))
  }
}

/// Where work is laid out and taken.
private final class Desk: Sendable {
  final class Helper: Sendable {
    let isAsleep = Atomic<Bool>(false)
    let alarm = DispatchSemaphore(value: 0)
  }

  let helpers: [Helper]
  /// The open run in one word, so that a thread that comes late takes nothing of a later run:
  /// generation in the upper 24 bits, then item count and next item in 20 bits each.
  private let ticket = Atomic<UInt64>(0)
  private let finishedCount = Atomic<Int>(0)
  private let isClosed = Atomic<Bool>(false)
  // SAFETY: written by the caller while no item can be taken, and read only by a thread that holds
  // an item; the run does not end before that item is finished.
  private nonisolated(unsafe) var body: (@Sendable (Int) -> Void)?

  /// How often a thread looks for work before it sleeps: some tens of microseconds.
  private static let lookCount = 3000

  init(helperCount: Int) { helpers = (0..<helperCount).map { _ in Helper() } }

  func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    unsafe self.body = body
    finishedCount.store(0, ordering: .relaxed)
    let generation = (ticket.load(ordering: .relaxed) >> 40 &+ 1) & 0xFF_FFFF
    ticket.store(generation << 40 | UInt64(count) << 20, ordering: .sequentiallyConsistent)
    for helper in helpers where helper.isAsleep.load(ordering: .sequentiallyConsistent) {
      if helper.isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
        helper.alarm.signal()
      }
    }
    work()
    var looks = 0
    while finishedCount.load(ordering: .acquiring) < count {
      rk_pause()
      looks += 1
      // The helper may be waiting for this very processor.
      if looks > Self.lookCount { _ = sched_yield() }
    }
    unsafe self.body = nil
  }

  /// Takes items until none is left.
  private func work() {
    while let item = take() {
      unsafe body!(item)
      finishedCount.add(1, ordering: .acquiringAndReleasing)
    }
  }

  private func take() -> Int? {
    var seen = ticket.load(ordering: .acquiring)
    while true {
      let next = seen & 0xF_FFFF
      guard next < seen >> 20 & 0xF_FFFF else { return nil }
      let (isMine, now) = ticket.weakCompareExchange(
        expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
      if isMine { return Int(next) }
      seen = now
    }
  }

  private var hasItems: Bool {
    let seen = ticket.load(ordering: .sequentiallyConsistent)
    return seen & 0xF_FFFF < seen >> 20 & 0xF_FFFF
  }

  /// A helper's life.
  func serve(_ helper: Helper) {
    var looks = 0
    while !isClosed.load(ordering: .acquiring) {
      if hasItems {
        work()
        looks = 0
      } else if looks < Self.lookCount {
        looks += 1
        rk_pause()
      } else {
        helper.isAsleep.store(true, ordering: .sequentiallyConsistent)
        // Whoever lays out work after this line sees the sleeper; what came before is seen here.
        let mayStay = hasItems || isClosed.load(ordering: .sequentiallyConsistent)
        // Someone who took the mark away has rung, or is about to.
        if !mayStay || !helper.isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
          helper.alarm.wait()
        }
        looks = 0
      }
    }
  }

  func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    for helper in helpers
    where helper.isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
      helper.alarm.signal()
    }
  }
}
