/// How far parts of the data, or the models of folds, agree on what matters most.
public struct ImportanceStability: Sendable, Equatable {
  /// How many parts there are: folds, or slices of the rows of one model.
  public var partCount: Int
  /// Spearman's correlation of the falls of all groups, the mean over all pairs of parts.
  public var correlation: Double
  /// The best and the worst rank that any part gives to the group which comes first over all.
  public var ranksOfFirst: ClosedRange<Int>

  /// Puts the figures together.
  public init(partCount: Int, correlation: Double, ranksOfFirst: ClosedRange<Int>) {
    self.partCount = partCount
    self.correlation = correlation
    self.ranksOfFirst = ranksOfFirst
  }
}
