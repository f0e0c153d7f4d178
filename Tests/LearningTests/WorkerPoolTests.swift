import Learning
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 8]) func `every item is done once, run after run`(threads: Int) {
    let pool = WorkerPool(threads: threads)
    for run in 0..<3000 {
      let count = run % 37
      #expect(pool.map(count) { $0 * run } == (0..<count).map { $0 * run })
    }
  }

  @Test func `threads that fell asleep come back`() async throws {
    let pool = WorkerPool(threads: 3)
    for _ in 0..<5 {
      try await Task.sleep(for: .milliseconds(20))
      let sum = Atomic<Int>(0)
      pool.forEach(1000) { sum.add($0, ordering: .relaxed) }
      #expect(sum.load(ordering: .relaxed) == 499_500)
    }
  }

  @Test func `ranges cover everything once`() {
    let pool = WorkerPool(threads: 2)
    for count in [0, 1, 7, 100, 1001] {
      let seen = Mutex([Int](repeating: 0, count: count))
      pool.forEachRange(of: count, least: 10, pieceLimit: 8) { _, range in
        seen.withLock { for index in range { $0[index] += 1 } }
      }
      #expect(seen.withLock { $0.allSatisfy { $0 == 1 } })
    }
  }

  @Test func `many pools may live at once, and end`() {
    for _ in 0..<50 {
      let pools = (0..<4).map { _ in WorkerPool(threads: 2) }
      for pool in pools { #expect(pool.map(5) { $0 } == [0, 1, 2, 3, 4]) }
    }
  }
}
