import Diagnostics

/// A table whose columns are had one at a time, and need not be in memory as they are had.
package protocol ColumnShelf: AnyObject {
  /// The columns in the order of the file, without those that are ignored.
  var names: [String] { get }
  /// The table but for its columns.
  var outline: Table { get }

  /// A column, as reading the whole table gives it.
  ///
  /// - Throws: `input.failed`; `columnar.*`, `schema.type` and `value.*` for a columnar file.
  func column(_ index: Int) throws(Diagnostic) -> TableColumn

  /// Hands over a column of numbers as it is kept in memory, if it is there and packed; it cannot be
  /// asked for again then.
  func takePacked(_ index: Int) -> PackedNumbers?

  /// Makes sure, when all columns are read, that they are those of one file.
  ///
  /// - Throws: `input.changed`.
  func checkUnchanged() throws(Diagnostic)
}

extension ColumnShelf {
  /// The column of a name, if there is one.
  package func column(named name: String) throws(Diagnostic) -> TableColumn? {
    guard let index = names.firstIndex(of: name) else { return nil }
    return try column(index)
  }
}
