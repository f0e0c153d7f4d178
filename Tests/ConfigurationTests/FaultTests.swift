import Configuration
import Diagnostics
import Testing

/// A text and the fault that it must have.
struct FaultCase: Sendable, CustomTestStringConvertible {
  var text: String
  var kind: Diagnostic.Kind
  var line: Int
  /// What the message must hold: the path of the key.
  var path: String
  /// What the hint must hold.
  var hint: String?

  init(_ text: String, _ kind: Diagnostic.Kind, _ line: Int, _ path: String, _ hint: String? = nil)
  {
    self.text = text
    self.kind = kind
    self.line = line
    self.path = path
    self.hint = hint
  }

  var testDescription: String { String(text.prefix(60)).replacing("\n", with: " ") }
}

struct FaultTests {
  @Test(arguments: [
    FaultCase("verson: 1", .configUnknownKey, 1, "verson", "'version'"),
    FaultCase("a: 1\n", .configUnknownKey, 1, "a", "known at the top"),
    FaultCase("version: 2", .configValue, 1, "version", "later release"),
    FaultCase("version: true", .configType, 1, "version"),
    FaultCase("- 1\n", .configType, 1, "the file"),
    FaultCase("[a]: 1\n", .configType, 1, "the file has a key"),
    FaultCase("sources:\n  acounts: a.csv", .configUnknownKey, 2, "sources.acounts", "'accounts'"),
    FaultCase(
      "sources:\n  events:\n    columns: {ts: at}", .configMissing, 2, "sources.events.files"),
    FaultCase(
      "sources:\n  events:\n    files: e.csv\n    colums: {ts: at}", .configUnknownKey, 4,
      "sources.events.colums", "'columns'"),
    FaultCase(
      "sources:\n  events: {files: e.csv, columns: {acount_id: a}}", .configUnknownKey, 2,
      "sources.events.columns.acount_id", "'account_id'"),
    FaultCase(
      "sources: {events: {files: e.csv, attributes: [a]}}", .configUnknownKey, 1,
      "sources.events.attributes"),
    FaultCase(
      "sources: {events: {files: e.csv, columns: {event: yes}}}", .configType, 1,
      "sources.events.columns.event", "quotes"),
    FaultCase("sources: {events: {files: [e.csv, e.csv]}}", .configValue, 1, "files[1]"),
    FaultCase("sources: {events: {files: []}}", .configValue, 1, "sources.events.files"),
    FaultCase("sources: {events: {files: /data/*.csv}}", .configValue, 1, "files", "one by one"),
    FaultCase("sources: {events: {files: ../*.csv}}", .configValue, 1, "files"),
    FaultCase("sources: {events: {files: e.csv, delimiter: ab}}", .configValue, 1, "delimiter"),
    FaultCase("sources: {events: {files: e.csv, lag: 1 month}}", .configType, 1, "lag", "month"),
    FaultCase(
      "sources: {events: {files: e.csv, header: [a, ts]}}", .configMissing, 1, "sources.events",
      "account_id: a"),
    FaultCase(
      "sources: {events: {files: e.csv, header: [acc, ts], columns: {account_id: ac}}}",
      .configValue, 1, "columns.account_id", "'acc'"),
    FaultCase(
      "sources: {subscriptions: {files: s.csv, layout: spels}}", .configValue, 1, "layout",
      "'spells'"),
    FaultCase(
      "sources: {subscriptions: {files: s.csv, ended_plans: [x]}}", .configValue, 1,
      "sources.subscriptions", "layout: changes"),
    FaultCase(
      "sources: {events: {files: e.csv, columns: {sub_id: s}}}", .configMissing, 1,
      "sources.subscriptions"),
    FaultCase(
      "sources: {events: {files: e.csv, format: {decimal: \",\", thousands: \",\"}}}",
      .configValue, 1, "sources.events.format"),
    FaultCase(
      "sources: {events: {files: e.csv, format: {timestamp_format: \"%Q\"}}}", .configValue, 1,
      "timestamp_format"),
    FaultCase(
      "sources: {events: {files: e.csv, format: {timestamp_format: \"%Y%m%d%d\"}}}", .configValue,
      1,
      "timestamp_format"),
    FaultCase(
      "sources: {events: {files: e.csv, format: {timestamp_format: \"%Y%m%d%\"}}}", .configValue, 1,
      "timestamp_format"),
    FaultCase("time_zone: Europe/Berlim", .configTimeZone, 1, "time_zone"),
    FaultCase("time_zone: ../../etc/passwd", .configTimeZone, 1, "time_zone"),
    FaultCase(
      "events: {value: login, values: [a]}", .configUnknownKey, 1, "events.values", "'value'"),
    FaultCase("events: {value: {a: b}}", .configType, 1, "events.value"),
    FaultCase(
      "events: {meters: {calls: {measure: sum}}}", .configValue, 1, "events.meters.calls.measure"),
    FaultCase(
      "events: {meters: {calls: {measure: value}}}", .configMissing, 1, "events.meters.calls.events"
    ),
    FaultCase("plans: {pro: {rank: -1}}", .configValue, 1, "plans.pro.rank"),
    FaultCase("plans: {pro: {rank: 1.5}}", .configType, 1, "plans.pro.rank"),
    FaultCase("plans: {pro: {price: 1e999}}", .configValue, 1, "plans.pro.price", nil),
    FaultCase("plans: {pro: {price: .inf}}", .configValue, 1, "plans.pro.price"),
    FaultCase("plans: {pro: {price: .nan}}", .configValue, 1, "plans.pro.price"),
    FaultCase("plans: {pro: {price: \"19\"}}", .configType, 1, "plans.pro.price"),
    FaultCase("plans: {pro: {limits: {a: -3}}}", .configValue, 1, "plans.pro.limits.a"),
    FaultCase("plans: {pro: {rank: 99999999999999999999}}", .configValue, 1, "plans.pro.rank"),
    FaultCase(
      "sources: {subscriptions: s.csv}\ntargets:\n  churn:\n    horizn: 90 days", .configUnknownKey,
      4, "targets.churn.horizn", "'horizon'"),
    FaultCase("targets: {chrun: {}}", .configUnknownKey, 1, "targets.chrun", "'churn'"),
    FaultCase("targets: {churn: {horizon: 0}}", .configValue, 1, "targets.churn.horizon"),
    FaultCase("targets: {churn: {horizon: 90.5}}", .configType, 1, "targets.churn.horizon"),
    FaultCase("targets: {churn: {horizon: 1e9}}", .configType, 1, "targets.churn.horizon"),
    FaultCase(
      "targets: {churn: {horizon: 9999999999999}}", .configValue, 1, "targets.churn.horizon"),
    FaultCase("targets: {churn: {paying: \"yes\"}}", .configType, 1, "targets.churn.paying"),
    FaultCase("targets: {churn: {minimum_drop: 1%}}", .configUnknownKey, 1, "minimum_drop"),
    FaultCase("targets: {contraction: {minimum_drop: 101%}}", .configValue, 1, "minimum_drop"),
    FaultCase(
      "targets: {expansion: {from: inactivity}}", .configValue, 1, "targets.expansion.from"),
    FaultCase("targets: {churn: {from: outcomes}}", .configMissing, 1, "targets.churn.outcomes"),
    FaultCase(
      "targets: {churn: {outcomes: [a]}}", .configValue, 1, "targets.churn", "from: outcomes"),
    FaultCase("version: 1\ntargets:\n  churn: {}", .configMissing, 3, "targets.churn", "sources"),
    FaultCase("as_of: tomorrow", .configAsOf, 1, "as_of"),
    FaultCase("as_of: [2024-02-30]", .configAsOf, 1, "as_of[0]"),
    FaultCase("as_of: [2024-02-01, 2024-01-01]", .configAsOf, 1, "as_of[1]"),
    FaultCase("as_of: []", .configAsOf, 1, "as_of"),
    FaultCase("as_of: {from: 2024-02-01, to: 2024-01-01}", .configAsOf, 1, "as_of"),
    FaultCase("as_of: {from: 2024-02-01}", .configMissing, 1, "as_of.to"),
    FaultCase("as_of: {from: 0001-01-01, to: 9999-01-01, every: day}", .configAsOf, 1, "as_of"),
    FaultCase(
      "as_of: {from: 2024-01-01, to: 2024-02-01, every: fortnight}", .configAsOf, 1, "every"),
    FaultCase("as_of: {before: renewal_date, days: 30}", .configMissing, 1, "as_of", "sources"),
    FaultCase(
      "features: {families: {mony: off}}", .configUnknownKey, 1, "features.families.mony", "'money'"
    ),
    FaultCase("features: {windows: [28, 7]}", .configValue, 1, "features.windows[1]"),
    FaultCase(
      "features: {counts: per_28_day}", .configValue, 1, "features.counts", "'per_28_days'"),
    FaultCase("thresholds: {depth: 1.5}", .configValue, 1, "thresholds.depth"),
    FaultCase("thresholds: {activation_days: [9]}", .configValue, 1, "thresholds.activation_days"),
    FaultCase("table: {file: a.csv}", .configMissing, 1, "table.label"),
    FaultCase("table: {file: a.csv, label: true}", .configType, 1, "table.label", "quotes"),
    FaultCase("table: {file: 12, label: a}", .configType, 1, "table.file"),
  ])
  func `a fault is told with its line, the path of its key and the nearest one`(_ fault: FaultCase)
  {
    let diagnostic = faultOf(fault.text)
    #expect(diagnostic?.kind == fault.kind, "\(String(describing: diagnostic))")
    #expect(diagnostic?.kind.exitCode == 78)
    #expect(diagnostic?.file == "retain.yaml")
    #expect(diagnostic?.line == fault.line)
    #expect(diagnostic?.message.contains(fault.path) == true, "\(String(describing: diagnostic))")
    if let hint = fault.hint {
      #expect(diagnostic?.hint?.contains(hint) == true, "\(String(describing: diagnostic))")
    }
  }

  @Test func `a key that stands twice is found with its path and both lines`() {
    let fault = faultOf("sources:\n  events:\n    files: a\n    lag: 1\n    # x\n\n    files: b\n")
    #expect(fault?.kind == .configDuplicateKey)
    #expect(fault?.message == "sources.events.files stands twice, first on line 3")
    #expect(fault?.line == 7)
    #expect(faultOf("version: 1\n\"version\": 1\n")?.line == 2)
    let flow = faultOf("table: {file: a, file: b}")
    #expect(flow?.kind == .configDuplicateKey)
    #expect(flow?.message.contains("file stands twice") == true)
  }

  @Test(arguments: [
    "a: [", "a: 'x", "a: b: c", "\ta: 1", "a: *b", "{a: 1}}", "a: \u{7}", "--- \na: 1\n---\nb: 2\n",
    "a: !!binary x", "a: &x 1", "a: @x", "a: [b\nc: d", "events: {admin: [*login*]}",
  ])
  func `what is not YAML, or more of it than is needed, is a fault of syntax`(_ text: String) {
    let fault = faultOf(text)
    #expect(fault?.kind == .configSyntax)
    #expect(fault?.line != nil)
    #expect(fault?.hint != nil)
  }

  @Test func `a pattern that begins with a star is told to be put in quotes`() {
    #expect(faultOf("events: {admin: [*login*]}")?.hint?.contains("quotes") == true)
  }

  @Test(arguments: [65, 1000, 10_000, 100_000])
  func `deep nesting ends at once, however it is written`(_ depth: Int) {
    let brackets = faultOf("plans: " + String(repeating: "[", count: depth))
    #expect([.configDepth, .configSyntax].contains(brackets?.kind))
    let closed = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect(faultOf("plans: \(closed)")?.kind == .configDepth)
    #expect(faultOf(String(repeating: "- ", count: depth) + "a")?.kind == .configDepth)
    let braces = String(repeating: "{a: ", count: min(depth, 40_000))
    #expect([.configDepth, .configSyntax].contains(faultOf("plans: \(braces)")?.kind))
  }

  @Test func `sixty-four levels are not too deep for the tree`() {
    let text = "plans: " + String(repeating: "[", count: 62) + String(repeating: "]", count: 62)
    #expect(faultOf(text)?.kind == .configType)
  }

  @Test func `aliases that would grow without bound are refused before they do`() {
    var bomb = "a0: &a0 [x, x]\n"
    for level in 1...60 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    bomb += "? *a60\n: 1\n? *a59\n: 2\n"
    let start = ContinuousClock.now
    #expect(faultOf(bomb)?.kind == .configSyntax)
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  private func faultOf(_ text: String) -> Diagnostic? {
    do {
      _ = try RetentionConfiguration(text: text, path: "retain.yaml")
      return nil
    } catch { return error }
  }
}
