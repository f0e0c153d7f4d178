import Diagnostics
import Files

extension TableReader {
  /// Reads a file as ``read(path:declared:undeclared:required:options:progress:)`` does, with its
  /// columns on a shelf: those of a CSV file are packed, or go to a temporary file on the way; those of
  /// a columnar file stay where they are.
  ///
  /// - Parameter folder: Where the temporary file is made; `nil` for memory.
  /// - Throws: As there; `output.cannot_create` and `output.failed` of the temporary file. Of a
  ///   columnar file, faults of a column are thrown when it is asked for.
  package static func shelved(
    path: String, declared: [String: DeclaredType], required: [String], options: Options,
    folder: String?, progress: ((Int) -> Void)?
  ) throws(Diagnostic) -> any ColumnShelf {
    if let folder { try ScratchFile.check(folder) }
    if let rejects = options.rejects { try OutputFile(path: rejects).check(against: [path]) }
    if ColumnarFile.isColumnar(path: path) {
      return try ColumnarShelf(
        path: path, declared: declared, required: required, options: options)
    }
    let source = try CSVFileSource(path: path)
    let scratch = try folder.map { (folder) throws(Diagnostic) in try ScratchFile(in: folder) }
    var reading = try TableReading(
      source, declared: declared, undeclared: .inferred, required: required, options: options,
      canReadTwice: source.canRewind)
    if let scratch { reading.spills(to: scratch) }
    try reading.openRejects(options.rejects)
    try reading.readRows(progress)
    if case .skip(let budget) = options.onBadRow { try reading.finishBadRows(budget) }
    try source.checkUnchanged()
    let shelf = try reading.shelf()
    guard !shelf.contradicted.isEmpty else { return shelf }

    try source.rewind()
    var types: [String: DeclaredType] = [:]
    for name in shelf.contradicted { types[name] = .category }
    let second = try rereading(
      source, for: shelf.outline, declared: types, options: options,
      levelLimit: InferredBuilder.levelLimit, scratch: scratch)
    shelf.replace(by: try second.shelf())
    return shelf
  }
}
