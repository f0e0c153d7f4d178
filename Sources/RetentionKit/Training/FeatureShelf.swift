import Diagnostics
import GradientBoosting
import Learning
import Tabular

/// Features, packed in memory or in temporary files, of which a column, or some rows, are had at a
/// time.
final class FeatureShelf: ColumnSource, @unchecked Sendable {
  // SAFETY of @unchecked: columns are added by one thread, before others look.

  private enum Column {
    case packed(PackedNumbers)
    case plain(FeatureColumn)
    case numbersInFile(LargeArray<Double>)
    case codesInFile(LargeArray<Int32>)
  }

  private(set) var features: [Feature] = []
  let rowCount: Int
  private var columns: [Column] = []
  private let folder: String?

  /// A shelf without columns.
  ///
  /// - Parameter folder: Where its files are made; `nil` for memory.
  init(rowCount: Int, folder: String?) {
    self.rowCount = rowCount
    self.folder = folder
  }

  /// Puts a column behind those that there are.
  ///
  /// - Parameter packed: The same values as they are in memory anyway; not looked at where there is a
  ///   folder.
  /// - Throws: `output.cannot_create`, `output.failed`.
  func append(_ feature: Feature, _ column: FeatureColumn, packed: PackedNumbers?)
    throws(Diagnostic)
  {
    precondition(column.count == rowCount, "\(column.count) values for \(rowCount) rows")
    switch column {
    case .number(let values) where folder != nil:
      columns.append(.numbersInFile(try stored(values)))
    case .category(let codes) where folder != nil:
      columns.append(.codesInFile(try stored(codes)))
    default: columns.append(packed.map { .packed($0) } ?? .plain(column))
    }
    features.append(feature)
  }

  private func stored<Value: BitwiseCopyable>(_ values: [Value]) throws(Diagnostic)
    -> LargeArray<Value>
  {
    let stored = try LargeArray<Value>(count: values.count, in: folder)
    stored.withMutableSpan { span in for row in values.indices { span[row] = values[row] } }
    stored.leave()
    return stored
  }

  /// All features as they are without packing, which are then on the shelf as well.
  func unpacked() -> FeatureMatrix {
    for feature in columns.indices { columns[feature] = .plain(column(feature)) }
    return FeatureMatrix(
      features: features, columns: features.indices.map(column), rowCount: rowCount)
  }

  /// About so many values are in memory where rows of all columns are asked for.
  private static let valueLimit = 1 << 22

  var rowsAtOnce: Int { max(1024, Self.valueLimit / max(1, features.count)) }

  func column(_ feature: Int) -> FeatureColumn {
    switch columns[feature] {
    case .packed(let numbers): return .number(numbers.unpacked)
    case .plain(let column): return column
    case .numbersInFile(let values):
      defer { values.leave() }
      return .number(values.copied)
    case .codesInFile(let codes):
      defer { codes.leave() }
      return .category(codes.copied)
    }
  }

  func matrix(of rows: [Int]) -> FeatureMatrix {
    FeatureMatrix(
      features: features,
      columns: columns.map { column -> FeatureColumn in
        switch column {
        case .packed(let numbers): return .number(numbers.values(at: rows))
        case .plain(let column): return column.selecting(rows)
        case .numbersInFile(let values):
          defer { values.leave() }
          return .number(rows.map { values[$0] })
        case .codesInFile(let codes):
          defer { codes.leave() }
          return .category(rows.map { codes[$0] })
        }
      },
      rowCount: rows.count)
  }
}
