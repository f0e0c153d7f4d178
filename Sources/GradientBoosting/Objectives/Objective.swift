import Learning

/// What boosting minimises: a loss of each row's score against its outcome.
///
/// `score` is what the trees add up to; a row's prediction is a function of it.
protocol Objective: Sendable {
  /// The score before any tree: the constant with the lowest loss over `rows`.
  func baseScore(rows: [Int]) -> Double

  /// The largest weight of a row: what derivatives are measured in, so that weights of any size fit
  /// single precision.
  var largestWeight: Double { get }

  /// The largest magnitude of a gradient and the largest hessian that a row of the largest weight can
  /// have, whatever its score; `nil` where only the scores tell.
  var bounds: (gradient: Float, hessian: Float)? { get }

  /// First and second derivative of the loss by the score, eight rows at a time, divided by
  /// ``largestWeight``.
  ///
  /// - Parameters:
  ///   - row: The first of the eight; rows past the last have outcome 0 and no weight.
  ///   - scores: Their scores.
  func derivatives(row: Int, scores: SIMD8<Float>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  )

  /// The loss of one row, weighted, and its weight.
  func loss(row: Int, score: Double) -> (loss: Double, weight: Double)
}
