import ArgumentParser
import Logging
import RetentionKit

struct Features: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute the features of accounts from raw tables.",
    discussion: """
      Example: retain features --config retain.yaml --as-of 2025-06-01 --output features.csv
               retain features --config retain.yaml --from 2025-01-01 --to 2025-06-01 \\
                 --every month --target churn --output panel.features
               retain features --config retain.yaml --list
      """)

  @Option(help: "The configuration: what raw tables there are and what they mean.")
  var config: String

  @Option(
    help: "The day that accounts are looked at (YYYY-MM-DD). (default: as_of of the configuration)")
  var asOf: CalendarDay?

  @Option(help: "The first of several days.")
  var from: CalendarDay?

  @Option(help: "The last of several days.")
  var to: CalendarDay?

  @Option(help: "The step between several days: month, week, day, or a number of days.")
  var every: AsOfStep = AsOfStep(step: .months(1), text: "month")

  @Option(help: "Add the label column of this target, and keep the rows that have a label.")
  var target: TargetName?

  @Flag(help: "Print what features there are and what they mean, and compute nothing.")
  var list = false

  @Option(
    name: .shortAndLong,
    help:
      "The file to write: CSV where its name ends in .csv, else columnar. (default: CSV to standard output)"
  )
  var output: String?

  @Option(help: "A file that keeps event logs that were read: only new ones are read next time.")
  var cache: String?

  @OptionGroup(title: "Reading") var reading: ReadingOptions
  @OptionGroup(title: "General") var global: GlobalOptions

  func validate() throws {
    if reading.namesForm {
      throw ValidationError(
        "How the files of histories are written the configuration says, under sources.")
    }
    if asOf != nil && (from != nil || to != nil) {
      throw ValidationError("--as-of names one day, --from and --to several: choose.")
    }
    if (from == nil) != (to == nil) {
      throw ValidationError("--from and --to go together.")
    }
    if let from, let to, to < from {
      throw ValidationError("--from \(from) is after --to \(to).")
    }
  }

  func run() throws {
    let configuration = try RetentionConfiguration(contentsOf: config)
    let inputs = try Train.inputs(nil, configuration)
    if let output { try OutputFile(path: output).check(against: inputs) }
    try reading.checkRejects(against: inputs, apartFrom: [output].compactMap(\.self))
    try Train.check(cache: cache, inputs: inputs, outputs: [output].compactMap(\.self))
    let progress = ProgressLine()
    defer { progress.clear() }
    if list {
      let listing = try FeatureListing(
        configuration, threads: global.threadCount, cache: cache
      ) {
        progress.show(.reading(byteCount: $0))
      }
      progress.clear()
      Logger.retain.warn(listing.cache?.warnings ?? [])
      try Console.print(global.json ? JSONText.of(listing) : listing.text)
      return
    }
    let export = try FeatureExport(
      configuration, schedule: schedule, target: target, threads: global.threadCount,
      onBadRow: reading.badRowPolicy, rejects: reading.rejects, cache: cache
    ) { progress.show(.reading(byteCount: $0)) }
    progress.clear()
    Logger.retain.warn((export.cache?.warnings ?? []) + export.warnings)
    if let output {
      let start = ContinuousClock.now
      try export.write(to: output, threads: global.threadCount)
      let writeSeconds = (ContinuousClock.now - start) / .seconds(1)
      try Console.print(
        global.json
          ? JSONText.of(
            FeatureExportJSON(export, output: output, writeSeconds: writeSeconds))
          : export.text(output: output))
    } else {
      try StandardStream.output.write(export.csv(threads: global.threadCount))
    }
  }

  private var schedule: AsOfSchedule? {
    if let asOf { return .days([asOf]) }
    if let from, let to { return .series(from: from, to: to, every: every.step) }
    return nil
  }
}

/// The step between two as-of days.
struct AsOfStep: ExpressibleByArgument {
  let step: AsOfSchedule.Step
  let text: String

  init(step: AsOfSchedule.Step, text: String) {
    self.step = step
    self.text = text
  }

  init?(argument: String) {
    text = argument
    switch argument {
    case "day": step = .days(1)
    case "week": step = .days(7)
    case "month": step = .months(1)
    default:
      guard let days = Int(argument), days > 0 else { return nil }
      step = .days(days)
    }
  }

  var defaultValueDescription: String { text }
}
