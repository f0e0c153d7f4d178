import Diagnostics
import Learning

/// A training set as the solvers see it: where the parameters stand, how each is held back, and what
/// is known of each row's log odds beforehand.
struct LogisticProblem: Sendable {
  /// The rows; an offset's column says nothing here.
  let set: TrainingSet
  let layout: DesignLayout
  let net: ElasticNet
  /// Shape `[rowCount]`; `nil` without an offset.
  let offsets: [Double]?
  let threads: Int

  /// - Throws: `usage` for settings that the features do not allow, `data.weights` for an offset that
  ///   is not known of all rows.
  init(_ learner: LogisticRegressionLearner, _ set: TrainingSet, threads: Int) throws(Diagnostic) {
    offsets = try learner.offsets(of: set)
    self.set = try learner.withoutOffset(set)
    self.threads = threads
    // Without a penalty a column for each level would be collinear with the intercept.
    layout = DesignLayout(
      of: self.set, columns: learner.columns(of: self.set, threads: threads),
      leavesOutReferences: learner.penalty == .fixed && learner.l1 == 0 && learner.l2 == 0,
      threads: threads)
    net = learner.net(of: layout)
  }

  /// The loss of the rows, beside a squared penalty of strength `l2`.
  func objective(l2: Double) -> LogisticObjective {
    LogisticObjective(
      set: set, layout: layout, ridge: net.factors.map { $0 * l2 }, offsets: offsets,
      threads: threads)
  }

  /// The loss on other rows by this set's layout.
  func objective(onHeldOut held: TrainingSet, of learner: LogisticRegressionLearner)
    throws(Diagnostic) -> LogisticObjective
  {
    let plain = try learner.withoutOffset(held)
    let clipped = try TrainingSet(
      matrix: layout.clipped(plain.matrix), labels: held.labels, weights: held.weights,
      scheme: held.scheme)
    return LogisticObjective(
      set: clipped, layout: layout, ridge: net.factors.map { _ in 0 },
      offsets: try learner.offsets(of: held), threads: threads)
  }

  /// All coefficients 0, and the intercept at the log odds of the base rate.
  var start: [Double] { layout.start(for: set) }
}

extension LogisticRegressionLearner {
  /// The offset of each row; `nil` where no feature is one.
  func offsets(of set: TrainingSet) throws(Diagnostic) -> [Double]? {
    guard let offset else { return nil }
    guard case .number(let values) = set.matrix.columns[offset] else { return nil }
    guard values.allSatisfy(\.isFinite) else {
      throw Diagnostic(
        .dataWeights,
        "column '\(displayText(set.matrix.features[offset].name))' is the offset and has empty cells",
        hint: "an offset is a finite number of log odds in every row")
    }
    return values
  }

  /// The set with zeros for the offset, so that no coefficient is fitted to it.
  func withoutOffset(_ set: TrainingSet) throws(Diagnostic) -> TrainingSet {
    guard let offset else { return set }
    return try TrainingSet(
      matrix: set.matrix.replacing(
        offset, with: .number([Double](repeating: 0, count: set.rowCount))),
      labels: set.labels, weights: set.weights, scheme: set.scheme)
  }

  /// How the columns of `set` enter: what has a sign or is the offset is a line.
  fileprivate func columns(of set: TrainingSet, threads: Int) -> ColumnTreatment {
    var columns = columns
    for feature in signs.keys.sorted() + (offset.map { [$0] } ?? []) {
      columns.shapes[set.matrix.features[feature].name] = ColumnTreatment.Shape.none
    }
    return columns.decided(by: set, l2: l2, threads: threads)
  }

  /// How each parameter of a layout is held back.
  fileprivate func net(of layout: DesignLayout) -> ElasticNet {
    let count = layout.parameterCount
    var factors = [Double](repeating: 1, count: count)
    var lower = [Double](repeating: -.infinity, count: count)
    var upper = [Double](repeating: .infinity, count: count)
    factors[layout.interceptIndex] = 0
    for (index, quantity) in layout.quantities.enumerated() {
      factors[index] = penaltyFactors[quantity.feature] ?? 1
      let sign = signs[quantity.feature] ?? 0
      if sign > 0 { lower[index] = 0 }
      if sign < 0 { upper[index] = 0 }
    }
    for group in layout.groups {
      for column in group.columnOfLevel + [group.missingColumn] where column >= 0 {
        factors[layout.denseCount + Int(column)] = penaltyFactors[group.feature] ?? 1
      }
    }
    return ElasticNet(factors: factors, lower: lower, upper: upper)
  }
}

extension DesignLayout {
  /// The matrix with quantities as near to their centres as the model takes them to be, which the
  /// rows from which the layout was measured are anyway.
  fileprivate func clipped(_ matrix: FeatureMatrix) -> FeatureMatrix {
    var matrix = matrix
    for quantity in quantities {
      guard case .values = quantity.source,
        case .number(let values) = matrix.columns[quantity.feature]
      else { continue }
      let standardization = quantity.standardization
      func isFar(_ value: Double) -> Bool {
        standardization.standardized(value).magnitude >= Standardization.limit
      }
      guard values.contains(where: isFar) else { continue }
      let reach = Standardization.limit * standardization.scale
      matrix = matrix.replacing(
        quantity.feature,
        with: .number(
          values.map {
            guard isFar($0) else { return $0 }
            return standardization.center + ($0 > standardization.center ? reach : -reach)
          }))
    }
    return matrix
  }
}

extension LogisticObjective {
  /// The loss alone at `parameters`, in nats.
  func loss(at parameters: [Double]) -> Double {
    Parallel.map(lanes.count, threads: threads) { lane in
      self.forEachBlock(
        ofLane: lane, at: parameters, keepsColumns: { _ in false }
      ) { _, _ in }
    }.reduce(0, +)
  }
}
