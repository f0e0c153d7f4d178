import ArgumentParser
import RetentionKit

/// What each tree may do beyond its size; the defaults are the learner's own.
struct TreeOptions: ParsableArguments {
  @Option(help: "How many rows it takes until a node's own value counts as much as its parent's.")
  var pathSmoothing = GradientBoostingLearner().pathSmoothing

  @Option(help: "The most tests on a path, or none.")
  var maxDepth = CountOr(GradientBoostingLearner().depthLimit)

  @Option(help: "A split must gain more than this.")
  var minGain = GradientBoostingLearner().minimumGain

  @Option(help: "The share of a tree's columns that each node may be split on.")
  var nodeColumnSample = GradientBoostingLearner().nodeColumnSample

  @Option(
    help: """
      TOP,REST: each tree learns from this share of the rows, those with the largest gradients, and \
      from this share drawn from the rest. (default: off)
      """)
  var goss: GradientShares?

  @Option(help: "COLUMN=X: what the column's gains are multiplied with.")
  var featureWeight: [FeatureWeight] = []

  @Option(help: "Columns that may meet on a path; columns that are named nowhere are not used.")
  var interaction: [ColumnNames] = []

  @Option(
    help: "How often each positive row counts; probabilities stay those of the rows as they are.")
  var positiveWeight = GradientBoostingLearner().positiveWeight

  @Option(help: "The exponent of the focal loss, 0 (the log loss) to 5.")
  var focal = GradientBoostingLearner().focalGamma

  @Option(help: "What is added to a level's hessian when levels are sorted.")
  var categorySmoothing = GradientBoostingLearner().categorySmoothing

  @Option(help: "Up to so many levels, one level is split from all others.")
  var categoryOneHot = GradientBoostingLearner().categoryOneHotLimit

  @Option(help: "The most levels on the smaller side of a split.")
  var categoryLevels = GradientBoostingLearner().categoryLevelLimit

  @Option(help: "What is added to --l2 in splits on sorted levels.")
  var categoryL2 = GradientBoostingLearner().categoryL2

  @Option(help: "Sorted levels join a side in groups of at least so many rows.")
  var categoryRowsPerGroup = GradientBoostingLearner().categoryRowsPerGroup

  @Option(
    help: """
      The fewest rows of a level that is sorted. (default: a twentieth of the node's, 10 to 100)
      """)
  var categoryRowsPerLevel: Int?

  @Option(help: "A tree is progress if the held-out loss falls by more than this.")
  var earlyStoppingMinImprovement = GradientBoostingLearner().earlyStoppingMinimumImprovement

  /// Hands these to a learner; those that name columns are the training's to hand on.
  func apply(to learner: inout GradientBoostingLearner) {
    learner.pathSmoothing = pathSmoothing
    learner.depthLimit = maxDepth.count
    learner.minimumGain = minGain
    learner.nodeColumnSample = nodeColumnSample
    learner.gradientSampling = goss?.sampling
    learner.positiveWeight = positiveWeight
    learner.focalGamma = focal
    learner.categorySmoothing = categorySmoothing
    learner.categoryOneHotLimit = categoryOneHot
    learner.categoryLevelLimit = categoryLevels
    learner.categoryL2 = categoryL2
    learner.categoryRowsPerGroup = categoryRowsPerGroup
    learner.categoryRowsPerLevel = categoryRowsPerLevel
    learner.earlyStoppingMinimumImprovement = earlyStoppingMinImprovement
  }
}

/// Two shares of the rows: of the largest gradients, and of the rest.
struct GradientShares: ExpressibleByArgument {
  var sampling: GradientSampling

  init?(argument: String) {
    let shares = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0)
    }
    guard shares.count == 2, let top = shares[0], let other = shares[1] else { return nil }
    sampling = GradientSampling(topShare: top, otherShare: other)
  }
}

/// A column and what its gains are multiplied with.
struct FeatureWeight: ExpressibleByArgument {
  var column: String
  var weight: Double

  init?(argument: String) {
    guard let equals = argument.lastIndex(of: "="),
      let weight = Double(argument[argument.index(after: equals)...]), weight >= 0,
      weight.isFinite
    else { return nil }
    column = String(argument[..<equals])
    self.weight = weight
  }
}
