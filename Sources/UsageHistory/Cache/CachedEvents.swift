import Files

/// What a cache keeps of the event logs: their cells, the words behind their codes, and what they
/// were read from.
struct CachedEvents {
  /// One event log that was read.
  struct Log: Equatable {
    /// Where it is, counted from the configuration's folder where it lies inside.
    var path: String
    var stamp: FileStamp
    var hash: ContentHash
    var count: EventLogCount
    /// Our names of the optional columns that it has.
    var columns: [String]
  }

  /// What decided how rows were read, see ``EventCache``.
  var reading: ContentHash
  var logs: [Log]
  /// The ids of the accounts by the codes that the shelves know them by.
  var accounts: [[UInt8]]
  /// Where rows name subscriptions: each with the code of its account.
  var subscriptions: [Subscription]
  /// The event names by their codes.
  var names: [[UInt8]]
  /// Shape `[ActivityStore.shelfCount]`.
  var shelves: [ActivityStore.Shelf]

  struct Subscription: Equatable {
    var id: [UInt8]
    var account: Int32
  }

  /// What all logs came to.
  var count: EventLogCount {
    logs.reduce(into: EventLogCount()) { $0.add($1.count) }
  }
}

/// Why a cache is not believed; the history is then read from its tables.
struct CacheFault: Error, Equatable {
  /// What is wrong, to follow the words "the cache ... is built anew:".
  var message: String

  init(_ message: String) { self.message = message }
}

/// What the cache file is made of, and the most of it.
///
/// `Docs/Formats/HistoryCache.md` is the specification.
enum CacheFormat {
  static let magic = Array("RKHIST01".utf8)
  /// A file of another version is not read.
  static let version: UInt32 = 1

  enum Section: UInt32 {
    case logs = 1
    case accounts = 2
    case subscriptions = 3
    case names = 4
    case shelf = 16
  }

  /// The type, the length and the check around a section's content.
  static let frameByteCount = 16
  static let digestByteCount = 16
  static let logLimit = 1 << 20
  static let textLimit = 1 << 24
  static let accountLimit = ActivityKey.accountLimit * ActivityStore.shelfCount
}
