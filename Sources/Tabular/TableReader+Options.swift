extension TableReader {
  /// How a file is to be read: what a command line or a settings file says of it.
  public struct Options: Sendable {
    /// How records and fields are told apart.
    public var dialect: CSVDialect
    /// How numbers, times and missing values are written.
    public var format: TableFormat
    /// What becomes of rows that break a rule.
    public var onBadRow: BadRowPolicy
    /// The file that lists the rows left out, each with its bytes; `nil` for none.
    public var rejects: String?

    /// Chooses; by default the file is plain and every row must be good.
    public init(
      dialect: CSVDialect = CSVDialect(), format: TableFormat = TableFormat(),
      onBadRow: BadRowPolicy = .stop, rejects: String? = nil
    ) {
      self.dialect = dialect
      self.format = format
      self.onBadRow = onBadRow
      self.rejects = rejects
    }
  }

  /// Whether a path leads to a file that can be opened anew; a pipe and `-` cannot.
  public static func canReadTwice(_ path: String) -> Bool { CSVFileSource.canReadTwice(path) }
}
