import Explanation
import Learning
import Testing

struct FeatureGroupsTests {
  private func matrix(_ columns: [(String, FeatureColumn)]) -> FeatureMatrix {
    FeatureMatrix(
      features: columns.map { name, column in
        guard case .category(let codes) = column else { return Feature(name: name, kind: .number) }
        let levels = (0...max(0, codes.max() ?? 0)).map { "level \($0)" }
        return Feature(name: name, kind: .category(levels: levels))
      }, columns: columns.map(\.1), rowCount: columns[0].1.count)
  }

  private func agreement(_ first: FeatureColumn, _ second: FeatureColumn) -> Double {
    let columns = ColumnAgreement(matrix([("a", first), ("b", second)]))
    #expect(columns.agreement(of: 0, and: 1) == columns.agreement(of: 1, and: 0))
    return columns.agreement(of: 0, and: 1)
  }

  @Test func `agreement of ranks by hand`() {
    // Ranks 1 2 3 4 5 beside 2 1 4 3 5: 1 - 6 * 4 / (5 * 24).
    #expect(
      abs(agreement(.number([1, 2, 3, 4, 5]), .number([20, 10, 40, 30, 50])) - 0.8) < 1e-12)
    // The direction does not matter, nor does the scale.
    #expect(agreement(.number([1, 2, 3, 4]), .number([0, -1, -10, -1000])) == 1)
    // Ties share their ranks: 1.5 1.5 3.5 3.5 beside 1 2 3 4.
    #expect(
      abs(agreement(.number([1, 1, 2, 2]), .number([1, 2, 3, 4])) - 4 / 20.0.squareRoot()) < 1e-12)
    #expect(agreement(.number([1, 1, 1, 1]), .number([1, 2, 3, 4])) == 0)
  }

  @Test func `missing cells stand at the end where they agree`() {
    let days: [Double] = [1, 2, 3, 4, .nan, .nan]
    #expect(agreement(.number(days), .number([1, 2, 3, 4, 9, 9])) == 1)
    #expect(agreement(.number(days), .number([1, 2, 3, 4, 0, 0])) == 1)
    #expect(agreement(.number(days), .number([.nan, 3, 1, 2, 5, 4])) < 0.9)
  }

  @Test func `categories agree as far as one tells the other`() {
    var generator = SeededGenerator(seed: 1)
    let codes = (0..<600).map { _ in Int32(generator.nextIndex(below: 4)) }
    let renamed = codes.map { ($0 * 3 + 1) % 4 }
    #expect(abs(agreement(.category(codes), .category(renamed)) - 1) < 1e-9)
    let other = codes.map { _ in Int32(generator.nextIndex(below: 5)) }
    #expect(agreement(.category(codes), .category(other)) < 0.12)
    // A quantity that a category decides but for its direction: ranks alone would miss it.
    let heights = codes.map { [5.0, 1, 9, 3][Int($0)] }
    #expect(abs(agreement(.category(codes), .number(heights)) - 1) < 1e-9)
    let noise = codes.map { _ in generator.nextUnit() }
    #expect(agreement(.category(codes), .number(noise)) < 0.12)
    // Of 300 levels in 600 rows each has a mean of its own by chance.
    let many = codes.indices.map { Int32($0 / 2) }
    #expect(agreement(.category(many), .number(noise)) < 0.3)
  }

  @Test func `copies and near copies form a group, others stand alone`() {
    var generator = SeededGenerator(seed: 2)
    func noise() -> [Double] { (0..<2000).map { _ in generator.nextUnit() } }
    let (x, y) = (noise(), noise())
    let near = zip(x, noise()).map { $0 + 0.2 * $1 }
    let columns: [(String, FeatureColumn)] = [
      ("y", .number(y)), ("x", .number(x)), ("copy", .number(x)), ("near", .number(near)),
      ("turned", .number(x.map { -$0 })), ("noise", .number(noise())),
    ]
    #expect(
      FeatureGroups(of: matrix(columns), threads: 2).groups == [[0], [1, 2, 3, 4], [5]])
    #expect(
      ColumnAgreement(matrix(columns)).matrix(threads: 1)
        == ColumnAgreement(matrix(columns)).matrix(threads: 2))
  }

  @Test func `clusters are joined by the mean agreement of their members`() {
    // 0 and 1 agree by 0.9. Feature 2 agrees by 0.8 with 1 but not with 0: 0.6 in the mean.
    let agreement: [Float] = [1, 0.9, 0.4, 0.9, 1, 0.8, 0.4, 0.8, 1]
    #expect(FeatureGroups(agreement: agreement, count: 3).groups == [[0, 1], [2]])
    #expect(
      FeatureGroups(agreement: agreement, count: 3, threshold: 0.59).groups == [[0, 1, 2]])
    #expect(FeatureGroups(agreement: agreement, count: 3, threshold: 0.95).groups.count == 3)
    #expect(FeatureGroups(agreement: [], count: 0).groups.isEmpty)
  }
}
