/// How the cells of a column are written.
public struct ColumnFormat: Sendable, Equatable {
  /// How numbers are written.
  public var number: NumberFormat
  /// How dates and times are written.
  public var timestamp: TimestampFormat
  /// The zone of times without an offset; `nil` for UTC.
  public var timeZone: LocalTimeZone?
  /// Words that stand for a missing value beside the usual ones; blanks around a cell do not matter.
  ///
  /// Keys are not looked up among them: a key is never missing.
  public var nullValues: [String]

  /// Chooses; by default 1234.5, ISO 8601, UTC and the usual words.
  public init(
    number: NumberFormat = .plain, timestamp: TimestampFormat = .iso8601,
    timeZone: LocalTimeZone? = nil, nullValues: [String] = []
  ) {
    self.number = number
    self.timestamp = timestamp
    self.timeZone = timeZone
    self.nullValues = nullValues
  }
}

/// How the cells of a table are written.
public struct TableFormat: Sendable, Equatable {
  /// The format of every column that has none of its own.
  public var standard: ColumnFormat
  /// Formats by column name.
  public var columns: [String: ColumnFormat]

  /// Chooses.
  public init(standard: ColumnFormat = ColumnFormat(), columns: [String: ColumnFormat] = [:]) {
    self.standard = standard
    self.columns = columns
  }

  /// The format of a column.
  public subscript(column: String) -> ColumnFormat { columns[column] ?? standard }
}

/// The words that stand for a missing value beside the usual ones, as bytes.
struct NullWords {
  private let words: [[UInt8]]

  init(_ words: [String]) { self.words = words.map { Array($0.utf8) } }

  /// Whether a cell, already trimmed of blanks, is one of the words.
  func contains(_ cell: Span<UInt8>) -> Bool { words.contains { cell.equals($0.span) } }

  /// Whether a cell, already trimmed of blanks, has no value.
  @inline(__always) func matches(_ cell: Span<UInt8>) -> Bool {
    MissingToken.matches(cell) || (!words.isEmpty && contains(cell))
  }
}
