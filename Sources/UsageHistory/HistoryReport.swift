/// What reading the raw tables came to.
public struct HistoryReport: Sendable, Equatable {
  /// What one table came to.
  public struct Table: Sendable, Equatable {
    /// Our name of the table.
    public var name: String
    /// The files that it was read from.
    public var files: [String] = []
    /// Good rows.
    public var rowCount = 0
    /// Bad rows, which were left out.
    public var rejectedRowCount = 0
    /// Rows of accounts that do not exist, which were left out.
    public var orphanRowCount = 0

    /// A table of which nothing was read yet.
    public init(name: String) { self.name = name }
  }

  /// The tables in the order they were read.
  public var tables: [Table] = []
  /// What was put up with, in sentences.
  public var warnings: [String] = []

  /// Nothing read yet.
  public init() {}
}
