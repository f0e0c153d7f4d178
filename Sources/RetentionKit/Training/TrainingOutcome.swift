import Diagnostics
import Evaluation
import Reporting
import Revenue
import Scoring

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
  /// How much better the model ranks the rows that it was fitted to; `nil` without
  /// cross-validation.
  public var overfit: OverfitGap?
  /// Rows and labels by as-of day; `nil` for a plain table.
  public var panel: OutcomePanel?
  /// The held-out score of every row; `nil` without cross-validation.
  public var outOfFold: [OutOfFoldRow]?
  /// The model beside simple rules on the held-out rows; empty without cross-validation.
  public var comparisons: [BaselineComparison] = []
  /// What the held-out figures come to; `nil` without cross-validation.
  public var verdict: Verdict?
  /// The folds; `nil` without cross-validation.
  public var picture: SplitPicture?
  /// The figures of rows held out of everything; `nil` where none were asked for.
  public var holdOut: HoldOutFigures?
  /// What the search for parameters did for each learner, that of the model first; empty without one.
  public var tuning: [TuningReport] = []
  /// How long the parts took.
  public var timings: TrainingTimings
}

/// By how much one learner beats another on the same folds.
public struct LearnerGap: Sendable, Equatable {
  /// The loser's mean log loss less the winner's; not negative.
  public var logLoss: Double
  /// The standard error of the difference, over the folds.
  public var standardError: Double

  /// Whether other folds could well have given another winner: within two standard errors.
  public var isWithinNoise: Bool { logLoss <= 2 * standardError }

  /// The mean of what the folds differ by, and its standard error.
  init(of differences: [Double]) {
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    logLoss = mean
    standardError = (squares / max(1, count - 1) / count).squareRoot()
  }
}

/// Seconds on the clock for each part of a training.
public struct TrainingTimings: Sendable {
  /// From file to columns.
  public var read = 0.0
  /// From columns to features and labels.
  public var prepare = 0.0
  /// Searching for the parameters of the model that is kept.
  public var tune = 0.0
  /// Fitting the model that is kept.
  public var fit = 0.0
  /// Fitting the calibrator.
  public var calibrate = 0.0
  /// Cross-validation, its metrics and importances.
  public var evaluate = 0.0
  /// Writing the model and whatever else was asked for.
  public var write = 0.0

  /// No time yet.
  package init() {}

  /// All parts together.
  public var total: Double { read + prepare + tune + fit + calibrate + evaluate + write }

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
public enum TrainingProgress {
  /// So many bytes of the file are read.
  case reading(byteCount: Int)
  /// Something that takes a while begins.
  case step(String)
  /// A tree of the model itself is grown.
  case tree(BoostingRound)
}
