import Learning

/// Finds how many trees are best, by rows held out.
///
/// Of few rows, a tenth is a matter of chance; there, several parts are held out in turn, and the
/// mean of their losses decides. All parts grow side by side, so that none goes on for longer than
/// the mean falls.
package struct RoundSearch {
  private let folds: [Split]
  private let patience: Int
  /// Whether the table is small enough to try several sizes of trees.
  let triesSizes: Bool

  /// As many parts are held out as tell so much together: the worth of so many balanced rows.
  private static let heldOutRowCount = 10_000.0
  /// The most parts that are held out; one of a table that is not in the order of time is one row in
  /// so many.
  private static let foldLimit = 5
  /// The most rows that all parts together may learn from.
  private static let rowLimit = 150_000
  /// One row in so many is held out where there is one part only, and of each part by time.
  private static let holdOutOneIn = 10

  /// - Returns: `nil` where nothing can be held out that has both outcomes, on either side.
  init?(_ set: TrainingSet, patience: Int) {
    self.patience = patience
    triesSizes =
      Self.foldCount(rowCount: set.rowCount, balancedRowCount: set.balancedRowCount)
      == Self.foldLimit
    folds = Self.splits(of: set).filter {
      set.hasBothOutcomes($0.training) && set.hasBothOutcomes($0.validation)
    }
    if folds.isEmpty { return nil }
  }

  /// What is held out, and what is learned from meanwhile.
  package static func splits(of set: TrainingSet) -> [Split] {
    let foldCount = foldCount(rowCount: set.rowCount, balancedRowCount: set.balancedRowCount)
    guard foldCount > 1 else {
      return [set.scheme.holdOut(labels: set.labels, oneIn: holdOutOneIn)].compactMap(\.self)
    }
    if case .forward = set.scheme.rule {
      // The latest blocks in turn, each judged by what was before it.
      return set.scheme.splits(labels: set.labels, foldCount: holdOutOneIn - 1).suffix(foldCount)
    }
    return Array(set.scheme.splits(labels: set.labels, foldCount: foldLimit).prefix(foldCount))
  }

  /// How many parts of a table are held out in turn.
  package static func foldCount(rowCount: Int, balancedRowCount: Double) -> Int {
    let wanted = (heldOutRowCount * Double(foldLimit) / max(1, balancedRowCount)).rounded(.up)
    return max(1, min(foldLimit, Int(min(wanted, 100)), rowLimit / max(1, rowCount)))
  }

  /// A size of trees, how many of them are best, their loss on rows held out, and such a model of one
  /// part.
  typealias Finding = (leafCount: Int, treeCount: Int, loss: Double, model: BoostedTrees)

  /// The number of trees, and the leaves where several may be tried, with the lowest loss on rows
  /// held out.
  ///
  /// How large trees should be depends on how many columns act together, which no count of rows
  /// tells: twice as many leaves are tried as long as they do better, else half as many.
  ///
  /// - Parameter find: Finds the best number of trees of so many leaves.
  func best(from leafCount: Int, find: (Int) -> Finding) -> Finding {
    var best = find(leafCount)
    guard triesSizes else { return best }
    func climb(_ step: (Int) -> Int) {
      while Self.leafCounts.contains(step(best.leafCount)) {
        let next = find(step(best.leafCount))
        guard next.loss < best.loss else { return }
        best = next
      }
    }
    climb { $0 * 2 }
    if best.leafCount == leafCount { climb { $0 / 2 } }
    return best
  }

  /// What sizes are tried.
  private static let leafCounts = 4...64

  /// The number of trees to add with the lowest loss on rows held out, the mean over the folds.
  ///
  /// - Parameters:
  ///   - start: Trees to begin with.
  ///   - makeBooster: Makes a booster of the whole table.
  func find(
    _ objective: some Objective, limit: Int, from start: Booster.Start?,
    makeBooster: () -> Booster
  ) -> Finding {
    var growths = folds.map { fold in
      let rows = fold.training.map { UInt32($0) }
      var booster = makeBooster()
      let models = booster.begin(objective, rows: rows, from: start.map { [$0] })
      return Growth(
        booster: booster, models: models, rows: rows, heldOut: fold.validation.map { UInt32($0) })
    }
    let learner = growths[0].booster.learner
    let first = start?.model.trees.count ?? 0
    var best = (loss: loss(objective, growths), treeCount: 0)
    for round in 0..<limit {
      var hasGrown = false
      for fold in growths.indices where growths[fold].grow(objective) { hasGrown = true }
      guard hasGrown else { break }
      let loss = loss(objective, growths)
      growths[0].booster.report(round + 1, of: limit, loss, objective, growths[0].rows)
      if loss < best.loss - learner.earlyStoppingMinimumImprovement { best = (loss, round + 1) }
      if round + 1 - best.treeCount >= patience || learner.isInterrupted { break }
    }
    var model = growths[0].models[0]
    model.trees.removeLast(max(0, model.trees.count - first - best.treeCount))
    return (learner.leafCount!, best.treeCount, best.loss, model)
  }

  /// The mean over the folds.
  private func loss(_ objective: some Objective, _ growths: [Growth]) -> Double {
    growths.reduce(0) { $0 + $1.booster.loss(objective, $1.heldOut) } / Double(growths.count)
  }

  /// A model that grows without the rows of a fold.
  private struct Growth {
    var booster: Booster
    var models: [BoostedTrees]
    var rows: [UInt32]
    var heldOut: [UInt32]

    /// Adds a tree, if one can be grown.
    mutating func grow(_ objective: some Objective) -> Bool {
      booster.addRound(models[0].trees.count, objective, rows, &models)
    }
  }
}
