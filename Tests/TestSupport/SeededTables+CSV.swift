import Learning

extension SeededTables {
  /// The cells of a table by column, as a file would hold them: its features, `account` with a key
  /// of each row, and `churned` with yes or no.
  public static func cells(of set: TrainingSet) -> [String: [String]] {
    var cells: [String: [String]] = [
      "account": (0..<set.rowCount).map { "account \($0)" },
      "churned": set.labels.map { $0 ? "yes" : "no" },
    ]
    for (feature, column) in zip(set.matrix.features, set.matrix.columns) {
      switch column {
      case .number(let values) where feature.kind == .boolean:
        cells[feature.name] = values.map { $0.isNaN ? "" : ($0 == 0 ? "no" : "yes") }
      case .number(let values): cells[feature.name] = values.map { $0.isNaN ? "" : "\($0)" }
      case .category(let codes):
        cells[feature.name] = codes.map { $0 < 0 ? "" : feature.levelName($0) }
      }
    }
    return cells
  }

  /// A CSV file of some columns, in this order.
  ///
  /// - Precondition: No cell needs quotes.
  public static func csv(_ cells: [String: [String]], columns: [String]) -> String {
    let rowCount = cells[columns[0]]!.count
    let rows = (0..<rowCount).map { row in columns.map { cells[$0]![row] } }
    return ([columns] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
  }
}
