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

  struct Subscription: Equatable {
    var id: [UInt8]
    var account: Int32
  }

  /// What every part of the file has: the base what was known when it was written, a segment what
  /// came since.
  struct Words {
    /// What decided how rows were read, see ``EventCache``.
    var reading: ContentHash
    var logs: [Log]
    /// The ids of the accounts by the codes that the shelves know them by.
    var accounts: [[UInt8]]
    /// Where rows name subscriptions: each with the code of its account.
    var subscriptions: [Subscription]
    /// The event names by their codes.
    var names: [[UInt8]]

    /// What all logs came to.
    var count: EventLogCount {
      logs.reduce(into: EventLogCount()) { $0.add($1.count) }
    }
  }

  var words: Words
  /// The cells of the base; shape `[ActivityStore.shelfCount]`.
  var shelves: [ActivityStore.Shelf]
  /// The events of the segments; shape `[ActivityStore.shelfCount]`.
  var added: [[RawEvent]]
  /// Where a segment goes that follows.
  var journal: Journal

  /// How far a cache file goes, for a segment to be added.
  struct Journal {
    /// The digest of the last part.
    var digest: ContentHash
    /// Where that part ends.
    var end: Int
    /// The size of the file; more than `end` where something unfinished follows.
    var fileByteCount: Int
    var baseByteCount: Int
    var segmentCount = 0

    /// Whether a part was begun and not finished, or is damaged.
    var isTorn: Bool { end < fileByteCount }

    /// Whether a segment of so many bytes may follow.
    func hasRoom(for byteCount: Int) -> Bool {
      CacheFormat.hasRoom(
        segmentCount: segmentCount + 1, segmentByteCount: end - baseByteCount + byteCount,
        baseByteCount: baseByteCount)
    }
  }
}

/// Why a cache is not believed; the history is then read from its tables.
struct CacheFault: Error, Equatable {
  /// What is wrong, to follow the words "the cache ... is built anew:".
  var message: String

  init(_ message: String) { self.message = message }
}
