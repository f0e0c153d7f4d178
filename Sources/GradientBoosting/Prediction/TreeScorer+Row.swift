import Learning

extension TreeScorer {
  /// The raw score of one row; the same bits as from ``scores(of:threads:)``.
  ///
  /// Nothing is allocated. One row walks the trees, since planes pay by the dozen.
  ///
  /// - Parameters:
  ///   - values: The row's values, shape `[featureCount]`: a quantity, NaN where missing, or the
  ///     code of a category as a number.
  ///   - output: Which of the row's scores.
  public func score(ofRow values: Span<Double>, output: Int = 0) -> Double {
    precondition(
      values.count == featureCount, "the row has \(values.count) values; the model \(featureCount)")
    precondition(output >= 0 && output < outputCount, "score \(output) of \(outputCount)")
    return rowTrees.sum(baseScores[output], from: output, by: outputCount, values, planes)
  }
}
