import Learning

/// Rows drawn from a known law, for properties that must hold for any seed.
struct SampleRows {
  var scores: [Double] = []
  var probabilities: [Double] = []
  var labels: [Bool] = []
  var weights: [Double] = []

  /// Log odds spread about `intercept`; labels follow them unless `isNoise`; `levels` ties them.
  init(
    seed: UInt64, count: Int, intercept: Double = -1, isNoise: Bool = false, levels: Int? = nil
  ) {
    var generator = SeededGenerator(seed: seed, stream: 99)
    for _ in 0..<count {
      // A sum of uniforms: bell-shaped, standard deviation 1.4.
      let bell = (0..<6).reduce(0.0) { sum, _ in sum + generator.nextUnit() } - 3
      var score = intercept + 2 * bell
      if let levels { score = (score * Double(levels) / 8).rounded() * 8 / Double(levels) }
      let truth = LogLoss.probability(isNoise ? intercept : score)
      scores.append(score)
      probabilities.append(LogLoss.probability(score))
      labels.append(generator.nextUnit() < truth)
      weights.append(generator.nextUnit() < 0.1 ? 0 : 3 * generator.nextUnit())
    }
  }

  /// The same rows in another order.
  func shuffled(seed: UInt64) -> SampleRows {
    var generator = SeededGenerator(seed: seed, stream: 98)
    let order = generator.permutation(of: scores.count)
    var copy = self
    copy.scores = order.map { scores[$0] }
    copy.probabilities = order.map { probabilities[$0] }
    copy.labels = order.map { labels[$0] }
    copy.weights = order.map { weights[$0] }
    return copy
  }
}
