import Calibration
import Diagnostics
import Evaluation
import Explanation
import GradientBoosting
import Learning
import LogisticRegression
import Reporting
import Scoring
import Tabular

/// The release of this package.
public let retentionKitRelease = "0.1.0"

/// A model, and what its training found out.
public struct TrainingOutcome: Sendable {
  /// The model.
  public var model: RetentionModel
  /// What the model was trained on.
  public var table: TrainingTable
  /// How the model does on rows that it had not learned from; `nil` without cross-validation.
  public var evaluation: EvaluationSummary?
  /// By how much the learner that was kept beats the other; `nil` where one was tried.
  public var gap: LearnerGap?
  /// The held-out score of every row; `nil` without cross-validation.
  public var outOfFold: [OutOfFoldRow]?
  /// How long the parts took.
  public var timings: TrainingTimings
}

/// Seconds on the clock for each part of a training.
public struct TrainingTimings: Sendable {
  /// From file to columns.
  public var read = 0.0
  /// From columns to features and labels.
  public var prepare = 0.0
  /// Fitting the model that is kept.
  public var fit = 0.0
  /// Fitting the calibrator.
  public var calibrate = 0.0
  /// Cross-validation, its metrics and importances.
  public var evaluate = 0.0
  /// Writing the model and whatever else was asked for.
  public var write = 0.0

  /// All parts together.
  public var total: Double { read + prepare + fit + calibrate + evaluate + write }

  /// Adds the time that `body` takes to a part.
  public mutating func measure<Result>(
    _ part: WritableKeyPath<TrainingTimings, Double>,
    _ body: () throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    let start = ContinuousClock.now
    let result = try body()
    self[keyPath: part] += (ContinuousClock.now - start) / .seconds(1)
    return result
  }
}

/// What a training is doing, for whoever watches.
public enum TrainingProgress: Sendable {
  /// So many bytes of the file are read.
  case reading(byteCount: Int)
  /// Something that takes a while begins.
  case step(String)
  /// So many of the trees are grown.
  case trees(count: Int, limit: Int)
}

/// Trains on a plain labelled table: reads, validates, fits, calibrates, and says how well it did.
public struct Training: Sendable {
  /// What to learn from, and how.
  public var options: TrainingOptions
  /// Called as the work goes on.
  public var progress: (@Sendable (TrainingProgress) -> Void)?

  /// Prepares a training.
  public init(_ options: TrainingOptions) { self.options = options }

  /// Trains.
  ///
  /// - Throws: `usage` for options that disagree; what the table's reading throws; `data.*` for a
  ///   table from which nothing can be learned.
  public func run() throws(Diagnostic) -> TrainingOutcome {
    try options.check()
    var timings = TrainingTimings()
    let read = try timings.measure(\.read) { () throws(Diagnostic) in
      try TrainingTable.read(options) { progress?(.reading(byteCount: $0)) }
    }
    let table = try timings.measure(\.prepare) { () throws(Diagnostic) in
      try TrainingTable(read, options: options)
    }
    var warnings = table.warnings
    warnings += separationWarnings(table.set)

    var contest: [(choice: TrainingOptions.LearnerChoice, result: CrossValidation)] = []
    let splits = splits(of: table.set, warnings: &warnings)
    let candidates: [TrainingOptions.LearnerChoice] =
      options.learner == .best ? [.logistic, .gbm] : [options.learner]
    if !splits.isEmpty {
      try timings.measure(\.evaluate) { () throws(Diagnostic) in
        for choice in candidates {
          contest.append((choice, try crossValidated(choice, table.set, splits)))
        }
      }
      // A tie goes to logistic regression, which comes first and is the simpler model.
      contest.sort { $0.result.logLoss < $1.result.logLoss }
    }
    let chosen = contest.first?.choice ?? candidates[0]
    let learner = try timings.measure(\.fit) { () throws(Diagnostic) in
      try fitted(chosen, table.set)
    }
    warnings += convergenceWarnings(learner)
    return try finished(
      table, chosen: chosen, learner: learner, contest: contest, warnings: warnings,
      timings: timings)
  }

  // MARK: - The parts

  /// Calibrates, evaluates and puts the model together.
  private func finished(
    _ table: TrainingTable, chosen: TrainingOptions.LearnerChoice, learner: FittedModel,
    contest: [(choice: TrainingOptions.LearnerChoice, result: CrossValidation)],
    warnings: [String], timings: TrainingTimings
  ) throws(Diagnostic) -> TrainingOutcome {
    var timings = timings
    var warnings = warnings
    let set = table.set
    var calibrator = Calibrator.identity
    var evaluation: EvaluationSummary?
    var outOfFold: [OutOfFoldRow]?
    var validation: TrainingSummary.Validation?
    var heldOut: [Double]?
    if let result = contest.first?.result {
      let judged = result.judgedRows
      let labels = judged.map { set.labels[$0] }
      let weights = set.weights.map { weights in judged.map { weights[$0] } }
      let fit = try timings.measure(\.calibrate) { () throws(Diagnostic) in
        try Calibrator.fitted(
          method: options.calibration, scores: judged.map { result.scores[$0] }, labels: labels,
          weights: weights)
      }
      calibrator = fit.calibrator
      if fit.ranksNoBetterThanChance {
        warnings.append(
          "the model ranks held-out customers no better than chance; "
            + "all probabilities are near the base rate")
      }
      try timings.measure(\.evaluate) { () throws(Diagnostic) in
        let crossFitted = try crossFittedProbabilities(result, set)
        let probabilities = judged.map { crossFitted[$0]! }
        heldOut = probabilities
        let summary = EvaluationSummary(
          probabilities: probabilities, labels: labels, weights: weights,
          groups: judgedGroups(judged, set),
          bootstrap: Bootstrap(seed: options.seed), threads: options.threads)
        evaluation = summary
        validation = Self.validation(summary, result, set.scheme)
        outOfFold = self.outOfFold(table, result, crossFitted)
      }
    }
    let bandSource =
      heldOut
      ?? learner.scores(of: set.matrix, threads: options.threads)
      .map(calibrator.probability)
    let summary = TrainingSummary(
      release: retentionKitRelease, learner: chosen.rawValue, rowCount: set.rowCount,
      positiveCount: set.labels.count(where: \.self),
      fingerprint: Fingerprint.of(set.matrix, labels: set.labels),
      parameters: parameters(of: chosen), validation: validation,
      contest: contest.map {
        TrainingSummary.Contestant(
          learner: $0.choice.rawValue, logLoss: $0.result.logLoss, rocAUC: $0.result.rocAUC)
      },
      importances: importances(learner, table, contest.first?.result),
      excludedColumns: table.plan.excluded, warnings: warnings)
    let model = RetentionModel(
      schema: table.schema, learner: learner, calibrator: calibrator,
      bands: ScoreBands(of: bandSource), summary: summary)
    return TrainingOutcome(
      model: model, table: table, evaluation: evaluation,
      gap: contest.count > 1 ? contest[0].result.gap(to: contest[1].result) : nil,
      outOfFold: outOfFold, timings: timings)
  }

  private func splits(of set: TrainingSet, warnings: inout [String]) -> [Split] {
    guard var foldCount = options.foldCount else { return [] }
    let positives = set.labels.count(where: \.self)
    let rarer = min(positives, set.rowCount - positives)
    if rarer < foldCount {
      warnings.append(
        "only \(rarer) rows have the rarer outcome: \(max(rarer, 0)) folds instead of \(foldCount)")
      foldCount = rarer
    }
    guard foldCount >= 2 else {
      warnings.append("too few rows of one outcome to validate or calibrate the model")
      return []
    }
    // A fold whose training rows have one outcome teaches nothing.
    let splits = set.scheme.splits(labels: set.labels, foldCount: foldCount).filter { split in
      let positives = split.training.count { set.labels[$0] }
      return positives > 0 && positives < split.training.count
    }
    if splits.count < 2 {
      warnings.append("fewer than two folds have both outcomes: the model is not validated")
      return []
    }
    return splits
  }

  private func crossValidated(
    _ choice: TrainingOptions.LearnerChoice, _ set: TrainingSet, _ splits: [Split]
  ) throws(Diagnostic) -> CrossValidation {
    progress?(.step("cross-validating \(Self.name(of: choice)), \(splits.count) folds"))
    if choice == .gbm {
      return try CrossValidation.run(
        boosting(set), on: set, splits: splits, measuresImportance: true, seed: options.seed,
        threads: options.threads)
    }
    return try CrossValidation.run(
      options.logistic, on: set, splits: splits, measuresImportance: true, seed: options.seed,
      threads: options.threads)
  }

  private func fitted(_ choice: TrainingOptions.LearnerChoice, _ set: TrainingSet)
    throws(Diagnostic) -> FittedModel
  {
    progress?(.step("fitting \(Self.name(of: choice))"))
    if choice == .gbm {
      var learner = boosting(set)
      if let progress {
        learner.progress = { progress(.trees(count: $0, limit: $1)) }
      }
      return .trees(try learner.fitted(to: set, threads: options.threads))
    }
    return .logistic(try options.logistic.fitted(to: set, threads: options.threads))
  }

  private func boosting(_ set: TrainingSet) -> GradientBoostingLearner {
    var learner = options.boosting
    learner.seed = options.seed
    learner.monotone = [:]
    for (index, feature) in set.matrix.features.enumerated() {
      if let sign = options.monotone[feature.name] { learner.monotone[index] = sign }
    }
    return learner
  }

  /// Probabilities of the judged rows, each by a calibrator fitted to the other folds.
  private func crossFittedProbabilities(_ result: CrossValidation, _ set: TrainingSet)
    throws(Diagnostic) -> [Double?]
  {
    try Calibrator.crossFitted(
      method: options.calibration, scores: result.scores, labels: set.labels,
      weights: set.weights, foldOfRow: result.foldOfRow)
  }

  private func judgedGroups(_ judged: [Int], _ set: TrainingSet) -> [Int]? {
    switch set.scheme.rule {
    case .stratified: nil
    case .grouped(let groups): judged.map { groups[$0] }
    case .forward(_, let groups): groups.map { groups in judged.map { groups[$0] } }
    }
  }

  private static func validation(
    _ evaluation: EvaluationSummary, _ result: CrossValidation, _ scheme: ValidationScheme
  ) -> TrainingSummary.Validation {
    let estimates = Metric.allCases.compactMap { metric -> TrainingSummary.MetricEstimate? in
      guard let value = evaluation[metric], let interval = evaluation.interval(of: metric) else {
        return nil
      }
      return TrainingSummary.MetricEstimate(
        metric: metric, value: value, low: interval.low, high: interval.high)
    }
    let rule =
      switch scheme.rule {
      case .stratified: "stratified"
      case .grouped: "grouped"
      case .forward: "forward"
      }
    return TrainingSummary.Validation(
      foldCount: result.foldCount, rule: rule, rowCount: evaluation.rows, metrics: estimates,
      baselineLogLoss: evaluation.baseline?.logLoss ?? 0)
  }

  private func outOfFold(
    _ table: TrainingTable, _ result: CrossValidation, _ probabilities: [Double?]
  ) -> [OutOfFoldRow] {
    table.set.labels.indices.map { row in
      OutOfFoldRow(
        row: table.rowOfFile[row], accountID: table.accountIDs[row], fold: result.foldOfRow[row],
        label: table.set.labels[row],
        score: result.foldOfRow[row] < 0 ? nil : result.scores[row],
        probability: probabilities[row])
    }
  }

  /// Held-out permutation where there is any, then what the fitted model itself says.
  private func importances(
    _ learner: FittedModel, _ table: TrainingTable, _ result: CrossValidation?
  ) -> [Importance] {
    var importances: [Importance] = []
    if let falls = result?.falls, falls.allSatisfy({ !$0.isEmpty }) {
      importances += PermutationImportance.summary(of: falls, features: table.schema.features)
    }
    return importances + ModelImportance.of(learner, on: table.set.matrix)
  }

  private func parameters(of choice: TrainingOptions.LearnerChoice) -> [TrainingSummary.Setting] {
    typealias Setting = TrainingSummary.Setting
    var settings: [Setting]
    if choice == .gbm {
      let boosting = options.boosting
      settings = [
        Setting("trees", "\(boosting.treeCount)"), Setting("leaves", "\(boosting.leafCount)"),
        Setting("learning-rate", "\(boosting.learningRate)"),
        Setting("max-bins", "\(boosting.binLimit)"),
        Setting("min-rows-per-leaf", "\(boosting.minimumRowsPerLeaf)"),
        Setting("min-hessian-per-leaf", "\(boosting.minimumHessianPerLeaf)"),
        Setting("l2", "\(boosting.l2)"), Setting("row-sample", "\(boosting.rowSample)"),
        Setting("column-sample", "\(boosting.columnSample)"),
        Setting("early-stopping", boosting.earlyStoppingPatience.map { "\($0)" } ?? "off"),
      ]
      for feature in options.monotone.keys.sorted() {
        settings.append(Setting("monotone", "\(feature)=\(options.monotone[feature]!)"))
      }
    } else {
      settings = [Setting("l2", "\(options.logistic.l2)")]
    }
    settings.append(Setting("calibration", options.calibration.rawValue))
    settings.append(Setting("cv", options.foldCount.map { "\($0)" } ?? "none"))
    settings.append(Setting("seed", "\(options.seed)"))
    return settings
  }

  private func separationWarnings(_ set: TrainingSet) -> [String] {
    Separation.separatingFeatures(of: set).map { feature in
      "column '\(displayText(set.matrix.features[feature].name))' alone tells the outcomes apart "
        + "without an error: is it known only afterwards? Leave it out with --drop"
    }
  }

  private func convergenceWarnings(_ learner: FittedModel) -> [String] {
    guard case .logistic(let model) = learner, !model.convergence.isConverged else { return [] }
    return [
      "logistic regression did not converge in \(model.convergence.iterationCount) steps: "
        + "raise --l2, or look for columns that tell the outcomes apart"
    ]
  }

  /// The learner's name for people.
  public static func name(of choice: TrainingOptions.LearnerChoice) -> String {
    switch choice {
    case .gbm: "gradient-boosted trees"
    case .logistic: "logistic regression"
    case .best: "both learners"
    }
  }
}
