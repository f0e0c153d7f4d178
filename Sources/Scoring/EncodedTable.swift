import Diagnostics
import Learning
import Tabular

/// A table in the form that a model reads, with what was noticed on the way.
public struct EncodedTable: Sendable {
  /// The features, in the model's order.
  public var matrix: FeatureMatrix
  /// The key of every row; `nil` where the table has no key column.
  public var ids: TextValues?
  /// Rows with a word that is not a level of the model, by feature, where there are any.
  public var unknownLevels: [(feature: String, rowCount: Int)] = []

  package init(matrix: FeatureMatrix, ids: TextValues? = nil) {
    self.matrix = matrix
    self.ids = ids
  }

  /// What names a row: its key, or its number from 1.
  public func id(ofRow row: Int) -> String { ids.map { $0[row] } ?? "row_\(row + 1)" }
}

extension ModelSchema {
  /// How the columns that the model reads are to be read.
  package var declaredTypes: [String: DeclaredType] {
    var types: [String: DeclaredType] = [:]
    for feature in features {
      types[feature.name] =
        switch feature.kind {
        case .number: .number
        case .boolean: .boolean
        case .category: .category
        }
    }
    if let idColumn { types[idColumn] = .identifier }
    return types
  }

  /// The matrix of a table whose columns were read by `declaredTypes` or inferred alike.
  ///
  /// - Precondition: The table has every feature's column, of its type.
  public func encoded(_ table: Table) -> EncodedTable {
    var unknownLevels: [(String, Int)] = []
    let columns = features.map { feature -> FeatureColumn in
      let (column, unknownCount) = feature.encoded(table[feature.name]?.values)
      if unknownCount > 0 { unknownLevels.append((feature.name, unknownCount)) }
      return column
    }
    var encoded = EncodedTable(
      matrix: FeatureMatrix(features: features, columns: columns, rowCount: table.rowCount))
    encoded.unknownLevels = unknownLevels
    if let idColumn, case .identifier(let ids)? = table[idColumn]?.values { encoded.ids = ids }
    return encoded
  }
}

extension Feature {
  /// The values of the feature's column in the form that a model reads, and how many rows hold a word
  /// that is not a level.
  ///
  /// - Precondition: They are of the feature's type.
  package func encoded(_ values: ColumnValues?) -> (column: FeatureColumn, unknownCount: Int) {
    switch (kind, values) {
    case (.number, .number(let values)?), (.boolean, .boolean(let values)?):
      return (.number(values), 0)
    case (.category(let levels, let hasOther), .category(let values)?):
      let (codes, unknownCount) = CategoryEncoding(levels: levels, hasOther: hasOther)
        .codes(of: values)
      return (.category(codes), unknownCount)
    default: preconditionFailure("column '\(name)' was not read as its feature's kind")
    }
  }
}

extension ModelSchema.Target {
  /// The outcome of every row; `nil` where the cell is empty.
  ///
  /// - Throws: `data.label_values` for a table whose label column holds something else than the two
  ///   outcomes.
  public func outcomes(of values: CategoryValues, file: String) throws(Diagnostic) -> [Bool?] {
    for level in values.levels where !matches(level, positive) && !matches(level, negative) {
      throw Diagnostic(
        .dataLabelValues,
        "a value that is neither '\(displayText(positive))' nor "
          + "'\(displayText(negative))'",
        file: file, column: column, hint: "the model was trained on these two outcomes")
    }
    let isPositive = values.levels.map { matches($0, positive) }
    return values.codes.map { $0 < 0 ? nil : isPositive[Int($0)] }
  }

  /// Byte for byte: `String` finds more texts equal than a table means to be.
  private func matches(_ level: String, _ other: String) -> Bool {
    level.utf8.elementsEqual(other.utf8)
  }
}
