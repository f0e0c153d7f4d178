/// Rows of about one probability: what was foretold and what happened.
public struct ReliabilityBin: Codable, Equatable, Sendable {
  /// The lowest probability in the bin.
  public var lowest: Double
  /// The highest probability in the bin; may be the `lowest` of the next.
  public var highest: Double
  /// The weight of its rows; a fraction where a row or a tie lies on the bin's edge.
  public var rows: Double
  /// The mean probability.
  public var meanProbability: Double
  /// The share of positive rows.
  public var observedRate: Double
}

/// One line of a gains table: a slice of the ranking, and what lies at or above it.
public struct GainsRow: Codable, Equatable, Sendable {
  /// The share of all rows in this slice and those above it, in `0...1`.
  public var share: Double
  /// The weight of the rows in this slice.
  public var rows: Double
  /// The weight of positive rows expected in this slice when tied rows come in random order.
  public var positives: Double
  /// The mean score in this slice.
  public var meanProbability: Double?
  /// The share of all positives in this slice and those above it; `nil` without positives.
  public var capture: Double?
  /// `capture / share`: how many times a random choice of as many rows; `nil` without positives.
  public var lift: Double?
}
