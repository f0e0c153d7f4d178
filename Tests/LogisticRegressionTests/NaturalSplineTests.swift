import Foundation
import Learning
import LogisticRegression
import TestSupport
import Testing

/// Curves against R's `splines::ns` and `glm`; `Scripts/make-golden-logistic.py` stores these.
@Suite struct NaturalSplineTests {
  private struct Golden: Decodable {
    var columns: [[Double]]
    var labels: [Int]
    var points: [Double]
    var sets: [Case]
    struct Case: Decodable {
      var name: String
      var knots: [Double]
      var boundaryKnots: [Double]
      /// Shape `[columnCount][pointCount]`.
      var basis: [[Double]]
      var deviance: Double
      var probabilities: [Double]

      var allKnots: [Double] { [boundaryKnots[0]] + knots + [boundaryKnots[1]] }

      enum CodingKeys: String, CodingKey {
        case name, knots, basis, deviance, probabilities
        case boundaryKnots = "boundary_knots"
      }
    }
  }

  private func golden() throws -> Golden {
    try ReferenceFiles.golden(Golden.self, "natural-spline.json")
  }

  private func curve(_ knots: [Double], _ values: [Double]) -> SplineCurve {
    SplineCurve(
      spline: NaturalSpline(knots: knots)!,
      values: values.map { Coefficient(value: $0, standardError: 1) })
  }

  private func value(of curve: SplineCurve, at x: Double) -> Double {
    LogisticTerm(form: .curve(curve), missing: nil, mean: 0).contribution(ofNumber: x)
  }

  @Test func `fits along a curve are R's`() throws {
    let golden = try golden()
    let set = try SeededTables.numbers(golden.columns, labels: golden.labels.map { $0 == 1 })
    #expect(golden.sets.count == 3)
    for stored in golden.sets {
      var learner = LogisticRegressionLearner()
      learner.l2 = 0
      learner.columns.shapes["x0"] = .spline
      learner.columns.knots["x0"] = stored.allKnots
      let model = try learner.fitted(to: set, threads: 2)
      #expect(model.convergence.isConverged && model.convergence.addedRidge == 0)
      let scores = model.scores(of: set.matrix, threads: 1)
      for (score, probability) in zip(scores, stored.probabilities) {
        #expect(LogLoss.probability(score).isWithin(1e-7, of: probability), "\(stored.name)")
      }
      let deviance =
        2
        * scores.indices.reduce(0) {
          $0 + LogLoss.value(score: scores[$1], label: set.labels[$1])
        }
      #expect(deviance.isWithin(1e-9, of: stored.deviance))
    }
  }

  @Test func `R's basis is made of such curves, also beyond the knots`() throws {
    let golden = try golden()
    for stored in golden.sets {
      let knots = stored.allKnots
      // An orthonormal basis of all curves over the knots, at the points.
      var directions: [[Double]] = []
      func remainder(of column: [Double]) -> [Double] {
        var rest = column
        // Twice is enough: what rounding left of a direction the first time goes the second.
        for direction in directions + directions {
          let share = zip(direction, rest).reduce(0) { $0 + $1.0 * $1.1 }
          for point in rest.indices { rest[point] -= share * direction[point] }
        }
        return rest
      }
      for knot in knots.indices {
        let unit = curve(knots, knots.indices.map { $0 == knot ? 1 : 0 })
        let rest = remainder(of: golden.points.map { value(of: unit, at: $0) })
        let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(length > 1e-6)
        directions.append(rest.map { $0 / length })
      }
      #expect(stored.basis.count == knots.count - 1)
      for column in stored.basis {
        #expect(remainder(of: column).allSatisfy { $0.magnitude < 1e-9 }, "\(stored.name)")
      }
    }
  }

  @Test func `a curve goes through its values, is smooth at the knots and straight beyond them`() {
    let knots = [-1, 0.5, 2, 7.0]
    let values = [0.3, -1, 2, 0.25]
    let curve = curve(knots, values)
    for (knot, stored) in zip(knots, values) {
      #expect(abs(value(of: curve, at: knot) - stored) < 1e-12)
      // Slopes and their change, from both sides.
      let h = 1e-4
      let at = [-2.0, -1, 0, 1, 2].map { value(of: curve, at: knot + $0 * h) }
      let slopes = zip(at, at.dropFirst()).map { ($1 - $0) / h }
      #expect(abs(slopes[1] - slopes[2]) < 1e-2)
      #expect(abs((slopes[1] - slopes[0]) - (slopes[3] - slopes[2])) / h < 1e-2)
    }
    for start in [-40, -3, 7.5, 100.0] {
      let steps = (0..<3).map { value(of: curve, at: start + Double($0)) }
      #expect(abs(steps[2] - 2 * steps[1] + steps[0]) < 1e-9)
    }
    // Values on a line make a line.
    let line = self.curve(knots, knots.map { 3 * $0 - 2 })
    for x in [-5, -0.3, 1.1, 6, 40.0] { #expect(abs(value(of: line, at: x) - (3 * x - 2)) < 1e-9) }
  }

  @Test(
    arguments: [
      [1, 2], [1, 1, 2], [3, 2, 1], [0, .nan, 1], [0, 1, .infinity],
      [0, 1e-9, 1], [-1e308, 0, 1e308], [1e300, 1e300, 1e300],
      (0..<65).map(Double.init),
    ] as [[Double]])
  func `knots that make no curve are refused`(knots: [Double]) {
    #expect(NaturalSpline(knots: knots) == nil)
  }

  @Test(arguments: [1e-290, 1, 1e290]) func `no unit of a column makes a difference`(unit: Double) {
    let values = [0.3, -1, 2, 0.25]
    let plain = curve([-1, 0.5, 2, 7], values)
    let scaled = curve([-unit, 0.5 * unit, 2 * unit, 7 * unit], values)
    for x in [-30, -1, 0, 1.2, 6.9, 8, 90.0] {
      #expect(abs(value(of: plain, at: x) - value(of: scaled, at: x * unit)) < 1e-9)
    }
    for x in [-Double.infinity, -1e308, 1e308, .infinity] {
      #expect(value(of: scaled, at: x).isFinite)
    }
  }
}
