import Diagnostics
import Learning

extension GradientBoostingLearner {
  /// Fits trees that predict the time to an event.
  ///
  /// The features are binned once for each account; of the rows of accounts and periods, only bins
  /// are made, a byte per value.
  ///
  /// - Parameters:
  ///   - matrix: The features of accounts, shape `[accountCount, featureCount]`.
  ///   - periods: The accounts' times at risk.
  ///   - weights: How much each account counts; `nil` for 1 each.
  ///   - heldOut: Accounts that tell how many trees are best; see
  ///     ``fitted(to:outcomes:weights:objective:heldOut:threads:)``.
  /// - Throws: As there.
  public func fitted(
    to matrix: FeatureMatrix, periods: PersonPeriods, weights: [Double]? = nil,
    heldOut: [Int] = [], threads: Int
  ) throws(Diagnostic) -> BoostedHazard {
    try check(matrix, outcomeCount: periods.accountCount, weights: weights, heldOut: heldOut)
    let pool = WorkerPool(threads: threads)
    let binned = BinnedMatrix(
      matrix, repeating: periods.accounts, adding: periods.periods.map(Double.init),
      binLimit: binLimit, pool: pool)
    let isHeldOut = Set(heldOut)
    let trees = outputs(
      binned, levelCounts: matrix.features.map(\.levelCount) + [0],
      BinaryLogLoss(
        labels: periods.labels,
        weights: weights.map { weights in periods.accounts.map { weights[Int($0)] } }),
      heldOut: periods.accounts.indices.filter { isHeldOut.contains(Int(periods.accounts[$0])) },
      pool: pool)
    return BoostedHazard(trees: trees[0], lastPeriod: Int(periods.periods.max() ?? 1))
  }
}
