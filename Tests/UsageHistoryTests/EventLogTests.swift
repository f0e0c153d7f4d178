import CivilCalendar
import Configuration
import Diagnostics
import Learning
import TestSupport
import Testing
import UsageHistory

/// Event logs through the fast path, the readable one, one thread and several.
struct EventLogTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func history(
    _ text: String, threads: Int = 1, fast: Bool = true,
    events: (inout TableSource) -> Void = { _ in }
  ) throws -> CustomerHistory {
    _ = try folder.write(text, to: "events.csv")
    var configuration = RetentionConfiguration(path: folder.path("retain.yaml"))
    var source = TableSource(files: ["events.csv"])
    events(&source)
    configuration.sources[.events] = source
    var reader = HistoryReader(configuration, threads: threads)
    reader.usesFastPath = fast
    return try reader.read()
  }

  /// Everything that a history tells of its accounts.
  private func contents(_ history: CustomerHistory) throws -> [String: [ActivityCell]] {
    let cells = try history.map(threads: 2) { Array($0.activity) }
    return Dictionary(uniqueKeysWithValues: zip(history.accountIDs, cells))
  }

  /// A log whose rows are of all the kinds that the fast path takes and leaves.
  private func log(rowCount: Int, seed: UInt64, odd: Bool) -> [String] {
    var generator = SeededGenerator(seed: seed)
    let names = ["login", "report", "api_call", " padded ", "", "NULL", "a name of many letters"]
    return (0..<rowCount).map { _ in
      let day = CalendarDay(number: 19_000 + Int32(generator.nextIndex(below: 40)))
      let hour = 10 + generator.nextIndex(below: 14)
      let time = ["\(day)", "\(day)T\(hour):05:59Z", "\(day) \(hour):00:00"][
        generator.nextIndex(below: 3)]
      let account = [
        "a", "account-\(generator.nextIndex(below: 9))",
        "0123456789abcdef\(generator.nextIndex(below: 5))",
      ][
        generator.nextIndex(below: 3)]
      let user = ["", "u\(generator.nextIndex(below: 12))", "NA", "someone@example.com"][
        generator.nextIndex(below: 4)]
      let value = ["", "1", "12.25", "-3.5", "0.000001"][generator.nextIndex(below: 5)]
      let actor = ["human", "agent", "Bot", ""][generator.nextIndex(below: 4)]
      let status = ["succeeded", "failed", "timeout", "", "what"][generator.nextIndex(below: 5)]
      var name = names[generator.nextIndex(below: names.count)]
      var amount = value
      var stamp = time
      if odd && generator.nextIndex(below: 50) == 0 {
        switch generator.nextIndex(below: 4) {
        case 0: name = "\"quoted, \"\"name\"\"\""
        case 1: amount = "1.5e3"
        case 2: stamp = "\(day)T01:02:03+05:30"
        default: name = "caf\u{e9}"
        }
      }
      return "\(account),\(user),\(stamp),\(name),\(amount),\(actor),\(status)"
    }
  }

  private let header = "account_id,user_id,ts,event,value,actor,status"

  @Test(arguments: [false, true])
  func `the fast path and the readable one tell the same`(_ odd: Bool) throws {
    for seed in 1...8 {
      let newline = seed % 2 == 0 ? "\r\n" : "\n"
      let rows = log(rowCount: 400, seed: UInt64(seed), odd: odd)
      let text = ([header] + rows).joined(separator: newline) + (seed % 3 == 0 ? "" : newline)
      let fast = try contents(history(text))
      #expect(fast == (try contents(history(text, fast: false))))
      #expect(fast == (try contents(history(text, threads: 3))))
      #expect(fast.values.flatMap(\.self).reduce(0) { $0 + Int($1.count) } == 400)
    }
  }

  @Test func `a log of many blocks is the same for any number of threads and any order`() throws {
    let rows = log(rowCount: 40_000, seed: 5, odd: true)
    let forward = try contents(
      history(([header] + rows).joined(separator: "\n") + "\n", threads: 2))
    let backward = try contents(
      history(([header] + rows.reversed()).joined(separator: "\n") + "\n", threads: 3))
    #expect(forward == backward)
  }

  @Test func `events that are alike become one cell, and their values one exact sum`() throws {
    let text =
      header + "\n" + String(repeating: "a,u,2024-01-02T10:00:00Z,login,0.1,human,\n", count: 30)
    let cells = try #require(contents(history(text))["a"])
    #expect(cells.count == 1)
    #expect(cells[0].count == 30)
    #expect(cells[0].amount == ExactAmount(millionths: 3_000_000))
  }

  @Test func `a bad cell is named with its line, however the file is cut`() throws {
    var rows = log(rowCount: 30_000, seed: 3, odd: false)
    rows[25_000] = "a,u,2024-02-30,login,1,human,"
    let text = ([header] + rows).joined(separator: "\n") + "\n"
    for (threads, fast) in [(1, true), (3, true), (2, false)] {
      let error = #expect(throws: Diagnostic.self) {
        try history(text, threads: threads, fast: fast)
      }
      #expect(error?.kind == .valueTimestamp)
      #expect(error?.line == 25_002)
      #expect(error?.column == "ts")
    }
  }

  @Test func `bad rows are left out, counted and written down with their place in the file`() throws
  {
    var rows = log(rowCount: 20_000, seed: 4, odd: true)
    let bad = [
      3: "a,u,2024-02-30,login,1,human,", 9000: "a,u,2024-01-01,login",
      19_999: ",u,2024-01-01,x,1,,",
    ]
    for (row, text) in bad { rows[row] = text }
    _ = try folder.write(([header] + rows).joined(separator: "\n") + "\n", to: "events.csv")
    var configuration = RetentionConfiguration(path: folder.path("retain.yaml"))
    configuration.sources[.events] = TableSource(files: ["events.csv"])
    func read(_ budget: Int) throws -> CustomerHistory {
      var reader = HistoryReader(configuration, threads: 3)
      reader.onBadRow = .skip(.count(budget))
      reader.rejects = folder.path("rejects.csv")
      return try reader.read()
    }
    let history = try read(3)
    let table = try #require(history.report.tables.first)
    #expect(table.rejectedRowCount == 3)
    #expect(table.rowCount + table.rejectedRowCount == 20_000)
    let rejects = try CSVText(
      String(contentsOf: folder.url.appending(path: "rejects.csv"), encoding: .utf8))
    #expect(rejects["line"] == ["5", "9002", "20001"])
    #expect(rejects["kind"] == ["value.timestamp", "csv.field_count", "value.missing_key"])
    #expect(rejects["record"] == [3, 9000, 19_999].map { bad[$0]! })
    let bytes = Array(([header] + rows).joined(separator: "\n").utf8)
    for (offset, record) in zip(rejects["byte"], rejects["record"]) {
      let start = try #require(Int(offset))
      #expect(Array(bytes[start..<start + record.utf8.count]) == Array(record.utf8))
    }
    let error = #expect(throws: Diagnostic.self) { try read(2) }
    #expect(error?.kind == .dataTooManyBadRows)
    #expect(error?.line == 5)
    // Without the bad rows the file tells the same.
    let good = rows.indices.filter { bad[$0] == nil }.map { rows[$0] }
    #expect(
      try contents(history)
        == contents(self.history(([header] + good).joined(separator: "\n") + "\n")))
  }

  @Test func `texts of any length are told apart by the table and by the log`() throws {
    // Each length twice, so that texts of one length differ in their last byte alone.
    let texts = (1...40).flatMap { length in
      ["x", "y"].map { String(repeating: "t", count: length - 1) + $0 }
    }
    _ = try folder.write(
      (["account_id"] + texts).joined(separator: "\n") + "\n", to: "accounts.csv")
    // A few times over: the first rows of a block are read before anything is known.
    let rows = (0..<5 * texts.count).map { row in
      let place = row * 37 % texts.count
      return "\(texts[place]),2024-01-02,\(texts[(place + 1) % texts.count]),\(texts[place])"
    }
    let text = (["account_id,ts,event,user_id"] + rows).joined(separator: "\n") + "\n"
    func history(fast: Bool) throws -> CustomerHistory {
      _ = try folder.write(text, to: "events.csv")
      var configuration = RetentionConfiguration(path: folder.path("retain.yaml"))
      configuration.sources[.accounts] = TableSource(files: ["accounts.csv"])
      configuration.sources[.events] = TableSource(files: ["events.csv"])
      var reader = HistoryReader(configuration, threads: 2)
      reader.usesFastPath = fast
      return try reader.read()
    }
    let fast = try history(fast: true)
    #expect(fast.report.tables.map(\.orphanRowCount) == [0, 0])
    #expect(fast.accountIDs == texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(fast.dictionaries.events.names == fast.accountIDs)
    let cells = try contents(fast)
    for (place, id) in texts.enumerated() {
      let cell = try #require(cells[id]?.first)
      #expect(cells[id]?.count == 1)
      #expect(cell.count == 5)
      #expect(
        fast.dictionaries.events.names[Int(cell.name)] == texts[(place + 1) % texts.count])
    }
    #expect(try cells == contents(history(fast: false)))
  }

  @Test func `many small logs tell the same as one`() throws {
    let rows = log(rowCount: 3000, seed: 9, odd: false)
    let whole = try contents(history(([header] + rows).joined(separator: "\n") + "\n"))
    var files: [String] = []
    for start in stride(from: 0, to: rows.count, by: 20) {
      files.append("part\(start).csv")
      let part = [header] + rows[start..<min(start + 20, rows.count)]
      _ = try folder.write(part.joined(separator: "\n") + "\n", to: files[files.count - 1])
    }
    let parts = try contents(history("", threads: 2) { $0.files = files })
    #expect(parts == whole)
  }

  @Test func `segment and attributes are missing until the day on which they were known`() throws {
    _ = try folder.write(
      "account_id,created_at,segment,region,available_at\na,2024-01-01,large,north,2024-02-01\n",
      to: "accounts.csv")
    var configuration = RetentionConfiguration(path: folder.path("retain.yaml"))
    var source = TableSource(files: ["accounts.csv"])
    source.attributes = ["region"]
    configuration.sources[.accounts] = source
    let history = try HistoryReader(configuration, threads: 1).read()
    let account = try history.account(0)
    func profile(_ day: String) -> AccountProfile {
      HistoryView(of: account, asOf: CalendarDay(day)!, events: history.dictionaries.events).profile
    }
    #expect(profile("2024-02-01").segment == -1)
    #expect(profile("2024-02-01").attributes[0].isNaN)
    #expect(profile("2024-02-02").segment == 0)
    #expect(profile("2024-02-02").attributes == [0])
  }

  @Test func `an event that an export holds twice counts once, where events have ids`() throws {
    let text = """
      event_id,account_id,ts,event
      e1,a,2024-01-02T10:00:00Z,login
      e2,a,2024-01-02T10:00:00Z,login
      e1,a,2024-01-03T10:00:00Z,report
      ,a,2024-01-04,login
      ,a,2024-01-04,login

      """
    for fast in [true, false] {
      let history = try history(text, threads: 2, fast: fast) {
        $0.columns["event_id"] = "event_id"
      }
      let cells = try #require(contents(history)["a"])
      #expect(cells.reduce(0) { $0 + Int($1.count) } == 4)
      #expect(cells.allSatisfy { $0.day != CalendarDay("2024-01-03")!.number })
      #expect(history.report.warnings.contains { $0.contains("repeat an event_id: 1;") })
      #expect(
        try contents(self.history(text, fast: fast))["a"]?.reduce(0) { $0 + Int($1.count) } == 5)
    }
  }

  @Test func `a file without a header is read by the names of the configuration`() throws {
    let rows = log(rowCount: 300, seed: 8, odd: true)
    let whole = try contents(history(([header] + rows).joined(separator: "\n") + "\n"))
    let names = header.split(separator: ",").map(String.init)
    for fast in [true, false] {
      #expect(
        try contents(
          history(rows.joined(separator: "\n") + "\n", fast: fast) { $0.header = names }) == whole)
    }
    var bad = rows
    bad[200] = "a,u,2024-02-30,login,1,human,"
    let error = #expect(throws: Diagnostic.self) {
      try history(bad.joined(separator: "\n") + "\n") { $0.header = names }
    }
    #expect(error?.kind == .valueTimestamp)
    #expect(error?.line == 201)
  }

  @Test func `a quote that is never closed is fatal`() {
    let text = header + "\na,u,2024-01-02,\"login,1,human,\nb,u,2024-01-02,x,1,human,\n"
    let error = #expect(throws: Diagnostic.self) { try history(text) }
    #expect(error?.kind == .csvUnterminatedQuote)
    #expect(error?.line == 2)
  }

  @Test func `actor, status and the hour of the day are told`() throws {
    let text = """
      \(header)
      a,u1,2024-01-02T08:59:59Z,run,1,agent,succeeded
      a,u1,2024-01-02T09:00:00Z,run,1,agent,failed
      a,u1,2024-01-02T17:00:00Z,run,1,human,
      a,u1,2024-01-02,run,1,service,timeout

      """
    let cells = try #require(contents(history(text))["a"])
    #expect(cells.count == 4)
    #expect(cells.filter(\.isAgent).map(\.outcome).map(\.rawValue).sorted() == [1, 2, 3])
    #expect(cells.count(where: \.isOffHours) == 2)
  }

  @Test func `an event is known from the day on that available_at says`() throws {
    let text = """
      account_id,ts,event,available_at
      a,2024-01-02T10:00:00Z,login,2024-01-05T01:00:00Z
      a,2024-01-02T10:00:00Z,login,2024-01-01T01:00:00Z

      """
    let history = try history(text)
    let account = try history.account(0)
    func count(_ day: String) -> Int {
      HistoryView(of: account, asOf: CalendarDay(day)!, events: history.dictionaries.events)
        .activity.reduce(0) { $0 + Int($1.count) }
    }
    #expect(count("2024-01-02") == 0)
    #expect(count("2024-01-03") == 1)
    #expect(count("2024-01-05") == 1)
    #expect(count("2024-01-06") == 2)
  }

  @Test func `packing by the way changes nothing`() throws {
    var generator = SeededGenerator(seed: 11)
    let events = (0..<5000).map { _ in
      RawEvent(
        key: ActivityKey(
          account: generator.nextIndex(below: 30), day: 19_000 + generator.nextIndex(below: 50),
          name: generator.nextIndex(below: 9), traits: UInt64(generator.nextIndex(below: 16)),
          lag: generator.nextIndex(below: 3)
        ).bits, user: UInt64(generator.nextIndex(below: 7)) << 40,
        amount: [0, 1_000_000, -2_500_000, 1 << 55, -1 << 55, 7][generator.nextIndex(below: 6)])
    }
    let whole = ActivityStore()
    try whole.append(EventChunk(events), to: 0)
    let often = ActivityStore(waitingLimit: 90)
    for start in stride(from: 0, to: events.count, by: 37) {
      let part = events[start..<min(start + 37, events.count)]
      try often.append(EventChunk(part.reversed()), to: 0)
    }
    let expected = try whole.shelves[0].shelf.withLock { try $0.cells() }
    let found = try often.shelves[0].shelf.withLock { try $0.cells() }
    #expect(expected.keys == found.keys)
    #expect(expected.users == found.users)
    #expect(expected.counts == found.counts)
    #expect(expected.fingerprints == found.fingerprints)
    #expect(zip(expected.keys, expected.keys.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(expected.amounts == found.amounts)
  }

  /// Keys of 64 bits leave no room for an event's index beside them.
  @Test(arguments: [1 << 3, 1 << 18]) func `cells are sorted as keys are`(_ accounts: Int) throws {
    var generator = SeededGenerator(seed: 12)
    let events = (0..<3000).map { _ in
      RawEvent(
        key: ActivityKey(
          account: generator.nextIndex(below: accounts), day: generator.nextIndex(below: 1 << 17),
          name: generator.nextIndex(below: 1 << 13), traits: UInt64(generator.nextIndex(below: 16)),
          lag: generator.nextIndex(below: 1 << 12)
        ).bits, user: 0, amount: Int64(generator.nextIndex(below: 9)))
    }
    let twice = events + events.reversed()
    let cells = try SortedCells(twice, counts: [])
    #expect(cells.keys == Set(events.map(\.key)).sorted())
    #expect(cells.counts.reduce(0, +) == 6000)
    #expect(cells.amounts.reduce(0, +) == 2 * events.reduce(0) { $0 + $1.amount })
  }
}
