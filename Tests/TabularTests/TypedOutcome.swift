import Diagnostics
import Tabular
import TestSupport

/// What reading a file of the corpus as a table of events shows, for comparisons with its manifest.
struct TypedOutcome {
  var accepted = 0
  var rejected = 0
  /// The first fault, as the manifest writes it; empty where there is none.
  var firstError = ""
  var warnings: [String: Int] = [:]
  var isFatal = false

  static let declared: [String: DeclaredType] = [
    "account_id": .identifier, "ts": .timestamp, "event": .category, "value": .number,
  ]
  static let columns = ["account_id", "ts", "event", "value"]
  /// 2026-03-31T00:00:00Z.
  private static let asOf = 1_774_915_200.0

  /// Reads the bytes of a file.
  init(reading file: CorpusCase, blockByteCount: Int, onBadRow: BadRowPolicy) {
    let options = TableReader.Options(
      dialect: CSVDialect(delimiter: file.delimiter), onBadRow: onBadRow)
    do {
      let table = try TableReader.read(
        MemoryBlocks(file.bytes, blockByteCount: blockByteCount), canReadTwice: true,
        declared: Self.declared, undeclared: .ignored, required: Self.columns, options: options,
        blockByteCount: blockByteCount)
      accepted = table.rowCounts.accepted
      rejected = table.rowCounts.rejected
      warnings = table.warningCounts
      // Only who knows the instant of knowledge can count this one.
      if case .date(let times)? = table["ts"]?.values {
        warnings["after_as_of"] = times.count { $0 >= Self.asOf }
      }
    } catch {
      firstError = Self.text(error)
      if error.kind == .dataNoRows {
        // "has no good row: R of N are bad; the first: KIND: ..."
        let words = error.message.split(separator: " ")
        rejected = words.compactMap { Int($0) }.first ?? -1
        let kind = words.first { $0.contains(".") && $0.hasSuffix(":") }.map { $0.dropLast() } ?? ""
        firstError = Self.text(String(kind), error)
      } else {
        isFatal = true
      }
    }
  }

  private static func text(_ error: Diagnostic) -> String { text(error.kind.rawValue, error) }

  private static func text(_ kind: String, _ error: Diagnostic) -> String {
    switch kind {
    // The manifest names the first of those missing, and no line.
    case "schema.missing_column":
      let missing = error.column ?? columns.first { error.message.contains($0) } ?? ""
      return "\(kind)(\(missing))"
    case "schema.duplicate_column": return "\(kind)(\(error.column ?? ""))"
    default:
      let column = kind.hasPrefix("value.") ? "(\(error.column ?? ""))" : ""
      return "\(kind)\(column)@\(error.line ?? 0)"
    }
  }

  /// Where the outcomes of both modes differ from the manifest.
  static func disagreements(on file: CorpusCase, blockByteCount: Int) -> [String] {
    var found: [String] = []
    func compare<Value: Equatable>(_ name: String, _ value: Value, _ expected: Value) {
      if value != expected { found.append("\(name) is \(value), expected \(expected)") }
    }
    let expectedError = file["typed_first_error"]
    let accepted = Int(file["typed_accepted"])
    let rejected = Int(file["typed_rejected"])

    let strict = TypedOutcome(reading: file, blockByteCount: blockByteCount, onBadRow: .stop)
    // A missing column has no line in the manifest, and a duplicate may or may not.
    let hasLine = expectedError.contains("@")
    func plain(_ error: String) -> String {
      hasLine ? error : String(error.prefix { $0 != "@" })
    }
    compare("strict error", plain(strict.firstError), expectedError)
    if expectedError.isEmpty { compare("strict rows", strict.accepted, accepted ?? -1) }

    let skip = TypedOutcome(
      reading: file, blockByteCount: blockByteCount, onBadRow: .skip(.percent(100)))
    compare("accepted", skip.accepted, accepted ?? -1)
    compare("rejected", skip.rejected, rejected ?? -1)
    if skip.isFatal || skip.accepted == 0 {
      compare("skip error", plain(skip.firstError), expectedError)
    }
    if !skip.isFatal && skip.accepted > 0 {
      for (name, count) in file.counts("typed_warnings") {
        compare("warning \(name)", skip.warnings[name] ?? 0, count)
      }
    }
    return found
  }
}
