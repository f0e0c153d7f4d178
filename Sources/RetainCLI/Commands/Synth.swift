import ArgumentParser
import RetentionKit

struct Synth: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make up a company, and write its raw tables and the truth about them.",
    discussion: """
      Example: retain synth company --accounts 2000 --months 24 --seed 1
               retain synth company --accounts 20000 --events 20000000 --leaks
      """)

  @Argument(help: "The folder to write to; it is created if it does not exist.")
  var folder: String

  @Option(help: "How many customers the company ever had.")
  var accounts = CompanyPlan().accountCount

  @Option(help: "How many months are exported.")
  var months = CompanyPlan().monthCount

  @Option(help: "What everything depends on.")
  var seed = CompanyPlan().seed

  @Option(help: "About how many events there are. (default: what such accounts would make)")
  var events: Int?

  @Flag(help: "Also plant columns and rows that give the outcome away.")
  var leaks = false

  @Option(help: "The first day of the export (YYYY-MM-DD).", transform: date)
  var start = CompanyPlan().start

  @OptionGroup(title: "General") var global: GlobalOptions

  private var plan: CompanyPlan {
    var plan = CompanyPlan()
    plan.accountCount = accounts
    plan.monthCount = months
    plan.seed = seed
    plan.eventCount = events
    plan.hasLeaks = leaks
    plan.start = start
    return plan
  }

  func validate() throws {
    if let fault = plan.fault { throw ValidationError("\(fault).") }
  }

  func run() throws {
    let progress = ProgressLine()
    defer { progress.clear() }
    let report = try CompanyExport(plan, to: folder).write(threads: global.threadCount) {
      progress.show("month \($0) of \(months)", isFrequent: true)
    }
    progress.clear()
    try Console.print(global.json ? JSONText.of(report) : report.text)
  }

  private static func date(_ text: String) throws -> CompanyDate {
    guard let date = CompanyDate(text) else {
      throw ValidationError("'\(text)' is no day of the form YYYY-MM-DD.")
    }
    return date
  }
}
