import Diagnostics
import GradientBoosting
import Learning

/// Features in temporary files, of which a column, or some rows, come to memory at a time.
final class FeatureShelf: ColumnSource, @unchecked Sendable {
  // SAFETY of @unchecked: columns are added by one thread, before others look.

  private enum Column {
    case number(LargeArray<Double>)
    case category(LargeArray<Int32>)
  }

  private(set) var features: [Feature] = []
  let rowCount: Int
  private var columns: [Column] = []
  private let folder: String

  /// A shelf without columns, whose files are made in `folder`.
  init(rowCount: Int, folder: String) {
    self.rowCount = rowCount
    self.folder = folder
  }

  /// Puts some rows of a column behind the columns that there are.
  ///
  /// - Throws: `output.cannot_create`, `output.failed`.
  func append(_ feature: Feature, _ column: FeatureColumn, rows: [Int]) throws(Diagnostic) {
    switch column {
    case .number(let values): columns.append(.number(try stored(values, rows)))
    case .category(let codes): columns.append(.category(try stored(codes, rows)))
    }
    features.append(feature)
  }

  private func stored<Value: BitwiseCopyable>(_ values: [Value], _ rows: [Int])
    throws(Diagnostic) -> LargeArray<Value>
  {
    let stored = try LargeArray<Value>(count: rows.count, in: folder)
    stored.withMutableSpan { span in
      for (position, row) in rows.enumerated() { span[position] = values[row] }
    }
    stored.leave()
    return stored
  }

  /// About so many values are in memory where rows of all columns are asked for.
  private static let valueLimit = 1 << 22

  var rowsAtOnce: Int { max(1024, Self.valueLimit / max(1, features.count)) }

  func column(_ feature: Int) -> FeatureColumn {
    switch columns[feature] {
    case .number(let values):
      defer { values.leave() }
      return .number(values.copied)
    case .category(let codes):
      defer { codes.leave() }
      return .category(codes.copied)
    }
  }

  func matrix(of rows: [Int]) -> FeatureMatrix {
    FeatureMatrix(
      features: features,
      columns: columns.map { column -> FeatureColumn in
        switch column {
        case .number(let values):
          defer { values.leave() }
          return .number(rows.map { values[$0] })
        case .category(let codes):
          defer { codes.leave() }
          return .category(rows.map { codes[$0] })
        }
      },
      rowCount: rows.count)
  }
}
