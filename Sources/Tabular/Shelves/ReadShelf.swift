import Diagnostics

/// The columns of a CSV file, read once and kept packed in memory or in a scratch file.
final class ReadShelf: ColumnShelf {
  let names: [String]
  let outline: Table
  private var builders: [any ColumnBuilder]
  /// By column index.
  private let contradictions: [Int: TableColumn.Contradiction]

  /// - Parameter builders: Of each name; they have read all rows.
  init(
    names: [String], outline: Table, builders: [any ColumnBuilder],
    contradictions: [Int: TableColumn.Contradiction]
  ) {
    self.names = names
    self.outline = outline
    self.builders = builders
    self.contradictions = contradictions
  }

  func column(_ index: Int) throws(Diagnostic) -> TableColumn {
    let finished = try builders[index].finish()
    return TableColumn(
      name: names[index], values: finished.values, contradiction: contradictions[index],
      notes: finished.notes)
  }

  func takePacked(_ index: Int) -> PackedNumbers? { builders[index].takePacked() }

  /// The file was read to its end and found unchanged then.
  func checkUnchanged() {}

  /// The columns that began as something else than they are, and have to be read again.
  var contradicted: [String] { contradictions.keys.sorted().map { names[$0] } }

  /// Takes columns from another reading of the file.
  func replace(by other: ReadShelf) {
    for (index, name) in names.enumerated() {
      if let found = other.names.firstIndex(of: name) { builders[index] = other.builders[found] }
    }
  }
}
