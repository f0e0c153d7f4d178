import Learning

/// Where each feature's coefficients stand in the parameter vector.
///
/// Dense columns come first: the standardised quantities, among them columns that are derived from a
/// feature's values, then the intercept as a column of ones.
/// Sparse columns follow: for each group (a category, or the missing cells of a quantity) a run of
/// 0/1 columns of which at most one is 1 in any row. So a category never becomes a dense column.
///
/// ```
/// parameters: | quantity 0 | quantity 1 | ... | intercept | group 0: level, level, missing | ...
///             '------------ denseCount --------------------'---- sparseCount ----------------
/// ```
struct DesignLayout: Sendable {
  /// A standardised quantity.
  struct Quantity: Sendable {
    /// Where its values come from, before they are standardised.
    enum Source: Sendable {
      /// The feature's own.
      case values
      /// The feature's own, mapped.
      case mapped(QuantityTransform)
      /// A curve over the feature's own: a position in ``splines``, and which of its curves.
      case bend(spline: Int, bend: Int)
      /// A category's levels as outcomes of other rows tell them, shape `[rowCount]`, and as those of
      /// all rows do.
      case encoded([Double], LevelEncoding)
    }

    var feature: Int
    var source = Source.values
    var standardization: Standardization
    /// The largest magnitude of the standardised values.
    var largest: Double

    /// Whether a block has to work its values out.
    var isDerived: Bool {
      switch source {
      case .values, .encoded: false
      case .mapped, .bend: true
      }
    }
  }

  /// Sparse columns of which at most one is 1 in any row.
  struct Group: Sendable {
    var feature: Int
    /// The sparse column of each level's code; -1 for a level without rows.
    var columnOfLevel: [Int32]
    /// The sparse column of missing cells; -1 where training had none.
    var missingColumn: Int32
    /// The code of the most frequent named level, from which the others are measured; -1 without
    /// levels.
    var reference: Int32 = -1
    /// The sparse column of rare and of unseen levels; -1 where no level is rare.
    var rareColumn: Int32 = -1

    /// All its columns, each once.
    var columns: Set<Int32> {
      Set(columnOfLevel + [missingColumn, rareColumn]).subtracting([-1])
    }
  }

  /// A quantity that enters as a curve: beside its own column, one for each inner knot.
  struct SplineColumns: Sendable {
    var feature: Int
    /// The position of its own column among the quantities; its bends' come after it.
    var firstQuantity: Int
    var spline: NaturalSpline
    var bends: [NaturalSpline.Arc]
  }

  var quantities: [Quantity] = []
  var groups: [Group] = []
  var splines: [SplineColumns] = []
  var sparseCount = 0
  /// The weighted share of rows in which each sparse column is 1.
  var sparseShare: [Double] = []

  /// Whether each coefficient is one of a feature as it is, or of one of its levels.
  var isPlain: Bool {
    quantities.allSatisfy { if case .values = $0.source { true } else { false } }
      && groups.allSatisfy { $0.rareColumn < 0 }
  }

  /// Quantities and the intercept.
  var denseCount: Int { quantities.count + 1 }
  var interceptIndex: Int { quantities.count }
  var parameterCount: Int { denseCount + sparseCount }

  /// Lays out the features that vary over the rows of `set`.
  ///
  /// - Parameter leavesOutReferences: Whether a category's most frequent level has no column, so that
  ///   the other columns and the intercept are not collinear: needed where no penalty tells them
  ///   apart.
  init(
    of set: TrainingSet, columns treatment: ColumnTreatment = .plain,
    leavesOutReferences: Bool = false, threads: Int
  ) {
    let matrix = set.matrix
    let summaries = Parallel.map(matrix.columns.count, threads: threads) { feature in
      let name = matrix.features[feature].name
      return switch matrix.columns[feature] {
      case .number(let values):
        Summary.quantity(
          QuantitySummary(
            of: values, as: treatment.shapes[name] ?? .none, knots: treatment.knots[name],
            weights: set.weights))
      case .category(let codes):
        Summary.category(
          LevelSummary(
            of: codes, name: name, levelCount: matrix.features[feature].levelCount,
            set: set, treatment: treatment))
      }
    }
    for (feature, summary) in summaries.enumerated() {
      switch summary {
      case .quantity(let summary): add(feature, summary, rowCount: matrix.rowCount)
      case .category(let summary):
        var named = summary.rowCounts.count - 1
        if case .category(_, hasOther: true) = matrix.features[feature].kind { named -= 1 }
        add(
          feature, summary, treatment, namedCount: named, leavesOutReference: leavesOutReferences)
      }
    }
  }

  private enum Summary: Sendable {
    case quantity(QuantitySummary)
    case category(LevelSummary)
  }

  private mutating func add(_ feature: Int, _ summary: QuantitySummary, rowCount: Int) {
    let own = summary.own
    if let standardization = own.standardization {
      quantities.append(
        Quantity(
          feature: feature, source: summary.transform.map { .mapped($0) } ?? .values,
          standardization: standardization, largest: own.largestDeviation))
    }
    if own.missingCount > 0, own.missingCount < rowCount {
      groups.append(Group(feature: feature, columnOfLevel: [], missingColumn: Int32(sparseCount)))
      addSparseColumn(share: own.missingShare)
    }
    guard let (spline, bends) = summary.curve, own.standardization != nil else { return }
    let firstQuantity = quantities.count - 1
    for (index, bend) in bends.enumerated() {
      quantities.append(
        Quantity(
          feature: feature, source: .bend(spline: splines.count, bend: index),
          standardization: bend.standardization!, largest: bend.largestDeviation))
    }
    splines.append(
      SplineColumns(
        feature: feature, firstQuantity: firstQuantity, spline: spline, bends: spline.allBends))
  }

  private mutating func add(
    _ feature: Int, _ summary: LevelSummary, _ treatment: ColumnTreatment, namedCount: Int,
    leavesOutReference: Bool
  ) {
    guard summary.rowCounts.count(where: { $0 > 0 }) > 1 else { return }
    if let encoded = summary.encoded {
      if let standardization = encoded.column.standardization {
        quantities.append(
          Quantity(
            feature: feature, source: .encoded(encoded.values, encoded.encoding),
            standardization: standardization, largest: encoded.column.largestDeviation))
      }
      return
    }
    let levelCount = summary.rowCounts.count - 1
    var group = Group(
      feature: feature, columnOfLevel: [Int32](repeating: -1, count: levelCount), missingColumn: -1)
    // Other levels than the named ones are no good measure; the lower code of two that are equally
    // frequent.
    let present = (0..<levelCount).filter { summary.rowCounts[$0] > 0 }
    let reference =
      present.filter { $0 < namedCount }
      .max { (summary.shares[$0], $1) < (summary.shares[$1], $0) } ?? present[0]
    group.reference = Int32(reference)
    var rare: [Int] = []
    for level in present where !(leavesOutReference && level == reference) {
      if summary.rowCounts[level] < treatment.minimumRowsPerLevel {
        rare.append(level)
        continue
      }
      group.columnOfLevel[level] = Int32(sparseCount)
      addSparseColumn(share: summary.shares[level])
    }
    if !rare.isEmpty {
      group.rareColumn = Int32(sparseCount)
      for level in rare { group.columnOfLevel[level] = group.rareColumn }
      addSparseColumn(share: rare.reduce(0) { $0 + summary.shares[$1] })
    }
    if summary.rowCounts[levelCount] > 0 {
      group.missingColumn = Int32(sparseCount)
      addSparseColumn(share: summary.shares[levelCount])
    }
    groups.append(group)
  }

  private mutating func addSparseColumn(share: Double) {
    sparseShare.append(share)
    sparseCount += 1
  }
}

/// A quantity's values in the shape in which they enter.
private struct QuantitySummary: Sendable {
  var transform: QuantityTransform?
  /// Of the values, mapped where there is a map.
  var own: ColumnSummary
  /// A curve's spline, and its columns beside the values themselves.
  var curve: (NaturalSpline, [ColumnSummary])?

  init(
    of values: [Double], as shape: ColumnTreatment.Shape, knots: [Double]?, weights: [Double]?
  ) {
    transform = QuantityTransform(shape, of: values)
    own = ColumnSummary(of: transform.map { values.map($0.value) } ?? values, weights: weights)
    guard shape == .spline,
      let spline = knots.map({ NaturalSpline(knots: $0) }) ?? NaturalSpline(quantilesOf: values)
    else { return }
    let columns = spline.allBends.map { bend in
      ColumnSummary(
        of: values.map { $0.isNaN ? $0 : spline.value(bend, at: $0) }, weights: weights)
    }
    // Weights may leave out all rows by which a curve differs from a constant.
    guard columns.allSatisfy({ $0.standardization != nil }) else { return }
    curve = (spline, columns)
  }
}

/// How often each level of a category occurs; the last place is that of missing cells.
private struct LevelSummary: Sendable {
  var rowCounts: [Int]
  /// Of the weight of all rows.
  var shares: [Double]
  /// The levels by their outcomes, where that is how they enter.
  var encoded: (values: [Double], encoding: LevelEncoding, column: ColumnSummary)?

  init(
    of codes: [Int32], name: String, levelCount: Int, set: TrainingSet, treatment: ColumnTreatment
  ) {
    self.init(of: codes, levelCount: levelCount, weights: set.weights)
    let seenCount = rowCounts.count { $0 > 0 }
    guard seenCount > 1, treatment.encodes(name, levelCount: seenCount, rowCount: set.rowCount)
    else { return }
    let values = LevelEncoding.outOfFold(of: codes, levelCount: levelCount, set: set)
    encoded = (
      values, LevelEncoding(of: codes, levelCount: levelCount, set: set),
      ColumnSummary(of: values, weights: set.weights)
    )
  }

  private init(of codes: [Int32], levelCount: Int, weights: [Double]?) {
    rowCounts = [Int](repeating: 0, count: levelCount + 1)
    shares = [Double](repeating: 0, count: levelCount + 1)
    var total = 0.0
    for row in codes.indices {
      let weight = weights?[row] ?? 1
      total += weight
      let code = codes[row]
      guard code != CategoryCode.unseen else { continue }
      let place = code == CategoryCode.missing ? levelCount : Int(code)
      rowCounts[place] += 1
      shares[place] += weight
    }
    for place in shares.indices { shares[place] /= max(total, .leastNormalMagnitude) }
  }
}
