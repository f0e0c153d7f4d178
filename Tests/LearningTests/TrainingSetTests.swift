import Diagnostics
import Learning
import Testing

@Suite struct TrainingSetTests {
  private func matrix(_ values: [Double]) -> FeatureMatrix {
    FeatureMatrix(
      features: [Feature(name: "x", kind: .number)], columns: [.number(values)],
      rowCount: values.count)
  }

  private func fault(labels: [Bool], weights: [Double]? = nil) -> Diagnostic? {
    #expect(throws: Diagnostic.self) {
      try TrainingSet(
        matrix: matrix(labels.map { $0 ? 1 : 0 }), labels: labels, weights: weights)
    }
  }

  @Test func `no rows are nothing to learn from`() {
    #expect(fault(labels: [])?.kind == .dataNoRows)
    #expect(fault(labels: [], weights: [])?.kind == .dataNoRows)
  }

  @Test func `rows of one outcome are refused, and counted`() {
    #expect(fault(labels: [true, true])?.kind == .dataOneClass)
    #expect(fault(labels: [true, true])?.message.contains("2 positive") == true)
    #expect(fault(labels: [false, false, false])?.message.contains("all 3 rows") == true)
    #expect(fault(labels: [false, false, false])?.message.contains("0 positive") == true)
  }

  @Test(arguments: [-1, -Double.leastNonzeroMagnitude, .nan, .infinity])
  func `a weight that is no finite number of 0 or more is refused by its row`(weight: Double) {
    let error = fault(labels: [true, false, true], weights: [1, weight, 1])
    #expect(error?.kind == .dataWeights)
    #expect(error?.message.contains("row 2 ") == true)
  }

  @Test func `weights must have a positive finite total`() {
    let huge = Double.greatestFiniteMagnitude
    #expect(fault(labels: [true, false], weights: [0, 0])?.kind == .dataWeights)
    #expect(fault(labels: [true, false], weights: [huge, huge])?.kind == .dataWeights)
  }

  @Test func `the base rate counts rows by their weights`() throws {
    let labels = [true, false, false, false]
    #expect(try TrainingSet(matrix: matrix([1, 2, 3, 4]), labels: labels).baseRate == 0.25)
    let weighted = try TrainingSet(
      matrix: matrix([1, 2, 3, 4]), labels: labels, weights: [3, 1, 0, 2])
    #expect(weighted.baseRate == 0.5)
    #expect(weighted.weight(0) == 3)
    #expect(try TrainingSet(matrix: matrix([1, 2, 3, 4]), labels: labels).weight(0) == 1)
  }

  @Test func `selected rows keep their cells, outcomes, weights and groups`() throws {
    let set = try TrainingSet(
      matrix: matrix([10, 20, 30, 40]), labels: [true, false, false, true], weights: [1, 2, 3, 4],
      scheme: ValidationScheme(.grouped([5, 6, 7, 8]), seed: 9))
    let selected = try set.selecting([3, 1, 1])
    #expect(selected.matrix.columns == [.number([40, 20, 20])])
    #expect(selected.labels == [true, false, false])
    #expect(selected.weights == [4, 2, 2])
    #expect(selected.scheme.rule == .grouped([8, 6, 6]))
    #expect(selected.scheme.seed == 9)
    let error = #expect(throws: Diagnostic.self) { try set.selecting([1, 2]) }
    #expect(error?.kind == .dataOneClass)
  }
}
