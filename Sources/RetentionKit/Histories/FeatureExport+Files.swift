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
    let size = Self.partRowCount * 4 * max(1, threads)
    for start in stride(from: 0, to: table.rowCount, by: size) {
      let rows = start..<min(start + size, table.rowCount)
      for part in csvParts(rows: rows, threads: threads) { try file.write(part) }
    }
    try file.commit()
  }

  private var header: [UInt8] { CSVWriter(header: table.columns.map(\.name)).bytes }

  private static let partRowCount = 4096

  /// Rows as text, part by part.
  private func csvParts(rows: Range<Int>, threads: Int) -> [[UInt8]] {
    let table = table
    let size = Self.partRowCount
    return Parallel.map((rows.count + size - 1) / size, threads: threads) { part in
      let start = rows.lowerBound + part * size
      return Self.csv(start..<min(start + size, rows.upperBound), of: table)
    }
  }

  /// Some rows: written column by column, because to ask each cell for its type costs more than to
  /// write it, then put together row by row.
  private static func csv(_ rows: Range<Int>, of table: Table) -> [UInt8] {
    let columns = table.columns.map { column in
      var writer = CSVWriter(header: [])
      let start = writer.bytes.count
      var ends: [Int] = []
      ends.reserveCapacity(rows.count + 1)
      ends.append(start)
      write(rows, of: column.values, to: &writer) { ends.append($0) }
      return (bytes: writer.bytes, ends: ends)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(columns.reduce(0) { $0 + $1.bytes.count } + rows.count)
    for row in 0..<rows.count {
      for (index, column) in columns.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        // A cell ends with the line end that the writer set.
        bytes.append(contentsOf: column.bytes[column.ends[row]..<column.ends[row + 1] - 1])
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  /// Writes cells one below the other and says where each line ends.
  private static func write(
    _ rows: Range<Int>, of values: ColumnValues, to writer: inout CSVWriter,
    _ end: (Int) -> Void
  ) {
    func each(_ write: (Int, inout CSVWriter) -> Void) {
      for row in rows {
        write(row, &writer)
        writer.endRow()
        end(writer.bytes.count)
      }
    }
    switch values {
    case .boolean(let values):
      // In words: 0 and 1 read back as numbers, which a model's yes/no column is not.
      each { row, writer in
        let value = values[row]
        writer.write(value.isNaN ? "" : value > 0.5 ? FeatureTable.positive : FeatureTable.negative)
      }
    case .number(let values):
      each { row, writer in
        let value = values[row]
        if value.rounded() == value && abs(value) < 1e15 {
          writer.write(Int(value))
        } else {
          writer.write(value)
        }
      }
    case .category(let values):
      each { row, writer in
        let code = values.codes[row]
        writer.write(code < 0 ? "" : values.levels[Int(code)])
      }
    case .date(let seconds):
      each { row, writer in
        writer.write(
          seconds[row].isNaN ? "" : CalendarDay(secondsSince1970: seconds[row]).description)
      }
    case .identifier(let texts): each { row, writer in writer.write(texts[row]) }
    case .text, .empty: each { _, writer in writer.write("") }
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
