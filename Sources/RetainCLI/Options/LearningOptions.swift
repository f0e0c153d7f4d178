import ArgumentParser
import RetentionKit

/// Parameters of the two learners; the defaults are the learners' own.
struct LearningOptions: ParsableArguments {
  @Option(help: "The most trees. (default: by the number of rows)")
  var trees: Int?

  @Option(help: "The most leaves of a tree. (default: by the number of rows)")
  var leaves: Int?

  @Option(help: "How much of each tree's correction is taken. (default: by the number of rows)")
  var learningRate: Double?

  @Option(help: "The most bins of a column, up to 65,535; more than 256 are slower.")
  var maxBins = GradientBoostingLearner().binLimit

  @Option(help: "The fewest rows of a leaf.")
  var minRowsPerLeaf = GradientBoostingLearner().minimumRowsPerLeaf

  @Option(help: "The smallest sum of hessians in a leaf.")
  var minHessianPerLeaf = GradientBoostingLearner().minimumHessianPerLeaf

  @Option(help: "The penalty on the squares of leaf values or coefficients.")
  var l2 = LogisticRegressionLearner().l2

  @Option(help: "The penalty on their magnitudes.")
  var l1 = LogisticRegressionLearner().l1

  @Option(help: "The share of rows that each tree learns from. (default: by the number of rows)")
  var rowSample: Double?

  @Option(help: "The share of columns that each tree may split on.")
  var columnSample = GradientBoostingLearner().columnSample

  @Option(help: "Stop after so many trees without progress on held-out rows, or off.")
  var earlyStopping = CountOr(GradientBoostingLearner().earlyStoppingPatience)

  @Option(help: "COLUMN=+1 or COLUMN=-1: the score may not fall, or not rise, with the column.")
  var monotone: [MonotoneConstraint] = []

  @Flag(help: "Fit logistic regression with Firth's penalty in place of --l2.")
  var firth = false
  @Option(
    help: "Shapes of quantities: auto, none, or COLUMN=none|log|winsor|spline; may be repeated.")
  var transform: [ShapeArgument] = []

  @Option(
    help: "Categories that enter by their levels' outcomes: auto, none, COLUMN or COLUMN=no.")
  var encode: [EncodingArgument] = []

  @Option(help: "Levels of a category with fewer rows share one coefficient.")
  var minRowsPerLevel = ColumnTreatment.plain.minimumRowsPerLevel

  @OptionGroup var tree: TreeOptions

  @OptionGroup var line: LogisticOptions

  /// The boosting learner with these parameters.
  var boosting: GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.treeCount = trees
    learner.leafCount = leaves
    learner.learningRate = learningRate
    learner.binLimit = maxBins
    learner.minimumRowsPerLeaf = minRowsPerLeaf
    learner.minimumHessianPerLeaf = minHessianPerLeaf
    learner.l2 = l2
    learner.l1 = l1
    learner.rowSample = rowSample
    learner.columnSample = columnSample
    learner.earlyStoppingPatience = earlyStopping.count
    tree.apply(to: &learner)
    return learner
  }

  /// The logistic regression learner with these parameters.
  var logistic: LogisticRegressionLearner {
    var learner = LogisticRegressionLearner()
    learner.isFirth = firth
    // Firth's penalty takes its place.
    learner.l2 = firth ? 0 : l2
    learner.l1 = l1
    line.apply(to: &learner)
    learner.columns = columns
    return learner
  }

  /// Hands all of these to a training.
  func apply(to options: inout TrainingOptions) {
    options.boosting = boosting
    options.logistic = logistic
    for constraint in monotone { options.monotone[constraint.column] = constraint.sign }
    for given in tree.featureWeight { options.featureWeights[given.column] = given.weight }
    options.interactions = tree.interaction.map(\.names)
    options.unpenalised = line.unpenalised.flatMap(\.names)
    options.offset = line.offset
  }

  private var columns: ColumnTreatment {
    var columns = ColumnTreatment.plain
    columns.minimumRowsPerLevel = minRowsPerLevel
    for given in transform {
      switch given {
      case .all(let isDecided): columns.decidesShapes = isDecided
      case .column(let name, let shape): columns.shapes[name] = shape
      }
    }
    for given in encode {
      switch given {
      case .all(let isDecided): columns.encodesWideCategories = isDecided
      case .column(let name, let isEncoded): columns.encoded[name] = isEncoded
      }
    }
    return columns
  }
}
