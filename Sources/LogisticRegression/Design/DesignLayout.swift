import Learning

/// Where each feature's coefficients stand in the parameter vector.
///
/// Dense columns come first: the standardised quantities, then the intercept as a column of ones.
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
    var feature: Int
    var standardization: Standardization
    /// The largest magnitude of the standardised values.
    var largest: Double
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
  }

  var quantities: [Quantity] = []
  var groups: [Group] = []
  var sparseCount = 0
  /// The weighted share of rows in which each sparse column is 1.
  var sparseShare: [Double] = []

  /// Quantities and the intercept.
  var denseCount: Int { quantities.count + 1 }
  var interceptIndex: Int { quantities.count }
  var parameterCount: Int { denseCount + sparseCount }

  /// Lays out the features that vary over the rows of `matrix`.
  ///
  /// - Parameter leavesOutReferences: Whether a category's most frequent level has no column, so that
  ///   the other columns and the intercept are not collinear: needed where no penalty tells them
  ///   apart.
  init(
    of matrix: FeatureMatrix, weights: [Double]?, leavesOutReferences: Bool = false, threads: Int
  ) {
    let summaries = Parallel.map(matrix.columns.count, threads: threads) { feature in
      switch matrix.columns[feature] {
      case .number(let values): Summary.quantity(ColumnSummary(of: values, weights: weights))
      case .category(let codes):
        Summary.category(
          LevelSummary(of: codes, levelCount: matrix.features[feature].levelCount, weights: weights)
        )
      }
    }
    for (feature, summary) in summaries.enumerated() {
      switch summary {
      case .quantity(let summary): add(feature, summary, rowCount: matrix.rowCount)
      case .category(let summary):
        var named = summary.rowCounts.count - 1
        if case .category(_, hasOther: true) = matrix.features[feature].kind { named -= 1 }
        add(feature, summary, namedCount: named, leavesOutReference: leavesOutReferences)
      }
    }
  }

  private enum Summary: Sendable {
    case quantity(ColumnSummary)
    case category(LevelSummary)
  }

  private mutating func add(_ feature: Int, _ summary: ColumnSummary, rowCount: Int) {
    if let standardization = summary.standardization {
      quantities.append(
        Quantity(
          feature: feature, standardization: standardization, largest: summary.largestDeviation))
    }
    if summary.missingCount > 0, summary.missingCount < rowCount {
      groups.append(Group(feature: feature, columnOfLevel: [], missingColumn: Int32(sparseCount)))
      addSparseColumn(share: summary.missingShare)
    }
  }

  private mutating func add(
    _ feature: Int, _ summary: LevelSummary, namedCount: Int, leavesOutReference: Bool
  ) {
    guard summary.rowCounts.count(where: { $0 > 0 }) > 1 else { return }
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
    for level in present where !(leavesOutReference && level == reference) {
      group.columnOfLevel[level] = Int32(sparseCount)
      addSparseColumn(share: summary.shares[level])
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

/// How often each level of a category occurs; the last place is that of missing cells.
private struct LevelSummary: Sendable {
  var rowCounts: [Int]
  /// Of the weight of all rows.
  var shares: [Double]

  init(of codes: [Int32], levelCount: Int, weights: [Double]?) {
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

extension DesignLayout.Group {
  /// The sparse column that is 1 for a category's code; -1 where none is.
  func column(ofCode code: Int32) -> Int32 {
    code >= 0 ? columnOfLevel[Int(code)] : (code == CategoryCode.missing ? missingColumn : -1)
  }
}
