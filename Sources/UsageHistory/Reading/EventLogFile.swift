import Configuration
import Diagnostics
import Files
import Tabular

/// One opened event log: where its columns stand and how they are read.
struct EventLogFile {
  let blocks: EventBlockSource
  let layout: EventLayout
  let columns: EventColumns
  /// Our names of the optional columns that are there.
  let found: [String]
  /// What tells the file from what it may be in a later run; `nil` for a pipe.
  let stamp: FileStamp?
  private let file: CSVFileSource
  private let hashing: HashingSource?

  /// Our names of the columns that a file need not have.
  static let optionalColumns = ["user_id", "event", "value", "actor", "status", "available_at"]

  /// Opens a file and finds its columns.
  ///
  /// Columns that the configuration maps must be there, and `ts` and the key; the others of our
  /// names are taken where they are.
  ///
  /// - Parameter isHashed: Whether the content is hashed as it is read.
  /// - Throws: what ``CSVFileSource`` and ``CSVRecordReader`` throw; `schema.missing_column`.
  init(
    path: String, source: TableSource, options: TableReader.Options, keyColumn: String,
    names: IdentifierDirectory, words: EventWords, isHashed: Bool = false
  ) throws(Diagnostic) {
    file = try CSVFileSource(path: path)
    stamp = isHashed ? file.stamp : nil
    hashing = isHashed ? HashingSource(file) : nil
    blocks = try EventBlockSource(
      source.headered((hashing as (any CSVBlockSource)?) ?? file), dialect: options.dialect,
      added: source.addedHeader)
    let header = blocks.header
    func named(_ column: String) -> String? {
      if let name = source.columns[column] { return name }
      return header.contains(column) && source.constants[column] == nil ? column : nil
    }
    let columns = EventColumns(
      key: named(keyColumn) ?? keyColumn, user: named("user_id"), time: named("ts") ?? "ts",
      name: named("event"), value: named("value"), actor: named("actor"),
      status: named("status"), available: named("available_at"),
      eventID: source.columns["event_id"], options: options)
    // An empty table reads the header and says which columns it lacks.
    _ = try TableReader.read(
      BytesSource(name: path, [blocks.headerBytes]), canReadTwice: false,
      declared: columns.types, undeclared: .ignored, required: columns.required, options: options)
    func place(_ name: String?) -> Int? { name.flatMap(header.firstIndex(of:)) }
    var layout = EventLayout(
      delimiter: options.dialect.delimiter, columnCount: header.count, key: place(columns.key)!,
      user: place(columns.user), time: place(columns.time)!, name: place(columns.name),
      value: place(columns.value), actor: place(columns.actor), status: place(columns.status),
      available: place(columns.available), eventID: place(columns.eventID),
      isPlain: columns.required.allSatisfy { options.format[$0] == ColumnFormat() })
    if columns.actor == nil, let word = source.constants["actor"] {
      layout.constantTraits |= words.actorTraits(Array(word.utf8))
    }
    if columns.status == nil, let word = source.constants["status"] {
      layout.constantTraits |= words.statusTraits(Array(word.utf8))
    }
    if columns.name == nil {
      layout.constantName = names.code(
        of: EventWords.name(Array((source.constants["event"] ?? "event").utf8)))
    }
    layout.constantLag = min(source.lagDays, ActivityKey.lagLimit)
    self.layout = layout
    self.columns = columns
    let all: [(String, String?)] = [
      ("user_id", columns.user), ("event", columns.name), ("value", columns.value),
      ("actor", columns.actor ?? source.constants["actor"]),
      ("status", columns.status ?? source.constants["status"]),
      ("available_at", columns.available),
    ]
    found = all.compactMap { $0.1 == nil ? nil : $0.0 }
  }

  /// The hash of the whole content, once all blocks were read; `nil` where none was asked for.
  var hash: ContentHash? { hashing?.hash }

  /// Makes sure that the file is still the one that was opened.
  func checkUnchanged() throws(Diagnostic) { try file.checkUnchanged() }
}
