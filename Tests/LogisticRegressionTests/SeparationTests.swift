import Learning
import LogisticRegression
import Testing

@Suite struct SeparationTests {
  private let labels = [true, true, false, false]

  private func separating(_ column: FeatureColumn, _ kind: Feature.Kind) throws -> [Int] {
    let matrix = FeatureMatrix(
      features: [Feature(name: "x", kind: kind)], columns: [column], rowCount: 4)
    return Separation.separatingFeatures(of: try TrainingSet(matrix: matrix, labels: labels))
  }

  @Test func `a threshold without errors separates`() throws {
    #expect(try separating(.number([5, 6, 1, 2]), .number) == [0])
    #expect(try separating(.number([1, 2, 5, 6]), .number) == [0])
  }

  @Test func `a tie across the classes does not separate`() throws {
    #expect(try separating(.number([5, 2, 1, 2]), .number) == [])
  }

  @Test func `a missing cell is no evidence of separation`() throws {
    #expect(try separating(.number([5, .nan, 1, 2]), .number) == [])
  }

  @Test func `levels that are all of one class separate`() throws {
    let kind = Feature.Kind.category(levels: ["a", "b", "c"])
    #expect(try separating(.category([0, 2, 1, 1]), kind) == [0])
    #expect(try separating(.category([0, 1, 1, 1]), kind) == [])
  }

  @Test func `scores of a perfect fit separate, those of an imperfect one do not`() {
    #expect(Separation.separates([0.9, 0.8, -1, -2], labels))
    #expect(!Separation.separates([0.9, -1.5, -1, -2], labels))
  }
}
