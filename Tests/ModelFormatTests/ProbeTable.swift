import Learning
import Scoring
import Tabular

/// Three rows that a model of any schema can read, with the values that are hardest to bear.
enum ProbeTable {
  private static let numbers: [[Double]] = [
    [0.5, .nan, 1e308], [-1e308, .leastNonzeroMagnitude, 3],
    [.greatestFiniteMagnitude, -0.0, .nan],
  ]

  static func encoded(for model: RetentionModel) -> EncodedTable {
    let columns = model.schema.features.enumerated().map { index, feature -> TableColumn in
      let values: ColumnValues
      switch feature.kind {
      case .number: values = .number(numbers[index % 3])
      case .boolean: values = .boolean([1, .nan, 0])
      case .category(let levels, _):
        // The last level, a missing cell, and a word that no model has.
        values = .category(
          CategoryValues(
            codes: [levels.isEmpty ? 0 : 1, -1, 0],
            levels: ["no level \u{1}"] + levels.suffix(1)))
      }
      return TableColumn(name: feature.name, values: values)
    }
    return model.schema.encoded(Table(columns: columns, rowCount: 3))
  }
}
