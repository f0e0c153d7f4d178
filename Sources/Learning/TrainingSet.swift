import Diagnostics

/// Rows with known outcomes: what a learner is fitted to.
public struct TrainingSet: Sendable {
  /// The features, shape `[rowCount, featureCount]`.
  public let matrix: FeatureMatrix
  /// Whether the outcome happened, shape `[rowCount]`.
  public let labels: [Bool]
  /// How much each row counts, shape `[rowCount]`, finite and not negative; `nil` for 1 each.
  public let weights: [Double]?
  /// How the rows may be divided where a learner holds some out, as for early stopping.
  public let scheme: ValidationScheme

  /// Puts features, outcomes and weights together.
  ///
  /// - Precondition: The three have one length.
  /// - Throws: `data.no_rows`, `data.one_class` or `data.weights` where nothing can be learned.
  public init(
    matrix: FeatureMatrix, labels: [Bool], weights: [Double]? = nil,
    scheme: ValidationScheme = ValidationScheme(.stratified, seed: 0)
  ) throws(Diagnostic) {
    precondition(
      labels.count == matrix.rowCount, "\(labels.count) labels for \(matrix.rowCount) rows")
    guard !labels.isEmpty else {
      throw Diagnostic(.dataNoRows, "there are no rows to learn from")
    }
    if let weights {
      precondition(
        weights.count == labels.count, "\(weights.count) weights for \(labels.count) rows")
      try Self.check(weights)
    }
    let positives = labels.count(where: \.self)
    guard positives > 0, positives < labels.count else {
      throw Diagnostic(
        .dataOneClass,
        "all \(labels.count) rows have one outcome (\(positives) positive), expected both",
        hint: "check the label column and its positive value")
    }
    self.matrix = matrix
    self.labels = labels
    self.weights = weights
    self.scheme = scheme
  }

  /// - Throws: `data.weights` for weights that nothing can be learned with.
  package static func check(_ weights: [Double]) throws(Diagnostic) {
    if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw Diagnostic(
        .dataWeights, "row \(row + 1) has a weight that is negative or not a number",
        hint: "a weight is a finite number, 0 or more")
    }
    let total = weights.reduce(0, +)
    guard total > 0, total.isFinite else {
      throw Diagnostic(
        .dataWeights, "the weights add up to \(total), expected a positive finite total")
    }
  }

  /// How many rows there are.
  public var rowCount: Int { labels.count }

  /// How much `row` counts.
  @inlinable
  public func weight(_ row: Int) -> Double { weights?[row] ?? 1 }

  /// The weighted share of positive rows, strictly between 0 and 1 unless weights hide a class.
  public var baseRate: Double {
    var positive = 0.0
    var total = 0.0
    for row in labels.indices {
      total += weight(row)
      if labels[row] { positive += weight(row) }
    }
    return positive / total
  }

  /// Whether `rows` hold both outcomes, each with some weight.
  public func hasBothOutcomes(_ rows: [Int]) -> Bool {
    var has = (yes: false, no: false)
    for row in rows where weight(row) > 0 {
      if labels[row] { has.yes = true } else { has.no = true }
    }
    return has.yes && has.no
  }

  /// The set of `rows` alone, in their order.
  ///
  /// - Throws: As the initializer, for instance where the rows have one outcome.
  public func selecting(_ rows: [Int]) throws(Diagnostic) -> TrainingSet {
    try TrainingSet(
      matrix: matrix.selecting(rows), labels: rows.map { labels[$0] },
      weights: weights.map { weights in rows.map { weights[$0] } },
      scheme: scheme.selecting(rows))
  }
}
