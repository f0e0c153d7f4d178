import Learning

/// What boosting takes where a parameter is left open: functions of the table's size.
///
/// With few rows, small trees and small steps, each from other rows, say more of new rows; from
/// ``fullRowCount`` rows on, that gains little and costs the same again.
package struct ScaledDefaults: Sendable, Equatable {
  /// The largest number of trees.
  package var treeCount: Int
  /// The most leaves of a tree.
  package var leafCount: Int
  /// How much of each tree's correction is taken.
  package var learningRate: Double
  /// The share of rows that each tree learns from.
  package var rowSample: Double

  /// From so many rows on, nothing is scaled: the cube of 52, so that thousandths of the learning
  /// rate are told exactly on every machine.
  package static let fullRowCount = 52 * 52 * 52

  /// Without early stopping, and for tables of ``fullRowCount`` rows and more.
  package static let full = ScaledDefaults(
    treeCount: 300, leafCount: 31, learningRate: 0.1, rowSample: 1)

  /// The sum of all learning rates, so that slow learning gets as far as fast.
  private static let reach = 30.0
  /// A model of fewer trees learns faster: their rates add up to this, if none is above 0.1.
  private static let leastReach = 10.0
  private static let leastLeafCount = 8
  private static let rowSampleOfSmallTables = 0.7

  package init(treeCount: Int, leafCount: Int, learningRate: Double, rowSample: Double) {
    self.treeCount = treeCount
    self.leafCount = leafCount
    self.learningRate = learningRate
    self.rowSample = rowSample
  }

  /// For a table that tells as much as so many rows of which half are positive.
  ///
  /// - Parameters:
  ///   - treeCount: The number of trees, where it is given.
  ///   - learningRate: The learning rate, where it is given.
  package init(balancedRowCount count: Double, treeCount: Int? = nil, learningRate: Double? = nil) {
    self = .full
    if count < Double(Self.fullRowCount) {
      // A square root is the same on every machine.
      leafCount = max(Self.leastLeafCount, Int(count.squareRoot() / 12))
      // The cube root, in thousandths and by multiplication.
      let thousandths = (20...100).last { thousandth in
        let side = Double(thousandth) * 0.52
        return side * side * side <= count
      }
      self.learningRate = Double(thousandths ?? 20) / 1000
      rowSample = Self.rowSampleOfSmallTables
    }
    if let treeCount {
      self.treeCount = treeCount
      self.learningRate = max(self.learningRate, min(0.1, Self.leastReach / Double(treeCount)))
    }
    if let learningRate { self.learningRate = learningRate }
    if treeCount == nil {
      self.treeCount = max(self.treeCount, Int((Self.reach / self.learningRate).rounded()))
    }
  }
}

extension TrainingSet {
  /// How many rows, half of them positive, would tell as much: a row tells `p (1 - p)`, which is what
  /// it adds to the hessian of the log loss.
  package var balancedRowCount: Double {
    4 * baseRate * (1 - baseRate) * Double(rowCount)
  }
}

extension GradientBoostingLearner {
  /// The learner with every parameter that was left open decided for a table.
  ///
  /// Without early stopping, nothing is scaled: a number of trees that somebody chose goes with the
  /// rate and the sizes that they know.
  public func settled(for set: TrainingSet) -> GradientBoostingLearner {
    let scale =
      earlyStoppingPatience == nil
      ? .full
      : ScaledDefaults(
        balancedRowCount: set.balancedRowCount, treeCount: treeCount, learningRate: learningRate)
    var settled = self
    settled.treeCount = treeCount ?? scale.treeCount
    settled.leafCount = leafCount ?? scale.leafCount
    settled.learningRate = learningRate ?? scale.learningRate
    // Sampling by gradients takes the place of sampling rows alike.
    settled.rowSample = rowSample ?? (gradientSampling == nil ? scale.rowSample : 1)
    return settled
  }

  /// The learner with every parameter that was left open as for a large table.
  var settledInFull: GradientBoostingLearner {
    var settled = self
    settled.treeCount = treeCount ?? ScaledDefaults.full.treeCount
    settled.leafCount = leafCount ?? ScaledDefaults.full.leafCount
    settled.learningRate = learningRate ?? ScaledDefaults.full.learningRate
    settled.rowSample = rowSample ?? ScaledDefaults.full.rowSample
    return settled
  }
}
