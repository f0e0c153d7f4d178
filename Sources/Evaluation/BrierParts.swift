/// What a Brier score is made of.
///
/// `score = reliability - resolution + uncertainty + withinBinVariance - withinBinCovariance`,
/// exactly: the last two are what a bin loses by having one probability only (Stephenson, Coelho and
/// Jolliffe 2008, "Two extra components in the Brier score decomposition"), and 0 where every bin
/// has one.
public struct BrierParts: Codable, Equatable, Sendable {
  /// The mean squared distance of a bin's mean probability and its observed rate; 0 is best.
  public var reliability: Double
  /// The mean squared distance of a bin's observed rate and the base rate; more is better.
  public var resolution: Double
  /// `baseRate * (1 - baseRate)`: what the rows themselves make of it.
  public var uncertainty: Double
  /// The mean squared distance of a row's probability and that of its bin.
  public var withinBinVariance: Double
  /// Twice the mean product of that distance with the row's distance from the bin's rate.
  public var withinBinCovariance: Double

  /// The sum of the parts: the Brier score.
  public var score: Double {
    reliability - resolution + uncertainty + (withinBinVariance - withinBinCovariance)
  }
}

extension Ranking {
  /// See ``Metrics/brierParts(probabilities:labels:weights:binCount:)``.
  func brierParts(binCount: Int?) -> BrierParts? {
    guard holdsProbabilities, binCount ?? 1 > 0 else { return nil }
    var parts = BrierParts(
      reliability: 0, resolution: 0, uncertainty: baseRate * (negativeTotal / total),
      withinBinVariance: 0, withinBinCovariance: 0)
    let bins: [[Piece]] =
      if let binCount {
        pieces(cuts: cuts(count: binCount))
      } else {
        scores.indices.map { [Piece(index: $0, share: 1)] }
      }
    for bin in bins {
      var slice = Slice()
      for piece in bin { slice.add(self, piece) }
      guard slice.mass > 0 else { continue }
      let (mean, rate) = (slice.scoreSum / slice.mass, slice.positive / slice.mass)
      parts.reliability += slice.mass * (mean - rate) * (mean - rate)
      parts.resolution += slice.mass * (rate - baseRate) * (rate - baseRate)
      // By distances from the means: sums of squares would cancel.
      for piece in bin {
        let distance = scores[piece.index] - mean
        let positives = positive(piece.index) * piece.share
        let negatives = negative(piece.index) * piece.share
        parts.withinBinVariance += (positives + negatives) * distance * distance
        parts.withinBinCovariance += 2 * distance * (positives * (1 - rate) - negatives * rate)
      }
    }
    parts.reliability /= total
    parts.resolution /= total
    parts.withinBinVariance /= total
    parts.withinBinCovariance /= total
    return parts
  }
}
