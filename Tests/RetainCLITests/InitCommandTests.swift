import Configuration
import Diagnostics
import Foundation
import TestSupport
import Testing

struct InitCommandTests {
  private static let days = (1...28).map { day in day < 10 ? "0\(day)" : "\(day)" }

  /// A small company in the exports of several tools, each with names of its own.
  private func company() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    func write(_ name: String, _ header: String, _ rows: [String]) throws {
      _ = try folder.write(([header] + rows).joined(separator: "\n") + "\n", to: name)
    }
    try write(
      "clients.csv", "Client ID;Sign-up date;Company name;Industry;Plan;Churned;Health score",
      (0..<60).map { "K\($0);\(Self.days[$0 % 28]).03.2023;Firm \($0);I\($0 % 4);pro;no;\($0)" })
    for year in [2023, 2024] {
      try write(
        "contracts-\(year).csv",
        "contract_id,client_id,plan_tier,mrr_amount,quantity,start_date,end_date,renewal_date",
        (0..<60).map {
          "c\(year)-\($0),K\($0),pro,\($0 + 10),\($0),\(year)-0\($0 % 9 + 1)-01,,\(year + 1)-01-01"
        })
    }
    try write(
      "activity_log.csv", "log_id,contract_id,occurred_at,action,result",
      (0..<400).map { row in
        let action = [
          "login", "report_created", "admin_login", "export_pdf", "account_cancelled", "agent_run",
        ][row % 6]
        let status = action == "agent_run" ? "succeeded" : ""
        return
          "\(row),c2023-\(row % 60),2024-0\(row % 9 + 1)-\(Self.days[row % 28])T10:00:00Z,\(action),\(status)"
      })
    try write(
      "support.csv", "case_id,who,submitted_at,priority",
      (0..<50).map { "t\($0),K\($0 % 20),2024-02-\(Self.days[$0 % 28]),high" })
    return folder
  }

  @Test func `tables and columns are recognised under other names, joined and put together`() throws
  {
    let folder = try company()
    let run = try RetainProcess.run("init", folder.url.path)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors == "")
    let read = try RetentionConfiguration(contentsOf: folder.path("retain.yaml"))

    let accounts = try #require(read.sources[.accounts])
    #expect(accounts.files == ["clients.csv"])
    #expect(accounts.delimiter == ";")
    #expect(accounts.columns == ["account_id": "Client ID", "created_at": "Sign-up date"])
    #expect(accounts.attributes == ["Industry"])
    #expect(accounts.columnFormats["Sign-up date"]?.timestampFormat == "%d.%m.%Y")

    let subscriptions = try #require(read.sources[.subscriptions])
    #expect(subscriptions.files == ["contracts-2023.csv", "contracts-2024.csv"])
    #expect(subscriptions.columns["seats"] == "quantity")
    #expect(subscriptions.columns["mrr"] == "mrr_amount")

    let events = try #require(read.sources[.events])
    #expect(events.columns["sub_id"] == "contract_id")
    #expect(events.columns["account_id"] == nil)
    #expect(events.columns["ts"] == "occurred_at")
    #expect(read.events.value == ["report_created"])
    #expect(read.events.admin == ["admin_login"])
    #expect(read.events.exports == ["export_pdf"])
    #expect(read.events.agents == ["agent_run"])
    #expect(read.events.ignored == ["account_cancelled"])

    // Nothing but its values says what 'who' is.
    #expect(read.sources[.tickets]?.columns["account_id"] == "who")
    #expect(read.sources[.tickets]?.columns["opened"] == "submitted_at")
    #expect(Set(read.targets.keys) == [.churn, .contraction, .expansion])
    guard case .series(let first, let last, .months(1))? = read.asOf else {
      Issue.record("no series of days")
      return
    }
    #expect(first.description == "2023-04-01")
    #expect(last.description == "2024-07-01")
  }

  @Test func `what leaks is never an attribute, and the file says why`() throws {
    let folder = try company()
    _ = try RetainProcess.run("init", folder.url.path)
    let text = try ShippedData.text(folder.path("retain.yaml"))
    for column in ["Plan", "Churned", "Health score", "Company name"] {
      #expect(text.contains("# not used: \(column): "), "\(column)")
    }
    #expect(text.contains("renewal_date: renewal_date  # check: "))
  }

  @Test func `a configuration that is there stays, unless it is to be replaced`() throws {
    let folder = try company()
    _ = try folder.write("mine", to: "retain.yaml")
    let refused = try RetainProcess.run("init", folder.url.path)
    #expect(refused.exitCode == 73)
    #expect(refused.errors.hasPrefix("retain: error[output.cannot_create]: "))
    #expect(refused.errors.contains("--force"))
    #expect(try ShippedData.text(folder.path("retain.yaml")) == "mine")
    #expect(try RetainProcess.run("init", folder.url.path, "--force").exitCode == 0)
    #expect(try ShippedData.text(folder.path("retain.yaml")) != "mine")
  }

  @Test func `paths lead from where the configuration is written`() throws {
    let folder = try company()
    let parent = folder.url.deletingLastPathComponent()
    let output = "\(folder.url.lastPathComponent).yaml"
    defer { try? FileManager.default.removeItem(at: parent.appending(path: output)) }
    let run = try RetainProcess.run(
      ["init", folder.url.lastPathComponent, "--output", output], in: parent.path)
    #expect(run.exitCode == 0, "\(run.errors)")
    let read = try RetentionConfiguration(contentsOf: parent.appending(path: output).path)
    #expect(
      try read.files(of: .events).map { URL(filePath: $0).lastPathComponent } == [
        "activity_log.csv"
      ])
    #expect(read.sources[.events]?.files == ["\(folder.url.lastPathComponent)/activity_log.csv"])
  }

  @Test func `the result as JSON names tables, columns and checks`() throws {
    let folder = try company()
    let run = try RetainProcess.run("init", folder.url.path, "--json")
    let tables = run.json["tables"] as? [[String: Any]] ?? []
    #expect(
      tables.compactMap { $0["source"] as? String } == [
        "accounts", "subscriptions", "events", "tickets",
      ])
    #expect((tables.first?["columns"] as? [String: String])?["account_id"] == "Client ID")
    #expect(run.json["targets"] as? [String] == ["churn", "contraction", "expansion"])
    #expect((run.json["checks"] as? [String])?.isEmpty == false)
  }

  @Test func `a file without a header, an empty folder and strange tables are told apart`() throws {
    let bare = try TemporaryFolder()
    _ = try bare.write(" 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n", to: "log.txt")
    let noHeader = try RetainProcess.run("init", bare.url.path)
    #expect(noHeader.exitCode == 65)
    #expect(noHeader.errors.contains("error[csv.no_header]"))
    #expect(noHeader.errors.contains("has no header"))
    #expect(!FileManager.default.fileExists(atPath: bare.path("retain.yaml")))

    let empty = try TemporaryFolder()
    #expect(try RetainProcess.run("init", empty.url.path).exitCode == 66)
    #expect(try RetainProcess.run("init", empty.path("no")).exitCode == 66)

    let strange = try TemporaryFolder()
    _ = try strange.write("colour,shape\nred,round\n", to: "things.csv")
    let unknown = try RetainProcess.run("init", strange.url.path)
    #expect(unknown.exitCode == 65)
    #expect(unknown.errors.contains("colour, shape"))
  }

  @Test func `a plain labelled table becomes the section of such tables`() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<40).map { "u\($0),\($0 * 3),\($0 % 5 == 0 ? "left" : "stayed")" }
    _ = try folder.write((["customerID,uses,Churn"] + rows).joined(separator: "\n"), to: "c.csv")
    #expect(try RetainProcess.run("init", folder.url.path).exitCode == 0)
    let table = try RetentionConfiguration(contentsOf: folder.path("retain.yaml")).table
    #expect(table?.label == "Churn")
    #expect(table?.positive == "left")
    #expect(table?.id == "customerID")
  }

  @Test func `the company that synth makes up needs no edit`() throws {
    let folder = try TemporaryFolder()
    let made = try RetainProcess.run(
      "synth", folder.path("company"), "--accounts", "60", "--events", "20000")
    #expect(made.exitCode == 0, "\(made.errors)")
    let run = try RetainProcess.run("init", folder.path("company"))
    #expect(run.exitCode == 0, "\(run.errors)")
    let read = try RetentionConfiguration(contentsOf: folder.path("company/retain.yaml"))
    let wanted: Set<SourceName> = [
      .accounts, .subscriptions, .events, .tickets, .payments, .users, .tiers,
    ]
    #expect(Set(read.sources.keys) == wanted)
    for (name, source) in read.sources {
      let others = source.columns.filter { $0.key != $0.value }
      #expect(others == (name == .tiers ? ["price": "price_per_seat"] : [:]))
    }
    #expect(read.sources[.subscriptions]?.columns.count == 11)
    #expect(read.events.value.contains("workflow_completed"))
    #expect(read.events.gates == ["feature_gated"])
    #expect(read.events.limitHits == ["limit_reached"])
    #expect(read.events.agents == [])
    #expect(read.events.meters.map(\.name) == ["agent_runs", "api_calls"])
    #expect(read.events.meters.last?.measure == .value)
  }

  // MARK: Public data

  private static let isPublicDataHere = ReferenceFiles.publicData != nil

  private func draft(_ set: String) throws -> RetentionConfiguration {
    let folder = try TemporaryFolder()
    let data = try #require(ReferenceFiles.publicData).appending(path: set)
    let run = try RetainProcess.run("init", data.path, "--output", folder.path("retain.yaml"))
    #expect(run.exitCode == 0, "\(run.errors)")
    return try RetentionConfiguration(contentsOf: folder.path("retain.yaml"))
  }

  @Test(.enabled(if: isPublicDataHere, "\(ReferenceFiles.publicDataIsMissing)"))
  func `the five tables of RavenStack are recognised with their columns`() throws {
    let read = try draft("ravenstack")
    #expect(
      read.sources.mapValues(\.columns) == [
        .accounts: ["account_id": "account_id", "created_at": "signup_date"],
        .subscriptions: [
          "account_id": "account_id", "sub_id": "subscription_id", "plan": "plan_tier",
          "mrr": "mrr_amount", "seats": "seats", "start": "start_date", "end": "end_date",
          "billing_period_months": "billing_frequency", "auto_renew": "auto_renew_flag",
        ],
        .events: [
          "sub_id": "subscription_id", "ts": "usage_date", "event": "feature_name",
          "value": "usage_count",
        ],
        .tickets: [
          "ticket_id": "ticket_id", "account_id": "account_id", "opened": "submitted_at",
          "closed": "closed_at", "severity": "priority",
        ],
        .outcomes: ["account_id": "account_id", "ts": "churn_date"],
      ])
    #expect(read.sources[.accounts]?.attributes == ["industry", "country", "referral_source"])
    #expect(read.targets[.churn]?.source == .outcomes)
    #expect(try read.files(of: .outcomes).count == 1)
  }

  @Test(.enabled(if: isPublicDataHere, "\(ReferenceFiles.publicDataIsMissing)"))
  func `the TaskFlow ledger is recognised as changes of plans`() throws {
    let read = try draft("taskflow_ledger")
    let subscriptions = try #require(read.sources[.subscriptions])
    #expect(subscriptions.layout == .changes)
    #expect(subscriptions.endedPlans == ["Cancelled"])
    #expect(
      subscriptions.columns == [
        "account_id": "customer_id", "plan": "plan_after", "mrr": "mrr_after",
        "start": "event_date",
      ])
    #expect(
      read.sources[.tiers]?.columns == ["tier": "plan", "price": "monthly_price_usd"])
    #expect(
      read.sources[.accounts]?.attributes
        == ["acquisition_channel", "region", "company_size", "initial_plan"])
    #expect(read.sources[.events] == nil)
  }
}
