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
  /// Whether this run has something to keep that the file lacks.
  private var isNews = false
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
        if let accounts = keys.accounts, accounts.ids.starts(with: kept.accounts) {
          // Tables that grow at their end leave all codes as they were.
          owners = accounts
        } else {
          try Self.fill(owners, kept.accounts)
        }
        try Self.fill(names, kept.names)
        guard kept.reading == reading else {
          throw CacheFault("the configuration reads events in another way")
        }
        try Self.check(kept, keys)
        (logs, isNews) = try Self.current(
          kept.logs, of: files.map { ($0, Self.relative($0, folder)) })
        for (shelf, content) in zip(store.shelves, kept.shelves) {
          shelf.shelf.withLock { $0 = content }
        }
      } else {
        owners = keys.accounts ?? owners
        isNews = true
      }
    } catch {
      report.warnings.append("the cache '\(displayText(path))' is built anew: \(error.message)")
      owners = keys.accounts ?? IdentifierDirectory()
      names = IdentifierDirectory()
      logs = [:]
      isNews = true
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
    logs[path] = CachedEvents.Log(
      path: path, stamp: stamp, hash: hash, count: count, columns: log.found)
    isNews = true
  }

  /// Writes the file, if there is something new; a history is no worse where that fails, so it is a
  /// warning.
  ///
  /// - Parameter keys: As they were at the start.
  mutating func write(_ store: ActivityStore, _ keys: Keys) {
    guard isNews, unkept == nil else { return }
    do throws(Diagnostic) {
      try store.settle(threads: threads)
      try CachedEvents(
        reading: reading, logs: logs.values.sorted { $0.path < $1.path }, accounts: owners.ids,
        subscriptions: subscriptions(keys), names: names.ids,
        shelves: store.shelves.map { $0.shelf.withLock { $0 } }
      ).write(to: path)
      report.isWritten = true
    } catch {
      report.warnings.append(
        "the cache '\(displayText(path))' was not written, and the next run reads all events: "
          + error.message)
    }
  }

  /// The code in the store of each account of a directory; -1 stays.
  func codes(_ accounts: [Int32], in directory: IdentifierDirectory) -> [Int32] {
    guard directory !== owners else { return accounts }
    let ids = directory.ids
    return accounts.map { $0 < 0 ? -1 : owners.code(of: ids[Int($0)]) }
  }

  private func subscriptions(_ keys: Keys) -> [CachedEvents.Subscription] {
    guard let subscriptions = keys.subscriptions, let accounts = keys.accounts else { return [] }
    return zip(subscriptions.directory.ids, codes(subscriptions.accounts, in: accounts))
      .map { CachedEvents.Subscription(id: $0, account: $1) }
  }

  // MARK: What still holds

  private static func fill(_ directory: IdentifierDirectory, _ ids: [[UInt8]]) throws(CacheFault) {
    for (code, id) in ids.enumerated() where Int(directory.code(of: id)) != code {
      throw CacheFault("it is damaged: a name is there twice")
    }
  }

  /// Makes sure that rows which were read would lead to the same accounts again.
  private static func check(_ kept: CachedEvents, _ keys: Keys) throws(CacheFault) {
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

  /// The kept logs with the stamps of today, and whether any stamp is another.
  private static func current(
    _ kept: [CachedEvents.Log], of files: [(file: String, path: String)]
  ) throws(CacheFault) -> (logs: [String: CachedEvents.Log], isNews: Bool) {
    var logs: [String: CachedEvents.Log] = [:]
    var isNews = false
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
        isNews = true
      }
      guard logs.updateValue(log, forKey: log.path) == nil else {
        throw CacheFault("\(name) is there twice")
      }
    }
    return (logs, isNews)
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
  /// Packs the shelves on which many events wait, compared with those that are packed.
  ///
  /// A day's events are few beside a history's: they are kept as they came until they are an eighth
  /// of it, so that adding a day does not sort everything anew.
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
          guard shelf.waitingCount > shelf.packed.count / 8 || !shelf.runs.isEmpty else {
            return .success(())
          }
          return Result { () throws(Diagnostic) in try shelf.pack() }
        }
        if case .failure(let fault) = result { failure.withLock { $0 = $0 ?? fault } }
      }
    }
    if let fault = failure.withLock({ $0 }) { throw fault }
  }
}
