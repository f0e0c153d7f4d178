import Calibration
import Diagnostics
import Evaluation
import Features
import Learning
import Tabular

/// What each family of features is worth: the learner fitted again without it, and with it alone, on
/// the same folds.
public struct FamilyAblation: Sendable, Equatable {
  /// The learner with some of the features, beside the learner with all.
  public struct Trial: Sendable, Equatable {
    /// The family that was left out, or learned from alone.
    public var family: FeatureDefinition.Family
    /// How many features the learner had.
    public var featureCount: Int
    /// All features first, this trial second.
    public var differences: [PairedEvaluation.Difference]

    /// The difference of one metric, where both define it.
    public subscript(metric: Metric) -> PairedEvaluation.Difference? {
      differences.first { $0.metric == metric }
    }
  }

  /// How many features there are.
  public let featureCount: Int
  /// How many rows were judged.
  public let rowCount: Int
  /// How many of them are positive.
  public let positiveCount: Int
  /// Without each family, the costliest first by log loss.
  public let without: [Trial]
  /// With each family alone, the best first by log loss.
  public let alone: [Trial]
  /// Use by humans alone beside that by humans and agents; `nil` where no agents are known.
  public let streams: StreamComparison?

  /// Fits the learner once for each family left out, and once for each alone.
  ///
  /// - Parameters:
  ///   - fitting: Fits to the whole table.
  ///   - splits: The folds.
  ///   - prepared: Where the table came from.
  package init(
    _ fitting: LearnerFitting, choice: TrainingOptions.LearnerChoice, splits: [Split],
    prepared: HistoryTraining.Prepared, bootstrap: Bootstrap
  ) throws(Diagnostic) {
    let table = fitting.table
    let familyOfName = Dictionary(
      prepared.recipe.definitions.map { ($0.name, $0.family) },
      uniquingKeysWith: { first, _ in first })
    let familyOfFeature = table.schema.features.map { familyOfName[$0.name] }
    let whole = try HeldOutProbabilities(fitting, choice: choice, splits: splits)
    let inMemory = choice == .logistic
    func trial(_ family: FeatureDefinition.Family, isAlone: Bool) throws(Diagnostic) -> Trial? {
      let features = familyOfFeature.indices.filter { (familyOfFeature[$0] == family) == isAlone }
      // A family without features costs nothing, and one that is all there is cannot be left out.
      guard !features.isEmpty, features.count < familyOfFeature.count else { return nil }
      fitting.progress?(
        .step("fitting \(isAlone ? "with \(family.rawValue) alone" : "without \(family.rawValue)")")
      )
      var part = LearnerFitting(
        fitting.options, table: try table.choosing(features, inMemory: inMemory))
      part.interruption = fitting.interruption
      let held = try HeldOutProbabilities(part, choice: choice, splits: splits)
      return Trial(
        family: family, featureCount: features.count,
        differences: whole.compared(
          with: held, bootstrap: bootstrap, threads: fitting.options.threads))
    }
    var without: [Trial] = []
    var alone: [Trial] = []
    for family in FeatureDefinition.Family.allCases {
      if let found = try trial(family, isAlone: false) { without.append(found) }
      if let found = try trial(family, isAlone: true) { alone.append(found) }
    }
    func rise(_ trial: Trial) -> Double { trial[.logLoss]?.difference ?? 0 }
    featureCount = familyOfFeature.count
    rowCount = whole.rows.count
    positiveCount = whole.rows.count { table.set.labels[$0] }
    self.without = without.sorted { rise($0) > rise($1) }
    self.alone = alone.sorted { rise($0) < rise($1) }
    streams =
      familyOfFeature.contains(.agents)
      ? try StreamComparison(
        fitting, choice: choice, splits: splits, prepared: prepared, both: whole,
        bootstrap: bootstrap) : nil
  }
}

/// What folds say of a learner, as probabilities that are calibrated out of fold.
struct HeldOutProbabilities: Sendable {
  /// The rows that were judged, ascending.
  let rows: [Int]
  /// Of each judged row.
  let probabilities: [Double]
  /// Of each judged row.
  let labels: [Bool]
  let weights: [Double]?
  let groups: [Int]?

  init(_ fitting: LearnerFitting, choice: TrainingOptions.LearnerChoice, splits: [Split])
    throws(Diagnostic)
  {
    let set = fitting.table.set
    let result = try fitting.crossValidated(choice, splits, shuffles: false)
    let crossFitted = try HeldOutJudgement.calibration(
      of: result, set, method: fitting.options.calibration
    ).probabilities
    let rows = crossFitted.indices.filter { crossFitted[$0] != nil }
    self.rows = rows
    probabilities = crossFitted.compactMap(\.self)
    labels = rows.map { set.labels[$0] }
    weights = set.weights.map { weights in rows.map { weights[$0] } }
    groups = set.scheme.groups.map { groups in rows.map { groups[$0] } }
  }

  /// This learner's figures first, the other's second.
  ///
  /// - Precondition: Both were judged on the same rows.
  func compared(with other: HeldOutProbabilities, bootstrap: Bootstrap, threads: Int)
    -> [PairedEvaluation.Difference]
  {
    precondition(rows == other.rows, "two sets of judged rows")
    return PairedEvaluation(
      first: probabilities, second: other.probabilities, labels: labels, weights: weights,
      groups: groups, bootstrap: bootstrap, threads: threads)?.differences ?? []
  }
}
