import CivilCalendar
import Configuration
import Diagnostics
import Foundation
import TestSupport
import Testing

struct ReadingTests {
  private func read(_ text: String) throws -> RetentionConfiguration {
    try RetentionConfiguration(text: text, path: "conf/retain.yaml")
  }

  @Test func `every key of a full configuration arrives where it belongs`() throws {
    let read = try read(SampleConfiguration.text)
    var accounts = TableSource(files: ["accounts.csv"])
    accounts.columns = ["account_id": "id", "created_at": "signup_date", "segment": "segment"]
    accounts.attributes = ["industry", "country"]
    #expect(read.sources[.accounts] == accounts)

    let subscriptions = try #require(read.sources[.subscriptions])
    #expect(subscriptions.files == ["subs-2023.csv", "subs-2024.csv"])
    #expect(subscriptions.layout == .changes)
    #expect(subscriptions.endedPlans == ["Cancelled"])
    #expect(subscriptions.format.decimal == ",")
    #expect(subscriptions.format.thousands == ".")
    #expect(subscriptions.format.nullValues == ["none", "-"])
    #expect(subscriptions.columnFormats["event_date"]?.timestampFormat == "%d.%m.%Y")

    let events = try #require(read.sources[.events])
    #expect(events.lagDays == 1)
    #expect(events.delimiter == "\t")
    #expect(events.skipLines == 2)
    #expect(events.constants == ["actor": "human"])
    #expect(read.sources[.tickets]?.header == ["account_id", "opened", "prio"])

    #expect(read.events.admin == ["*admin*"])
    #expect(read.events.agentWords == ["agent", "bot"])
    #expect(read.events.succeededWords == ["ok"])
    #expect(read.events.failedWords == [])
    #expect(read.events.capabilities.map(\.name) == ["reports", "flows"])
    #expect(read.events.meters.map(\.measure) == [.value, .count])
    #expect(read.plans.map(\.name) == ["starter", "pro"])
    #expect(read.plans[0].limits == ["api_calls": 1000])
    #expect(read.plans[1].price == 49.5)
    #expect(read.plans[1].capabilities == nil)

    let churn = try #require(read.targets[.churn])
    #expect(churn.source == .outcomes)
    #expect(churn.outcomeWords == ["churn", "7"])
    #expect(churn.leadDays == 7)
    #expect(churn.horizonDays == 60)
    #expect(churn.activeWithinDays == 182)
    #expect(read.targets[.contraction]?.minimumChange == 0.025)
    #expect(read.targets[.expansion]?.minimumChange == 0.1)
    #expect(read.targets[.expansion]?.paying == false)
    #expect(
      read.asOf
        == .series(
          from: try #require(CalendarDay("2024-01-01")),
          to: try #require(CalendarDay("2024-12-01")), every: .months(1)))
    #expect(read.features.familiesOff == ["money"])
    #expect(read.features.windows == [7, 28])
    #expect(read.features.counts == .raw)
    #expect(read.features.calendarMonth)
    #expect(read.features.thresholds.activationDays == [5, 20])
    #expect(read.table?.positive == "1")
    #expect(read.table?.delimiter == ";")
  }

  @Test func `the example of the documentation is read, and so is what it says of columns`() throws
  {
    let page = try String(
      contentsOf: ReferenceFiles.packageRoot.appending(path: "Docs/Configuration.md"),
      encoding: .utf8)
    let start = try #require(page.range(of: "```yaml\n"))
    let end = try #require(page.range(of: "```\n", range: start.upperBound..<page.endIndex))
    #expect(try read(String(page[start.upperBound..<end.lowerBound])).targets.count == 2)
    for source in SourceName.allCases {
      let row = try #require(
        page.split(separator: "\n").first { line in
          line.hasPrefix("| `\(source.rawValue)` | ") && line.contains("**")
        }, "\(source)")
      for column in source.columnNames { #expect(row.contains(column), "\(source) \(column)") }
      for column in source.requiredColumns.joined() { #expect(row.contains("**\(column)**")) }
    }
  }

  @Test func `an empty file and empty sections say nothing`() throws {
    for text in ["", "# nothing\n", "version: 1\n", "sources:\nevents: {}\ntargets: ~\n"] {
      #expect(try read(text) == RetentionConfiguration(path: "conf/retain.yaml"))
    }
  }

  @Test func `an empty target has the defaults of the target`() throws {
    let read = try read("sources: {subscriptions: s.csv}\ntargets: {churn: , expansion: {}}\n")
    #expect(
      read.targets == [.churn: TargetDefinition(.churn), .expansion: TargetDefinition(.expansion)])
    #expect(read.sources[.subscriptions] == TableSource(files: ["s.csv"]))
  }

  @Test(arguments: [
    ("{from: 2024-01-01, to: 2024-02-01, every: week}", 7),
    ("{from: 2024-01-01, to: 2024-02-01, every: 28 days}", 28),
    ("{from: 2024-01-01, to: 2024-02-01, every: 4 weeks}", 28),
  ])
  func `steps are days or weeks`(_ text: String, _ days: Int) throws {
    guard case .series(_, _, let step)? = try read("as_of: \(text)").asOf else {
      Issue.record("no series")
      return
    }
    #expect(step == .days(days))
  }

  @Test func `days may be listed, or counted before a column of accounts`() throws {
    let days = try ["2024-01-01", "2024-04-01"].map { try #require(CalendarDay($0)) }
    #expect(try read("as_of: [2024-01-01, 2024-04-01]").asOf == .days(days))
    #expect(try read("as_of: 2024-01-01").asOf == .days([days[0]]))
    #expect(
      try read("sources: {accounts: a.csv}\nas_of: {before: renewal_date, days: 30}").asOf
        == .before(column: "renewal_date", days: 30))
  }

  @Test func `a zone of this machine is taken by its name`() throws {
    #expect(try read("time_zone: Etc/UTC").timeZone == "Etc/UTC")
    if FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/Europe/Berlin") {
      #expect(try read("time_zone: Europe/Berlin").timeZone == "Europe/Berlin")
    }
  }

  @Test func `a file that is missing, not UTF-8 or too long is refused`() throws {
    let folder = try TemporaryFolder()
    #expect(
      kind { try RetentionConfiguration(contentsOf: folder.path("no.yaml")) } == .inputMissing)
    let latin = try folder.write(Data([0x61, 0x3a, 0xe9]), to: "latin.yaml")
    #expect(kind { try RetentionConfiguration(contentsOf: latin) } == .configSyntax)
    let long = try folder.write(String(repeating: "# x\n", count: 100_000), to: "long.yaml")
    #expect(kind { try RetentionConfiguration(contentsOf: long) } == .configSyntax)
    let good = try folder.write("\u{FEFF}version: 1\r\n", to: "good.yaml")
    #expect(try RetentionConfiguration(contentsOf: good).path == good)
  }

  private func kind(_ body: () throws -> RetentionConfiguration) -> Diagnostic.Kind? {
    do {
      _ = try body()
      return nil
    } catch { return (error as? Diagnostic)?.kind }
  }
}
