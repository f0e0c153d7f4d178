import CDesignBlock
import Foundation
import Learning
import Testing

/// The loops in C against their definitions, in every width that this processor has.
@Suite struct DesignLoopsTests {
  private static let widths: [rk_design_vectors] = [
    RK_DESIGN_BASELINE, RK_DESIGN_AVX2, RK_DESIGN_AVX512,
  ].filter { $0.rawValue <= rk_design_best().rawValue }

  /// Everything that one block gives, from `rowCount` rows of `columnCount` columns with gaps.
  private struct Outcome: Equatable {
    var columns: [UInt64] = []
    var scores: [Double] = []
    var products: [Double] = []
    var slopes: [Double] = []
    var curvatures: [Double] = []
    var sums: [Double] = []
    var whole: [Double] = []
    var narrow: [Double] = []
    var loss = 0.0
  }

  private struct Case {
    let rowCount: Int
    let values: [[Double]]
    let standardizations: [rk_standardization]
    let factors: [Double]
    let labels: [Bool]
    let weights: [Double]?

    init(rowCount: Int, columnCount: Int, isWeighted: Bool) {
      self.rowCount = rowCount
      var generator = SeededGenerator(seed: UInt64(rowCount * 100 + columnCount))
      values = (0..<columnCount).map { _ in
        (0..<rowCount).map { _ in
          generator.nextUnit() < 0.1 ? .nan : generator.nextUnit() * 40 - 20
        }
      }
      standardizations = (0..<columnCount).map { _ in
        rk_standardization(
          unit: 0.5, center: generator.nextUnit(), scale: 0.1 + generator.nextUnit())
      }
      factors = (0..<columnCount).map { _ in generator.nextUnit() * 2 - 1 }
      labels = (0..<rowCount).map { _ in generator.nextUnit() < 0.3 }
      weights = isWeighted ? (0..<rowCount).map { _ in generator.nextUnit() * 3 } : nil
    }

    var padded: Int { (rowCount + 7) & ~7 }

    /// A cell as the design has it.
    func cell(_ column: Int, _ row: Int) -> Double {
      let by = standardizations[column]
      let value = values[column][row]
      return value.isNaN ? 0 : (value * by.unit - by.center) * by.scale
    }

    func outcome(_ vectors: rk_design_vectors) -> Outcome {
      let stride = padded + 8
      var columns = [Double](repeating: .nan, count: stride * max(1, values.count))
      var outcome = Outcome()
      outcome.scores = [Double](repeating: .nan, count: padded)
      outcome.products = [Double](repeating: 1, count: padded)
      outcome.slopes = outcome.scores
      outcome.curvatures = outcome.scores
      outcome.sums = [Double](repeating: 2, count: values.count)
      var roots = outcome.scores
      // SAFETY: every vector has room for the padded rows, and `columns` for its columns.
      unsafe columns.withUnsafeMutableBufferPointer { columns in
        let block = unsafe rk_design_block(
          columns: columns.baseAddress!, stride: Int64(stride), column_count: Int64(values.count),
          row_count: Int64(rowCount), vectors: vectors)
        let sources = unsafe values.map { values in
          unsafe values.withUnsafeBufferPointer { unsafe $0.baseAddress! }
        }
        unsafe rk_design_fill(block, sources, standardizations, factors, &outcome.scores)
        unsafe rk_design_add_products(block, factors, &outcome.products)
        unsafe labels.withUnsafeBufferPointer { labels in
          if let weights {
            outcome.loss = unsafe rk_design_differentiate(
              Int64(rowCount), vectors, outcome.scores, labels.baseAddress!, weights,
              &outcome.slopes, &outcome.curvatures)
          } else {
            outcome.loss = unsafe rk_design_differentiate(
              Int64(rowCount), vectors, outcome.scores, labels.baseAddress!, nil,
              &outcome.slopes, &outcome.curvatures)
          }
        }
        unsafe rk_design_add_weighted_sums(block, outcome.slopes, &outcome.sums)
        outcome.columns = unsafe columns.map(\.bitPattern)
        // The same from the values, without the columns.
        var scores = roots
        var sums = [Double](repeating: 2, count: values.count)
        unsafe rk_design_fill_scores(block, sources, standardizations, factors, &scores)
        unsafe rk_design_add_weighted_sums_of_values(
          block, sources, standardizations, outcome.slopes, &sums)
        #expect(scores == outcome.scores && sums == outcome.sums)
        outcome.narrow = unsafe narrowProducts(block, outcome.curvatures)
        #expect(unsafe outcome.columns == columns.map(\.bitPattern))
        unsafe rk_design_round(block, factors.map { $0 * 1000 }, outcome.curvatures, 0.5, &roots)
        for column in values.indices {
          outcome.whole += unsafe columns[column * stride..<column * stride + padded]
        }
      }
      return outcome
    }

    /// How many columns there are with those that fill them up.
    var filledUp: Int { (values.count + 15) / 16 * 16 }

    private func narrowProducts(_ block: rk_design_block, _ curvatures: [Double]) -> [Double] {
      var sums = [Double](repeating: 0, count: filledUp * filledUp)
      var roots = [Double](repeating: .nan, count: padded)
      var scales = [Double](repeating: .nan, count: filledUp)
      var packed = [Int16](repeating: -1, count: filledUp * RK_DESIGN_NARROW_ROWS)
      // SAFETY: every vector has the room that the header asks for.
      unsafe rk_design_add_narrow_products(
        block, curvatures, &roots, &scales, &packed, &sums)
      return sums
    }
  }

  @Test(
    arguments: [(1, 1), (7, 3), (8, 4), (13, 5), (64, 9), (203, 30), (1100, 70)], [false, true])
  func `loops give what they are defined to give, with the same bits in every width`(
    shape: (Int, Int), isWeighted: Bool
  ) {
    let (rowCount, columnCount) = shape
    let example = Case(rowCount: rowCount, columnCount: columnCount, isWeighted: isWeighted)
    let outcome = example.outcome(RK_DESIGN_BASELINE)
    for width in Self.widths { #expect(example.outcome(width) == outcome) }

    var sums = [Double](repeating: 2, count: columnCount)
    var loss = 0.0
    for row in 0..<rowCount {
      let score = (0..<columnCount).reduce(0) {
        $0 + example.cell($1, row) * example.factors[$1]
      }
      let weight = example.weights?[row] ?? 1
      let probability = LogLoss.probability(score)
      let slope = weight * LogLoss.gradient(probability: probability, label: example.labels[row])
      #expect(abs(outcome.scores[row] - score) < 1e-12)
      #expect(abs(outcome.products[row] - 1 - score) < 1e-12)
      #expect(abs(outcome.slopes[row] - slope) < 1e-13)
      let curvature = weight * LogLoss.hessian(probability: probability)
      #expect(abs(outcome.curvatures[row] - curvature) < 1e-13)
      loss += weight * LogLoss.value(score: score, label: example.labels[row])
      for column in 0..<columnCount {
        sums[column] += slope * example.cell(column, row)
        let whole = outcome.whole[column * example.padded + row]
        #expect(whole == whole.rounded())
        let exact =
          example.cell(column, row) * example.factors[column] * 1000
          * outcome.curvatures[row].squareRoot() / 0.5
        #expect(abs(whole - exact) <= 0.5 + 1e-9)
      }
    }
    for column in 0..<columnCount {
      for other in column..<columnCount {
        expectNear(outcome, example, column, other)
      }
    }
    #expect(abs(outcome.loss - loss) < 1e-11 * (1 + loss))
    for column in 0..<columnCount { #expect(abs(outcome.sums[column] - sums[column]) < 1e-9) }
    for row in rowCount..<example.padded {
      #expect(outcome.scores[row] == 0 && outcome.slopes[row] == 0)
      #expect(outcome.curvatures[row] == 0)
    }
  }

  /// Whether a sum of products differs from the exact one by no more than rounding each number to a
  /// 2,047th of its column's largest allows.
  private func expectNear(_ outcome: Outcome, _ example: Case, _ column: Int, _ other: Int) {
    var (exact, bound) = (0.0, 0.0)
    for first in stride(from: 0, to: example.rowCount, by: RK_DESIGN_NARROW_ROWS) {
      let rows = first..<min(first + RK_DESIGN_NARROW_ROWS, example.rowCount)
      func weighted(_ column: Int) -> [Double] {
        rows.map { example.cell(column, $0) * outcome.curvatures[$0].squareRoot() }
      }
      let (one, two) = (weighted(column), weighted(other))
      func step(_ numbers: [Double]) -> Double {
        numbers.reduce(0) { max($0, $1.magnitude) } / (2 * Double(RK_DESIGN_NARROW_LARGEST))
      }
      for (a, b) in zip(one, two) {
        exact += a * b
        bound += a.magnitude * step(two) + b.magnitude * step(one) + step(one) * step(two)
      }
    }
    let found = outcome.narrow[column * example.filledUp + other]
    #expect(abs(found - exact) <= bound * 1.0001 + 1e-12, "\(column), \(other)")
  }

  @Test func `far scores neither overflow nor lose a small loss`() {
    let scores: [Double] = [1000, -1000, 40, -40, 1e-300, 0, 700, -745]
    let labels = [true, true, true, false, false, true, false, true]
    var slopes = [Double](repeating: 0, count: 8)
    var curvatures = slopes
    for width in Self.widths {
      // SAFETY: all vectors have eight elements.
      let loss = unsafe labels.withUnsafeBufferPointer { labels in
        unsafe rk_design_differentiate(
          8, width, scores, labels.baseAddress!, nil, &slopes, &curvatures)
      }
      let expected: Double = 2445 + 2 * log(2.0)
      #expect(abs(loss / expected - 1) < 1e-15)
      #expect(slopes[1] == -1 && slopes[6] == 1)
      #expect(abs(slopes[2] / exp(-40.0) + 1) < 1e-14)
      #expect(abs(curvatures[3] / exp(-40.0) - 1) < 1e-14)
    }
  }

  @Test(arguments: [0, 1, 7, 8, 100]) func `moments leave missing values out`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let values = (0..<count).map { _ in
      generator.nextUnit() < 0.2 ? Double.nan : generator.nextUnit() * 9
    }
    let weights = values.map { _ in generator.nextUnit() }
    let present = values.indices.filter { !values[$0].isNaN }
    for width in Self.widths {
      // SAFETY: both vectors have `count` elements.
      let moments = unsafe rk_design_moments(values, weights, Int64(count), 2, 0.5, width)
      let deviations = present.map { (values[$0] * 0.5 - 2, weights[$0]) }
      #expect(abs(moments.sum - deviations.reduce(0) { $0 + $1.0 * $1.1 }) < 1e-12)
      #expect(
        abs(moments.sum_of_squares - deviations.reduce(0) { $0 + $1.0 * $1.0 * $1.1 }) < 1e-12)
      #expect(abs(moments.weight - deviations.reduce(0) { $0 + $1.1 }) < 1e-12)
      #expect(moments.missing_count == Double(count - present.count))
      #expect(moments.low == present.map { values[$0] }.min() ?? .infinity)
      #expect(moments.high == present.map { values[$0] }.max() ?? -.infinity)
    }
  }
}
