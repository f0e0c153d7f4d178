import Learning

/// Some rows of a matrix, value beside value, as trees walk them; the code of a category is stored
/// as a number.
public struct RowBlock {
  /// How many values a row has.
  public let featureCount: Int
  /// How many rows there are.
  public let rowCount: Int
  private var values: [Double]

  /// How many rows are walked together: they fit a processor's inner cache.
  public static let typicalRowCount = 64

  /// Copies `rows` out of a matrix.
  public init(_ matrix: FeatureMatrix, rows: Range<Int>) {
    featureCount = matrix.columns.count
    rowCount = rows.count
    values = [Double](repeating: 0, count: rowCount * featureCount)
    for (feature, column) in matrix.columns.enumerated() {
      switch column {
      case .number(let numbers):
        for (position, row) in rows.enumerated() {
          values[position * featureCount + feature] = numbers[row]
        }
      case .category(let codes):
        for (position, row) in rows.enumerated() {
          values[position * featureCount + feature] = Double(codes[row])
        }
      }
    }
  }

  /// The blocks that cover `rowCount` rows.
  public static func ranges(rowCount: Int) -> [Range<Int>] {
    stride(from: 0, to: rowCount, by: typicalRowCount).map {
      $0..<min($0 + typicalRowCount, rowCount)
    }
  }

  /// Hands over the values of one row, shape `[featureCount]`.
  public func withRow<Result>(_ position: Int, _ body: (Span<Double>) -> Result) -> Result {
    body(values.span.extracting(position * featureCount..<(position + 1) * featureCount))
  }
}
