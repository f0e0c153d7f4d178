import CivilCalendar
import Configuration
import Diagnostics

/// What `retain check` found.
public struct CheckReport: Encodable, Sendable {
  /// A fault of the configuration, or of a file beside it.
  public struct Problem: Encodable, Sendable, Equatable {
    /// Its kind.
    public let kind: String
    /// Where: a file, or a key of the configuration.
    public let place: String
    /// What was found.
    public let message: String
    /// What to do.
    public let hint: String?
    let exitCode: Int32
  }

  /// A table as it was found.
  public struct Table: Encodable, Sendable {
    /// A file of it.
    public struct File: Encodable, Sendable {
      /// As the configuration leads to it.
      public let path: String
      /// Rows.
      public let rows: Int
    }
    /// Our name of it.
    public let name: String
    /// Its files.
    public let files: [File]
    /// Rows of all files.
    public let rows: Int
    /// Accounts with a row; absent for tiers.
    public let accounts: Int?
    /// The first day of a row.
    public let firstDay: String?
    /// The last day of a row.
    public let lastDay: String?
    /// Rows of accounts that do not exist; they are left out.
    public let orphanRows: Int
    /// Rows that repeat another byte by byte; they are kept.
    public let repeatedRows: Int
    /// Whether `repeatedRows` is exact and not an estimate from a sample.
    public let repeatedRowsExact: Bool
    /// Rows whose key another row has.
    public let repeatedKeys: Int
    /// Rows without a date.
    public let undatedRows: Int
    /// Rows dated before 1990.
    public let ancientRows: Int
    /// Rows by month, `2024-05`, of all months from the first to the last of the data.
    public let months: [String: Int]
    /// Columns that the configuration does not use.
    public let unusedColumns: [String]
    /// What the months look like, one sign each.
    let chart: String
  }

  /// The labels of one target.
  public struct Target: Encodable, Sendable {
    /// Which.
    public let name: String
    /// Rows with a label.
    public var rows = 0
    /// Rows whose outcome came.
    public var positives = 0
    /// Accounts with a row.
    public var accounts = 0
    /// As-of days.
    public var asOfDays = 0
    /// Rows whose label window is not over.
    public var censored = 0
    /// Rows left out, by reason.
    public var excluded: [String: Int] = [:]
    /// Label windows that an outcome may lie in: 1 where they do not overlap.
    public var overlappingWindows = 1
    /// The features that tell the outcome best by themselves.
    var strongest: [FeatureAlarm.Strength] = []
    /// Why there are no labels; absent where there are.
    public var failure: String?
  }

  /// What training will take.
  public struct Size: Encodable, Sendable {
    /// Rows of all targets' panels, as accounts times as-of days.
    public let rows: Int
    /// Features.
    public let features: Int
    /// Bytes of the matrix and of what learning adds to it, for the largest target.
    public let bytes: Int
    /// Seconds for the features of the largest target, from those measured here.
    public let featureSeconds: Double
  }

  /// The configuration.
  public let config: String
  /// Days that the data cover.
  public internal(set) var firstDay: String?
  /// Days that the data cover.
  public internal(set) var lastDay: String?
  /// Accounts.
  public internal(set) var accounts = 0
  /// Accounts that left within the data.
  public internal(set) var accountsLeft = 0
  /// Faults.
  public internal(set) var problems: [Problem] = []
  /// The tables.
  public internal(set) var tables: [Table] = []
  /// What should be known, and stops nothing.
  public internal(set) var notes: [String] = []
  /// The labels.
  public internal(set) var targets: [Target] = []
  /// What training will take; absent where nothing can be trained.
  public internal(set) var size: Size?
  /// Rows of which features were computed again with another future.
  public internal(set) var replayedRows = 0
  /// Rows of the sample on which each feature was judged alone.
  public internal(set) var judgedRows = 0
  /// What tells an outcome that could not have been known.
  public internal(set) var leaks: [LeakFinding] = []
  /// Whether the audit was made; not where a fault kept the tables from being read.
  public internal(set) var audited = false

  init(config: String) { self.config = config }

  /// Leaks that reach the features.
  public var openLeaks: [LeakFinding] { leaks.filter(\.reachesFeatures) }
  /// What would leak, and is kept out.
  public var closedLeaks: [LeakFinding] { leaks.filter { !$0.reachesFeatures } }

  /// What ends the run other than well; `nil` where there is nothing but notes.
  ///
  /// - Parameter toleratesLeaks: Whether leaks are only told.
  public func verdict(toleratesLeaks: Bool) -> Diagnostic? {
    if let first = problems.first, let kind = Diagnostic.Kind(rawValue: first.kind) {
      let more = problems.count > 1 ? "; \(problems.count - 1) more above" : ""
      return Diagnostic(kind, "\(first.message)\(more)", file: first.place, hint: first.hint)
    }
    guard !toleratesLeaks, let first = openLeaks.first else { return nil }
    let count = openLeaks.count
    return Diagnostic(
      .dataLeakage,
      "\(count) \(count == 1 ? "place tells" : "places tell") what could not have been known, "
        + "first \(first.place)", file: config,
      hint: "do what the report says of each; --warn-only passes over them")
  }
}
