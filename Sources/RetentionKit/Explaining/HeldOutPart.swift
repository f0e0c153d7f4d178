import Calibration
import Diagnostics
import Learning
import Scoring

/// A fitted learner, and labelled rows that it has not learned from: what importances and curves are
/// measured on.
///
/// A model judged on other rows is one part; a recipe judged by folds is one part per fold, and how
/// far the parts differ says how stable a figure is.
package struct HeldOutPart: Sendable {
  /// What was fitted.
  package let learner: FittedModel
  /// From raw score to probability.
  package let calibrator: Calibrator
  /// The rows' features.
  package let matrix: FeatureMatrix
  /// The rows' outcomes, shape `[rowCount]`.
  package let labels: [Bool]
  /// The rows' weights, shape `[rowCount]`; `nil` where all count the same.
  package let weights: [Double]?
  /// Which rows belong together, shape `[rowCount]`; `nil` where none do.
  package let groups: [Int]?

  /// Puts a part together.
  package init(
    learner: FittedModel, calibrator: Calibrator, matrix: FeatureMatrix, labels: [Bool],
    weights: [Double]? = nil, groups: [Int]? = nil
  ) {
    precondition(labels.count == matrix.rowCount, "\(labels.count) labels")
    self.learner = learner
    self.calibrator = calibrator
    self.matrix = matrix
    self.labels = labels
    self.weights = weights
    self.groups = groups
  }

  /// How the model ranks and judges the rows before calibration, shape `[rowCount]`.
  package func scores(of matrix: FeatureMatrix, threads: Int) -> [Double] {
    learner.scores(of: matrix, threads: threads)
  }
}

extension HeldOutPart {
  /// The part with so many rows at most, drawn by a seed where it has more.
  package func limited(to rowLimit: Int, seed: UInt64) -> HeldOutPart {
    guard labels.count > rowLimit else { return self }
    var generator = SeededGenerator(seed: seed, stream: 1 << 34)
    let rows = generator.sample(rowLimit, of: labels.count).sorted()
    return HeldOutPart(
      learner: learner, calibrator: calibrator, matrix: matrix.selecting(rows),
      labels: rows.map { labels[$0] }, weights: weights.map { all in rows.map { all[$0] } },
      groups: groups.map { all in rows.map { all[$0] } })
  }
}

extension RecipeEvaluation {
  /// The models of the folds, each with rows that its fold held out.
  ///
  /// - Parameter rowLimit: The most rows of a fold; where it held out more, some are drawn by the
  ///   options' seed.
  /// - Throws: What reading features throws.
  package func heldOutParts(rowLimit: Int = .max) throws(Diagnostic) -> [HeldOutPart] {
    let set = table.set
    var parts: [HeldOutPart] = []
    for (fold, (model, split)) in zip(models, splits).enumerated() {
      var rows = split.validation
      if rows.count > rowLimit {
        var generator = SeededGenerator(seed: options.seed, stream: UInt64(fold) + 1200)
        rows = generator.sample(rowLimit, of: rows.count).sorted().map { split.validation[$0] }
      }
      parts.append(
        HeldOutPart(
          learner: model, calibrator: calibrator, matrix: try table.source.matrix(of: rows),
          labels: rows.map { set.labels[$0] },
          weights: set.weights.map { weights in rows.map { weights[$0] } },
          groups: set.scheme.groups.map { groups in rows.map { groups[$0] } }))
    }
    return parts
  }
}
