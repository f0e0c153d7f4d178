import CivilCalendar
import Diagnostics
import Features
import Learning
import Reporting
import Scoring

extension HistoryScoring {
  /// So many rows have their features in memory at once.
  private static let rowsAtOnce = 32_768

  /// The words of the reasons of the accounts: each value beside the account's own past and its
  /// peers.
  ///
  /// Only what the reasons speak of is looked up in the past, each as it was known then.
  ///
  /// - Parameter scores: Those of ``input``, in its order.
  /// - Throws: what getting at an account may throw.
  public func words(of scores: [AccountScore], by model: RetentionModel, threads: Int)
    throws(Diagnostic) -> ReasonWords
  {
    let recipe = try model.recipeOfHistories
    let reasonLimit = scores.map(\.reasons.count).max() ?? 0
    let known = Dictionary(
      recipe.features.definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let columnOfName = Dictionary(
      model.schema.features.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first })
    /// A value that is wanted: of which row of the panel, of which feature, and where it goes.
    struct Wish {
      var row: PanelRow
      var column: Int
      var place: Int
    }
    var wishes: [Wish] = []
    for (row, score) in scores.enumerated() {
      for (index, reason) in score.reasons.enumerated() {
        guard let definition = known[reason.feature.name],
          let column = columnOfName[reason.feature.name], let days = definition.phrase?.pastDays,
          definition.hasPast(since: knownSince[row], asOf: asOf)
        else { continue }
        wishes.append(
          Wish(
            row: PanelRow(account: accounts[row], asOf: asOf - days), column: column,
            place: row * reasonLimit + index))
      }
    }
    var values = [Double](repeating: .nan, count: scores.count * reasonLimit)
    var start = 0
    while start < wishes.count {
      let part = wishes[start..<min(start + Self.rowsAtOnce, wishes.count)]
      // Reasons of one account often ask for the same day.
      var rows: [PanelRow] = []
      var rowOfWish: [Int] = []
      for wish in part {
        if let place = rows.suffix(3).lastIndex(of: wish.row) {
          rowOfWish.append(place)
        } else {
          rowOfWish.append(rows.count)
          rows.append(wish.row)
        }
      }
      let matrix = try session.matrix(of: rows, model: model, recipe: recipe)
      for (wish, row) in zip(part, rowOfWish) {
        values[wish.place] = matrix.columns[wish.column].value(at: row)
      }
      start = part.endIndex
    }
    return ReasonWords(
      model, matrix: input.table.matrix,
      past: PastValues(reasonLimit: reasonLimit, values: values), threads: threads)
  }
}

extension HistorySession {
  /// The features of rows as a model reads them.
  func matrix(of rows: [PanelRow], model: RetentionModel, recipe: HistoryRecipe)
    throws(Diagnostic) -> FeatureMatrix
  {
    let panel = try FeaturePanel.rows(
      rows, of: history, recipe: recipe.features, dictionaries: history.dictionaries,
      threads: threads)
    return model.schema.encoded(FeatureTable.table(of: panel, accountIDs: history.accountIDs))
      .matrix
  }
}

extension FeatureDefinition {
  /// Whether an account is known for long enough to have a past value of the feature that is whole.
  func hasPast(since: CalendarDay?, asOf: CalendarDay) -> Bool {
    guard let since, let needed = phrase?.daysNeeded(window: windowDays) else { return false }
    return since + needed <= asOf
  }
}
