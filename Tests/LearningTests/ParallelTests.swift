import Learning
import Synchronization
import Testing

@Suite struct ParallelTests {
  @Test(arguments: 1...9) func `results stand in the order of their indices`(threads: Int) {
    for count in [0, 1, 2, 7, 8, 9, 1000] {
      let results = Parallel.map(count, threads: threads) { "item \($0)" }
      #expect(results == (0..<count).map { "item \($0)" })
    }
  }

  @Test(arguments: 1...9) func `each index is visited once`(threads: Int) {
    let visits = Mutex([Int](repeating: 0, count: 100))
    Parallel.forEach(100, threads: threads) { index in visits.withLock { $0[index] += 1 } }
    #expect(visits.withLock(\.self) == [Int](repeating: 1, count: 100))
  }

  @Test func `fewer than one thread still does the work`() {
    #expect(Parallel.map(3, threads: 0) { $0 * $0 } == [0, 1, 4])
  }
}
