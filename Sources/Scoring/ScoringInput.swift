import Diagnostics
import Learning
import Tabular

/// A table read for a model: its features, its outcomes where it has them, and what was noticed.
public struct ScoringInput: Sendable {
  /// The features and keys.
  public var table: EncodedTable
  /// The outcome of every row, `nil` where unknown; `nil` where the outcomes were not asked for.
  public var outcomes: [Bool?]?
  /// Columns of the file that the model does not read.
  public var ignoredColumns: [String]
  /// How many rows the file has, and how many of them were left out as bad.
  public var rowCounts: RowCounts
  /// What the one who runs it should know.
  public var warnings: [String]

  /// Reads a file for a model: columns by name, their types fixed at training.
  ///
  /// - Parameters:
  ///   - needsOutcomes: Whether the label column must be there.
  ///   - wantsOutcomes: Whether it is read where it is there and holds the model's outcomes.
  ///   - options: How the file is read.
  ///   - progress: Called with the number of bytes read.
  /// - Throws: As `TableReader.read`; `schema.missing_column` names every column that is missing.
  public init(
    path: String, model: RetentionModel, needsOutcomes: Bool, wantsOutcomes: Bool = false,
    options: TableReader.Options = TableReader.Options(), progress: ((Int) -> Void)? = nil
  ) throws(Diagnostic) {
    let schema = model.schema
    var declared = schema.declaredTypes
    var required = schema.features.map(\.name)
    if let idColumn = schema.idColumn { required.append(idColumn) }
    if needsOutcomes || wantsOutcomes { declared[schema.target.column] = .category }
    if needsOutcomes { required.append(schema.target.column) }
    let read = try TableReader.read(
      path: path, declared: declared, undeclared: .ignored, required: required, options: options,
      progress: progress)
    try self.init(read, model: model)
    guard case .category(let values)? = read[schema.target.column]?.values else { return }
    if needsOutcomes {
      outcomes = try schema.target.outcomes(of: values, file: path)
    } else if wantsOutcomes {
      outcomes = try? schema.target.outcomes(of: values, file: path)
    }
  }

  /// Takes a table that has the model's columns, as the model reads them.
  ///
  /// - Precondition: The table has every feature's column, of its type.
  package init(_ read: Table, model: RetentionModel) throws(Diagnostic) {
    let schema = model.schema
    table = schema.encoded(read)
    ignoredColumns = read.ignoredColumns.filter { $0 != schema.target.column }
    warnings = []
    warnings += read.warningSentences
    warnings += read.rowCounts.sentences
    rowCounts = read.rowCounts
    for feature in schema.features {
      guard let count = table.unknownLevels.first(where: { $0.feature == feature.name })?.rowCount,
        case .category(_, let hasOther) = feature.kind
      else { continue }
      // Where training pooled rare levels, a few more of them are nothing new.
      guard !hasOther || Double(count) > Self.notableShare * Double(read.rowCount) else { continue }
      warnings.append(
        "column '\(displayText(feature.name))': \(count) of \(read.rowCount) rows have a level "
          + "that was \(hasOther ? "rare or absent" : "absent") in training")
    }
    if schema.idColumn == nil {
      warnings.append("the model knows no id column: accounts are named by row number")
    }
    for (feature, column) in zip(schema.features, table.matrix.columns)
    where read.rowCount > 0 && column.missingCount == read.rowCount {
      warnings.append("column '\(displayText(feature.name))' is empty in all rows")
    }
  }

  /// More rows than this share with rare or absent levels are worth a warning.
  private static let notableShare = 0.1

  /// The rows whose outcome is known, as a matrix and labels.
  public var judged: (matrix: FeatureMatrix, labels: [Bool]) {
    guard let outcomes else { return (table.matrix.selecting([]), []) }
    let rows = outcomes.indices.filter { outcomes[$0] != nil }
    return (table.matrix.selecting(rows), rows.map { outcomes[$0]! })
  }
}

extension FeatureColumn {
  /// How many rows are missing.
  var missingCount: Int {
    switch self {
    case .number(let values): values.count(where: \.isNaN)
    case .category(let codes): codes.count { $0 == CategoryCode.missing }
    }
  }
}
