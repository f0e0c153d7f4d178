import Learning
import Scoring
import Tabular
import Testing

@Suite struct CategoryEncodingTests {
  private let composed = "caf\u{e9}"
  private let decomposed = "cafe\u{301}"

  /// A category column in which each word has so many rows, one word after another.
  private func words(_ counts: [(String, Int)], missingCount: Int = 0) -> CategoryValues {
    CategoryValues(
      codes: counts.enumerated().flatMap { [Int32](repeating: Int32($0), count: $1.1) }
        + [Int32](repeating: -1, count: missingCount),
      levels: counts.map(\.0))
  }

  /// What a model with these levels makes of a column.
  private func encoded(_ values: CategoryValues, levels: [String], hasOther: Bool)
    -> (codes: [Int32], unknownCount: Int)
  {
    let schema = ModelSchema(
      features: [Feature(name: "word", kind: .category(levels: levels, hasOther: hasOther))],
      idColumn: nil, target: ModelSchema.Target(column: "left", positive: "1", negative: "0"))
    let table = Table(
      columns: [TableColumn(name: "word", values: .category(values))], rowCount: values.codes.count)
    let encoded = schema.encoded(table)
    guard case .category(let codes) = encoded.matrix.columns[0] else { return ([], -1) }
    return (codes, encoded.unknownLevels.first?.rowCount ?? 0)
  }

  @Test func `a word needs 20 rows to be a level of its own`() {
    let values = words([("rare", 19), ("frequent", 20), ("single", 1), ("common", 300)])
    let (levels, hasOther) = CategoryEncoding.levels(of: values)
    #expect(levels == ["frequent", "common"])
    #expect(hasOther)
  }

  @Test func `without rare words there is no other level, and missing cells are no word`() {
    let (levels, hasOther) = CategoryEncoding.levels(
      of: words([("a", 20), ("b", 25)], missingCount: 3))
    #expect(levels == ["a", "b"])
    #expect(!hasOther)
  }

  @Test func `a word that only rows outside the column bear is neither a level nor an other`() {
    let (levels, hasOther) = CategoryEncoding.levels(of: words([("a", 20), ("gone", 0)]))
    #expect(levels == ["a"])
    #expect(!hasOther)
  }

  @Test func `two spellings of an accent are two words`() {
    #expect(composed == decomposed)
    let values = words([(composed, 30), (decomposed, 40)])
    let (levels, _) = CategoryEncoding.levels(of: values)
    #expect(levels.map { Array($0.utf8) } == [Array(composed.utf8), Array(decomposed.utf8)])

    let both = encoded(values, levels: levels, hasOther: false)
    #expect(Set(both.codes.prefix(30)) == [0])
    #expect(Set(both.codes.suffix(40)) == [1])

    let one = encoded(values, levels: [composed], hasOther: false)
    #expect(one.unknownCount == 40)
    #expect(Set(one.codes.suffix(40)) == [CategoryCode.unseen])
  }

  @Test func `unknown words go to other where there is one, else to unseen, and are counted`() {
    let values = words([("new", 3), ("known", 2), ("newer", 1)], missingCount: 2)
    let withOther = encoded(values, levels: ["first", "known"], hasOther: true)
    #expect(withOther.codes == [2, 2, 2, 1, 1, 2, -1, -1])
    #expect(withOther.unknownCount == 4)
    let without = encoded(values, levels: ["first", "known"], hasOther: false)
    #expect(without.codes == [-2, -2, -2, 1, 1, -2, -1, -1])
    #expect(without.unknownCount == 4)
  }

  @Test func `case and blanks inside a word tell words apart`() {
    let values = words([("Basic", 1), ("basic", 1), ("ba sic", 1)])
    #expect(encoded(values, levels: ["basic"], hasOther: false).codes == [-2, 0, -2])
  }
}
