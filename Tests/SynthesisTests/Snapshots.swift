/// Features of accounts as of some days, and what the 90 days after brought, from the tables alone.
struct Snapshots {
  struct Row {
    var ratio: Double?
    var championDaysSilent: Double?
    var failedPayments: Double?
    var agentSuccess: Double?
    var daysToRenewal: Double?
    var featureDepth: Double?
    var noveltyRatio: Double?
    var limitUtilisation: Double?
    var seatUtilisation: Double?
    var gateHits: Double?
    var churns = false
    var contracts = false
    var expands = false
  }

  private(set) var rows: [Row] = []

  init(_ tables: CompanyTables) {
    let tiers = tables["tiers"]
    let rank = Dictionary(uniqueKeysWithValues: zip(tiers.texts("tier"), tiers.complete("rank")))
    let limit = Dictionary(
      uniqueKeysWithValues: zip(tiers.texts("tier"), tiers.complete("limit_api_calls")))
    let features = Dictionary(
      uniqueKeysWithValues: zip(
        tiers.texts("tier"), tiers.texts("features").map { Set($0.split(separator: ";")) }))
    let payments = tables.rows(of: "payments")
    let events = Timeline.all(tables[bytesOf: "events"])
    for (account, spells) in tables.rows(of: "subscriptions") {
      let timeline = events[account] ?? Timeline()
      let start = day(spells[0]["start"]!)
      let end = spells.last!["end"]!.isEmpty ? Int.max : day(spells.last!["end"]!)
      let failures = (payments[account] ?? []).filter { $0["status"] == "failed" }
        .map { day($0["ts"]!) }
      for asOf in stride(from: 120, through: 450, by: 66) where start + 30 <= asOf && asOf < end {
        let current = spells.last { day($0["start"]!) <= asOf }!
        let plan = current["plan"]!
        let seats = Double(current["seats"]!)!
        var row = Row()
        if start + 56 <= asOf {
          row.ratio =
            Double(timeline.humanCount(asOf - 28..<asOf) + 1)
            / Double(timeline.humanCount(asOf - 56..<asOf - 28) + 1)
          let first = timeline.humanCount(start..<start + 7)
          let later = timeline.humanCount(start + 7..<start + 56)
          row.noveltyRatio = first == 0 ? nil : Double(later) / 7 / Double(first)
        }
        row.championDaysSilent = timeline.championDaysSilent(asOf)
        row.failedPayments = Double(failures.count { (asOf - 84..<asOf).contains($0) })
        row.agentSuccess = timeline.agentSuccess(asOf - 28..<asOf)
        let renewal = current["renewal_date"]!
        row.daysToRenewal = renewal.isEmpty ? nil : Double(day(renewal) - asOf)
        let used = timeline.events(asOf - 30..<asOf)
        row.featureDepth =
          Double(features[plan]!.count { used.contains(String($0)) })
          / Double(features[plan]!.count)
        row.limitUtilisation = timeline.calls(asOf - 28..<asOf) * 30 / 28 / limit[plan]!
        row.seatUtilisation = Double(timeline.userCount(asOf - 28..<asOf)) / seats
        row.gateHits = Double(timeline.gateHits(asOf - 28..<asOf))
        row.churns = end < asOf + 90
        for (old, new) in zip(spells, spells.dropFirst())
        where (asOf..<asOf + 90).contains(day(new["start"]!)) {
          let seats = Int(new["seats"]!)! - Int(old["seats"]!)!
          let ranks = rank[new["plan"]!]! - rank[old["plan"]!]!
          if seats < 0 || ranks < 0 { row.contracts = true }
          if seats > 0 || ranks > 0 { row.expands = true }
        }
        rows.append(row)
      }
    }
  }
}

/// An account's events by day.
private struct Timeline {
  private struct Event {
    var day: Int
    var user: String
    var name: String
    var value: Double
    var status: String
  }

  private var all: [Event] = []

  /// The timelines of all accounts.
  ///
  /// Millions of rows: texts are made once per account, user, day and event, and not per cell.
  static func all(_ csv: [UInt8]) -> [String: Timeline] {
    var texts: [ArraySlice<UInt8>: String] = [:]
    func text(_ cell: ArraySlice<UInt8>) -> String {
      if let known = texts[cell] { return known }
      let made = String(decoding: cell, as: UTF8.self)
      texts[cell] = made
      return made
    }
    var timelines: [String: Timeline] = [:]
    var days: [String: Int] = [:]
    for line in csv.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      let date = text(cells[2].prefix(10))
      let number = days[date] ?? day(date)
      days[date] = number
      timelines[text(cells[0]), default: Timeline()].all.append(
        Event(
          day: number, user: text(cells[1]), name: text(cells[3]),
          value: cells[4].isEmpty ? 0 : Double(String(decoding: cells[4], as: UTF8.self))!,
          status: text(cells[6])))
    }
    return timelines
  }

  /// The events of some days; they are sorted.
  private func slice(_ days: Range<Int>) -> ArraySlice<Event> {
    all[index(of: days.lowerBound)..<index(of: days.upperBound)]
  }

  private func index(of day: Int) -> Int {
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle].day < day { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func humanCount(_ days: Range<Int>) -> Int { slice(days).count { $0.status.isEmpty } }

  func events(_ days: Range<Int>) -> Set<String> { Set(slice(days).map(\.name)) }

  func userCount(_ days: Range<Int>) -> Int {
    Set(slice(days).map(\.user)).subtracting([""]).count
  }

  func calls(_ days: Range<Int>) -> Double {
    slice(days).reduce(0) { $0 + ($1.name == "api_call" ? $1.value : 0) }
  }

  func gateHits(_ days: Range<Int>) -> Int { slice(days).count { $0.name == "feature_gated" } }

  func agentSuccess(_ days: Range<Int>) -> Double? {
    let runs = slice(days).filter { !$0.status.isEmpty }
    return runs.count < 20
      ? nil : Double(runs.count { $0.status == "succeeded" }) / Double(runs.count)
  }

  /// The champion is whoever acted most often from 180 to 28 days ago.
  func championDaysSilent(_ asOf: Int) -> Double? {
    var counts: [String: Int] = [:]
    for event in slice(asOf - 180..<asOf - 28) where !event.user.isEmpty {
      counts[event.user, default: 0] += 1
    }
    guard let champion = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key,
      let last = slice(asOf - 180..<asOf).last(where: { $0.user == champion })
    else { return nil }
    return Double(asOf - last.day)
  }
}
