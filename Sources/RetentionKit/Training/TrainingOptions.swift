import Calibration
import Diagnostics
import GradientBoosting
import LogisticRegression
import Tabular

/// What to learn from a plain labelled table, and how.
public struct TrainingOptions: Sendable {
  /// Which learner is wanted.
  public enum LearnerChoice: String, Sendable, CaseIterable {
    /// Gradient-boosted trees.
    case gbm
    /// Logistic regression.
    case logistic
    /// Both, and of them the one with the lower cross-validated log loss.
    case best
  }

  /// The table.
  public var table: String
  /// The label column.
  public var label: String
  /// The cell that says that the outcome happened; `nil` to find it among the usual words.
  public var positive: String?
  /// The column that names the account; `nil` to take the first that looks like it.
  public var id: String?
  /// Columns not to learn from.
  public var drop: [String] = []
  /// Columns to learn from although they tell the outcome almost alone; see ``ColumnAudit``.
  public var allow: [String] = []
  /// Whether columns that tell the outcome almost alone are refused; no where a model's own columns are
  /// judged again, which its training has audited.
  package var auditsColumns = true
  /// Columns to be read as categories, or as numbers, whatever they look like.
  public var categorical: [String] = []
  /// See ``categorical``.
  public var numeric: [String] = []
  /// The column of row weights.
  public var weight: String?
  /// The column that says which rows belong together, so that no fold divides them.
  public var group: String?
  /// The column of each row's time, so that folds go forward in it.
  public var time: String?
  /// How long after a row's time its label is known: in days where `time` holds dates, else in its
  /// own units; at least 0.
  public var embargo = 0.0
  /// How the file is read.
  public var reading = TableReader.Options()

  /// Which learner is wanted.
  public var learner = LearnerChoice.best
  /// Parameters of gradient boosting; its `seed`, its `progress` and what names features are set by
  /// the run.
  public var boosting = GradientBoostingLearner()
  /// The model whose trees the training begins with; `nil` to begin anew.
  public var start: WarmStart?
  /// Parameters of logistic regression.
  public var logistic = LogisticRegressionLearner()
  /// What a logistic regression says of how sure its coefficients are; `nil` for tests where there are
  /// folds or calibration, else standard errors. The fits of folds say nothing of it.
  public var inference: LogisticRegressionLearner.Inference?
  /// Features by name whose coefficients in logistic regression are not penalised.
  public var unpenalised: [String] = []
  /// The numeric feature that enters logistic regression as it is, in log odds.
  public var offset: String?
  /// Features by name whose rise must not lower (+1) or raise (-1) the score.
  public var monotone: [String: Int] = [:]
  /// What the gains of features by name are multiplied with; 1 where nothing is said.
  public var featureWeights: [String: Double] = [:]
  /// Groups of features by name that may meet on a path; empty where all may.
  public var interactions: [[String]] = []
  /// How long to search for parameters that are not given; `nil` not to search.
  public var tuning: TuningOptions?
  /// From raw score to probability.
  public var calibration = CalibrationMethod.auto
  /// How many folds validate the model; `nil` for none.
  public var foldCount: Int? = 5
  /// Rows that are held out of everything, and judged by the model itself; `nil` for none.
  public var holdOut: HoldOut?
  /// What folds, sampling and shuffling depend on.
  public var seed: UInt64 = 0
  /// The folder for temporary files of a table that is larger than memory; `nil` to hold it in
  /// memory. The model does not depend on it.
  public var outOfCore: String?
  /// How many threads may work; the model does not depend on it.
  public var threads = 1

  /// Names the least that is needed.
  public init(table: String, label: String) {
    self.table = table
    self.label = label
  }

  /// Makes sure that the options agree with each other.
  ///
  /// - Throws: `usage`.
  func check() throws(Diagnostic) {
    if let foldCount, !(2...100).contains(foldCount) {
      throw Diagnostic(.usage, "--cv is \(foldCount), expected 2 to 100, or none")
    }
    if foldCount == nil {
      if learner == .best {
        throw Diagnostic(
          .usage, "--learner best needs folds to compare on, but --cv is none",
          hint: "choose --learner gbm or logistic, or give --cv a number of folds")
      }
      if calibration != .auto, calibration != .none {
        throw Diagnostic(
          .usage, "--calibration \(calibration.rawValue) needs folds, but --cv is none",
          hint: "give --cv a number of folds, or --calibration none")
      }
    }
    if embargo != 0 {
      guard time != nil else {
        throw Diagnostic(
          .usage,
          "--embargo is between rows learned from and rows judged later, but there is no --time")
      }
      guard embargo > 0, embargo.isFinite else {
        throw Diagnostic(
          .usage, "--embargo is \(embargo), expected 0 or more: days, or units of --time")
      }
    }
    if outOfCore != nil, learner != .gbm {
      throw Diagnostic(
        .usage, "--out-of-core trains trees only, but --learner is \(learner.rawValue)",
        hint: "add --learner gbm")
    }
    if logistic.isFirth, learner == .gbm {
      throw Diagnostic(
        .usage, "--firth holds for logistic regression only, but --learner is gbm",
        hint: "add --learner logistic")
    }
    for (option, isGiven) in [
      ("--feature-weight", !featureWeights.isEmpty), ("--interaction", !interactions.isEmpty),
      ("--positive-weight", boosting.positiveWeight != 1), ("--focal", boosting.focalGamma != 0),
      (start?.option ?? "", start != nil),
    ] where isGiven && learner != .gbm {
      throw Diagnostic(
        .usage, "\(option) holds for trees only, but --learner is \(learner.rawValue)",
        hint: "add --learner gbm")
    }
    try start?.check(self)
    try checkTuning()
    try checkLogistic()
    guard logistic.columns.minimumRowsPerLevel >= 1 else {
      throw Diagnostic(
        .usage,
        "--min-rows-per-level is \(logistic.columns.minimumRowsPerLevel), expected 1 or more")
    }
    for (option, isGiven) in [
      ("--transform COLUMN=SHAPE", !logistic.columns.shapes.isEmpty),
      ("--encode COLUMN", !logistic.columns.encoded.isEmpty),
    ] where isGiven && learner == .gbm {
      throw Diagnostic(
        .usage, "\(option) holds for logistic regression only, but --learner is gbm",
        hint: "add --learner logistic or best")
    }
    var use: [String: String] = [:]
    for (option, column) in [
      ("--label", label), ("--id", id), ("--weight", weight), ("--group", group), ("--time", time),
      ("--offset", offset),
    ] {
      guard let column else { continue }
      // An account's own rows may well form a group, and its key name them.
      if let other = use[column], !(option == "--group" && other == "--id") {
        throw Diagnostic(.usage, "column '\(displayText(column))' is both \(other) and \(option)")
      }
      use[column] = option
    }
    for column in allow where drop.contains(column) {
      throw Diagnostic(.usage, "column '\(displayText(column))' is both --allow and --drop")
    }
    for column in categorical where numeric.contains(column) {
      throw Diagnostic(
        .usage, "column '\(displayText(column))' is both --categorical and --numeric")
    }
  }

  /// Makes sure that what is said of logistic regression alone makes sense.
  private func checkLogistic() throws(Diagnostic) {
    let isPath = logistic.penalty != .fixed
    if learner == .gbm {
      for (option, isGiven) in [
        ("--penalty-path", isPath), ("--unpenalised", !unpenalised.isEmpty),
        ("--inference", inference != nil),
      ] where isGiven {
        throw Diagnostic(
          .usage, "\(option) holds for logistic regression only, but --learner is gbm",
          hint: "add --learner logistic")
      }
    } else {
      try logistic.checkRanges()
    }
    // Trees would take it for a column like others.
    if offset != nil, learner != .logistic {
      throw Diagnostic(
        .usage,
        "--offset holds for logistic regression only, but --learner is \(learner.rawValue)",
        hint: "add --learner logistic")
    }
    if learner == .logistic, isPath {
      let plain = LogisticRegressionLearner()
      for (option, isGiven) in [
        ("--l1", logistic.l1 != plain.l1), ("--l2", logistic.l2 != plain.l2),
      ] where isGiven {
        throw Diagnostic(
          .usage, "\(option) says how strong the penalty is, and --penalty-path is to find it",
          hint: "leave one of them out")
      }
    }
    for column in unpenalised where column == offset {
      throw Diagnostic(
        .usage, "column '\(displayText(column))' is both --offset and --unpenalised")
    }
    if let offset, monotone[offset] != nil {
      throw Diagnostic(.usage, "column '\(displayText(offset))' is both --offset and --monotone")
    }
  }
}
