import Diagnostics
import GradientBoosting
import Learning
import LogisticRegression
import Scoring

/// Fits what the options ask for to rows of one table: the whole of it, or the folds of a division.
///
/// Validation, searches for parameters and comparisons with fewer features all fit here, so that each
/// of them learns just as the model itself does.
package struct LearnerFitting: Sendable {
  /// How to learn.
  package var options: TrainingOptions
  /// What to learn from.
  package let table: TrainingTable
  /// Called as the work goes on.
  package var progress: (@Sendable (TrainingProgress) -> Void)?
  /// See ``Training/interruption``.
  package var interruption: (@Sendable () -> Bool)?

  /// Prepares fits.
  package init(_ options: TrainingOptions, table: TrainingTable) {
    self.options = options
    self.table = table
  }

  /// Fits a learner to each fold's rows and scores those that it holds out.
  ///
  /// - Parameters:
  ///   - shuffles: Whether columns of held-out rows are shuffled, for importances.
  ///   - fold: How to learn from the rows of a fold, where that differs from fold to fold.
  ///   - keep: Called with the model of each fold, in the order of the folds.
  /// - Precondition: Both sides of each split have rows of both outcomes whose weight is not 0; see
  ///   ``ValidationFolds``.
  package func crossValidated(
    _ choice: TrainingOptions.LearnerChoice, _ splits: [Split], shuffles: Bool = true,
    options fold: (([Int]) throws(Diagnostic) -> TrainingOptions)? = nil,
    keep: (FittedModel) -> Void = { _ in }
  ) throws(Diagnostic) -> CrossValidation {
    let set = table.set
    let announce = { (fold: Int) in
      progress?(
        .step("cross-validating \(Training.name(of: choice)), fold \(fold) of \(splits.count)"))
      return
    }
    func fittingOfFold(_ rows: [Int]) throws(Diagnostic) -> LearnerFitting {
      var ofFold = self
      if let fold { ofFold.options = try fold(rows) }
      return ofFold
    }
    if choice == .gbm {
      let outcomes = try Self.outcomes(of: set)
      return try CrossValidation.run(
        on: set, columns: table.source, splits: splits, seed: options.seed,
        threads: options.threads, shuffles: shuffles, progress: announce,
        keep: keep, wrap: { .trees($0) }
      ) { (rows) throws(Diagnostic) in
        // Columns are chosen from one at a time, where a matrix of the rows would hold them all.
        let fitting = try fittingOfFold(rows)
        return try fitting.boosted(
          fitting.boosting(table.source.features), outcomes.selecting(rows),
          SelectedColumns(table.source, rows: rows))
      }
    }
    return try CrossValidation.run(
      on: set, columns: table.source, splits: splits, seed: options.seed,
      threads: options.threads, shuffles: shuffles, progress: announce,
      keep: keep, wrap: { .logistic($0) }
    ) { (rows) throws(Diagnostic) in
      // A fold's model is asked for scores alone.
      var learner = try fittingOfFold(rows).logistic(table.source.features)
      learner.inference = .none
      return try learner.fitted(to: set.selecting(rows), threads: options.threads)
    }
  }

  /// Fits a learner to all rows.
  package func fitted(_ choice: TrainingOptions.LearnerChoice)
    throws(Diagnostic) -> (model: FittedModel, path: PenaltyPath?)
  {
    progress?(.step("fitting \(Training.name(of: choice))"))
    if choice == .gbm {
      var learner = boosting(table.source.features)
      learner.interruption = interruption
      if let progress {
        learner.progress = { progress(.tree($0)) }
      }
      return (.trees(try boosted(learner, table.set, table.source)), nil)
    }
    var learner = logistic(table.source.features)
    // Tests cost some fits more: little beside the fits of folds, much where a fit is all that was
    // asked for.
    learner.inference =
      options.inference
      ?? (options.foldCount != nil || options.calibration != .none ? .tests : .standardErrors)
    let (model, path) = try learner.fittedWithPath(to: table.set, threads: options.threads)
    return (.logistic(model), path)
  }

  /// Fits a learner to some rows.
  ///
  /// - Precondition: They have both outcomes, with some weight.
  package func fitted(_ choice: TrainingOptions.LearnerChoice, to rows: [Int])
    throws(Diagnostic) -> FittedModel
  {
    if choice == .gbm {
      return .trees(
        try boosted(
          boosting(table.source.features), Self.outcomes(of: table.set).selecting(rows),
          SelectedColumns(table.source, rows: rows)))
    }
    return .logistic(
      try logistic(table.source.features).fitted(
        to: table.set.selecting(rows), threads: options.threads))
  }

  /// A training set without features.
  static func outcomes(of set: TrainingSet) throws(Diagnostic) -> TrainingSet {
    try TrainingSet(
      matrix: FeatureMatrix(features: [], columns: [], rowCount: set.rowCount),
      labels: set.labels, weights: set.weights, scheme: set.scheme)
  }

  /// Fits trees to rows of a table, from the model on with which the training begins.
  ///
  /// - Parameters:
  ///   - set: The outcomes of the rows.
  ///   - columns: Their features.
  private func boosted(
    _ learner: GradientBoostingLearner, _ set: TrainingSet, _ columns: some ColumnSource
  ) throws(Diagnostic) -> BoostedTrees {
    guard let start = options.start, let trees = table.start else {
      return try learner.fitted(
        to: set, columns: columns, folder: options.outOfCore, threads: options.threads)
    }
    switch start.way {
    case .continued:
      return try learner.continued(
        from: trees, on: set, columns: columns, folder: options.outOfCore,
        threads: options.threads)
    case .refitted(let decay):
      // Every row is walked down every tree, so refitting takes the features in memory.
      let whole = try TrainingSet(
        matrix: columns.matrix(of: Array(0..<set.rowCount)), labels: set.labels,
        weights: set.weights, scheme: set.scheme)
      return try learner.refitted(
        trees, on: whole, decay: decay, learningRates: start.learningRates(options),
        threads: options.threads)
    }
  }

  /// The learner for these features, from what the options say of them by name.
  func logistic(_ features: [Feature]) -> LogisticRegressionLearner {
    var learner = options.logistic
    learner.penaltyFactors = [:]
    learner.signs = [:]
    learner.offset = nil
    for (index, feature) in features.enumerated() {
      if options.unpenalised.contains(feature.name) { learner.penaltyFactors[index] = 0 }
      if let sign = options.monotone[feature.name] { learner.signs[index] = sign }
      if options.offset == feature.name { learner.offset = index }
    }
    return learner
  }

  /// See ``logistic(_:)``.
  func boosting(_ features: [Feature]) -> GradientBoostingLearner {
    var learner = options.boosting
    learner.seed = options.seed
    learner.monotone = [:]
    learner.featureWeights = [:]
    var position: [String: Int] = [:]
    for (index, feature) in features.enumerated() {
      position[feature.name] = index
      if let sign = options.monotone[feature.name] { learner.monotone[index] = sign }
      if let weight = options.featureWeights[feature.name] {
        learner.featureWeights[index] = weight
      }
    }
    learner.interactions = options.interactions.map { Set($0.compactMap { position[$0] }) }
    return learner
  }
}
