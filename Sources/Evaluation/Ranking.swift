import Learning

/// The weight of positive and negative rows at each distinct score, best score first.
///
/// Every metric is a function of this and of nothing else. Rows with one score cannot be told
/// apart by it, so none of them can be favoured, and the order of the input cannot matter.
package struct Ranking: Sendable {
  /// The distinct scores, best first.
  let scores: [Double]
  /// The weight at each score, negative rows at `2 * index`, positive rows at `2 * index + 1`.
  private let mass: [Double]
  /// What weights were multiplied by to become `mass`.
  private let weightScale: Double
  /// The weight of all positive rows.
  let positiveTotal: Double
  /// The weight of all negative rows.
  let negativeTotal: Double

  /// Puts scores and their weights together.
  ///
  /// - Precondition: `mass.count == 2 * scores.count`, and some mass is positive.
  init(scores: [Double], mass: [Double], weightScale: Double) {
    precondition(
      mass.count == 2 * scores.count, "\(mass.count) masses for \(scores.count) scores")
    self.scores = scores
    self.mass = mass
    self.weightScale = weightScale
    var totals = (negative: 0.0, positive: 0.0)
    for index in scores.indices {
      totals.negative += mass[2 * index]
      totals.positive += mass[2 * index + 1]
    }
    positiveTotal = totals.positive
    negativeTotal = totals.negative
  }

  /// The weight of all rows.
  var total: Double { positiveTotal + negativeTotal }
  /// The share of positive rows.
  var baseRate: Double { positiveTotal / total }
  /// Whether rows of both outcomes are present.
  var hasBothClasses: Bool { positiveTotal > 0 && negativeTotal > 0 }
  /// Whether every score can be read as a probability.
  var holdsProbabilities: Bool { scores[0] <= 1 && scores[scores.count - 1] >= 0 }

  /// The weight of negative rows at a score.
  func negative(_ index: Int) -> Double { mass[2 * index] }
  /// The weight of positive rows at a score.
  func positive(_ index: Int) -> Double { mass[2 * index + 1] }
  /// The weight of rows, as it was given.
  func given(_ mass: Double) -> Double { mass / weightScale }
}

extension Ranking {
  /// See ``Metrics/rocAUC(scores:labels:weights:)``.
  var rocAUC: Double? {
    guard hasBothClasses else { return nil }
    var positiveAbove = 0.0
    var wins = 0.0
    for index in scores.indices {
      wins += negative(index) * (positiveAbove + positive(index) / 2)
      positiveAbove += positive(index)
    }
    return wins / (positiveTotal * negativeTotal)
  }

  /// See ``Metrics/averagePrecision(scores:labels:weights:)``.
  var averagePrecision: Double? {
    guard positiveTotal > 0 else { return nil }
    var sum = 0.0
    var positiveAbove = 0.0
    var above = 0.0
    for index in scores.indices {
      positiveAbove += positive(index)
      above += positive(index) + negative(index)
      if positive(index) > 0 { sum += positive(index) * (positiveAbove / above) }
    }
    return sum / positiveTotal
  }

  /// See ``Metrics/kolmogorovSmirnov(scores:labels:weights:)``.
  var kolmogorovSmirnov: Double? {
    guard hasBothClasses else { return nil }
    var widest = 0.0
    var positiveAbove = 0.0
    var negativeAbove = 0.0
    for index in scores.indices {
      positiveAbove += positive(index)
      negativeAbove += negative(index)
      widest = max(
        widest, (positiveAbove / positiveTotal - negativeAbove / negativeTotal).magnitude)
    }
    return widest
  }

  /// See ``Metrics/logLoss(probabilities:labels:weights:)``; `losses` are those of `scores`.
  func logLoss(_ losses: Losses) -> Double {
    var sum = 0.0
    for index in scores.indices {
      sum += positive(index) * losses.ifPositive[index] + negative(index) * losses.ifNegative[index]
    }
    return sum / total
  }

  /// See ``Metrics/brierScore(probabilities:labels:weights:)``.
  var brierScore: Double? {
    guard holdsProbabilities else { return nil }
    var sum = 0.0
    for index in scores.indices {
      let probability = scores[index]
      let miss = 1 - probability
      sum += positive(index) * (miss * miss) + negative(index) * (probability * probability)
    }
    return sum / total
  }

  /// See ``Metrics/meanProbability(probabilities:labels:weights:)``.
  var meanProbability: Double? {
    guard holdsProbabilities else { return nil }
    var sum = 0.0
    for index in scores.indices { sum += (positive(index) + negative(index)) * scores[index] }
    return sum / total
  }

  /// One of the metrics that have intervals.
  package func value(of metric: Metric, losses: Losses?) -> Double? {
    switch metric {
    case .rocAUC: rocAUC
    case .averagePrecision: averagePrecision
    case .logLoss: losses.map(logLoss)
    case .brierScore: brierScore
    case .expectedCalibrationError: expectedCalibrationError(binCount: 10)
    case .liftAt10: lift(at: 0.1)
    }
  }
}

/// The log loss of a row at each distinct score, for both outcomes; resamples share it.
package struct Losses: Sendable {
  /// The loss where the outcome happened, `-log p`.
  let ifPositive: [Double]
  /// The loss where it did not, `-log(1 - p)`.
  let ifNegative: [Double]

  /// `nil` where a score is not a probability.
  package init?(_ ranking: Ranking) {
    guard ranking.holdsProbabilities else { return nil }
    // 0 and 1 are moved to their neighbours in `Double` and nothing else is moved, so that a loss
    // is finite: at most 745 for a happening called impossible, 37 for a certainty that failed.
    ifPositive = ranking.scores.map { -PortableMath.log(max($0, .leastNonzeroMagnitude)) }
    ifNegative = ranking.scores.map { -PortableMath.log(1 - min($0, 1.0.nextDown)) }
  }
}
