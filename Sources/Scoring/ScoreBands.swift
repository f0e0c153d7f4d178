/// The word that goes with a probability.
public enum ScoreBand: String, Sendable, CaseIterable {
  /// As high as the top tenth of the training customers.
  case high
  /// As high as the next two tenths.
  case elevated
  /// Below these.
  case low
}

/// The probabilities at which bands begin, fixed at training, so that a band means the same in every
/// later run.
public struct ScoreBands: Sendable, Equatable {
  /// The lowest probability of `elevated`.
  public var elevated: Double
  /// The lowest probability of `high`; not below `elevated`.
  public var high: Double

  /// Restores bands.
  public init(elevated: Double, high: Double) {
    self.elevated = elevated
    self.high = high
  }

  /// Takes the bounds from the probabilities of customers that the model had not learned from.
  ///
  /// - Precondition: There is at least one probability.
  public init(of probabilities: [Double]) {
    precondition(!probabilities.isEmpty, "no probabilities to take bands from")
    let sorted = probabilities.sorted(by: >)
    func lowest(ofTop share: Double) -> Double {
      sorted[max(0, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
    }
    self.init(elevated: lowest(ofTop: 0.3), high: lowest(ofTop: 0.1))
  }

  /// The band of a probability.
  public func band(of probability: Double) -> ScoreBand {
    probability >= high ? .high : (probability >= elevated ? .elevated : .low)
  }
}
