import CivilCalendar
import Configuration
import Diagnostics
import Files
import Tabular

/// Reads the raw tables that a configuration names into a history.
///
/// ```swift
/// let configuration = try RetentionConfiguration(contentsOf: "retain.yaml")
/// let history = try HistoryReader(configuration).read(threads: 2)
/// ```
public struct HistoryReader {
  private let configuration: RetentionConfiguration
  private let threads: Int
  /// Called with the bytes read of the events so far.
  public var progress: (@Sendable (Int) -> Void)?
  /// The file that keeps what was read of event logs, so that the next reading need not; it is
  /// created where it is not there. See `Docs/Formats/HistoryCache.md`.
  public var cachePath: String?
  /// Whether event logs go the fast path; the tests compare it with the readable one.
  package var usesFastPath = true

  private var dictionaries = HistoryDictionaries()
  private var report = HistoryReport()
  private let accounts = IdentifierDirectory()
  /// Whether tables say which accounts exist.
  private var isClosed = false
  private var days: (first: CalendarDay, last: CalendarDay)?
  private var cache: EventCache?

  /// Prepares the reading.
  public init(_ configuration: RetentionConfiguration, threads: Int) {
    self.configuration = configuration
    self.threads = threads
  }

  /// What becomes of bad rows, a budget being that of each table.
  public var onBadRow = BadRowPolicy.stop
  /// The file that lists the rows left out: `file,line,byte,kind,column,record`.
  public var rejects: String?

  /// Reads all tables.
  ///
  /// Accounts are those of the table of accounts; without one, those of the subscriptions; without
  /// both, those that events name. Rows of other accounts are left out and counted.
  ///
  /// - Throws: what ``TableReader`` and ``EventLogReader`` throw; `data.no_rows` where no account is
  ///   found.
  public consuming func read() throws(Diagnostic) -> CustomerHistory {
    let ledger = try RowLedger(onBadRow, rejects: rejects)
    let profiles = try readAccounts(ledger)
    let subscriptions = try readSubscriptions(ledger)
    let users = try readUsers(ledger)
    let tickets = try readTickets(ledger)
    let payments = try readPayments(ledger)
    let outcomes = try readOutcomes(ledger)
    let store = ActivityStore()
    let names = try readEvents(store, subscriptions, ledger)
    try ledger.commit()
    let rankOfName = nameCatalog(names)

    // The store knows accounts by codes of its own where a cache was read before the tables.
    if let cache, cache.owners !== accounts {
      for id in cache.owners.ids { _ = accounts.code(of: id) }
    }
    let ids = accounts.list
    let order = ByteOrder.ranked(ids)
    guard !order.isEmpty, let days else {
      throw Diagnostic(
        .dataNoRows, "no account is found in the tables", file: configuration.path)
    }
    var accountOfCode = [Int](repeating: 0, count: ids.count)
    for (account, code) in order.enumerated() { accountOfCode[code] = account }
    func grouped<Record>(
      _ rows: [(account: Int32, record: Record)]
    ) -> RecordsByAccount<Record> where Record: OrderedRecord {
      RecordsByAccount(
        rows.map { (accountOfCode[Int($0.account)], $0.record) }, accountCount: ids.count
      ) { $0.precedes($1) }
    }
    let records = AccountRecordTables(
      profiles: profiles.ordered(by: order),
      subscriptions: grouped(subscriptions?.spells ?? []),
      tickets: grouped(tickets),
      payments: grouped(payments),
      users: grouped(users),
      outcomes: grouped(outcomes))
    let accountOfOwner = finishCache(store, subscriptions, accountOfCode)
    return CustomerHistory(
      accountIDs: order.map { String(decoding: ids[$0], as: UTF8.self) },
      accountOfCode: accountOfOwner, dictionaries: dictionaries, coverage: days.first...days.last,
      report: report, store: store, rankOfName: rankOfName, records: records)
  }

  // MARK: The tables

  /// The profiles by the accounts' codes.
  private mutating func readAccounts(_ ledger: RowLedger) throws(Diagnostic) -> AccountProfiles {
    guard let source = configuration.sources[.accounts] else { return AccountProfiles() }
    var types: [String: DeclaredType] = [
      "account_id": .identifier, "created_at": .date, "segment": .category,
      "available_at": .date,
    ]
    if case .before(let column, _) = configuration.asOf { types[column] = .date }
    let table = try table(
      .accounts, source, types: types, required: ["account_id"], attributes: source.attributes,
      ledger: ledger)
    let ids = table.identifierList("account_id") ?? IdentifierList()
    let created = table.days("created_at")
    let known = table.days("available_at")
    let segment = table.wordCodes("segment")
    dictionaries.segments = segment?.words ?? []
    let attributes = source.attributes.map { attribute($0, table) }
    dictionaries.attributes = attributes.map(\.description)
    let dates: [CalendarDay?]? =
      if case .before(let column, _) = configuration.asOf { table.days(column) } else { nil }
    let codes = accounts.codes(of: ids)
    var profiles = AccountProfiles(attributeCount: attributes.count)
    profiles.reserve(ids.count)
    for row in ids.indices {
      let code = Int(codes[row])
      var profile = AccountProfile(created: created?[row], segment: segment?.codes[row] ?? -1)
      profile.knownOn = known?[row]
      profile.scheduleDate = dates?[row]
      if code == profiles.count {
        profiles.append(profile)
        for attribute in attributes { profiles.append(attribute: attribute.values[row]) }
      } else if profiles.profile(of: code, equals: profile, attributes.map { $0.values[row] }) {
        duplicateAccountCount += 1
      } else {
        throw Diagnostic(
          .dataDuplicateKey,
          "two rows that differ have one account_id: rows \(rowOfAccount(code, ids)) and \(row + 1)",
          file: table.tables.count == 1 ? report.tables.last?.files.first : nil,
          column: source.columns["account_id"] ?? "account_id",
          hint: "keep one row per account")
      }
    }
    if duplicateAccountCount > 0 {
      report.warnings.append(
        "accounts: \(duplicateAccountCount) rows repeat another row exactly; counted once")
    }
    isClosed = true
    note(created)
    return profiles
  }

  private var duplicateAccountCount = 0

  private func rowOfAccount(_ code: Int, _ ids: IdentifierList) -> Int {
    let id = accounts.list[code]
    return (ids.firstIndex(of: id) ?? 0) + 1
  }

  private func attribute(_ column: String, _ table: SourceTable) -> (
    description: HistoryDictionaries.Attribute, values: [Double]
  ) {
    let words = table.wordCodes(column) ?? WordCodes(count: table.rowCount)
    if let numbers = Self.numbers(words) { return (.init(name: column, levels: nil), numbers) }
    return (
      .init(name: column, levels: words.words), words.codes.map { $0 < 0 ? .nan : Double($0) }
    )
  }

  /// The words as numbers, NaN where missing; `nil` where one is none.
  private static func numbers(_ words: WordCodes) -> [Double]? {
    var numberOfWord: [Double] = []
    for word in words.words {
      let bytes = Array(word.utf8)
      guard case .value(let number) = NumberGrammar.read(bytes.span) else { return nil }
      numberOfWord.append(number)
    }
    return numberOfWord.isEmpty
      ? nil : words.codes.map { $0 < 0 ? .nan : numberOfWord[Int($0)] }
  }

  private mutating func readSubscriptions(_ ledger: RowLedger) throws(Diagnostic)
    -> SubscriptionTable?
  {
    guard let source = configuration.sources[.subscriptions] else { return nil }
    let table = try table(
      .subscriptions, source, types: SubscriptionTable.types, required: SubscriptionTable.required,
      ledger: ledger)
    if !isClosed {
      for id in table.identifiers("account_id") ?? [] { _ = accounts.code(of: id) }
      isClosed = true
    }
    let read = SubscriptionTable(table, account: accounts.knownCode)
    report.tables[report.tables.count - 1].orphanRowCount = read.orphanRowCount
    if read.reversedCount > 0 {
      report.warnings.append(
        "subscriptions: \(read.reversedCount) rows end on or before the day they start; left out")
    }
    dictionaries.plans = try plans(read.plans, ledger)
    note(table.days("start"))
    if configuration.sources[.events] == nil && source.layout == .spells {
      note(table.days("end"))
    }
    return read
  }

  private mutating func readUsers(_ ledger: RowLedger) throws(Diagnostic) -> [(
    account: Int32, record: AccountRecordTables.UserRow
  )] {
    guard let source = configuration.sources[.users] else { return [] }
    let table = try table(
      .users, source, types: SupportTables.userTypes, required: ["account_id", "user_id"],
      ledger: ledger)
    let read = SupportTables.users(table, account: knownAccount)
    dictionaries.departments = read.departments
    dictionaries.roles = read.roles
    report.tables[report.tables.count - 1].orphanRowCount = read.orphans
    return read.rows
  }

  private mutating func readTickets(_ ledger: RowLedger) throws(Diagnostic) -> [(
    account: Int32, record: SupportTicket
  )] {
    guard let source = configuration.sources[.tickets] else { return [] }
    let table = try table(
      .tickets, source, types: SupportTables.ticketTypes, required: ["account_id", "opened"],
      ledger: ledger)
    let read = SupportTables.tickets(table, account: knownAccount)
    report.tables[report.tables.count - 1].orphanRowCount = read.orphans
    note(table.days("opened"))
    return read.rows
  }

  private mutating func readPayments(_ ledger: RowLedger) throws(Diagnostic) -> [(
    account: Int32, record: Payment
  )] {
    guard let source = configuration.sources[.payments] else { return [] }
    let table = try table(
      .payments, source, types: SupportTables.paymentTypes, required: ["account_id", "ts"],
      ledger: ledger)
    let read = SupportTables.payments(table, account: knownAccount)
    report.tables[report.tables.count - 1].orphanRowCount = read.orphans
    note(table.days("ts"))
    return read.rows
  }

  private mutating func readOutcomes(_ ledger: RowLedger) throws(Diagnostic) -> [(
    account: Int32, record: OutcomeRecord
  )] {
    guard let source = configuration.sources[.outcomes] else { return [] }
    let table = try table(
      .outcomes, source, types: SupportTables.outcomeTypes, required: ["account_id", "ts"],
      ledger: ledger)
    let read = SupportTables.outcomes(table, account: knownAccount)
    dictionaries.outcomes = read.words
    report.tables[report.tables.count - 1].orphanRowCount = read.orphans
    note(table.days("ts"))
    return read.rows
  }

  private mutating func table(
    _ name: SourceName, _ source: TableSource, types: [String: DeclaredType], required: [String],
    attributes: [String] = [], ledger: RowLedger
  ) throws(Diagnostic) -> SourceTable {
    let files = try configuration.files(of: name)
    let table = try SourceTable(
      name, source, files: files, options: source.options(timeZone: configuration.timeZone),
      types: types, required: required, attributes: attributes, ledger: ledger)
    var entry = HistoryReport.Table(name: name.rawValue)
    entry.files = files
    entry.rowCount = table.rowCount
    entry.rejectedRowCount = table.counts.rejected
    report.tables.append(entry)
    dictionaries.tables.insert(name)
    for column in types.keys where table.has(column) {
      dictionaries.columns.insert("\(name.rawValue).\(column)")
    }
    return table
  }

  /// Accounts of tables read before the events are known, unless only events tell of accounts.
  private func knownAccount(_ id: [UInt8]) -> Int32? {
    isClosed ? accounts.knownCode(of: id) : accounts.code(of: id)
  }

  private mutating func note(_ column: [CalendarDay?]?) {
    for case let day? in column ?? [] {
      days = days.map { (min($0.first, day), max($0.last, day)) } ?? (day, day)
    }
  }

  // MARK: The events

  /// Reads the events into the store; the result is the directory of their names.
  private mutating func readEvents(
    _ store: ActivityStore, _ subscriptions: SubscriptionTable?, _ ledger: RowLedger
  ) throws(Diagnostic) -> IdentifierDirectory {
    guard let source = configuration.sources[.events] else {
      refuseCache("there are no event logs, and nothing else is kept in a cache")
      return IdentifierDirectory()
    }
    let bySubscription = readsBySubscription(source)
    let keyColumn = bySubscription ? "sub_id" : "account_id"
    let files = try configuration.files(of: .events)
    let hasEventIDs = source.columns["event_id"] != nil
    if hasEventIDs {
      refuseCache("events have ids, and a cache does not keep them")
    } else if ledger.policy == .stop {
      openCache(source, files, keyColumn: keyColumn, store, subscriptions)
    } else {
      refuseCache("bad rows are left out, and a cache keeps whole files")
    }
    let names = cache?.names ?? IdentifierDirectory()
    var accountOfKey = bySubscription ? subscriptions?.accountOfSubscription : nil
    if let cache { accountOfKey = accountOfKey.map { cache.codes($0, in: accounts) } }
    let targets = EventTargets(
      keys: bySubscription
        ? subscriptions?.subscriptions ?? IdentifierDirectory() : cache?.owners ?? accounts,
      addsAccounts: !isClosed, accountOfKey: accountOfKey, names: names,
      words: EventWords(configuration.events), store: store,
      eventIDs: hasEventIDs ? EventIDs() : nil)
    // Rows are left out in the order of the file: by one thread.
    var reader = EventLogReader(
      targets: targets, threads: ledger.policy == .stop && !hasEventIDs ? threads : 1)
    reader.usesFastPath = usesFastPath
    var entry = HistoryReport.Table(name: SourceName.events.rawValue)
    var count = EventLogCount()
    for file in files {
      entry.files.append(file)
      if let kept = cache?.log(of: file) {
        count.add(kept.count)
        for column in kept.columns { dictionaries.columns.insert("events.\(column)") }
        continue
      }
      let log = try EventLogFile(
        path: file, source: source,
        options: source.options(timeZone: configuration.timeZone), keyColumn: keyColumn,
        names: names, words: targets.words, isHashed: cache != nil)
      let part = try reader.read(
        log.blocks, layout: log.layout, columns: log.columns, ledger: ledger,
        progress: progress)
      try log.checkUnchanged()
      count.add(part)
      for column in log.found { dictionaries.columns.insert("events.\(column)") }
      cache?.add(file, log, part)
    }
    entry.rowCount = count.rowCount
    entry.rejectedRowCount = try ledger.finishTable(entry.files.first).rejected
    entry.orphanRowCount = count.orphanRowCount
    report.tables.append(entry)
    if count.repeatedRowCount > 0 {
      report.warnings.append(
        "events: rows that repeat an event_id: \(count.repeatedRowCount); the first of each is kept"
      )
    }
    dictionaries.tables.insert(.events)
    if count.days.first <= count.days.last {
      note([count.days.first, count.days.last].map { CalendarDay(number: Int32($0)) })
    }
    return names
  }

  private func readsBySubscription(_ source: TableSource) -> Bool {
    source.columns["account_id"] == nil && source.columns["sub_id"] != nil
  }

  // MARK: The cache

  private mutating func openCache(
    _ source: TableSource, _ files: [String], keyColumn: String, _ store: ActivityStore,
    _ subscriptions: SubscriptionTable?
  ) {
    guard let cachePath else { return }
    guard files.allSatisfy({ FileStamp(path: $0) != nil }) else {
      return refuseCache("an event log is a pipe or a device, whose bytes come once")
    }
    if InputFolder.kind(of: cachePath) != nil, FileStamp(path: cachePath) == nil {
      return refuseCache("'\(displayText(cachePath))' is not a file")
    }
    cache = EventCache(
      path: cachePath, files: files, folder: configuration.folder,
      reading: EventCache.reading(
        configuration, source, keyColumn: keyColumn, addsAccounts: !isClosed),
      keys: cacheKeys(subscriptions), store: store, threads: threads)
  }

  private mutating func refuseCache(_ reason: String) {
    guard cachePath != nil else { return }
    report.cache = HistoryReport.Cache()
    report.cache?.warnings = ["the cache is not used: \(reason)"]
  }

  private func cacheKeys(_ subscriptions: SubscriptionTable?) -> EventCache.Keys {
    var keys = EventCache.Keys(accounts: isClosed ? accounts : nil)
    if let subscriptions, configuration.sources[.events].map(readsBySubscription) ?? false {
      keys.subscriptions = (subscriptions.subscriptions, subscriptions.accountOfSubscription)
    }
    return keys
  }

  /// Writes the cache, and gives the account of each code of the store.
  private mutating func finishCache(
    _ store: ActivityStore, _ subscriptions: SubscriptionTable?, _ accountOfCode: [Int]
  ) -> [Int] {
    guard var cache else { return accountOfCode }
    cache.finish(store, cacheKeys(subscriptions))
    report.cache = cache.report
    let owners = cache.owners
    guard owners !== accounts else { return accountOfCode }
    // Accounts that only other tables tell of have no place in a shelf yet.
    for id in accounts.ids { _ = owners.code(of: id) }
    return owners.ids.map { accountOfCode[Int(accounts.code(of: $0))] }
  }

  /// Sets the catalog and gives the rank of each name by the code it came with.
  private mutating func nameCatalog(_ names: IdentifierDirectory) -> [UInt16] {
    let ids = names.list
    let order = ByteOrder.ranked(ids)
    var ranks = [UInt16](repeating: 0, count: ids.count)
    for (rank, code) in order.enumerated() { ranks[code] = UInt16(rank) }
    dictionaries.events = EventCatalog(
      names: order.map { String(decoding: ids[$0], as: UTF8.self) },
      meanings: configuration.events)
    finishPlans()
    return ranks
  }

  // MARK: Plans

  private var tiers: [PlanTerms] = []

  private mutating func plans(_ names: [String], _ ledger: RowLedger) throws(Diagnostic)
    -> [HistoryDictionaries.Plan]
  {
    tiers = try TierTable.read(
      configuration, report: &report, dictionaries: &dictionaries, ledger: ledger)
    return names.map { name in
      let terms = tiers.first { $0.name == name }
      return HistoryDictionaries.Plan(
        name: name, rank: terms?.rank.map(Double.init) ?? .nan, price: terms?.price ?? .nan)
    }
  }

  /// Adds limits and entitlements, which need the catalog.
  private mutating func finishPlans() {
    let events = dictionaries.events
    for index in dictionaries.plans.indices {
      let terms = tiers.first { $0.name == dictionaries.plans[index].name }
      dictionaries.plans[index].limits = events.meters.map { terms?.limits[$0.name] ?? .nan }
      if let entitled = terms?.capabilities {
        dictionaries.plans[index].entitled = events.capabilities.map(entitled.contains)
      }
    }
  }
}
