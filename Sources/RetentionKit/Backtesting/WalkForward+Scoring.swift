import Diagnostics
import Features
import Learning
import UsageHistory

extension WalkForward {
  /// Accounts on days, scored by models of the past of the day that have not seen the account.
  package struct Scores: Sendable {
    /// The raw scores, shape `[rowCount]`; NaN for a day before the first cutoff.
    package var scores: [Double]
    /// The scores as probabilities; NaN likewise.
    package var probabilities: [Double]
  }

  /// Scores rows of the table that the models were fitted to parts of.
  ///
  /// - Parameter rows: Positions in the table's set.
  package func scores(ofTableRows rows: [Int], _ places: [PanelRow], threads: Int)
    throws(Diagnostic) -> Scores
  {
    try scores(of: places, threads: threads) { (selected) throws(Diagnostic) in
      try table.source.matrix(of: selected.map { rows[$0] })
    }
  }

  /// Scores accounts on any days, whose features are computed for it.
  ///
  /// - Parameters:
  ///   - columns: Called with the features of some rows, as the models read them, and the positions
  ///     of these rows.
  /// - Complexity: O(all that was recorded of the accounts before their days) for each 32,768 rows.
  package func scores(
    of places: [PanelRow], in session: HistorySession, recipe: FeatureRecipe, threads: Int,
    columns: (FeatureMatrix, Range<Int>) -> Void = { _, _ in }
  ) throws(Diagnostic) -> Scores {
    var all = Scores(scores: [], probabilities: [])
    var start = 0
    while start < places.count {
      let range = start..<min(start + Self.rowsAtOnce, places.count)
      let panel = try FeaturePanel.rows(
        Array(places[range]), of: session.history, recipe: recipe,
        dictionaries: session.history.dictionaries, threads: threads)
      let matrix = table.schema.encoded(
        FeatureTable.table(of: panel, accountIDs: session.history.accountIDs)
      ).matrix
      columns(matrix, range)
      let part = try scores(of: Array(places[range]), threads: threads) {
        (rows) throws(Diagnostic) in
        matrix.selecting(rows)
      }
      all.scores += part.scores
      all.probabilities += part.probabilities
      start = range.upperBound
    }
    return all
  }

  /// So many rows have their features in memory at once.
  private static let rowsAtOnce = 32_768

  /// Scores rows, each by the model of its cutoff and of its account's part.
  ///
  /// - Parameter matrix: Gives the features of rows by their positions in `places`.
  private func scores(
    of places: [PanelRow], threads: Int, matrix: ([Int]) throws(Diagnostic) -> FeatureMatrix
  ) throws(Diagnostic) -> Scores {
    var result = Scores(
      scores: [Double](repeating: .nan, count: places.count),
      probabilities: [Double](repeating: .nan, count: places.count))
    var rowsOfModel = [[Int]](repeating: [], count: cutoffs.count * partCount)
    for (row, place) in places.enumerated() {
      guard let cutoff = cutoffIndex(of: place.asOf) else { continue }
      rowsOfModel[cutoff * partCount + partOfAccount[place.account]].append(row)
    }
    for (index, rows) in rowsOfModel.enumerated() where !rows.isEmpty {
      let (cutoff, part) = (index / partCount, index % partCount)
      let scores = models[cutoff][part].scores(of: try matrix(rows), threads: threads)
      for (row, score) in zip(rows, scores) {
        result.scores[row] = score
        result.probabilities[row] = calibrators[cutoff][part].probability(score)
      }
    }
    return result
  }
}
