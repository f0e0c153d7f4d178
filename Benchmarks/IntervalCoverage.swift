import Evaluation
import Learning

/// How often 95 % intervals contain the true figure, in populations whose truth is known.
///
/// Log odds are bell-shaped, outcomes follow them, and money is lognormal. The truth is the figure of
/// two million rows. In populations of accounts, the five rows of one share a part of their log odds,
/// a part of their luck that no score knows, and their money.
struct IntervalCoverage {
  var runs: Int
  var rowCounts: [Int]
  var threads: Int
  var resampleCount = 400

  struct Population {
    var name: String
    var intercept: Double
    var isAccounts = false
    var levels: Int?

    static let all: [Population] = [-4.2, -2.75, -1.1].flatMap { intercept in
      let rate = intercept < -4 ? "3 %" : intercept < -2 ? "10 %" : "30 %"
      return [
        Population(name: rate, intercept: intercept),
        Population(name: "\(rate), 10 scores", intercept: intercept, levels: 10),
        Population(name: "\(rate), accounts of 5", intercept: intercept, isAccounts: true),
      ]
    }
  }

  private struct Sample {
    var probabilities: [Double] = []
    var labels: [Bool] = []
    var money: [Double] = []
    var groups: [Int]?
  }

  private static let metrics: [Metric] = [
    .rocAUC, .averagePrecision, .logLoss, .brierScore, .liftAt10,
  ]

  func table(_ line: (String) -> Void) {
    line("| Population | Rows | AUC | AP | Log loss | Brier | Lift | Money |")
    line("|---|---|---|---|---|---|---|---|")
    for population in Population.all {
      let truth = truth(population)
      for rowCount in rowCounts {
        let results = Parallel.map(runs, threads: threads) { run in
          hits(population, truth, rowCount: rowCount, run: run)
        }
        let cells = truth.indices.map { figure -> String in
          let had = results.compactMap { $0[figure] }
          // Intervals of a chosen few would tell of the choice.
          guard 10 * had.count >= 9 * runs else { return "-" }
          let tenths = (1000 * Double(had.count { $0 }) / Double(had.count)).rounded()
          return "\(Int(tenths) / 10).\(Int(tenths) % 10)"
        }
        line("| \(population.name) | \(rowCount) | \(cells.joined(separator: " | ")) |")
      }
    }
  }

  private func truth(_ population: Population) -> [Double] {
    var generator = SeededGenerator(seed: 999, stream: 3)
    let all = sample(population, rowCount: 2_000_000, using: &generator)
    return figures(all, resampleCount: 0, seed: 0).map { $0.value! }
  }

  /// Whether each interval contains the truth; `nil` where there is none.
  private func hits(
    _ population: Population, _ truth: [Double], rowCount: Int, run: Int
  ) -> [Bool?] {
    var generator = SeededGenerator(seed: UInt64(run), stream: 17)
    let sample = sample(population, rowCount: rowCount, using: &generator)
    let figures = figures(sample, resampleCount: resampleCount, seed: UInt64(run))
    return zip(figures, truth).map { figure, truth in
      figure.interval.map { $0.low <= truth && truth <= $0.high }
    }
  }

  private func figures(
    _ sample: Sample, resampleCount: Int, seed: UInt64
  ) -> [(value: Double?, interval: (low: Double, high: Double)?)] {
    let bootstrap = Bootstrap(resampleCount: resampleCount, seed: seed)
    let summary = EvaluationSummary(
      probabilities: sample.probabilities, labels: sample.labels, groups: sample.groups,
      bootstrap: bootstrap)
    let money = MoneyCapture(
      scores: sample.probabilities, labels: sample.labels, money: sample.money,
      groups: sample.groups, shares: [0.1], bootstrap: bootstrap)?.rows[0]
    let interval = money.flatMap { row in row.low.flatMap { low in row.high.map { (low, $0) } } }
    return Self.metrics.map { metric in
      (summary[metric], summary.interval(of: metric).map { ($0.low, $0.high) })
    } + [(money?.captured, interval)]
  }

  private func sample(
    _ population: Population, rowCount: Int, using generator: inout SeededGenerator
  ) -> Sample {
    var sample = Sample(groups: population.isAccounts ? [] : nil)
    var shared = (score: 0.0, luck: 0.0, money: 0.0)
    for row in 0..<rowCount {
      if population.isAccounts, row % 5 == 0 {
        shared = (bell(&generator), 0.8 * bell(&generator), bell(&generator))
      }
      var score =
        population.intercept + shared.score
        + (population.isAccounts ? 0.7 : 1.2) * bell(&generator)
      if let levels = population.levels {
        score = (score * Double(levels) / 8).rounded() * 8 / Double(levels)
      }
      sample.probabilities.append(LogLoss.probability(score))
      sample.labels.append(generator.nextUnit() < LogLoss.probability(score + shared.luck))
      sample.money.append(
        PortableMath.exp(population.isAccounts ? shared.money : bell(&generator)))
      sample.groups?.append(row / 5)
    }
    return sample
  }

  /// Twelve uniforms less their mean: variance 1, and the same on every machine.
  private func bell(_ generator: inout SeededGenerator) -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + generator.nextUnit() }
  }
}
