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

  /// What the cache of event logs was good for.
  public struct Cache: Sendable, Equatable {
    /// Event logs that were not read again.
    public var keptFileCount = 0
    /// Event logs that were read.
    public var readFileCount = 0
    /// Whether the cache was written.
    public var isWritten = false
    /// Why it was built anew or not used, in sentences. They are no part of ``warnings``: what is
    /// made of a history says nothing of how it was read.
    public var warnings: [String] = []

    /// A cache of no use yet.
    public init() {}
  }

  /// The tables in the order they were read.
  public var tables: [Table] = []
  /// What was put up with, in sentences.
  public var warnings: [String] = []
  /// What the cache was good for; `nil` where none was named.
  public var cache: Cache?

  /// Nothing read yet.
  public init() {}
}
