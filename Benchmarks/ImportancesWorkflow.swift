import Explanation
import GradientBoosting
import Learning

/// Permutation importances of a table of quantities by 100 trees of 31 leaves, each column alone.
struct ImportancesWorkflow {
  private let matrix: FeatureMatrix
  private let labels: [Bool]
  private let model: BoostedTrees
  private let repeatCount: Int
  private let threads: Int

  /// Makes up the rows, a third of whose columns have a say, and fits the trees to some of them.
  init(rowCount: Int, featureCount: Int, repeatCount: Int, threads: Int) throws {
    var generator = SeededGenerator(seed: 1)
    let columns = (0..<featureCount).map { _ in (0..<rowCount).map { _ in generator.nextUnit() } }
    var labels: [Bool] = []
    for row in 0..<rowCount {
      var score = -2.0
      for feature in 0..<max(1, featureCount / 3) {
        score += 6 * (columns[feature][row] - 0.5) / Double(feature + 1)
      }
      labels.append(generator.nextUnit() < LogLoss.probability(score))
    }
    self.labels = labels
    matrix = FeatureMatrix(
      features: columns.indices.map { Feature(name: "x\($0)", kind: .number) },
      columns: columns.map { .number($0) }, rowCount: rowCount)
    self.repeatCount = repeatCount
    self.threads = threads
    var learner = GradientBoostingLearner()
    (learner.treeCount, learner.leafCount) = (100, 31)
    learner.earlyStoppingPatience = nil
    let fitted = Array(0..<min(rowCount, 50_000))
    model = try learner.fitted(
      to: TrainingSet(
        matrix: matrix.selecting(fitted), labels: fitted.map { labels[$0] }),
      threads: threads)
  }

  /// As `retain explain` measures them: trees that a shuffle does not touch are not scored again.
  func run() -> WorkflowResult {
    let falls = PermutationImportance.falls(
      of: matrix, labels: labels, sets: matrix.columns.indices.map { [$0] },
      repeatCount: repeatCount, seed: 0, threads: threads
    ) { _ in SteppedTrees(model) }
    return WorkflowResult(
      rowCount: matrix.rowCount, checksum: falls.reduce(0) { $0 + $1.mean })
  }
}
