import RetentionKit
import TestSupport
import Testing

/// What `retain check` makes of made-up companies, whose leaks are known.
struct CheckTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A company, and the report on it with the configuration that `retain init` writes.
  private func report(
    seed: UInt64, accounts: Int = 1000, months: Int = 24, hasLeaks: Bool = false,
    change: (inout RetentionConfiguration) -> Void = { _ in }
  ) throws -> CheckReport {
    var plan = CompanyPlan()
    plan.accountCount = accounts
    plan.monthCount = months
    plan.seed = seed
    plan.hasLeaks = hasLeaks
    plan.eventCount = accounts * 200
    _ = try CompanyExport(plan, to: folder.url.path).write(threads: 2)
    try Initialisation(folder: folder.url.path, output: nil).write(replacing: true)
    var configuration = try RetentionConfiguration(contentsOf: folder.path("retain.yaml"))
    change(&configuration)
    return try Check(configuration).report(threads: 2)
  }

  @Test func `all ten planted leaks are found, by table, column and word`() throws {
    let report = try report(seed: 1, hasLeaks: true)
    #expect(CompanyLeak.all.count == 10)
    for leak in CompanyLeak.all {
      let found = report.leaks.filter { $0.table == leak.table && $0.column == leak.column }
      #expect(found.count == 1, "\(leak.table).\(leak.column)")
      if let value = leak.value { #expect(found.first?.words == [value]) }
    }
    #expect(report.leaks.count == 10, "\(report.leaks.map(\.column))")
    #expect(report.verdict(toleratesLeaks: false)?.kind == .dataLeakage)
    #expect(report.verdict(toleratesLeaks: true) == nil)
    // What the first configuration keeps out does not count against it.
    #expect(report.openLeaks.map(\.column).sorted() == ["severity", "status"])
  }

  @Test(
    arguments: [(2, 1000, 24), (3, 400, 18), (4, 2000, 12), (5, 150, 30)] as [(UInt64, Int, Int)])
  func `in a company without leaks none is invented`(
    _ seed: UInt64, _ accounts: Int, _ months: Int
  ) throws {
    let report = try report(seed: seed, accounts: accounts, months: months)
    #expect(report.leaks == [], "\(report.leaks)")
    #expect(report.audited)
    #expect(report.replayedRows > 0)
    #expect(report.problems == [])
    #expect(report.verdict(toleratesLeaks: false) == nil)
    #expect(report.text.hasSuffix("No leak was found.\n"))
  }

  @Test func `a leak that the configuration lets in stops the run`() throws {
    let report = try report(seed: 6, hasLeaks: true) { configuration in
      configuration.events.ignored = []
      configuration.sources[.accounts]?.attributes += ["health_status", "lifetime_revenue"]
    }
    let open = Set(report.openLeaks.map(\.column))
    #expect(open.isSuperset(of: ["event", "health_status", "lifetime_revenue"]), "\(open)")
  }

  @Test func `an event that only the configuration knows is a fault of it`() throws {
    let report = try report(seed: 7, accounts: 150, months: 12) { configuration in
      configuration.events.value.append("report_craeted")
      configuration.events.admin.append("nothing_*")
    }
    #expect(report.problems.count == 1)
    let fault = try #require(report.verdict(toleratesLeaks: true))
    #expect(fault.kind == .configEventName)
    #expect(fault.kind.exitCode == 78)
    #expect(fault.hint == "did you mean 'report_created'?")
  }

  @Test func `columns that files lack are listed, all of them, each with its file`() throws {
    let report = try report(seed: 8, accounts: 150, months: 12) { configuration in
      configuration.sources[.tickets]?.columns["severity"] = "severitty"
      configuration.sources[.accounts]?.attributes.append("shoe_size")
    }
    #expect(report.problems.map(\.kind) == ["schema.missing_column", "schema.missing_column"])
    #expect(
      report.problems.map { String($0.place.split(separator: "/").last!) } == [
        "accounts.csv", "tickets.csv",
      ])
    #expect(!report.audited)
    #expect(report.verdict(toleratesLeaks: true)?.kind == .schemaMissingColumn)
  }

  @Test func `the report is the same for any number of threads, but for the time`() throws {
    let one = try report(seed: 9, accounts: 200, months: 12, hasLeaks: true)
    let configuration = try RetentionConfiguration(contentsOf: folder.path("retain.yaml"))
    let other = try Check(configuration).report(threads: 1)
    #expect(one.leaks == other.leaks)
    #expect(one.notes == other.notes)
    #expect(one.judgedRows == other.judgedRows)
  }
}
