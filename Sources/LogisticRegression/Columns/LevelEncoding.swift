import Learning

/// Each level of a category by the outcomes of its rows: the log odds of their rate, drawn towards
/// that of all rows, less the log odds of all.
///
/// Method: Micci-Barreca 2001, "A preprocessing scheme for high-cardinality categorical attributes",
/// SIGKDD Explorations 3(1), https://doi.org/10.1145/507533.507538.
package struct LevelEncoding: Sendable, Equatable {
  /// The value of each level's code; the last place is that of missing cells.
  var values: [Double]

  /// The rows' weight that the rate of all rows counts as beside a level's own.
  package static let priorWeight = 100.0

  /// The values as the whole training set tells them: for scoring.
  init(of codes: [Int32], levelCount: Int, set: TrainingSet) {
    var sums = Sums(levelCount: levelCount)
    for row in codes.indices { sums.add(codes[row], row, of: set) }
    values = (0...levelCount).map { sums.value(at: $0) }
  }

  /// The place of a code among the values; `nil` for a word without a code, which tells nothing.
  static func place(of code: Int32, levelCount: Int) -> Int? {
    code >= 0 ? Int(code) : (code == CategoryCode.missing ? levelCount : nil)
  }

  /// The value of every row by the outcomes of other rows, shape `[rowCount]`: those of other folds
  /// of the set's own scheme, or, where that goes forward in time, those known by the row's time.
  ///
  /// A row's own outcome never counts: a level of one row would tell it.
  package static func outOfFold(of codes: [Int32], levelCount: Int, set: TrainingSet) -> [Double] {
    if case .forward(let time, _, let embargo) = set.scheme.rule {
      return forward(of: codes, levelCount: levelCount, set: set, time: time, embargo: embargo)
    }
    var values = [Double](repeating: 0, count: codes.count)
    var all = Sums(levelCount: levelCount)
    for row in codes.indices { all.add(codes[row], row, of: set) }
    for split in set.scheme.splits(labels: set.labels, foldCount: foldCount) {
      var others = all
      for row in split.validation { others.add(codes[row], row, of: set, times: -1) }
      for row in split.validation {
        guard let place = place(of: codes[row], levelCount: levelCount) else { continue }
        values[row] = others.value(at: place)
      }
    }
    return values
  }

  /// The term of a feature that entered by these values.
  ///
  /// Training saw each row's level by the outcomes of other rows, so the mean of what scoring sees
  /// is not 0.
  func term(
    _ standardization: Standardization, _ coefficient: Coefficient, of column: FeatureColumn,
    set: TrainingSet
  ) -> LogisticTerm {
    guard case .category(let codes) = column else {
      preconditionFailure("an encoded column that holds no codes")
    }
    let missing = standardization.standardized(values[values.count - 1])
    var term = LogisticTerm(
      form: .encoded(Array(values.dropLast()), standardization, coefficient),
      missing: Coefficient(
        value: coefficient.value * missing,
        standardError: coefficient.standardError.map { $0 * missing.magnitude }),
      mean: 0)
    var sum = 0.0
    var weight = 0.0
    for row in codes.indices {
      sum += set.weight(row) * term.contribution(ofCode: codes[row])
      weight += set.weight(row)
    }
    term.mean = sum / weight
    return term
  }

  private static let foldCount = 5

  private static func forward(
    of codes: [Int32], levelCount: Int, set: TrainingSet, time: [Double], embargo: Double
  ) -> [Double] {
    let order = time.indices.sorted { (time[$0], $0) < (time[$1], $1) }
    var values = [Double](repeating: 0, count: codes.count)
    var known = Sums(levelCount: levelCount)
    var next = 0
    for row in order {
      // Rows of the same instant tell nothing of each other.
      while next < order.count, time[order[next]] < time[row],
        time[order[next]] + embargo <= time[row]
      {
        known.add(codes[order[next]], order[next], of: set)
        next += 1
      }
      guard let place = place(of: codes[row], levelCount: levelCount) else { continue }
      values[row] = known.value(at: place)
    }
    return values
  }

  /// Weights of rows, and of positive ones among them.
  private struct Sums {
    var weight: [Double]
    var positive: [Double]
    var totalWeight = 0.0
    var totalPositive = 0.0

    init(levelCount: Int) {
      weight = [Double](repeating: 0, count: levelCount + 1)
      positive = weight
    }

    mutating func add(_ code: Int32, _ row: Int, of set: TrainingSet, times sign: Double = 1) {
      let amount = sign * set.weight(row)
      totalWeight += amount
      if set.labels[row] { totalPositive += amount }
      guard let place = LevelEncoding.place(of: code, levelCount: weight.count - 1) else { return }
      weight[place] += amount
      if set.labels[row] { positive[place] += amount }
    }

    func value(at place: Int) -> Double {
      // Half a row of each outcome keeps the rate of all rows off 0 and 1.
      let base = Self.inside((totalPositive + 0.5) / (totalWeight + 1))
      let rate = Self.inside(
        (positive[place] + LevelEncoding.priorWeight * base)
          / (weight[place] + LevelEncoding.priorWeight))
      return LogLoss.score(rate) - LogLoss.score(base)
    }

    /// A rate that has log odds, whatever the weights and their rounding.
    private static func inside(_ rate: Double) -> Double {
      min(max(rate, 1e-9), 1 - 1e-9)
    }
  }
}
