import Diagnostics
import Learning

extension GradientBoostingLearner {
  /// Grows up to ``treeCount`` more trees on the errors that a model makes on these rows.
  ///
  /// On the rows and with the parameters that the model was fitted with, the result is to the last bit
  /// what one fit of all the trees would have given, early stopping aside: what is drawn for a tree
  /// hangs on how many there are before it. The base score stays the model's own.
  ///
  /// - Parameter model: A model of the same features in the same order; categories have the same codes.
  /// - Throws: `usage` for a parameter out of range, or a model of other features.
  public func continued(from model: BoostedTrees, on set: TrainingSet, threads: Int)
    throws(Diagnostic) -> BoostedTrees
  {
    try continued(from: model, on: set, columns: set.matrix, folder: nil, threads: threads)
  }

  /// Continues on columns that need not be in memory, with the same trees as a result.
  ///
  /// - Parameters: See ``fitted(to:columns:folder:threads:)``.
  package func continued(
    from model: BoostedTrees, on set: TrainingSet, columns source: some ColumnSource,
    folder: String?, threads: Int
  ) throws(Diagnostic) -> BoostedTrees {
    try check(model, source.features.count)
    let scores = try source.scores(of: Array(0..<set.rowCount)) {
      model.scores(of: $0, threads: threads)
    }
    return try grown(
      on: set, columns: source, folder: folder, from: Booster.Start(model: model, scores: scores),
      threads: threads)
  }

  /// Gives a model's leaves new values, with its tests as they are, from these rows.
  ///
  /// Tree by tree, a leaf takes `decay` of its old value and the rest of what the parameters make of
  /// the rows that now end in it (`refit` and `refit_decay_rate` in LightGBM); so does the base score.
  /// A leaf that no row reaches is taken to be worth its parent. Monotone features stay so. Covers and
  /// gains remain those of the rows that the trees were grown on.
  ///
  /// - Parameters:
  ///   - model: See ``continued(from:on:threads:)``.
  ///   - decay: 0 to forget the old values, 1 to keep them.
  ///   - learningRates: That of each tree, where they are not all this learner's.
  /// - Throws: `usage` for a parameter out of range, or a model of other features.
  public func refitted(
    _ model: BoostedTrees, on set: TrainingSet, decay: Double = 0.9,
    learningRates: [Double]? = nil, threads: Int
  ) throws(Diagnostic) -> BoostedTrees {
    try check(model, set.matrix.features.count)
    try check(featureCount: set.matrix.features.count)
    guard (0...1).contains(decay) else {
      throw Diagnostic(.usage, "--refit-decay is \(decay), expected 0 to 1")
    }
    let settings = treeSettings(featureCount: model.featureCount)
    let rates = learningRates ?? model.trees.map { _ in settings.learningRate }
    precondition(
      rates.count == model.trees.count, "\(rates.count) rates, \(model.trees.count) trees")
    let pool = WorkerPool(threads: threads)
    let refitting = Refitting(
      set: set, settings: settings, learningRates: rates, decay: decay,
      rowHashes: BinnedMatrix(set.matrix, binLimit: binLimit, pool: pool).rowHashes, pool: pool)
    let logLoss = logLoss(of: set)
    return focalGamma == 0
      ? refitting.refitted(model, logLoss)
      : refitting.refitted(model, FocalLoss(logLoss, gamma: focalGamma))
  }

  private func check(_ model: BoostedTrees, _ featureCount: Int) throws(Diagnostic) {
    guard model.featureCount == featureCount else {
      throw Diagnostic(
        .usage, "the model has \(model.featureCount) features, the rows have \(featureCount)")
    }
  }
}
