import Diagnostics
import Evaluation
import Learning

extension TrainingOutcome {
  /// Beyond so many held-out rows, training sets its model beside the base rate alone: every other
  /// rule is fitted and resampled too, and `evaluate --cv` has the time.
  private static let rowLimit = 100_000

  /// Sets the held-out rows beside simple rules, fitted to what each fold learned from.
  ///
  /// - Parameter splits: The folds.
  /// - Throws: What fitting the rules throws.
  mutating func weigh(_ splits: [Split], _ options: TrainingOptions) throws(Diagnostic) {
    guard let outOfFold, let evaluation, let learner = model.summary.contest.first?.learner else {
      return
    }
    let positions = outOfFold.indices.filter { outOfFold[$0].probability != nil }
    let set = table.set
    let rows = JudgedRows(
      probabilities: positions.map { outOfFold[$0].probability! },
      labels: positions.map { set.labels[$0] },
      weights: set.weights.map { weights in positions.map { weights[$0] } },
      groups: set.scheme.groups.map { groups in positions.map { groups[$0] } })
    var rules = BaselineRule.all(for: table.source.features)
    if positions.count > Self.rowLimit {
      rules = rules.filter { $0.kind == .baseRate }
    }
    comparisons = try BaselineComparison.all(
      rules,
      fitting: BaselineFitting(
        source: table.source, set: set, splits: splits, calibration: options.calibration,
        seed: options.seed, threads: options.threads),
      rows: rows, positions: positions, bootstrap: Bootstrap(seed: options.seed))
    verdict = Verdict(evaluation, comparisons: comparisons, learner: learner, gap: gap)
    picture = SplitPicture(
      splits, labels: set.labels, scheme: set.scheme, timesAreDates: table.timesAreDates)
  }
}
