import ArgumentParser
import RetentionKit

/// How a table is to be read.
struct ReadingOptions: ParsableArguments {
  @Option(help: "What separates fields: one character, or tab.")
  var delimiter: Delimiter = Delimiter()

  @Option(help: "How many lines above the header to pass over.")
  var skipLines = 0

  @Option(help: "What a bad row does: stop the run, or be left out (skip).")
  var onBadRow: BadRowChoice = .stop

  @Option(help: "How many rows may be left out: N, or P% of all. (default: 0)")
  var maxBadRows: BadRowBudget?

  @Option(help: "Write the rows left out, and why, to this CSV file.")
  var rejects: String?

  @Option(help: "How the file writes the number 1234.5, for instance 1.234,5. (default: 1234.5)")
  var numberFormat: String?

  @Option(
    help: "How it writes times: iso, epoch_s, epoch_ms, excel, or as in %d.%m.%Y. (default: iso)")
  var timestampFormat: String?

  @Option(help: "The zone of times without an offset, as in Europe/Berlin. (default: UTC)")
  var timeZone: String?

  @Option(help: "A further word for a missing value; may be repeated.")
  var nullValue: [String] = []

  /// Whether an option was given that says how a file is written.
  var namesForm: Bool {
    delimiter.byte != Delimiter().byte || skipLines != 0 || numberFormat != nil
      || timestampFormat != nil || timeZone != nil || !nullValue.isEmpty
  }

  /// What becomes of bad rows.
  var badRowPolicy: BadRowPolicy { onBadRow == .stop ? .stop : .skip(maxBadRows ?? .count(0)) }

  func validate() throws {
    guard skipLines >= 0 else {
      throw ValidationError("--skip-lines is \(skipLines), expected at least 0.")
    }
    guard onBadRow == .stop else { return }
    for (option, isGiven) in [("--max-bad-rows", maxBadRows != nil), ("--rejects", rejects != nil)]
    where isGiven {
      throw ValidationError(
        "\(option) is of use only where bad rows are left out: add --on-bad-row skip.")
    }
  }

  /// The options as the library takes them.
  ///
  /// - Throws: `config.format`, `config.timezone`.
  func options() throws(Diagnostic) -> TableReader.Options {
    var format = ColumnFormat(nullValues: nullValue)
    if let numberFormat { format.number = try NumberFormat(sample: numberFormat) }
    if let timestampFormat { format.timestamp = try TimestampFormat(timestampFormat) }
    if let timeZone { format.timeZone = try LocalTimeZone(timeZone) }
    return TableReader.Options(
      dialect: CSVDialect(delimiter: delimiter.byte, skippedLineCount: skipLines),
      format: TableFormat(standard: format),
      onBadRow: badRowPolicy, rejects: rejects)
  }

  /// Makes sure, before any work, that the file of rejects could be written.
  ///
  /// - Throws: `output.*`, or `usage` where another output goes to the same file.
  func checkRejects(against inputs: [String], apartFrom outputs: [String] = []) throws(Diagnostic) {
    guard let rejects else { return }
    try OutputFile(path: rejects).check(against: inputs)
    try OutputFile(path: rejects).check(apartFrom: outputs)
  }
}

/// What a bad row does.
enum BadRowChoice: String, CaseIterable, ExpressibleByArgument {
  case stop
  case skip
}

extension BadRowBudget: ExpressibleByArgument {
  /// Reads `N` or `P%`.
  public init?(argument: String) { self.init(argument) }
}

/// A character that separates fields.
struct Delimiter: ExpressibleByArgument {
  var byte = UInt8(ascii: ",")

  init() {}

  init?(argument: String) {
    let text = argument == "tab" ? "\t" : argument
    let reserved: [UInt8] = [UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0]
    guard text.utf8.count == 1, let byte = text.utf8.first, !reserved.contains(byte) else {
      return nil
    }
    self.byte = byte
  }

  var defaultValueDescription: String { "," }
}
