import Learning

/// The folds of a training: those of its scheme that both teach something and tell something.
package struct ValidationFolds: Sendable {
  /// The folds; empty where there are fewer than two, or none were asked for.
  package private(set) var splits: [Split] = []
  /// Why there are fewer folds than were asked for.
  package private(set) var warnings: [String] = []

  /// Divides rows by the scheme of their set.
  ///
  /// - Parameters:
  ///   - rows: The rows to divide, ascending, for instance those that an outer fold learns from;
  ///     `nil` for all. The folds name rows of the set either way.
  ///   - foldCount: How many folds are wanted; `nil` for none.
  package init(of set: TrainingSet, rows: [Int]? = nil, asked foldCount: Int?) {
    guard var foldCount else { return }
    let labels = rows.map { rows in rows.map { set.labels[$0] } } ?? set.labels
    let positives = labels.count(where: \.self)
    let rarer = min(positives, labels.count - positives)
    if rarer < foldCount {
      warnings.append(
        "the rarer outcome has \(rarer) of the rows, so there are not \(foldCount) folds but \(rarer)"
      )
      foldCount = rarer
    }
    guard foldCount >= 2 else {
      warnings.append("too few rows of one outcome: the model is neither validated nor calibrated")
      return
    }
    // Rows of one outcome teach nothing, and tell nothing of who is right.
    let scheme = rows.map(set.scheme.selecting) ?? set.scheme
    let splits = scheme.splits(labels: labels, foldCount: foldCount)
      .map { split in
        rows.map { rows in
          Split(
            training: split.training.map { rows[$0] }, validation: split.validation.map { rows[$0] }
          )
        } ?? split
      }
      .filter { set.hasBothOutcomes($0.training) && set.hasBothOutcomes($0.validation) }
    if splits.count < 2 {
      warnings.append(
        "fewer than two folds have both outcomes: the model is neither validated nor calibrated")
      return
    }
    self.splits = splits
  }
}
