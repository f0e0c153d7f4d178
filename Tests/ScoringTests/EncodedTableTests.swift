import Diagnostics
import Learning
import Scoring
import Tabular
import Testing

@Suite struct EncodedTableTests {
  private let schema = ModelSchema(
    features: [
      Feature(name: "plan", kind: .category(levels: ["basic", "pro"])),
      Feature(name: "seats", kind: .number), Feature(name: "paid", kind: .boolean),
    ],
    idColumn: "key", target: ModelSchema.Target(column: "left", positive: "yes", negative: "no"))

  private func table(ids: [String]?) -> Table {
    var columns = [
      TableColumn(name: "unread", values: .number([7, 7, 7])),
      TableColumn(name: "seats", values: .number([1, .nan, 3])),
      TableColumn(name: "paid", values: .boolean([1, 0, .nan])),
      TableColumn(
        name: "plan",
        values: .category(CategoryValues(codes: [1, -1, 0], levels: ["pro", "basic"]))),
    ]
    if let ids {
      var texts = TextValues()
      for id in ids { texts.append(Array(id.utf8).span) }
      columns.append(TableColumn(name: "key", values: .identifier(texts)))
    }
    return Table(columns: columns, rowCount: 3)
  }

  @Test func `columns are taken by name, in the model's order, whatever order the table has`() {
    let encoded = schema.encoded(table(ids: ["a", "b", "c"]))
    #expect(encoded.matrix.features == schema.features)
    // The word codes of the table (pro, basic) become those of the model (basic, pro).
    #expect(encoded.matrix.columns[0] == .category([0, CategoryCode.missing, 1]))
    guard case .number(let seats) = encoded.matrix.columns[1],
      case .number(let paid) = encoded.matrix.columns[2]
    else { return #expect(Bool(false), "quantities did not stay quantities") }
    #expect(seats[0] == 1 && seats[1].isNaN && seats[2] == 3)
    #expect(paid[0] == 1 && paid[1] == 0 && paid[2].isNaN)
    #expect(encoded.unknownLevels.isEmpty)
  }

  @Test func `a row is named by its key, or by its number from 1`() {
    let named = schema.encoded(table(ids: ["=1+1", "", "c"]))
    #expect((0..<3).map { named.id(ofRow: $0) } == ["=1+1", "", "c"])
    let numbered = schema.encoded(table(ids: nil))
    #expect((0..<3).map { numbered.id(ofRow: $0) } == ["row_1", "row_2", "row_3"])
  }

  @Test func `outcomes are the two cells byte by byte, and an empty cell is none`() throws {
    let values = CategoryValues(codes: [0, -1, 1, 1], levels: ["no", "yes"])
    #expect(
      try schema.target.outcomes(of: values, file: "table.csv") == [false, nil, true, true])
    let accented = ModelSchema.Target(column: "left", positive: "\u{e9}", negative: "no")
    let spelled = CategoryValues(codes: [0], levels: ["e\u{301}"])
    #expect(throws: Diagnostic.self) { try accented.outcomes(of: spelled, file: "table.csv") }
  }
}
