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
    self.init(set, parts: Self.splits(of: set), patience: patience)
  }

  /// - Parameter parts: What is held out in turn; one without both outcomes on either side is not.
  init?(_ set: TrainingSet, parts: [Split], patience: Int) {
    self.patience = patience
    triesSizes =
      Self.foldCount(rowCount: set.rowCount, balancedRowCount: set.balancedRowCount)
      == Self.foldLimit
    folds = parts.filter {
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

  /// What rows held out say of a size of trees.
  struct Finding {
    /// The size.
    var leafCount: Int
    /// How many trees are best.
    var treeCount: Int
    /// The loss of so many on rows held out, the mean over the parts.
    var loss: Double
    /// Such a model of one part.
    var model: BoostedTrees
    /// The scores of each part's rows by so many trees, shape `[partCount][heldOutCount]`; empty
    /// where they were not asked for.
    var scores: [[Double]]
  }

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
  ///   - keepsScores: Whether the scores of rows held out are wanted.
  ///   - makeBooster: Makes a booster of the whole table that works with a pool.
  func find(
    _ objective: some Objective, limit: Int, from start: Booster.Start?, pool: WorkerPool,
    keepsScores: Bool = false, makeBooster: (WorkerPool) -> Booster
  ) -> Finding {
    // Several parts are small, so a thread grows one alone; one part has all threads.
    let isShared = folds.count > 1
    let growths = folds.map { fold in
      let rows = fold.training.map { UInt32($0) }
      var booster = makeBooster(isShared ? WorkerPool(threads: 1) : pool)
      let models = booster.begin(objective, rows: rows, from: start.map { [$0] })
      return Growth(
        booster: booster, models: models, rows: rows, heldOut: fold.validation.map { UInt32($0) })
    }
    let learner = growths[0].booster.learner
    let first = start?.model.trees.count ?? 0
    var best = (loss: mean(growths.map { $0.loss(objective) }), treeCount: 0)
    func keepScores() {
      if keepsScores { for growth in growths { growth.keepScores() } }
    }
    keepScores()
    for round in 0..<limit {
      let steps =
        isShared
        ? pool.map(growths.count) { growths[$0].step(objective) } : [growths[0].step(objective)]
      guard steps.contains(where: \.hasGrown) else { break }
      let loss = mean(steps.map(\.loss))
      growths[0].booster.report(round + 1, of: limit, loss, objective, growths[0].rows)
      if loss < best.loss - learner.earlyStoppingMinimumImprovement {
        best = (loss, round + 1)
        keepScores()
      }
      if round + 1 - best.treeCount >= patience || learner.isInterrupted { break }
    }
    var model = growths[0].models[0]
    model.trees.removeLast(max(0, model.trees.count - first - best.treeCount))
    return Finding(
      leafCount: learner.leafCount!, treeCount: best.treeCount, loss: best.loss, model: model,
      scores: growths.compactMap(\.keptScores))
  }

  private func mean(_ losses: [Double]) -> Double {
    losses.reduce(0, +) / Double(losses.count)
  }

  /// A model that grows without the rows of a fold.
  private final class Growth: @unchecked Sendable {
    // SAFETY of @unchecked: one thread at a time grows it, between barriers of the pool.
    var booster: Booster
    var models: [BoostedTrees]
    let rows: [UInt32]
    let heldOut: [UInt32]
    private(set) var keptScores: [Double]?

    init(booster: Booster, models: [BoostedTrees], rows: [UInt32], heldOut: [UInt32]) {
      self.booster = booster
      self.models = models
      self.rows = rows
      self.heldOut = heldOut
    }

    /// Adds a tree, if one can be grown, and judges it.
    func step(_ objective: some Objective) -> (hasGrown: Bool, loss: Double) {
      let hasGrown = booster.addRound(models[0].trees.count, objective, rows, &models)
      return (hasGrown, loss(objective))
    }

    /// Keeps the scores of the rows held out.
    func keepScores() { keptScores = booster.scores(of: heldOut) }

    /// The loss on the rows held out.
    func loss(_ objective: some Objective) -> Double { booster.loss(objective, heldOut) }
  }
}
