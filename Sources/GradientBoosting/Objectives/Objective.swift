import Learning

/// What boosting minimises: a loss of each row's scores against its outcome.
///
/// A score is what the trees of one output add up to; a row's prediction is a function of its
/// scores. Derivatives use no arithmetic that depends on the processor, so that neither do models.
package protocol Objective: Sendable {
  /// How many scores a row has, each with trees of its own.
  var outputCount: Int { get }

  /// The scores before any tree, shape `[outputCount]`: the constants with the lowest loss over
  /// `rows`.
  func baseScores(rows: [Int]) -> [Double]

  /// The largest weight of a row: what derivatives are measured in, so that weights of any size fit
  /// single precision.
  var largestWeight: Double { get }

  /// The largest magnitude of a gradient and the largest hessian that a row of the largest weight can
  /// have, whatever its score; `nil` where only the scores tell.
  var bounds: (gradient: Float, hessian: Float)? { get }

  /// Called before the trees of a round with all scores, shape `[outputCount][rowCount]`, for what
  /// derivatives by one score need of the others.
  func beginRound(_ scores: [LargeArray<Double>], pool: WorkerPool)

  /// First and second derivative of the loss by one of the scores, eight rows at a time, divided by
  /// ``largestWeight``. The second may be taken larger than it is, for shorter and safer steps.
  ///
  /// - Parameters:
  ///   - output: Which of the scores.
  ///   - row: The first of the eight; rows past the last have outcome 0 and no weight.
  ///   - scores: Their scores.
  func derivatives(output: Int, row: Int, scores: SIMD8<Double>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  )

  /// The constant that, added to the scores of rows with these sums of derivatives, has the lowest
  /// loss; `nil` where the sums do not tell. No leaf goes further.
  func optimum(gradient: Double, hessian: Double) -> Double?

  /// Whether leaves take ``renewedValue(rows:scores:)`` instead of Newton's value.
  var renewsLeaves: Bool { get }

  /// The constant that, added to the scores of a leaf's rows, has the lowest loss.
  func renewedValue(rows: [Int], scores: LargeArray<Double>) -> Double

  /// The loss of one row, weighted, and its weight.
  ///
  /// - Parameter scores: The row's, shape `[outputCount]`.
  func loss(row: Int, scores: Span<Double>) -> (loss: Double, weight: Double)
}

extension Objective {
  package var outputCount: Int { 1 }
  package func beginRound(_ scores: [LargeArray<Double>], pool: WorkerPool) {}
  package func optimum(gradient: Double, hessian: Double) -> Double? { nil }
  package var renewsLeaves: Bool { false }
  package func renewedValue(rows: [Int], scores: LargeArray<Double>) -> Double {
    preconditionFailure("leaves are not renewed")
  }
}
