import CivilCalendar
import Configuration
import Diagnostics
import Features
import Files
import Reporting
import Tabular
import UsageHistory

extension FeatureExport {
  /// The table as CSV: whole numbers without a point, `yes` and `no`, days as `YYYY-MM-DD`, missing
  /// cells empty.
  public var csv: [UInt8] {
    var writer = CSVWriter(header: table.columns.map(\.name))
    for row in 0..<table.rowCount { Self.write(row, of: table, to: &writer) }
    return writer.bytes
  }

  /// Writes the table: CSV where the path ends in `.csv`, else columnar.
  ///
  /// - Throws: `output.*`; an older file of this name is then still there.
  public func write(to path: String) throws(Diagnostic) {
    if path.hasSuffix(".csv") {
      try OutputFile(path: path).write(csv)
    } else {
      try ColumnarFile.write(table, to: path)
    }
  }

  private static func write(_ row: Int, of table: Table, to writer: inout CSVWriter) {
    for column in table.columns {
      switch column.values {
      case .boolean(let values):
        // In words: 0 and 1 read back as numbers, which a model's yes/no column is not.
        let value = values[row]
        writer.write(value.isNaN ? "" : value > 0.5 ? FeatureTable.positive : FeatureTable.negative)
      case .number(let values):
        let value = values[row]
        if value.rounded() == value && abs(value) < 1e15 {
          writer.write(Int(value))
        } else {
          writer.write(value)
        }
      case .category(let values):
        let code = values.codes[row]
        writer.write(code < 0 ? "" : values.levels[Int(code)])
      case .date(let seconds):
        writer.write(
          seconds[row].isNaN ? "" : CalendarDay(secondsSince1970: seconds[row]).description)
      case .identifier(let texts): writer.write(texts[row])
      case .text, .empty: writer.write("")
      }
    }
    writer.endRow()
  }

  /// What was computed and written, for a terminal.
  public func text(output: String) -> String {
    let dayText = days.count == 1 ? "as of \(days[0])" : "on \(days.count) days"
    var text =
      "\(Numbers.count(table.rowCount, "row")) \(dayText), "
      + "\(Numbers.count(definitions.count, "feature"))\n"
    if let outcomes { text += outcomes.summary() }
    var families = AlignedTable([.left, .right])
    for family in FeatureDefinition.Family.allCases {
      let count = definitions.count { $0.family == family }
      if count > 0 { families.add(family.rawValue, "\(count)") }
    }
    return text + families.text + "Wrote \(displayText(output))\n"
  }
}

/// What a run of `retain features` came to, in JSON.
public struct FeatureExportJSON: Encodable {
  private let rows: Int
  private let features: Int
  private let asOf: [String]
  private let positives: Int?
  private let output: String
  private let warnings: [String]

  /// Takes over the parts.
  public init(_ export: FeatureExport, output: String) {
    rows = export.table.rowCount
    features = export.definitions.count
    asOf = export.days.map(\.description)
    positives = export.outcomes?.total.positiveCount
    self.output = output
    warnings = export.warnings
  }
}

/// What features there are for the tables of a configuration, and what is missing for the others.
public struct FeatureListing: Encodable {
  private struct Entry: Encodable {
    let name: String
    let unit: String
    let family: String
    let windowDays: Int?
    let empty: String
    let sentence: String
    let absent: String?
  }
  private let features: [Entry]
  /// What the cache was good for; `nil` where none was named.
  public let cache: HistoryReport.Cache?

  private enum CodingKeys: CodingKey {
    case features
  }

  /// Reads the tables and lists the features.
  ///
  /// - Throws: what ``HistoryReader`` throws.
  public init(
    _ configuration: RetentionConfiguration, threads: Int, cache: String? = nil,
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws(Diagnostic) {
    let session = try HistorySession(
      configuration, threads: threads, cache: cache, progress: progress)
    self.cache = session.history.report.cache
    features = FeatureFamilies.dictionary(
      settings: configuration.features, dictionaries: session.history.dictionaries
    ).map { listing in
      let definition = listing.definition
      return Entry(
        name: definition.name, unit: definition.unit, family: definition.family.rawValue,
        windowDays: definition.windowDays, empty: definition.emptyValue.rawValue,
        sentence: definition.sentence, absent: listing.absence)
    }
  }

  /// The features that there are, then those that there are not and why, for a terminal.
  public var text: String {
    var present = AlignedTable(
      [.left, .left, .left, .left], header: ["feature", "family", "unit", "what it is"])
    for feature in features where feature.absent == nil {
      present.add(displayText(feature.name), feature.family, feature.unit, feature.sentence)
    }
    var absent = AlignedTable([.left, .left], header: ["not there", "why"])
    for feature in features where feature.absent != nil {
      absent.add(displayText(feature.name), feature.absent!)
    }
    let count = features.count { $0.absent == nil }
    return present.text + (count < features.count ? "\n" + absent.text : "")
      + "\n\(Numbers.count(count, "feature"))\n"
  }
}
