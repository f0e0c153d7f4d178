import Diagnostics
import Files
import Learning

/// A made-up AI-native software company as the raw tables that it would export: what its customers
/// did, paid, asked for and decided, month by month.
///
/// Each account has generators of its own, made from the seed and its index, so the bytes depend
/// neither on the machine nor on the number of threads. Why accounts leave, shrink and grow is known
/// (``CompanyDriver``), and so is what gives it away (``CompanyLeak``).
///
/// ```swift
/// var plan = CompanyPlan()
/// plan.accountCount = 500
/// let summary = try SyntheticCompany(plan).write(to: "company", threads: 4)
/// ```
public struct SyntheticCompany: Sendable {
  private let plan: CompanyPlan
  private let calendar: CompanyCalendar

  /// Prepares a company.
  ///
  /// - Precondition: `plan.fault` is `nil`.
  public init(_ plan: CompanyPlan) {
    precondition(plan.fault == nil, "the plan has \(plan.fault ?? "no fault")")
    self.plan = plan
    calendar = CompanyCalendar(plan)
  }

  /// The tables' names, in the order of ``Summary/rowCounts``.
  public static let tableNames = [
    "accounts", "subscriptions", "events", "tickets", "payments", "users", "tiers",
  ]

  /// What happened, in numbers.
  public struct Summary: Sendable {
    /// A table's name and rows, in the order of ``SyntheticCompany/tableNames``.
    public fileprivate(set) var rowCounts: [(table: String, rowCount: Int)] = []
    /// Accounts that left within the export.
    public fileprivate(set) var churnedCount = 0
    /// Accounts that shrank, at least once.
    public fileprivate(set) var contractedCount = 0
    /// Accounts that grew, at least once.
    public fileprivate(set) var expandedCount = 0
    /// Accounts times days on which they were there, in months of 30.4375 days.
    public fileprivate(set) var accountMonths = 0.0
  }

  /// Writes the tables; each file is complete, or as it was before.
  ///
  /// - Parameters:
  ///   - folder: An existing folder.
  ///   - progress: Called with the months done so far.
  /// - Throws: `output.*`.
  /// - Complexity: O(accounts * days + events) time; memory for the accounts and a month's events.
  public func write(
    to folder: String, threads: Int, progress: (Int) -> Void = { _ in }
  ) throws(Diagnostic) -> Summary {
    let scale = eventScale(threads: threads)
    let blocks = makeBlocks(threads: threads)
    let eventCount = try writeEvents(
      of: blocks, scale: scale, to: Self.path("events", in: folder), threads: threads,
      progress: progress)
    var rowCounts = ["events": eventCount, "tiers": CompanyTier.allCases.count]
    for table in CompanyTable.all(plan) {
      rowCounts[table.name] = try write(
        table, of: blocks, to: Self.path(table.name, in: folder), threads: threads)
    }
    try OutputFile(path: Self.path("tiers", in: folder)).write(
      CompanyTable.tiers(eventScale: scale))
    var summary = summary(of: blocks)
    summary.rowCounts = Self.tableNames.map { ($0, rowCounts[$0] ?? 0) }
    return summary
  }

  /// The path of a table.
  public static func path(_ table: String, in folder: String) -> String { "\(folder)/\(table).csv" }

  private func makeBlocks(threads: Int) -> [AccountBlock] {
    Parallel.map(AccountBlock.count(plan), threads: threads) {
      AccountBlock(index: $0, plan: plan, calendar: calendar)
    }
  }

  /// How many events there are for one that the accounts would make by themselves.
  private func eventScale(threads: Int) -> Double {
    guard let wanted = plan.eventCount else { return 1 }
    let counts = Parallel.map(AccountBlock.count(plan), threads: threads) {
      AccountBlock(index: $0, plan: plan, calendar: calendar).expectedEventCount()
    }
    var scaled = 0.0
    var fixed = 0.0
    for count in counts {
      scaled += count.scaled
      fixed += count.fixed
    }
    return max((Double(wanted) - fixed) / max(scaled, 1), 0.02)
  }

  private func writeEvents(
    of blocks: [AccountBlock], scale: Double, to path: String, threads: Int,
    progress: (Int) -> Void
  ) throws(Diagnostic) -> Int {
    let file = try OutputFile(path: path).begin()
    var header = ByteText()
    header.append(EventTable.header)
    try file.write(header.bytes)
    var eventCount = 0
    for month in 0..<plan.monthCount {
      let days = calendar.days(ofMonth: month)
      Parallel.forEach(blocks.count, threads: threads) {
        blocks[$0].live(through: days, scale: scale)
      }
      // A few days at a time, since text takes more room than events do.
      for start in stride(from: 0, to: days.count, by: 2 * threads) {
        let end = min(start + 2 * threads, days.count)
        let texts = Parallel.map(end - start, threads: threads) { offset in
          let parts = blocks.map { $0.records(ofDay: start + offset) }
          let date = calendar.date(days.lowerBound + start + offset)
          return (EventTable.rows(of: parts, on: date), parts.reduce(0) { $0 + $1.count })
        }
        for (text, count) in texts {
          try file.write(text)
          eventCount += count
        }
      }
      progress(month + 1)
    }
    try file.commit()
    return eventCount
  }

  private func write(
    _ table: CompanyTable, of blocks: [AccountBlock], to path: String, threads: Int
  ) throws(Diagnostic) -> Int {
    let file = try OutputFile(path: path).begin()
    try file.write(Array((table.header + "\n").utf8))
    var rowCount = 0
    for start in stride(from: 0, to: blocks.count, by: 64) {
      let end = min(start + 64, blocks.count)
      let texts = Parallel.map(end - start, threads: threads) { offset in
        var text = ByteText()
        var count = 0
        for account in blocks[start + offset].accounts { count += table.append(account, &text) }
        return (text.bytes, count)
      }
      for (text, count) in texts {
        try file.write(text)
        rowCount += count
      }
    }
    try file.commit()
    return rowCount
  }

  private func summary(of blocks: [AccountBlock]) -> Summary {
    var summary = Summary()
    for block in blocks {
      for account in block.accounts {
        if account.hasLeft(calendar) { summary.churnedCount += 1 }
        if account.contractionCount > 0 { summary.contractedCount += 1 }
        if account.expansionCount > 0 { summary.expandedCount += 1 }
        let days = min(account.endDay, calendar.dayCount) - account.profile.createdDay
        summary.accountMonths += Double(days) / 30.4375
      }
    }
    return summary
  }
}
