import Configuration
import Diagnostics
import Dispatch
import Files
import Synchronization

/// The cache of one reading of event logs: what an earlier run kept and still holds, and what this
/// run will keep.
///
/// What is kept holds as long as
/// - rows are read in the same way: the columns, the words and the zone are part of ``reading``;
/// - every file that was read is still there with the same content;
/// - every account that was known still is, and no account came that rows left out may be of.
///
/// Else all of it is dropped, and the logs are read as if there were no cache. Files that came since
/// are read and added.
struct EventCache {
  /// What there is to say of it.
  private(set) var report = HistoryReport.Cache()
  /// The codes of accounts in the store: those of the tables, where the cache agrees with them.
  let owners: IdentifierDirectory
  /// The codes of event names in the store.
  let names: IdentifierDirectory

  private let path: String
  private let reading: ContentHash
  /// The configuration's folder.
  private let folder: String
  private let threads: Int
  /// The logs of this run, by path.
  private var logs: [String: CachedEvents.Log] = [:]
  /// The logs of this run that the file does not know, or knows by another stamp.
  private var news: [CachedEvents.Log] = []
  /// Whether the file must be written although no log is new to it.
  private var isNews = false
  /// What the file knew, and where it ends; `nil` where nothing of it is kept.
  private var known: (words: CachedEvents.Words, journal: CachedEvents.Journal)?
  /// The events of the file's segments; they join the others when those of this run were told apart.
  private var added: [[RawEvent]] = []
  /// A log that was read and cannot be kept.
  private var unkept: String?

  /// What keys of rows are.
  struct Keys {
    /// The accounts that tables told of; `nil` where events tell of accounts.
    var accounts: IdentifierDirectory?
    /// Where rows name subscriptions: those, and the code of each one's account in `accounts`.
    var subscriptions: (directory: IdentifierDirectory, accounts: [Int32])?
  }

  /// Reads the cache file and keeps of it what holds.
  ///
  /// - Parameters:
  ///   - files: The event logs of this run.
  ///   - store: Where the kept events go; it has none yet.
  init(
    path: String, files: [String], folder: String, reading: ContentHash, keys: Keys,
    store: ActivityStore, threads: Int
  ) {
    self.path = path
    self.folder = folder
    self.reading = reading
    self.threads = threads
    var owners = IdentifierDirectory()
    var names = IdentifierDirectory()
    do throws(CacheFault) {
      if let kept = try CachedEvents(contentsOf: path, threads: threads) {
        if let accounts = keys.accounts, accounts.ids.starts(with: kept.words.accounts) {
          // Tables that grow at their end leave all codes as they were.
          owners = accounts
        } else {
          try Self.fill(owners, kept.words.accounts)
        }
        try Self.fill(names, kept.words.names)
        guard kept.words.reading == reading else {
          throw CacheFault("the configuration reads events in another way")
        }
        try Self.check(kept.words, keys)
        (logs, news) = try Self.current(
          kept.words.logs, of: files.map { ($0, Self.relative($0, folder)) })
        for (shelf, content) in zip(store.shelves, kept.shelves) {
          shelf.shelf.withLock { $0 = content }
        }
        added = kept.added
        known = (kept.words, kept.journal)
        if kept.journal.isTorn {
          isNews = true
          report.warnings.append(
            "the end of the cache '\(displayText(path))' is damaged or was never finished: what it "
              + "told is read again")
        }
      } else {
        owners = keys.accounts ?? owners
        isNews = true
      }
    } catch {
      report.warnings.append("the cache '\(displayText(path))' is built anew: \(error.message)")
      owners = keys.accounts ?? IdentifierDirectory()
      names = IdentifierDirectory()
      (logs, news, added) = ([:], [], [])
      (known, isNews) = (nil, true)
    }
    if let accounts = keys.accounts, accounts !== owners {
      for id in accounts.ids { _ = owners.code(of: id) }
    }
    self.owners = owners
    self.names = names
    report.keptFileCount = logs.count
  }

  /// What is kept of a log; `nil` where it must be read.
  func log(of file: String) -> CachedEvents.Log? { logs[Self.relative(file, folder)] }

  /// Adds a log that was read.
  mutating func add(_ file: String, _ log: EventLogFile, _ count: EventLogCount) {
    report.readFileCount += 1
    guard let stamp = log.stamp, let hash = log.hash else {
      // It was a file when the run began, and something else took its place.
      unkept = file
      return
    }
    var count = count
    count.slowBlockCount = 0
    let path = Self.relative(file, folder)
    let entry = CachedEvents.Log(
      path: path, stamp: stamp, hash: hash, count: count, columns: log.found)
    logs[path] = entry
    news.append(entry)
  }

  /// Gives the store all events, and writes the file, if there is something new; a history is no
  /// worse where that fails, so it is a warning.
  ///
  /// - Parameter keys: As they were at the start.
  mutating func finish(_ store: ActivityStore, _ keys: Keys) {
    let isWanted = (isNews || !news.isEmpty) && unkept == nil
    let segment = isWanted ? segment(store, keys) : nil
    for (shelf, events) in zip(store.shelves, added) where !events.isEmpty {
      shelf.shelf.withLock { shelf in
        shelf.chunks.append(EventChunk(events))
        shelf.waitingCount += events.count
      }
    }
    guard isWanted else { return }
    do throws(Diagnostic) {
      if let segment, let journal = known?.journal {
        var mark = CacheBytes()
        mark.append(journal.digest)
        switch try JournalFile(path: path).add(
          segment, at: journal.end, of: journal.fileByteCount, behind: mark.bytes)
        {
        case .added:
          report.isWritten = true
          return
        case .changed:
          report.warnings.append(
            "the cache '\(displayText(path))' was written by another run meanwhile, and is left as "
              + "that run wrote it")
          return
        case .refused: break
        }
      }
      try store.settle(threads: threads)
      try CacheBase(
        words: words(logs.values.sorted { $0.path < $1.path }, keys, beyond: nil),
        cells: store.shelves.map { $0.shelf.withLock { $0.packed } }
      ).write(to: path, threads: threads)
      report.isWritten = true
    } catch {
      report.warnings.append(
        "the cache '\(displayText(path))' was not written, and the next run reads again what it "
          + "lacks: \(error.message)")
    }
  }

  /// What this run adds to the file; `nil` where all is better written anew.
  private func segment(_ store: ActivityStore, _ keys: Keys) -> [UInt8]? {
    guard let known else { return nil }
    let events = store.shelves.map { $0.shelf.withLock { $0.chunks } }
    let count = news.filter { log in !known.words.logs.contains { $0.path == log.path } }
      .reduce(0) { $0 + $1.count.rowCount - $1.count.orphanRowCount }
    // Where so many came that some were packed, they cannot be told from what was there.
    guard events.joined().reduce(0, { $0 + $1.count }) == count,
      known.journal.hasRoom(for: count * CacheFormat.eventByteCount)
    else { return nil }
    let bytes = CacheSegment.bytes(
      words(news, keys, beyond: known.words), events: events, after: known.journal.digest)
    return known.journal.hasRoom(for: bytes.count) ? bytes : nil
  }

  /// The words behind the codes of the store, without those that the file knows.
  private func words(
    _ logs: [CachedEvents.Log], _ keys: Keys, beyond known: CachedEvents.Words?
  ) -> CachedEvents.Words {
    CachedEvents.Words(
      reading: reading, logs: logs,
      accounts: Array(owners.ids.dropFirst(known?.accounts.count ?? 0)),
      subscriptions: subscriptions(keys, beyond: known?.subscriptions ?? []),
      names: Array(names.ids.dropFirst(known?.names.count ?? 0)))
  }

  /// The code in the store of each account of a directory; -1 stays.
  func codes(_ accounts: [Int32], in directory: IdentifierDirectory) -> [Int32] {
    guard directory !== owners else { return accounts }
    let ids = directory.ids
    return accounts.map { $0 < 0 ? -1 : owners.code(of: ids[Int($0)]) }
  }

  private func subscriptions(_ keys: Keys, beyond known: [CachedEvents.Subscription])
    -> [CachedEvents.Subscription]
  {
    guard let subscriptions = keys.subscriptions, let accounts = keys.accounts,
      // All that were known still are, so as many are the same.
      subscriptions.directory.count > known.count
    else { return [] }
    let old = Set(known.map(\.id))
    return zip(subscriptions.directory.ids, codes(subscriptions.accounts, in: accounts))
      .compactMap { old.contains($0) ? nil : CachedEvents.Subscription(id: $0, account: $1) }
  }

  // MARK: What still holds

  private static func fill(_ directory: IdentifierDirectory, _ ids: [[UInt8]]) throws(CacheFault) {
    for (code, id) in ids.enumerated() where Int(directory.code(of: id)) != code {
      throw CacheFault("it is damaged: a name is there twice")
    }
  }

  /// Makes sure that rows which were read would lead to the same accounts again.
  private static func check(_ kept: CachedEvents.Words, _ keys: Keys) throws(CacheFault) {
    guard let accounts = keys.accounts else { return }
    let isKnown = accounts.ids.starts(with: kept.accounts)
    for id in isKnown ? [] : kept.accounts where accounts.knownCode(of: id) == nil {
      throw CacheFault("an account that had events, or could have, is no longer known")
    }
    var isLarger = accounts.count > kept.accounts.count
    if let subscriptions = keys.subscriptions {
      for subscription in kept.subscriptions {
        let code = subscriptions.directory.knownCode(of: subscription.id)
        let owner = kept.accounts[Int(subscription.account)]
        guard let code, subscriptions.accounts[Int(code)] == accounts.knownCode(of: owner) else {
          throw CacheFault("a subscription is no longer known, or is another account's")
        }
      }
      // An account without a subscription has no rows in any case.
      isLarger = subscriptions.directory.count > kept.subscriptions.count
    }
    let orphanRowCount = kept.count.orphanRowCount
    guard !isLarger || orphanRowCount == 0 else {
      throw CacheFault(
        "accounts came, and \(orphanRowCount) rows that were left out may be theirs")
    }
  }

  /// The kept logs with the stamps of today, and those of them whose stamp is worth keeping.
  private static func current(
    _ kept: [CachedEvents.Log], of files: [(file: String, path: String)]
  ) throws(CacheFault) -> (logs: [String: CachedEvents.Log], news: [CachedEvents.Log]) {
    var logs: [String: CachedEvents.Log] = [:]
    var news: [CachedEvents.Log] = []
    for var log in kept {
      let name = "the event log '\(displayText(log.path))'"
      guard let file = files.first(where: { $0.path == log.path })?.file,
        let stamp = FileStamp(path: file)
      else { throw CacheFault("\(name) is no longer there") }
      if !stamp.provesUnchanged(since: log.stamp) {
        let hash: ContentHash
        do throws(Diagnostic) {
          hash = try ContentHash(ofFile: file)
        } catch {
          throw CacheFault("\(name) cannot be compared: \(error.message)")
        }
        guard hash == log.hash else { throw CacheFault("\(name) has changed") }
        log.stamp = stamp
        // A stamp that proves nothing later need not be kept.
        if stamp.isSettled { news.append(log) }
      }
      guard logs.updateValue(log, forKey: log.path) == nil else {
        throw CacheFault("\(name) is there twice")
      }
    }
    return (logs, news)
  }

  /// A path counted from the configuration's folder, where it lies inside: the cache then holds from
  /// wherever the command is run.
  private static func relative(_ file: String, _ folder: String) -> String {
    file.hasPrefix(folder + "/") ? String(file.dropFirst(folder.count + 1)) : file
  }
}

extension EventCache {
  /// Changes with every release that reads rows into other cells.
  private static let readingVersion = 1

  /// What decides how rows are read: two configurations of one hash read a file alike.
  ///
  /// - Parameters:
  ///   - keyColumn: Our name of the column that leads to the account.
  ///   - addsAccounts: Whether rows of accounts that no table knows are rows of new accounts.
  static func reading(
    _ configuration: RetentionConfiguration, _ source: TableSource, keyColumn: String,
    addsAccounts: Bool
  ) -> ContentHash {
    var part = RetentionConfiguration(path: "")
    part.timeZone = configuration.timeZone
    var events = source
    events.files = ["events.csv"]
    part.sources = [.events: events]
    var text = "\(readingVersion) \(keyColumn) \(addsAccounts)\n\(part.text())"
    let meanings = configuration.events
    for words in [
      meanings.agentWords, meanings.succeededWords, meanings.failedWords, meanings.timedOutWords,
    ] {
      text += "\(words.count)\n"
      for word in words { text += "\(word.utf8.count) \(word)\n" }
    }
    return ContentHash(of: Array(text.utf8))
  }
}

extension ActivityStore {
  /// Packs all events that wait.
  ///
  /// - Throws: `limit.history`.
  func settle(threads: Int) throws(Diagnostic) {
    let next = Mutex(0)
    let failure = Mutex<Diagnostic?>(nil)
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      while true {
        let index = next.withLock { next in
          next += 1
          return next - 1
        }
        guard index < shelves.count else { return }
        let result = shelves[index].shelf.withLock { shelf -> Result<Void, Diagnostic> in
          Result { () throws(Diagnostic) in try shelf.pack() }
        }
        if case .failure(let fault) = result { failure.withLock { $0 = $0 ?? fault } }
        pool.trim()
      }
    }
    if let fault = failure.withLock({ $0 }) { throw fault }
  }
}
