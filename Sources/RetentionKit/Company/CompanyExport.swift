import Diagnostics
import Files
import Reporting
import Synthesis

/// A made-up company in a folder: its tables, and the truth about them.
public struct CompanyExport: Sendable {
  /// The folder that everything is written to.
  public let folder: String
  private let plan: CompanyPlan

  /// Plans an export.
  ///
  /// - Precondition: `plan.fault` is `nil`.
  public init(_ plan: CompanyPlan, to folder: String) {
    self.plan = plan
    self.folder = folder
  }

  /// The file that says why accounts leave, shrink and grow, and what gives it away.
  public var truth: String { "\(folder)/truth.json" }

  /// Makes sure that the folder is there, and that it holds nothing but earlier exports.
  ///
  /// - Throws: `output.cannot_create`.
  public func prepareFolder() throws(Diagnostic) {
    let ours = SyntheticCompany.tableNames.map { "\($0).csv" } + ["truth.json"]
    for name in try OutputFolder.names(in: folder) {
      // A run that was killed may have left temporary files.
      let isOurs = ours.contains {
        name == $0 || name.hasPrefix($0 + OutputFileWriter.temporaryMark)
      }
      guard isOurs else {
        throw Diagnostic(
          .outputCannotCreate, "holds '\(displayText(name))', which this command does not write",
          file: folder, hint: "name an empty folder, or one that does not exist")
      }
    }
    try OutputFolder.create(folder)
  }

  /// Makes the company up and writes it; the truth comes last, when all else is complete.
  ///
  /// - Parameter progress: Called with the months done so far.
  /// - Throws: `output.*`.
  public func write(
    threads: Int, progress: (Int) -> Void = { _ in }
  ) throws(Diagnostic) -> CompanyExportReport {
    try prepareFolder()
    let summary = try SyntheticCompany(plan).write(
      to: folder, threads: threads, progress: progress)
    let report = CompanyExportReport(plan, summary, truth: truth, folder: folder)
    try OutputFile(path: truth).write(Array(try JSONText.of(CompanyTruth(plan, summary)).utf8))
    return report
  }
}

/// What an export holds, in numbers.
public struct CompanyExportReport: Encodable, Sendable {
  private let accounts: Int
  private let months: Int
  private let seed: UInt64
  private let start: String
  /// The day after the last.
  private let end: String
  /// A table's rows by its name.
  private let rows: [String: Int]
  private let churnedAccounts: Int
  private let contractedAccounts: Int
  private let expandedAccounts: Int
  /// The share of accounts that leave in a quarter.
  private let quarterlyChurn: Double
  private let leaks: Int
  /// The path of the file with the truth.
  private let truth: String
  private let folder: String

  private enum CodingKeys: CodingKey {
    case accounts, months, seed, start, end, rows, churnedAccounts, contractedAccounts
    case expandedAccounts, quarterlyChurn, leaks, truth
  }

  init(
    _ plan: CompanyPlan, _ summary: SyntheticCompany.Summary, truth: String, folder: String
  ) {
    accounts = plan.accountCount
    months = plan.monthCount
    seed = plan.seed
    start = plan.start.description
    end = plan.end.description
    rows = Dictionary(uniqueKeysWithValues: summary.rowCounts.map { ($0.table, $0.rowCount) })
    churnedAccounts = summary.churnedCount
    contractedAccounts = summary.contractedCount
    expandedAccounts = summary.expandedCount
    quarterlyChurn = 3 * Double(summary.churnedCount) / max(summary.accountMonths, 1)
    leaks = plan.hasLeaks ? CompanyLeak.all.count : 0
    self.truth = truth
    self.folder = folder
  }

  /// The report in words.
  public var text: String {
    var tables = AlignedTable([.left, .right, .left])
    for name in SyntheticCompany.tableNames {
      tables.add("\(name).csv", Numbers.count(rows[name] ?? 0), "rows")
    }
    let why = leaks == 0 ? "Why" : "Why, and the \(leaks) planted leaks"
    return """
      \(displayText(folder)): \(Numbers.count(accounts, "account")), \
      \(Numbers.count(months, "month")) from \(start), seed \(seed)
      \(tables.text)
      \(Numbers.count(churnedAccounts)) accounts churned (\(Numbers.percent(quarterlyChurn)) of those \
      there per quarter), \(Numbers.count(contractedAccounts)) contracted, \
      \(Numbers.count(expandedAccounts)) expanded.
      \(why): \(displayText(truth))
      Next: retain init \(displayText(folder))

      """
  }
}

/// `truth.json`.
struct CompanyTruth: Encodable {
  private struct Counts: Encodable {
    let churnedAccounts: Int
    let contractedAccounts: Int
    let expandedAccounts: Int
  }

  private let formatVersion = 1
  private let accounts: Int
  private let months: Int
  private let seed: UInt64
  private let start: String
  private let end: String
  private let outcomes: Counts
  private let baseLogOdds: [String: Double]
  private let drivers: [CompanyDriver]
  private let leaks: [CompanyLeak]
  private let valueEvents: [String]

  init(_ plan: CompanyPlan, _ summary: SyntheticCompany.Summary) {
    accounts = plan.accountCount
    months = plan.monthCount
    seed = plan.seed
    start = plan.start.description
    end = plan.end.description
    outcomes = Counts(
      churnedAccounts: summary.churnedCount, contractedAccounts: summary.contractedCount,
      expandedAccounts: summary.expandedCount)
    baseLogOdds = Dictionary(
      uniqueKeysWithValues: CompanyDriver.Target.allCases.map {
        ($0.rawValue, CompanyDriver.baseLogOdds($0))
      })
    drivers = CompanyDriver.all
    leaks = plan.hasLeaks ? CompanyLeak.all : []
    valueEvents = SyntheticCompany.valueEventNames
  }
}
