import Calibration
import Diagnostics
import Evaluation
import Learning
import LogisticRegression

/// A simple rule that a model must beat to be worth its keep.
public struct BaselineRule: Sendable, Equatable {
  /// What a rule looks at.
  public enum Kind: String, Sendable, CaseIterable {
    /// Nothing: every row gets the share of positives.
    case baseRate = "base_rate"
    /// How long ago the account was last active.
    case recency
    /// How long the account has been a customer.
    case tenure
    /// How many people use it in a month, and what it pays.
    case activesAndRevenue = "actives_and_revenue"
    /// The one column that ranks best among the rows that a fold learns from.
    case bestColumn = "best_column"
    /// Logistic regression on all columns: no baseline of the verdict, but the simpler learner.
    case logistic = "logistic_regression"
  }

  /// What it looks at.
  public var kind: Kind
  /// The positions of the features that it reads.
  var features: [Int]

  /// The rules that a table allows.
  ///
  /// A column is taken for recency or tenure by its name, and only where one column alone has such a
  /// name.
  static func all(for features: [Feature]) -> [BaselineRule] {
    let quantities = features.indices.filter { features[$0].kind == .number }
    func the(_ isMeant: (String) -> Bool) -> Int? {
      let found = quantities.filter { isMeant(Self.plain(features[$0].name)) }
      return found.count == 1 ? found[0] : nil
    }
    var rules = [BaselineRule(kind: .baseRate, features: [])]
    // The name that histories have comes first: there are others beside it.
    if let recency = the({ $0 == "days_since_last_event" })
      ?? the({ $0 == "recency" || $0.hasPrefix("days_since_last_") })
    {
      rules.append(BaselineRule(kind: .recency, features: [recency]))
    }
    if let tenure = the({ $0 == "tenure_days" }) ?? the(tenureNames.contains) {
      rules.append(BaselineRule(kind: .tenure, features: [tenure]))
    }
    if let actives = the({ $0 == "users_28" }) ?? the({ $0 == "active_days_28" }),
      let revenue = the({ $0 == "mrr" })
    {
      rules.append(BaselineRule(kind: .activesAndRevenue, features: [actives, revenue]))
    }
    if features.count > 1 {
      rules.append(BaselineRule(kind: .bestColumn, features: Array(features.indices)))
    }
    return rules
  }

  private static let tenureNames: Set<String> = [
    "tenure", "tenure_days", "tenure_months", "tenure_in_months", "tenure_years", "account_age",
    "account_age_days", "account_length", "months_in_service",
  ]

  /// A name in snake case.
  private static func plain(_ name: String) -> String {
    String(name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }
}

/// Fits rules to what each fold learns from, and gives the rows that it judges their probabilities.
struct BaselineFitting {
  /// The features of the rows.
  let source: any ColumnSource
  /// Their outcomes and weights.
  let set: TrainingSet
  /// What is learned from and judged.
  let splits: [Split]
  /// How scores become probabilities.
  let calibration: CalibrationMethod
  let seed: UInt64
  let threads: Int

  /// The probability of every row by a rule fitted without it; NaN for rows that no fold judges.
  ///
  /// - Returns: Also the columns that the rule read, those of all folds.
  /// - Throws: What fitting and reading features throw.
  func probabilities(of rule: BaselineRule) throws(Diagnostic) -> (
    values: [Double], columns: [String]
  ) {
    switch rule.kind {
    case .baseRate: return (baseRates, [])
    case .bestColumn:
      var values = [Double](repeating: .nan, count: set.rowCount)
      var columns: [String] = []
      for (fold, split) in splits.enumerated() {
        let strongest = try strongestColumn(of: split.training, fold: fold)
        let name = source.features[strongest].name
        if !columns.contains(name) { columns.append(name) }
        let fitted = try logistic([strongest], [split], .automatic)
        for row in split.validation { values[row] = fitted[row] }
      }
      return (try calibrated(values), columns)
    case .logistic: return (try calibrated(logistic(rule.features, splits, .plain)), [])
    default:
      return (
        try calibrated(logistic(rule.features, splits, .automatic)),
        rule.features.map { source.features[$0].name }
      )
    }
  }

  /// Every judged row gets the share of positives of the judged rows: the best constant there is in
  /// hindsight, and so a little better than any that could have been known.
  private var baseRates: [Double] {
    var values = [Double](repeating: .nan, count: set.rowCount)
    var (positive, total) = (0.0, 0.0)
    for split in splits {
      for row in split.validation {
        total += set.weight(row)
        if set.labels[row] { positive += set.weight(row) }
      }
    }
    for split in splits { for row in split.validation { values[row] = positive / total } }
    return values
  }

  /// Raw scores as probabilities, each by a calibrator that has not seen its row, as the model's own.
  private func calibrated(_ scores: [Double]) throws(Diagnostic) -> [Double] {
    var foldOfRow = [Int](repeating: -1, count: set.rowCount)
    for (fold, split) in splits.enumerated() {
      for row in split.validation { foldOfRow[row] = fold }
    }
    return try HeldOutScores(
      scores: scores, labels: set.labels, weights: set.weights, foldOfRow: foldOfRow,
      goesForward: set.scheme.goesForward
    ).calibrated(by: calibration).probabilities.map { $0 ?? .nan }
  }

  /// The scores of logistic regression on some columns.
  private func logistic(_ features: [Int], _ splits: [Split], _ treatment: ColumnTreatment)
    throws(Diagnostic) -> [Double]
  {
    var learner = LogisticRegressionLearner()
    learner.columns = treatment
    let chosen = ChosenColumns(source, features: features)
    let result = try CrossValidation.run(
      on: set, columns: chosen, splits: splits, seed: seed, threads: threads, shuffles: false,
      progress: { _ in }, keep: { _ in }, wrap: { .logistic($0) }
    ) { (rows) throws(Diagnostic) in
      try learner.fitted(
        to: TrainingSet(
          matrix: chosen.matrix(of: rows), labels: rows.map { set.labels[$0] },
          weights: set.weights.map { weights in rows.map { weights[$0] } },
          scheme: set.scheme.selecting(rows)), threads: threads)
    }
    return result.scores
  }

  // MARK: - The best column

  /// More rows than these tell little more of which column is best.
  private static let sampleSize = 20_000
  private static let binCount = 16

  /// The column that ranks best, by itself, among the rows that a fold learns from.
  ///
  /// Rates of levels, or of parts of a quantity's range, are taken from one half of the rows and judged
  /// on the other, so that a column of many levels gains nothing by them.
  private func strongestColumn(of training: [Int], fold: Int) throws(Diagnostic) -> Int {
    var rows = training
    var generator = SeededGenerator(seed: seed, stream: UInt64(fold) + 90)
    if rows.count > Self.sampleSize {
      rows = generator.sample(Self.sampleSize, of: rows.count).map { training[$0] }
    }
    generator.shuffle(&rows)
    // The values of these rows alone are in memory, whatever the table's size.
    let (columns, outcomes) = (try source.matrix(of: rows).columns, rows.map { set.labels[$0] })
    let known = 0..<(rows.count / 2)
    let judged = known.upperBound..<rows.count
    let areas = Parallel.map(columns.count, threads: threads) { feature in
      let codes = Self.codes(of: columns[feature], known: known)
      let scores = Self.rates(codes, outcomes, known: known, judged: judged)
      return Metrics.rocAUC(scores: scores, labels: Array(outcomes[judged])) ?? 0.5
    }
    // Of equals the first.
    return areas.indices.max { (areas[$0], $1) < (areas[$1], $0) } ?? 0
  }

  /// What a value counts as, by its row: the code of a level, or the part of the range of `known`.
  private static func codes(of column: FeatureColumn, known: Range<Int>) -> (Int) -> Int {
    switch column {
    case .category(let codes): return { Int(codes[$0]) }
    case .number(let values):
      let sorted = known.map { values[$0] }.filter { !$0.isNaN }.sorted()
      let edges =
        sorted.isEmpty ? [] : (1..<binCount).map { sorted[$0 * (sorted.count - 1) / binCount] }
      return { row in
        values[row].isNaN ? -1 : edges.count { $0 < values[row] }
      }
    }
  }

  /// The rate of what each judged row counts as among the known ones, drawn towards the base rate.
  private static func rates(
    _ code: (Int) -> Int, _ outcomes: [Bool], known: Range<Int>, judged: Range<Int>
  ) -> [Double] {
    let strength = 10.0
    let base = Double(known.count { outcomes[$0] }) / Double(max(1, known.count))
    var sums: [Int: (positive: Double, all: Double)] = [:]
    for row in known {
      sums[code(row), default: (0, 0)].positive += outcomes[row] ? 1 : 0
      sums[code(row), default: (0, 0)].all += 1
    }
    return judged.map { row in
      let sum = sums[code(row)] ?? (0, 0)
      return (sum.positive + strength * base) / (sum.all + strength)
    }
  }
}
