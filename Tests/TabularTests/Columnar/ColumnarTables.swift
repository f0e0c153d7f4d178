import Tabular

/// Tables to write to columnar files.
enum ColumnarTables {
  static func identifiers(_ texts: [String]) -> TextValues {
    var values = TextValues()
    for text in texts {
      let bytes = Array(text.utf8)
      values.append(bytes.span)
    }
    return values
  }

  /// A column of every kind, with what is easily lost.
  static let everyKind = Table(
    columns: [
      TableColumn(
        name: "amount",
        values: .number([
          1.5, -0.0, .nan, Double(bitPattern: 0x7ff8_0000_dead_beef), .greatestFiniteMagnitude,
          .leastNonzeroMagnitude,
        ])),
      TableColumn(name: "aktív előfizető", values: .boolean([1, 0, .nan, 0, 1, 1])),
      TableColumn(
        name: "plan",
        values: .category(
          CategoryValues(codes: [0, 1, -1, 2, 3, 0], levels: ["größe", "", "e\u{301}", "\u{e9}"]))),
      TableColumn(name: "since", values: .date([0, 1_767_225_600.25, .nan, 60, 1e9, -3600])),
      TableColumn(
        name: "account",
        values: .identifier(identifiers(["a", "", "日本", " =1+1 ", "a", "007"]))),
      TableColumn(
        name: "note",
        values: .text(TextSummary(missingCount: 1, distinctLowerBound: 5, countedRowCount: 5))),
      TableColumn(name: "nothing", values: .empty),
    ], rowCount: 6)

  /// Every kind, without rows.
  static let noRows = Table(
    columns: [
      TableColumn(name: "amount", values: .number([])),
      TableColumn(name: "flag", values: .boolean([])),
      TableColumn(name: "plan", values: .category(CategoryValues(codes: [], levels: []))),
      TableColumn(name: "unused", values: .category(CategoryValues(codes: [], levels: ["a"]))),
      TableColumn(name: "since", values: .date([])),
      TableColumn(name: "account", values: .identifier(TextValues())),
      TableColumn(
        name: "note",
        values: .text(TextSummary(missingCount: 0, distinctLowerBound: 0, countedRowCount: 0))),
      TableColumn(name: "nothing", values: .empty),
    ], rowCount: 0)
}

/// A table's content in a form that tells bit from bit.
struct TableBits: Equatable {
  var rowCount: Int
  var names: [[UInt8]]
  var values: [String]

  init(_ table: Table) {
    rowCount = table.rowCount
    names = table.columns.map { Array($0.name.utf8) }
    values = table.columns.map { column in
      func bits(_ values: [Double]) -> String { "\(values.map(\.bitPattern))" }
      return switch column.values {
      case .number(let values): "number \(bits(values))"
      case .boolean(let values): "boolean \(bits(values))"
      case .date(let values): "date \(bits(values))"
      case .category(let values):
        "category \(values.codes) \(values.levels.map { Array($0.utf8) })"
      case .identifier(let texts):
        "identifier \(texts.bytes) \((0..<texts.count).map { texts.range(at: $0) })"
      case .text(let summary): "text \(summary)"
      case .empty: "empty"
      }
    }
  }
}
