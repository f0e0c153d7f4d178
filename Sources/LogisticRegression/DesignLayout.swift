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
  struct Quantity: Sendable {
    var feature: Int
    var standardization: Standardization
  }

  struct Group: Sendable {
    var feature: Int
    /// The sparse column of each level's code; -1 for a level without rows.
    var columnOfLevel: [Int]
    /// The sparse column of missing cells; -1 where training had none.
    var missingColumn: Int
  }

  var quantities: [Quantity] = []
  var groups: [Group] = []
  var sparseCount = 0

  /// Quantities and the intercept.
  var denseCount: Int { quantities.count + 1 }
  var interceptIndex: Int { quantities.count }
  var parameterCount: Int { denseCount + sparseCount }

  /// Lays out the features that vary over the rows of `matrix`.
  init(of matrix: FeatureMatrix, weights: [Double]?) {
    for feature in matrix.features.indices {
      switch matrix.columns[feature] {
      case .number(let values): add(quantity: feature, values, weights: weights)
      case .category(let codes):
        add(category: feature, codes, levelCount: matrix.features[feature].levelCount)
      }
    }
  }

  private mutating func add(quantity feature: Int, _ values: [Double], weights: [Double]?) {
    let missingCount = values.count(where: \.isNaN)
    if let standardization = Standardization(of: values, weights: weights) {
      quantities.append(Quantity(feature: feature, standardization: standardization))
    }
    if missingCount > 0, missingCount < values.count {
      groups.append(Group(feature: feature, columnOfLevel: [], missingColumn: sparseCount))
      sparseCount += 1
    }
  }

  private mutating func add(category feature: Int, _ codes: [Int32], levelCount: Int) {
    var rowCountOfLevel = [Int](repeating: 0, count: levelCount)
    var missingCount = 0
    for code in codes {
      if code >= 0 { rowCountOfLevel[Int(code)] += 1 }
      if code == CategoryCode.missing { missingCount += 1 }
    }
    let used = rowCountOfLevel.count { $0 > 0 } + (missingCount > 0 ? 1 : 0)
    guard used > 1 else { return }
    var group = Group(
      feature: feature, columnOfLevel: [Int](repeating: -1, count: levelCount), missingColumn: -1)
    for level in 0..<levelCount where rowCountOfLevel[level] > 0 {
      group.columnOfLevel[level] = sparseCount
      sparseCount += 1
    }
    if missingCount > 0 {
      group.missingColumn = sparseCount
      sparseCount += 1
    }
    groups.append(group)
  }
}

extension DesignLayout.Group {
  /// The sparse column that is 1 for a category's code; -1 where none is.
  func column(ofCode code: Int32) -> Int {
    code >= 0 ? columnOfLevel[Int(code)] : (code == CategoryCode.missing ? missingColumn : -1)
  }
}
