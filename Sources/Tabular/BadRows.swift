import Diagnostics

/// What became of the rows of a file, and what the bad ones have in common.
struct BadRows {
  /// Rows so far. Every row is counted once, as accepted or as rejected.
  var counts = RowCounts()
  /// The first bad row.
  private(set) var first: Diagnostic?
  /// The positions, among records of sound form, of those with a bad cell.
  private(set) var records: [Int] = []
  /// How many cells of each column were not of its type.
  var faultCountOfColumn: [Int]
  /// What the first rows tell of columns that bear each other's name.
  var likelySwap: String?
  /// By how many fields all bad records differ from the header; `nil` where they do not agree.
  private var fieldDifference: Int?

  init(columnCount: Int) { faultCountOfColumn = Array(repeating: 0, count: columnCount) }

  /// Adds a row with a bad cell.
  mutating func add(_ fault: Diagnostic, record: Int) {
    if first == nil { first = fault }
    counts.rejected += 1
    records.append(record)
  }

  /// Adds a record of bad form.
  ///
  /// - Parameter difference: How many fields more than the header it has, for `csv.field_count`.
  mutating func addRecord(_ fault: Diagnostic, difference: Int) {
    let found = fault.kind == .csvFieldCount ? difference : nil
    fieldDifference = first == nil || fieldDifference == found ? found : nil
    if first == nil { first = fault }
    counts.rejected += 1
  }

  /// What all bad rows share, where no row is good.
  func commonFault(_ names: [String]) -> String? {
    if let fieldDifference, records.isEmpty { return Self.fieldCountHint(fieldDifference) }
    let failing = names.indices.filter {
      faultCountOfColumn[$0] == records.count && !records.isEmpty
    }
    guard !failing.isEmpty else { return nil }
    let sentences = failing.map { "every value in column \(displayText(names[$0])) fails" }
    return (sentences + [likelySwap ?? first?.hint].compactMap(\.self)).joined(separator: "; ")
  }

  /// The error where there are more bad rows than allowed.
  func tooMany(_ budget: BadRowBudget, file: String?) -> Diagnostic {
    let rows = counts.rejected == 1 ? "1 bad row" : "\(counts.rejected) bad rows"
    let kind = first?.kind.rawValue ?? ""
    return Diagnostic(
      .dataTooManyBadRows,
      "\(rows) in the first \(counts.read), more than the \(budget) allowed; the first: "
        + "\(kind): \(first?.message ?? "")",
      file: file, line: first?.line, column: first?.column, byte: first?.byte,
      hint: likelySwap ?? first?.hint)
  }

  static func fieldCountHint(_ difference: Int) -> String {
    let fields = abs(difference) == 1 ? "field" : "fields"
    return "every row has \(abs(difference)) \(difference > 0 ? "more" : "fewer") \(fields) "
      + "than the header"
  }
}
