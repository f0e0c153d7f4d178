import Tabular
import Testing

@Suite struct ColumnRoleTests {
  private func assess(_ values: ColumnValues, name: String = "x") -> RoleAssessment {
    TableColumn(name: name, values: values).assessedRole()
  }

  private func numbers(_ count: Int, _ value: (Int) -> Double) -> ColumnValues {
    .number((0..<count).map(value))
  }

  private func words(_ count: Int, levelCount: Int) -> ColumnValues {
    .category(
      CategoryValues(
        codes: (0..<count).map { Int32($0 % levelCount) }, levels: (0..<levelCount).map { "w\($0)" }
      ))
  }

  @Test func `quantities, words, truths and dates keep their kind`() {
    #expect(assess(numbers(30) { Double($0 % 7) }).role == .numeric)
    #expect(assess(numbers(30) { Double($0) + 0.5 }).role == .numeric)
    #expect(assess(.boolean([0, 1, .nan])).role == .boolean)
    #expect(assess(.date([0, 86_400])).role == .date)
    #expect(assess(words(30, levelCount: 3)).role == .categorical)
    #expect(assess(.number([1, .nan, 2])).reason == "integers, 1 missing")
  }

  @Test func `ascending integers, and distinct ones under an identifier's name, name the rows`() {
    #expect(assess(numbers(30) { Double($0 * 3) }).role == .idLike)
    #expect(assess(numbers(19) { Double($0 * 3) }).role == .numeric)
    let descending = numbers(7043) { Double(10_000 - $0) }
    #expect(assess(descending).role == .numeric)
    for name in ["id", "customer_id", "customerID", "CustomerId", "user key", "UUID", "customerid"]
    {
      #expect(
        assess(descending, name: name)
          == RoleAssessment(role: .idLike, reason: "all 7,043 values are distinct integers"))
    }
    for name in ["paid", "valid", "amount", "idle", "keyboard"] {
      #expect(assess(descending, name: name).role == .numeric, "\(name)")
    }
  }

  @Test func `words that hardly repeat name the rows`() {
    #expect(assess(words(40, levelCount: 40)).reason == "all 40 values are distinct")
    #expect(assess(words(40, levelCount: 21)).role == .idLike)
    #expect(assess(words(40, levelCount: 20)).role == .categorical)
    #expect(assess(words(19, levelCount: 19)).role == .categorical)
    func text(_ rows: Int) -> ColumnValues {
      .text(TextSummary(missingCount: 0, distinctLowerBound: 65_537, countedRowCount: rows))
    }
    #expect(assess(text(70_000)).role == .idLike)
    #expect(assess(text(200_000)).role == .text)
  }

  @Test func `one value is constant only where none is missing`() {
    #expect(assess(.number([2, 2])).role == .constant)
    #expect(assess(.number([2, .nan])).role == .numeric)
    #expect(assess(.boolean([1, 1])).role == .constant)
    #expect(assess(words(3, levelCount: 1)).role == .constant)
    let withMissing = CategoryValues(codes: [0, -1], levels: ["a"])
    #expect(assess(.category(withMissing)).role == .categorical)
    #expect(assess(.empty).role == .empty)
    #expect(assess(.number([.nan])).role == .empty)
  }
}
