import GradientBoosting
import Learning
import TestSupport
import Testing

/// What each loss must be, whatever trees are grown for it.
@Suite struct ObjectiveTests {
  private struct Sample {
    var counts: [Double] = []
    var amounts: [Double] = []
    var classes: [Int] = []
    var weights: [Double] = []

    init(rowCount: Int, seed: UInt64) {
      var generator = SeededGenerator(seed: seed)
      for _ in 0..<rowCount {
        counts.append(Double(generator.nextIndex(below: 6)))
        amounts.append(generator.nextUnit() * 9 + 0.1)
        classes.append(generator.nextIndex(below: 4))
        weights.append(generator.nextUnit() * 3)
      }
    }
  }

  /// Each objective, with what its hessian is multiplied with; `nil` where it is made up.
  private static func all(
    _ sample: (counts: [Double], amounts: [Double], classes: [Int]),
    weights: [Double]?
  ) -> [(objective: any Objective, stretch: Double?)] {
    let counts = OutcomeColumn(sample.counts, weights: weights)
    let amounts = OutcomeColumn(sample.amounts, weights: weights)
    let labels = sample.classes.map { $0 > 1 }
    return [
      (BinaryLogLoss(labels: labels, weights: weights), 1),
      (BinaryLogLoss(labels: labels, weights: weights, positiveWeight: 5), 1),
      (FocalLoss(BinaryLogLoss(labels: labels, weights: weights), gamma: 2), nil),
      (
        FocalLoss(
          BinaryLogLoss(labels: labels, weights: weights, positiveWeight: 0.2), gamma: 0.7), nil
      ),
      (MultinomialLogLoss(classes: sample.classes, classCount: 4, weights: weights), 4.0 / 3),
      (SquaredError(amounts), 1),
      (PoissonLoss(counts), PoissonLoss.stretch),
      (GammaLoss(amounts), 1),
      (TweedieLoss(counts, power: 1.3), 1),
      (QuantileLoss(amounts, level: 0.7), nil),
    ]
  }

  private static func objectives(rowCount: Int, seed: UInt64, isWeighted: Bool) -> [(
    objective: any Objective, stretch: Double?
  )] {
    let sample = Sample(rowCount: rowCount, seed: seed)
    return all(
      (sample.counts, sample.amounts, sample.classes),
      weights: isWeighted ? sample.weights : nil)
  }

  @Test(arguments: [false, true])
  func `derivatives are those of the loss`(isWeighted: Bool) {
    for (objective, stretch) in Self.objectives(rowCount: 203, seed: 3, isWeighted: isWeighted) {
      expectDerivatives(objective, stretch, rowCount: 203)
    }
  }

  private func expectDerivatives(
    _ objective: some Objective, _ stretch: Double?, rowCount: Int
  ) {
    var generator = SeededGenerator(seed: 5)
    let scores = (0..<objective.outputCount).map { _ in
      let scores = LargeArray<Double>(count: rowCount)
      for row in 0..<rowCount { scores[row] = generator.nextUnit() * 6 - 3 }
      return scores
    }
    objective.beginRound(scores, pool: WorkerPool(threads: 2))
    for output in scores.indices {
      for first in stride(from: 0, to: rowCount, by: 8) {
        let eight = SIMD8<Double>(
          (0..<8).map { first + $0 < rowCount ? scores[output][first + $0] : 0 })
        let found = objective.derivatives(output: output, row: first, scores: eight)
        for row in first..<min(first + 8, rowCount) {
          func loss(_ step: Double) -> Double {
            var ofRow = scores.map { $0[row] }
            ofRow[output] += step
            return objective.loss(row: row, scores: ofRow.span).loss / objective.largestWeight
          }
          let step = 1e-4
          let gradient = (loss(step) - loss(-step)) / (2 * step)
          let hessian = (loss(step) - 2 * loss(0) + loss(-step)) / (step * step)
          let scale = 1 + gradient.magnitude + hessian.magnitude
          let lane = row - first
          #expect(abs(Double(found.gradient[lane]) - gradient) < 2e-6 * scale)
          if let stretch {
            #expect(abs(Double(found.hessian[lane]) - hessian * stretch) < 2e-5 * scale)
          }
          if let bounds = objective.bounds {
            #expect(found.gradient[lane].magnitude <= bounds.gradient)
            #expect(found.hessian[lane] <= bounds.hessian)
          }
        }
      }
    }
  }

  @Test(arguments: [false, true])
  func `the base score has the lowest loss of all constants`(isWeighted: Bool) {
    for (objective, _) in Self.objectives(rowCount: 300, seed: 7, isWeighted: isWeighted) {
      let rows = (0..<300).filter { $0 % 3 != 1 }
      let base = objective.baseScores(rows: rows)
      func loss(_ scores: [Double]) -> Double {
        rows.reduce(0) { $0 + objective.loss(row: $1, scores: scores.span).loss }
      }
      let least = loss(base)
      for output in base.indices {
        for step in [-1, -0.1, -0.001, 0.001, 0.1, 1] {
          var other = base
          other[output] += step
          #expect(loss(other) >= least * (1 - 1e-12))
        }
      }
    }
  }

  /// One leaf of all rows, from scores that differ.
  @Test func `the optimum that sums tell has the lowest loss`() {
    let sample = Sample(rowCount: 400, seed: 11)
    let counts = OutcomeColumn(sample.counts, weights: nil)
    let objectives: [any Objective] = [
      PoissonLoss(counts), GammaLoss(OutcomeColumn(sample.amounts, weights: nil)),
      TweedieLoss(counts, power: 1.6),
    ]
    for objective in objectives {
      let scores = (0..<400).map { Double($0 % 7) / 7 }
      var sums = (gradient: 0.0, hessian: 0.0)
      for row in stride(from: 0, to: 400, by: 8) {
        let found = objective.derivatives(
          output: 0, row: row, scores: SIMD8(scores[row..<row + 8]))
        for lane in 0..<8 {
          sums.gradient += Double(found.gradient[lane])
          sums.hessian += Double(found.hessian[lane])
        }
      }
      func loss(_ step: Double) -> Double {
        objective.meanLoss(scores.map { [$0 + step] })
      }
      let optimum = objective.optimum(gradient: sums.gradient, hessian: sums.hessian)!
      #expect(loss(optimum) < loss(optimum + 1e-3))
      #expect(loss(optimum) < loss(optimum - 1e-3))
    }
  }
}
