import Calibration
import Explanation
import GradientBoosting
import Learning
import LogisticRegression

/// A fitted learner of either kind.
public enum FittedModel: Sendable, Equatable {
  /// Logistic regression.
  case logistic(LogisticModel)
  /// Gradient-boosted trees.
  case trees(BoostedTrees)

  /// The raw score of every row, in log odds before calibration.
  public func scores(of matrix: FeatureMatrix, threads: Int) -> [Double] {
    switch self {
    case .logistic(let model): model.scores(of: matrix, threads: threads)
    case .trees(let model): model.scores(of: matrix, threads: threads)
    }
  }

  /// How far each feature moves each row from the mean row.
  public func attribution(of matrix: FeatureMatrix, threads: Int) -> Attribution {
    ModelExplainer(self).attribution(of: matrix, threads: threads)
  }

  /// How many trees there are; 0 for logistic regression.
  public var treeCount: Int {
    if case .trees(let model) = self { model.trees.count } else { 0 }
  }
}

/// A model as it is kept and applied: what it reads, the fitted learner, the way from raw score to
/// probability, and what is known of its training.
public struct RetentionModel: Sendable, Equatable {
  /// What the model expects of a table.
  public var schema: ModelSchema
  /// The fitted learner.
  public var learner: FittedModel
  /// From raw score to probability.
  public var calibrator: Calibrator
  /// From probability to a word.
  public var bands: ScoreBands
  /// What is known of the training.
  public var summary: TrainingSummary
  /// How its features come from raw tables; `nil` for a model of a plain table.
  public var recipe: HistoryRecipe?
  /// What held-out rows say of single scores; `nil` where no rows were held out, and in older files.
  public var certainty: ScoreCertainty?
  /// What accounts are explained against; `nil` where they were not measured, and in older files.
  public var levels: ReferenceLevels?

  /// Puts a model together.
  public init(
    schema: ModelSchema, learner: FittedModel, calibrator: Calibrator, bands: ScoreBands,
    summary: TrainingSummary, recipe: HistoryRecipe? = nil, certainty: ScoreCertainty? = nil,
    levels: ReferenceLevels? = nil
  ) {
    self.schema = schema
    self.learner = learner
    self.calibrator = calibrator
    self.bands = bands
    self.summary = summary
    self.recipe = recipe
    self.certainty = certainty
    self.levels = levels
  }

  /// The calibrated probability of every row, shape `[rowCount]`.
  public func probabilities(of matrix: FeatureMatrix, threads: Int) -> [Double] {
    learner.scores(of: matrix, threads: threads).map(calibrator.probability)
  }
}
