import Learning
import Testing

@Suite struct FeatureMatrixTests {
  private let matrix = FeatureMatrix(
    features: [
      Feature(name: "tenure", kind: .number), Feature(name: "paperless", kind: .boolean),
      Feature(name: "plan", kind: .category(levels: ["basic", "pro"], hasOther: true)),
    ],
    columns: [
      .number([1, 2, 3]), .number([0, 1, 0]), .category([2, CategoryCode.missing, 1]),
    ],
    rowCount: 3)

  @Test func `selected rows stand in the order asked for, as often as asked for`() {
    let selected = matrix.selecting([2, 0, 2, 1])
    #expect(selected.rowCount == 4)
    #expect(selected.features == matrix.features)
    #expect(
      selected.columns == [
        .number([3, 1, 3, 2]), .number([0, 0, 0, 1]),
        .category([1, 2, 1, CategoryCode.missing]),
      ])
    #expect(matrix.selecting([]).rowCount == 0)
    #expect(matrix.selecting([0, 1, 2]) == matrix)
  }

  @Test func `replacing a column leaves the others as they are`() {
    let replaced = matrix.replacing(2, with: .category([0, 0, CategoryCode.unseen]))
    #expect(replaced.columns[2] == .category([0, 0, CategoryCode.unseen]))
    #expect(Array(replaced.columns[0..<2]) == Array(matrix.columns[0..<2]))
    #expect(replaced.features == matrix.features)
    #expect(matrix.columns[2] == .category([2, CategoryCode.missing, 1]))
  }

  @Test func `a category has a code for other levels where it asks for one`() {
    let plan = matrix.features[2]
    #expect(plan.levelCount == 3)
    #expect(plan.levelName(0) == "basic")
    #expect(plan.levelName(2) == "(other)")
    #expect(plan.levelName(CategoryCode.missing) == "missing")
    #expect(Feature(name: "plan", kind: .category(levels: ["a", "b"])).levelCount == 2)
    #expect(matrix.features[0].levelCount == 0)
  }

  @Test func `a code beyond the levels is a programmer's mistake`() async {
    await #expect(processExitsWith: .failure) {
      _ = FeatureMatrix(
        features: [Feature(name: "plan", kind: .category(levels: ["a", "b"]))],
        columns: [.category([0, 2])], rowCount: 2)
    }
  }
}
