import Learning
import Testing

@Suite struct SeededGeneratorTests {
  @Test func `the sequence is SplitMix64's`() {
    // This seed is scrambled to the state 1234567, whose outputs are published widely:
    // https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64
    var generator = SeededGenerator(seed: Self.seedOfState1234567)
    #expect(
      (0..<5).map { _ in generator.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  private static let seedOfState1234567: UInt64 = 0xa53c_8405_9609_e98e

  @Test func `the first numbers of a seed and a stream never change`() {
    var zero = SeededGenerator(seed: 0)
    #expect(
      (0..<3).map { _ in zero.next() } == [
        0xa706_dd2f_4d19_7e6f, 0xb382_a305_f441_4f5e, 0x631a_9154_fbab_f717,
      ])
    var stream = SeededGenerator(seed: 42, stream: 3)
    #expect(
      (0..<3).map { _ in stream.next() } == [
        0x064f_8676_9e38_db01, 0x9b7a_db70_5730_9e21, 0x93da_e606_aac9_bb7c,
      ])
  }

  @Test func `draws that reach a model never change`() {
    var generator = SeededGenerator(seed: 5)
    #expect(generator.permutation(of: 8) == [4, 1, 2, 6, 3, 5, 0, 7])
    #expect(generator.sample(3, of: 10) == [3, 4, 8])
    #expect(generator.nextUnit() == 0.7981363206044104)
  }

  @Test func `seeds and streams have sequences of their own`() {
    var first: Set<UInt64> = []
    for seed in UInt64(0)..<50 {
      for stream in UInt64(0)..<50 {
        var generator = SeededGenerator(seed: seed, stream: stream)
        first.insert(generator.next())
      }
    }
    #expect(first.count == 2500)
  }

  @Test(arguments: [0, 1, 2, 3, 100]) func `a permutation has each number once`(count: Int) {
    var generator = SeededGenerator(seed: 1)
    #expect(generator.permutation(of: count).sorted() == Array(0..<count))
  }

  @Test func `every order is equally likely`() {
    var generator = SeededGenerator(seed: 2)
    var countOfOrder: [[Int]: Int] = [:]
    for _ in 0..<24_000 { countOfOrder[generator.permutation(of: 4), default: 0] += 1 }
    #expect(countOfOrder.count == 24)
    // 1000 each, with a standard deviation of 31.
    #expect(countOfOrder.values.allSatisfy { (850...1150).contains($0) })
  }

  @Test func `an index stays below its bound, and each is equally likely`() {
    var generator = SeededGenerator(seed: 3)
    for bound in [1, 2, 3, 7, 10] {
      var counts = [Int](repeating: 0, count: bound)
      for _ in 0..<bound * 1000 { counts[generator.nextIndex(below: bound)] += 1 }
      #expect(counts.allSatisfy { (850...1150).contains($0) })
    }
    for _ in 0..<1000 {
      #expect((0..<Int.max).contains(generator.nextIndex(below: .max)))
    }
  }

  @Test func `a unit number is at least 0 and below 1, and spreads evenly`() {
    var generator = SeededGenerator(seed: 4)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<10_000 {
      let unit = generator.nextUnit()
      #expect(unit >= 0 && unit < 1)
      counts[Int(unit * 10)] += 1
    }
    #expect(counts.allSatisfy { (850...1150).contains($0) })
  }

  @Test func `a sample is ascending and without repeats`() {
    var generator = SeededGenerator(seed: 6)
    for (sampleCount, count) in [(0, 0), (0, 9), (1, 1), (4, 9), (9, 9), (500, 1000)] {
      let sample = generator.sample(sampleCount, of: count)
      #expect(sample.count == sampleCount)
      #expect(zip(sample, sample.dropFirst()).allSatisfy { $0 < $1 })
      #expect(sample.allSatisfy { (0..<count).contains($0) })
    }
  }

  @Test func `every sample is equally likely`() {
    var generator = SeededGenerator(seed: 8)
    var countOfSample: [[Int]: Int] = [:]
    for _ in 0..<20_000 { countOfSample[generator.sample(3, of: 6), default: 0] += 1 }
    #expect(countOfSample.count == 20)
    #expect(countOfSample.values.allSatisfy { (850...1150).contains($0) })
  }
}
