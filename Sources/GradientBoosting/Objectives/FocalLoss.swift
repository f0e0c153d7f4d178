import Learning

/// The focal loss of a yes-or-no outcome; the score is its log odds. See ``FocalCurve``.
///
/// Gradient and hessian are those of the log loss times a weight that the score alone decides. The
/// hessian is the one expected at the score, which is never negative (Fisher scoring).
package struct FocalLoss: Objective {
  private let logLoss: BinaryLogLoss
  private let table: FocalTable

  package init(_ logLoss: BinaryLogLoss, gamma: Double) {
    self.logLoss = logLoss
    table = FocalTable(FocalCurve(gamma: gamma))
  }

  package var largestWeight: Double { logLoss.largestWeight }

  package var bounds: (gradient: Float, hessian: Float)? {
    (table.largestWeight, table.largestWeight / 4)
  }

  /// The loss is proper, so the best constant is the log odds of the base rate.
  package func baseScores(rows: [Int]) -> [Double] { logLoss.baseScores(rows: rows) }

  @inline(__always)
  package func derivatives(output: Int, row: Int, scores: SIMD8<Double>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  ) {
    let (gradient, hessian) = logLoss.derivatives(output: output, row: row, scores: scores)
    let weight = table.weights(scores + logLoss.priorOffset)
    return (gradient * weight, hessian * weight)
  }

  package func loss(row: Int, scores: Span<Double>) -> (loss: Double, weight: Double) {
    let (label, weight) = logLoss.row(row)
    return (weight * table.loss(score: scores[0] + logLoss.priorOffset, label: label), weight)
  }
}

/// A ``FocalCurve`` at equal steps, and what lies between.
///
/// That weights are interpolated makes no probability wrong: whatever they are, the gradient is 0 on
/// average where the score is right.
package struct FocalTable: Sendable {
  /// Beyond this score the weight stays, and the loss goes on in a line; such log odds do not occur.
  private static let end = 64.0
  private static let weightsPerUnit = 128.0
  private static let lossesPerUnit = 16.0

  /// At `0, 1/128, ... 64`: it is the same for a score and its negative.
  private let weights: [Float]
  /// The largest of the weights.
  let largestWeight: Float
  /// The loss of a positive row, and its derivative, at `-64, ... 64`.
  private let losses: [(value: Double, slope: Double)]

  package init(_ curve: FocalCurve) {
    weights = (0...Int(Self.end * Self.weightsPerUnit)).map {
      Float(curve.weight(ofLogOdds: Double($0) / Self.weightsPerUnit))
    }
    // What is interpolated may come out an ulp above its ends.
    largestWeight = weights.max()! * 1.000_001
    let last = Int(Self.end * Self.lossesPerUnit)
    losses = (-last...last).map {
      let score = Double($0) / Self.lossesPerUnit
      return (
        curve.loss(score: score, label: true),
        -LogLoss.probability(-score) * curve.weight(ofLogOdds: score)
      )
    }
  }

  /// ``FocalCurve/weight(ofLogOdds:)`` of eight scores, within 2e-6.
  @inline(__always)
  package func weights(_ scores: SIMD8<Double>) -> SIMD8<Float> {
    var found = SIMD8<Float>()
    for lane in 0..<8 {
      let place = min(scores[lane].magnitude, Self.end) * Self.weightsPerUnit
      let index = min(Int(place), weights.count - 2)
      let share = Float(place - Double(index))
      found[lane] = weights[index] + share * (weights[index + 1] - weights[index])
    }
    return found
  }

  /// ``FocalCurve/loss(score:label:)``, by the cubic that has the values and slopes at both ends.
  package func loss(score: Double, label: Bool) -> Double {
    let x = label ? score : -score
    let inside = min(max(x, -Self.end), Self.end)
    let place = (inside + Self.end) * Self.lossesPerUnit
    let index = min(Int(place), losses.count - 2)
    let (share, width) = (place - Double(index), 1 / Self.lossesPerUnit)
    let (left, right) = (losses[index], losses[index + 1])
    let rest = 1 - share
    let value =
      rest * rest * ((1 + 2 * share) * left.value + share * width * left.slope)
      + share * share * ((1 + 2 * rest) * right.value - rest * width * right.slope)
    return value + (x - inside) * (x < inside ? losses[0].slope : 0)
  }
}
