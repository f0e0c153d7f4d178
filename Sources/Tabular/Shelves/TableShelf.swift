/// The columns of a table at hand.
package final class TableShelf: ColumnShelf {
  private let table: Table
  package let outline: Table

  /// A shelf of all columns.
  package init(_ table: Table) {
    self.table = table
    outline = table.outline
  }

  package var names: [String] { table.columns.map(\.name) }

  package func column(_ index: Int) -> TableColumn { table.columns[index] }

  package func takePacked(_ index: Int) -> PackedNumbers? { nil }

  /// A table at hand does not change.
  package func checkUnchanged() {}
}
