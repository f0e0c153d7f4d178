import CivilCalendar
import Configuration
import Diagnostics
import Features
import Files
import Learning
import Reporting
import Tabular
import UsageHistory

extension FeatureExport {
  /// The table as CSV: whole numbers without a point, `yes` and `no`, days as
  /// `YYYY-MM-DD`, missing cells empty.
  public var csv: [UInt8] { csv(threads: 1) }

  /// The same on several threads.
  public func csv(threads: Int) -> [UInt8] {
    var bytes = header
    for part in csvParts(rows: 0..<table.rowCount, threads: threads) {
      bytes.append(contentsOf: part)
    }
    return bytes
  }

  /// Writes the table: CSV where the path ends in `.csv`, else columnar.
  ///
  /// - Throws: `output.*`; an older file of this name is then still there.
  public func write(to path: String, threads: Int = 1) throws(Diagnostic) {
    guard path.hasSuffix(".csv") else { return try ColumnarFile.write(table, to: path) }
    let file = try OutputFile(path: path).begin()
    try file.write(header)
    // Piece by piece: the text of a large table is larger than the table.
    let size = Self.partRowCount * 32 * max(1, threads)
    for start in stride(from: 0, to: table.rowCount, by: size) {
      let rows = start..<min(start + size, table.rowCount)
      for part in csvParts(rows: rows, threads: threads) { try file.write(part) }
    }
    try file.commit()
  }

  private var header: [UInt8] { CSVWriter(header: table.columns.map(\.name)).bytes }

  /// Few enough that the cells of a part stay near.
  private static let partRowCount = 512

  /// Rows as text, part by part.
  private func csvParts(rows: Range<Int>, threads: Int) -> [[UInt8]] {
    let table = table
    let size = Self.partRowCount
    return Parallel.map((rows.count + size - 1) / size, threads: threads) { part in
      let start = rows.lowerBound + part * size
      return CSVCells.text(start..<min(start + size, rows.upperBound), of: table)
    }
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
  private let readS: Double
  private let featuresS: Double
  private let writeS: Double
  private let totalS: Double
  private let peakRssBytes: Int?

  /// Takes over the parts.
  ///
  /// - Parameter writeSeconds: How long it took to write the file.
  public init(_ export: FeatureExport, output: String, writeSeconds: Double) {
    readS = export.readSeconds
    featuresS = export.featureSeconds
    writeS = writeSeconds
    totalS = readS + featuresS + writeS
    peakRssBytes = PeakMemory.byteCount
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
