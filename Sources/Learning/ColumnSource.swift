import Diagnostics

/// A table of features whose columns are had one at a time, from memory or from elsewhere.
///
/// Several threads may ask at once.
package protocol ColumnSource: Sendable {
  /// What each column is.
  var features: [Feature] { get }
  /// How many rows each column has.
  var rowCount: Int { get }
  /// So many rows may be asked for at once where all columns are needed.
  var rowsAtOnce: Int { get }

  /// One column, of its feature's kind.
  ///
  /// - Throws: What reading it throws.
  func column(_ feature: Int) throws(Diagnostic) -> FeatureColumn
  /// Some rows of all columns, in their order.
  func matrix(of rows: [Int]) throws(Diagnostic) -> FeatureMatrix
}

extension FeatureMatrix: ColumnSource {
  package var rowsAtOnce: Int { .max }
  package func column(_ feature: Int) -> FeatureColumn { columns[feature] }
  package func matrix(of rows: [Int]) -> FeatureMatrix { selecting(rows) }
}

/// Some rows of a source.
package struct SelectedColumns: ColumnSource {
  private let source: any ColumnSource
  private let rows: [Int]

  /// Names the rows, in the order in which they are to come.
  package init(_ source: any ColumnSource, rows: [Int]) {
    self.source = source
    self.rows = rows
  }

  package var features: [Feature] { source.features }
  package var rowCount: Int { rows.count }
  package var rowsAtOnce: Int { source.rowsAtOnce }

  package func column(_ feature: Int) throws(Diagnostic) -> FeatureColumn {
    try source.column(feature).selecting(rows)
  }

  package func matrix(of rows: [Int]) throws(Diagnostic) -> FeatureMatrix {
    try source.matrix(of: rows.map { self.rows[$0] })
  }
}

/// Some columns of a source.
package struct ChosenColumns: ColumnSource {
  private let source: any ColumnSource
  private let chosen: [Int]

  /// Names the columns, in the order in which they are to come.
  package init(_ source: any ColumnSource, features: [Int]) {
    self.source = source
    chosen = features
  }

  package var features: [Feature] { chosen.map { source.features[$0] } }
  package var rowCount: Int { source.rowCount }
  package var rowsAtOnce: Int { source.rowsAtOnce }

  package func column(_ feature: Int) throws(Diagnostic) -> FeatureColumn {
    try source.column(chosen[feature])
  }

  package func matrix(of rows: [Int]) throws(Diagnostic) -> FeatureMatrix {
    var columns: [FeatureColumn] = []
    for feature in chosen { columns.append(try source.column(feature).selecting(rows)) }
    return FeatureMatrix(features: features, columns: columns, rowCount: rows.count)
  }
}

extension ColumnSource {
  /// The scores of some rows, so many at a time as may be.
  ///
  /// - Parameter score: Called from one thread at a time; a row's score must not depend on others.
  package func scores(of rows: [Int], by score: (FeatureMatrix) -> [Double]) throws(Diagnostic)
    -> [Double]
  {
    guard rows.count > rowsAtOnce else { return score(try matrix(of: rows)) }
    var scores: [Double] = []
    scores.reserveCapacity(rows.count)
    var start = 0
    while start < rows.count {
      let end = min(start + rowsAtOnce, rows.count)
      scores += score(try matrix(of: Array(rows[start..<end])))
      start = end
    }
    return scores
  }
}
