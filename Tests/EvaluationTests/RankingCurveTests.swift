import Evaluation
import Learning
import Testing

struct RankingCurveTests {
  @Test func `a ranking of four rows is walked from the best down, ties in one step`() throws {
    let curve = try #require(
      RankingCurve(scores: [0.9, 0.5, 0.5, 0.1], labels: [true, true, false, false]))
    #expect(curve.baseRate == 0.5)
    #expect(curve.points.map(\.share) == [0, 0.25, 0.75, 1])
    #expect(curve.points.map(\.recall) == [0, 0.5, 1, 1])
    #expect(curve.points.map(\.falsePositiveRate) == [0, 0, 0.5, 1])
    #expect(curve.points.map(\.precision) == [nil, 1, 2.0 / 3, 0.5])
    #expect(curve.points.map(\.threshold) == [.infinity, 0.9, 0.5, 0.1])
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `the areas under its curves are the figures`(seed: UInt64) throws {
    let rows = Rows(seed: seed, count: 500)
    let curve = try #require(
      RankingCurve(scores: rows.probabilities, labels: rows.labels, weights: rows.weights))
    let pairs = zip(curve.points, curve.points.dropFirst())
    let area = pairs.reduce(0) {
      $0 + ($1.1.falsePositiveRate - $1.0.falsePositiveRate) * ($1.1.recall + $1.0.recall) / 2
    }
    let precision = pairs.reduce(0) {
      $0 + ($1.1.recall - $1.0.recall) * ($1.1.precision ?? 0)
    }
    let expected = Metrics.rocAUC(
      scores: rows.probabilities, labels: rows.labels, weights: rows.weights)
    let average = Metrics.averagePrecision(
      scores: rows.probabilities, labels: rows.labels, weights: rows.weights)
    #expect(abs(area - (try #require(expected))) < 1e-12)
    #expect(abs(precision - (try #require(average))) < 1e-12)
  }

  @Test func `rows of one outcome have no curve`() {
    #expect(RankingCurve(scores: [0.1, 0.2], labels: [true, true]) == nil)
    #expect(RankingCurve(scores: [0.1, .nan], labels: [true, false]) == nil)
  }
}

struct ScoreDistributionTests {
  @Test(arguments: 0..<10 as Range<UInt64>)
  func `shares of each outcome add up to one, and means are those of the rows`(seed: UInt64) throws
  {
    let rows = Rows(seed: seed, count: 300)
    let spread = try #require(
      ScoreDistribution(probabilities: rows.probabilities, labels: rows.labels))
    #expect(abs(spread.positive.reduce(0, +) - 1) < 1e-12)
    #expect(abs(spread.negative.reduce(0, +) - 1) < 1e-12)
    #expect(spread.edges.count == spread.positive.count + 1)
    #expect(spread.positive.count <= 40)
    #expect(spread.edges.last! >= rows.probabilities.max()!)
    let positive = zip(rows.probabilities, rows.labels).filter(\.1).map(\.0)
    #expect(abs(spread.positiveMean - positive.reduce(0, +) / Double(positive.count)) < 1e-12)
  }

  @Test func `a probability of one is in the last bin, and nothing is outside 0 to 1`() throws {
    let spread = try #require(ScoreDistribution(probabilities: [1, 0], labels: [true, false]))
    #expect(spread.positive.last == 1 && spread.negative.first == 1)
    #expect(spread.edges.first == 0 && spread.edges.last == 1)
    #expect(ScoreDistribution(probabilities: [1.5, 0], labels: [true, false]) == nil)
    #expect(ScoreDistribution(probabilities: [0.5, 0], labels: [true, true]) == nil)
  }
}

struct ReliabilityIntervalTests {
  @Test func `rows that stand alone have Wilson's interval, of one row less`() throws {
    // 10 of 40, n = 39: (0.25 + z²/2n ± z sqrt(0.25 · 0.75 / n + z²/4n²)) / (1 + z²/n). The variance
    // between units has n - 1 below it.
    let intervals = Metrics.reliabilityIntervals(
      probabilities: [Double](repeating: 0.3, count: 40),
      labels: (0..<40).map { $0 < 10 }, binCount: 1)
    let interval = try #require(intervals.first ?? nil)
    #expect(abs(interval.low - 0.14083) < 1e-4 && abs(interval.high - 0.40401) < 1e-4)
  }

  @Test(arguments: 0..<5 as Range<UInt64>)
  func `a row that is there ten times tells no more than once`(seed: UInt64) throws {
    var rows = Rows(seed: seed, count: 400)
    // Without ties, so that no row lies in two bins.
    for row in rows.probabilities.indices {
      rows.probabilities[row] = 0.99 * rows.probabilities[row] + 1e-6 * Double(row)
    }
    let alone = Metrics.reliabilityIntervals(
      probabilities: rows.probabilities, labels: rows.labels, binCount: 5)
    func tenfold<Value>(_ values: [Value]) -> [Value] {
      values.flatMap { [Value](repeating: $0, count: 10) }
    }
    let grouped = Metrics.reliabilityIntervals(
      probabilities: tenfold(rows.probabilities), labels: tenfold(rows.labels),
      groups: tenfold(Array(rows.labels.indices)), binCount: 5)
    #expect(alone.count == 5 && grouped.count == 5)
    for (one, ten) in zip(alone, grouped) {
      #expect(abs(try #require(one).low - (try #require(ten)).low) < 1e-9)
      #expect(abs(try #require(one).high - (try #require(ten)).high) < 1e-9)
    }
  }

  @Test func `a bin holds its rate, and one of a single account has no interval`() throws {
    let rows = Rows(seed: 3, count: 200)
    let bins = Metrics.reliability(
      probabilities: rows.probabilities, labels: rows.labels, binCount: 10)
    let intervals = Metrics.reliabilityIntervals(
      probabilities: rows.probabilities, labels: rows.labels, binCount: 10)
    #expect(bins.count == intervals.count)
    for (bin, interval) in zip(bins, intervals) {
      let found = try #require(interval)
      #expect(found.low <= bin.observedRate && bin.observedRate <= found.high)
    }
    let single = Metrics.reliabilityIntervals(
      probabilities: [0.2, 0.2], labels: [true, false], groups: [7, 7], binCount: 1)
    #expect(single == [nil])
  }

  @Test func `intervals of accounts hold the true rate about 95 times in 100`() {
    // Accounts of 1 to 6 rows that share their outcome's leaning.
    var hits = 0
    for seed in 0..<4000 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var (labels, groups) = ([Bool](), [Int]())
      for account in 0..<150 {
        let leaning = generator.nextUnit() < 0.5 ? 0.05 : 0.35
        for _ in 0...generator.nextIndex(below: 6) {
          labels.append(generator.nextUnit() < leaning)
          groups.append(account)
        }
      }
      let interval = Metrics.reliabilityIntervals(
        probabilities: [Double](repeating: 0.2, count: labels.count), labels: labels,
        groups: groups, binCount: 1)[0]
      if let interval, interval.low <= 0.2, 0.2 <= interval.high { hits += 1 }
    }
    #expect((3700...3920).contains(hits), "\(hits) of 4000")
  }
}

/// Random probabilities, with outcomes that follow them.
private struct Rows {
  var probabilities: [Double] = []
  var labels: [Bool] = []
  var weights: [Double] = []

  init(seed: UInt64, count: Int) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<count {
      let probability = (generator.nextUnit() * 50).rounded() / 50
      probabilities.append(probability)
      labels.append(generator.nextUnit() < probability)
      weights.append(generator.nextUnit() + 0.1)
    }
  }
}
