import Calibration
import Diagnostics
import Explanation
import GradientBoosting
import Learning
import LogisticRegression
import Scoring
import Tabular

/// The release of this package.
public let retentionKitRelease = "0.1.0"

/// Trains on a plain labelled table: reads, validates, fits, calibrates, and says how well it did.
public struct Training: Sendable {
  /// What to learn from, and how.
  public var options: TrainingOptions
  /// Called as the work goes on.
  public var progress: (@Sendable (TrainingProgress) -> Void)?

  /// Asked after each tree of the model itself: once it says yes, no further tree is grown, and the
  /// model is what there is by then.
  public var interruption: (@Sendable () -> Bool)?

  /// Prepares a training.
  public init(_ options: TrainingOptions) { self.options = options }

  /// Trains.
  ///
  /// - Throws: `usage` for options that disagree; what the table's reading throws; `data.*` for a
  ///   table from which nothing can be learned.
  public func run() throws(Diagnostic) -> TrainingOutcome {
    var training = self
    if let start = options.start { training.options = start.completed(options) }
    return try training.runOnFile()
  }

  private func runOnFile() throws(Diagnostic) -> TrainingOutcome {
    try options.check()
    try options.start?.check(isOfHistories: false)
    var timings = TrainingTimings()
    return try run(on: try table(&timings), timings: timings)
  }

  /// The table that the options name; what was read and is not learned from is let go of.
  private func table(_ timings: inout TrainingTimings) throws(Diagnostic) -> TrainingTable {
    let shelf = try timings.measure(\.read) { () throws(Diagnostic) in
      try TrainingTable.shelf(options) { progress?(.reading(byteCount: $0)) }
    }
    return try timings.measure(\.prepare) { () throws(Diagnostic) in
      try TrainingTable(shelf, options: options)
    }
  }

  /// Trains on a table at hand, whose columns the options name.
  package func run(on read: Table, timings: TrainingTimings) throws(Diagnostic) -> TrainingOutcome {
    try options.check()
    guard options.outOfCore == nil else {
      throw Diagnostic(
        .usage, "--out-of-core reads a table from a file, and this one is made in memory")
    }
    var timings = timings
    let table = try timings.measure(\.prepare) { () throws(Diagnostic) in
      try TrainingTable(TableShelf(read), options: options)
    }
    return try run(on: table, timings: timings)
  }

  /// Holds out what the options say, and trains on the rest.
  private func run(on table: TrainingTable, timings: TrainingTimings) throws(Diagnostic)
    -> TrainingOutcome
  {
    guard let holdOut = options.holdOut else { return try learned(from: table, timings: timings) }
    var divided: (learned: TrainingTable, heldOut: [Int])?
    if case .from(let day) = holdOut { divided = try table.dividing(at: day, options) }
    var outcome = try learned(from: divided?.learned ?? table, timings: timings)
    var timings = outcome.timings
    try timings.measure(\.evaluate) { () throws(Diagnostic) in
      try outcome.judgeHoldOut(holdOut, divided: divided.map { (table, $0.heldOut) }, options)
    }
    outcome.timings = timings
    return outcome
  }

  private func learned(from table: TrainingTable, timings: TrainingTimings) throws(Diagnostic)
    -> TrainingOutcome
  {
    var timings = timings
    var warnings = table.warnings

    var contest: [(choice: TrainingOptions.LearnerChoice, result: CrossValidation)] = []
    let folds = ValidationFolds(of: table.set, asked: options.foldCount)
    warnings += folds.warnings
    let splits = folds.splits
    var fitting = LearnerFitting(options, table: table)
    fitting.progress = progress
    fitting.interruption = interruption
    warnings += try startWarnings(table, hasFolds: !splits.isEmpty)
    let candidates: [TrainingOptions.LearnerChoice] =
      options.learner == .best ? [.logistic, .gbm] : [options.learner]
    var reports: [TuningReport] = []
    if !splits.isEmpty {
      try timings.measure(\.evaluate) { () throws(Diagnostic) in
        for choice in candidates {
          guard let tuning = options.tuning else {
            contest.append((choice, try fitting.crossValidated(choice, splits)))
            continue
          }
          let nested = NestedTuning(fitting: fitting, choice: choice, options: tuning)
          let (result, report) = try nested.crossValidated(splits)
          contest.append((choice, result))
          reports.append(report)
        }
      }
      // A tie goes to logistic regression, which comes first and is the simpler model.
      contest.sort { $0.result.logLoss < $1.result.logLoss }
    }
    let chosen = contest.first?.choice ?? candidates[0]
    var training = self
    if let tuning = options.tuning {
      let nested = NestedTuning(fitting: fitting, choice: chosen, options: tuning)
      let search = try timings.measure(\.tune) { () throws(Diagnostic) in try nested.searched() }
      if let search {
        fitting.options = search.best.candidate.applied(to: options)
        training.options = fitting.options
      } else {
        warnings.append("too few rows of one outcome to try parameters on: they are as asked for")
      }
      var report =
        reports.first { $0.choice == chosen }
        ?? TuningReport(choice: chosen, search: nil, ofFolds: [], gain: nil, untunedLogLoss: nil)
      report.search = search
      reports = [report] + reports.filter { $0.choice != chosen }
    }
    let (learner, path) = try timings.measure(\.fit) { () throws(Diagnostic) in
      try fitting.fitted(chosen)
    }
    warnings += logisticWarnings(learner, table.set)
    if let start = options.start, start.way == .continued, interruption?() != true,
      learner.treeCount == start.model.learner.treeCount
    {
      warnings.append(
        "no further tree lowers the loss on rows held out: the trees are those of \(start.name)")
    }
    if path?.endsAtWeakest == true {
      warnings.append(
        "the weakest penalty of the path did best on held-out rows: a weaker one may do better, "
          + "which --l1 and --l2 can say")
    }
    if case .trees(let model) = learner, interruption?() == true {
      warnings.append(
        "training was interrupted: the model has the \(model.trees.count) trees grown by then, and "
          + "was validated and calibrated with all that were asked for")
    }
    var outcome = try training.finished(
      table, chosen: chosen, learner: learner, path: path, contest: contest, warnings: warnings,
      timings: timings)
    outcome.tuning = reports
    timings = outcome.timings
    try timings.measure(\.evaluate) { () throws(Diagnostic) in
      try outcome.weigh(splits, options)
    }
    outcome.timings = timings
    return outcome
  }

  // MARK: - The parts

  /// Calibrates, evaluates and puts the model together.
  private func finished(
    _ table: TrainingTable, chosen: TrainingOptions.LearnerChoice, learner: FittedModel,
    path: PenaltyPath?,
    contest: [(choice: TrainingOptions.LearnerChoice, result: CrossValidation)],
    warnings: [String], timings: TrainingTimings
  ) throws(Diagnostic) -> TrainingOutcome {
    var timings = timings
    var warnings = warnings
    var judgement: HeldOutJudgement?
    var overfit: OverfitGap?
    var choice: CalibrationChoice?
    if let result = contest.first?.result {
      let calibration = try timings.measure(\.calibrate) { () throws(Diagnostic) in
        try HeldOutJudgement.calibration(of: result, table.set, method: options.calibration)
      }
      choice = calibration.choice
      judgement = try timings.measure(\.evaluate) { () throws(Diagnostic) in
        try HeldOutJudgement(result, calibration, of: table, options: options)
      }
      overfit = try timings.measure(\.evaluate) { () throws(Diagnostic) in
        try OverfitGap(
          learner, of: table, judgement!.evaluation, seed: options.seed, threads: options.threads)
      }
      if let warning = overfit?.warning(judgement!.evaluation) { warnings.append(warning) }
      warnings += judgement?.warnings ?? []
    }
    let calibrator = judgement?.calibrator ?? .identity
    let bandSource =
      if let judgement { judgement.probabilities } else {
        try scores(learner, table).map(calibrator.probability)
      }
    let summary = TrainingSummary(
      release: retentionKitRelease, learner: chosen.rawValue, rowCount: table.set.rowCount,
      positiveCount: table.set.labels.count(where: \.self),
      fingerprint: table.fingerprint,
      parameters: parameters(of: learner, path, set: table.set), validation: judgement?.validation,
      contest: contest.map {
        TrainingSummary.Contestant(
          learner: $0.choice.rawValue, logLoss: $0.result.logLoss, rocAUC: $0.result.rocAUC)
      },
      importances: try importances(learner, table, contest.first?.result),
      excludedColumns: table.plan.excluded, warnings: warnings, calibration: choice,
      stability: contest.first?.result.importances?.stability)
    let levels = try timings.measure(\.evaluate) { () throws(Diagnostic) in
      // A training that does nothing but fit does not explain either.
      judgement == nil ? nil : try referenceLevels(learner, table)
    }
    let model = RetentionModel(
      schema: table.schema, learner: learner, calibrator: calibrator,
      bands: ScoreBands(of: bandSource), summary: summary, certainty: judgement?.certainty,
      levels: levels)
    return TrainingOutcome(
      model: model, table: table, evaluation: judgement?.evaluation,
      gap: contest.count > 1 ? contest[0].result.gap(to: contest[1].result) : nil,
      overfit: overfit, outOfFold: judgement?.rows, timings: timings)
  }

  /// What the one who trains should know of the model that training begins with: what it has seen, no
  /// fold can hold out from it.
  ///
  /// - Throws: `usage` for folds on the very table that it was trained on.
  private func startWarnings(_ table: TrainingTable, hasFolds: Bool) throws(Diagnostic) -> [String]
  {
    guard let start = options.start else { return [] }
    let summary = start.model.summary
    let hasSeenAll = summary.fingerprint == table.fingerprint
    if options.foldCount != nil {
      guard !hasSeenAll else {
        throw Diagnostic(
          .usage,
          "\(start.name) was trained on these very rows, so no fold can hold any out from it",
          file: options.table,
          hint: "bring rows that are new to it, or add --cv none, without figures and calibration")
      }
      guard hasFolds else { return [] }
      return [
        "every fold begins with \(start.name), trained on \(summary.rowCount) rows: if rows of "
          + "this table are among them, the figures flatter and the probabilities are too sure"
      ]
    }
    guard hasSeenAll, start.way == .continued, options.boosting.earlyStoppingPatience != nil else {
      return []
    }
    return [
      "\(start.name) was trained on these very rows, so rows held out cannot tell when to stop: "
        + "--early-stopping off grows all --trees"
    ]
  }

  /// What accounts are explained against, from rows that were learned from.
  private func referenceLevels(_ learner: FittedModel, _ table: TrainingTable) throws(Diagnostic)
    -> ReferenceLevels?
  {
    var rows = Array(0..<table.set.rowCount)
    if rows.count > Self.levelRowLimit {
      var generator = SeededGenerator(seed: options.seed, stream: 1310)
      rows = generator.sample(Self.levelRowLimit, of: rows.count).sorted()
    }
    let attribution = learner.attribution(
      of: try table.source.matrix(of: rows), threads: options.threads)
    return ReferenceLevels(
      of: attribution, weights: table.set.weights.map { weights in rows.map { weights[$0] } })
  }

  /// More rows move the means of levels by less than is shown.
  private static let levelRowLimit = 10_000

  /// The raw scores of the rows that were learned from.
  private func scores(_ learner: FittedModel, _ table: TrainingTable) throws(Diagnostic)
    -> [Double]
  {
    try table.source.scores(of: Array(0..<table.set.rowCount)) {
      learner.scores(of: $0, threads: options.threads)
    }
  }

  /// Held-out permutation where there is any, then what the fitted model itself says.
  private func importances(
    _ learner: FittedModel, _ table: TrainingTable, _ result: CrossValidation?
  ) throws(Diagnostic) -> [Importance] {
    var importances: [Importance] = []
    if let result {
      importances +=
        result.importances?.importances(widening: result.intervalFactor(table.set.scheme)) ?? []
    }
    // Trees know theirs by themselves.
    if case .trees = learner {
      return importances + ModelImportance.of(learner, on: try table.source.matrix(of: []))
    }
    return importances + ModelImportance.of(learner, on: table.set.matrix)
  }

  private func parameters(of learner: FittedModel, _ path: PenaltyPath?, set: TrainingSet)
    -> [TrainingSummary.Setting]
  {
    typealias Setting = TrainingSummary.Setting
    var settings: [Setting]
    if case .trees(let model) = learner {
      var boosting = options.boosting.settled(for: set)
      // On small tables, rows held out have decided the size of trees.
      let grown = model.trees.dropFirst(options.start?.model.learner.treeCount ?? 0)
      if options.boosting.leafCount == nil, let largest = grown.map(\.leafCount).max() {
        boosting.leafCount = largest
      }
      settings = [
        Setting("trees", "\(boosting.treeCount!)"), Setting("leaves", "\(boosting.leafCount!)"),
        Setting("learning-rate", "\(boosting.learningRate!)"),
        Setting("max-bins", "\(boosting.binLimit)"),
        Setting("min-rows-per-leaf", "\(boosting.minimumRowsPerLeaf)"),
        Setting("min-hessian-per-leaf", "\(boosting.minimumHessianPerLeaf)"),
        Setting("l2", "\(boosting.l2)"), Setting("row-sample", "\(boosting.rowSample!)"),
        Setting("column-sample", "\(boosting.columnSample)"),
        Setting("early-stopping", boosting.earlyStoppingPatience.map { "\($0)" } ?? "off"),
      ]
      if let start = options.start {
        settings = start.settings(
          settings, options, rateOfNewTrees: boosting.learningRate!, newTreeCount: grown.count)
      }
      settings += boosting.unusualSettings.map { Setting($0.option, $0.value) }
      for feature in options.featureWeights.keys.sorted() {
        settings.append(
          Setting("feature-weight", "\(feature)=\(options.featureWeights[feature]!)"))
      }
      for group in options.interactions {
        settings.append(Setting("interaction", group.joined(separator: ",")))
      }
    } else {
      settings = options.logistic.settings(path).map { Setting($0.option, $0.value) }
      settings += options.logistic.columns.settings.map { Setting($0.option, $0.value) }
      settings += options.unpenalised.map { Setting("unpenalised", $0) }
      if let offset = options.offset { settings.append(Setting("offset", offset)) }
    }
    for feature in options.monotone.keys.sorted() {
      settings.append(Setting("monotone", "\(feature)=\(options.monotone[feature]!)"))
    }
    settings.append(Setting("calibration", options.calibration.rawValue))
    settings.append(Setting("cv", options.foldCount.map { "\($0)" } ?? "none"))
    settings.append(Setting("seed", "\(options.seed)"))
    if let holdOut = options.holdOut { settings.append(Setting("holdout", holdOut.setting)) }
    return settings
  }

  /// Trees fit their training rows as closely as they may; a line that does so is remarkable.
  private func logisticWarnings(_ learner: FittedModel, _ set: TrainingSet) -> [String] {
    guard case .logistic(let model) = learner else { return [] }
    var warnings: [String] = []
    if Separation.separates(model.scores(of: set.matrix, threads: options.threads), set.labels) {
      warnings.append(
        "the columns together tell the outcomes apart without an error: the coefficients are as "
          + "large as --l2 lets them be")
    }
    if !model.convergence.isConverged {
      warnings.append(
        "logistic regression did not converge in \(model.convergence.iterationCount) steps: "
          + "raise --l2, or look for columns that tell the outcomes apart")
    }
    return warnings
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
