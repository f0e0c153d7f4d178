import Diagnostics

extension TableReader {
  /// Reads the declared columns of a source, all of which it must have.
  ///
  /// - Throws: what ``read(path:declared:undeclared:required:dialect:progress:)`` throws.
  package static func read(
    _ source: any CSVBlockSource, declared: [String: DeclaredType],
    dialect: CSVDialect = CSVDialect()
  ) throws(Diagnostic) -> Table {
    var reading = try TableReading(
      source, declared: declared, undeclared: .ignored, required: declared.keys.sorted(),
      dialect: dialect, canReadTwice: false)
    try reading.readRows(nil)
    return reading.table(replacing: [:])
  }
}
