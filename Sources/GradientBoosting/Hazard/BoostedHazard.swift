import Learning

/// Boosted trees for the chance that an event comes in a period, given that it has not come before.
public struct BoostedHazard: Sendable, Equatable {
  /// The trees; the features are those of an account and, last, the period. What they add up to is
  /// the log odds of the hazard.
  public var trees: BoostedTrees
  /// The last period at risk that training has seen; of later ones the trees know nothing, and take
  /// them for this one.
  public var lastPeriod: Int

  /// Puts a model together.
  public init(trees: BoostedTrees, lastPeriod: Int) {
    self.trees = trees
    self.lastPeriod = lastPeriod
  }

  /// What the period is called among the features.
  public static let periodFeature = Feature(name: "period", kind: .number)

  /// The chance of the event in each period from the first, among accounts that it has spared so
  /// far, shape `[periodCount][rowCount]`.
  ///
  /// - Parameter matrix: The features of accounts, without the period.
  public func hazards(of matrix: FeatureMatrix, periodCount: Int, threads: Int) -> [[Double]] {
    (0..<periodCount).map { index in
      let period = [Double](repeating: Double(index + 1), count: matrix.rowCount)
      // Columns are shared, not copied.
      let atRisk = FeatureMatrix(
        features: matrix.features + [Self.periodFeature],
        columns: matrix.columns + [.number(period)], rowCount: matrix.rowCount)
      return trees.scores(of: atRisk, threads: threads).map { LogLoss.probability($0) }
    }
  }

  /// The chance that the event has not come by the end of each period from the first, shape
  /// `[periodCount][rowCount]`: the product of what hazards leave, which falls from period to period.
  public func survival(of matrix: FeatureMatrix, periodCount: Int, threads: Int) -> [[Double]] {
    var left = [Double](repeating: 1, count: matrix.rowCount)
    return hazards(of: matrix, periodCount: periodCount, threads: threads).map { hazards in
      for row in left.indices { left[row] *= 1 - hazards[row] }
      return left
    }
  }
}
