import CivilCalendar
import Diagnostics
import Features
import Learning
import Reporting
import Scoring
import Tabular
import UsageHistory

extension HistoryScoring {
  /// A past value that is wanted.
  private struct Wish {
    /// The feature's place in the recipe.
    var definition: Int
    /// How many days before the as-of day.
    var days: Int
    /// Where the value goes.
    var place: Int
  }

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
    let recipe = try model.recipeOfHistories.features
    let reasonLimit = scores.map(\.reasons.count).max() ?? 0
    let placeOfName = Dictionary(
      recipe.definitions.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first }
    )
    var wishesOfAccount: [Int: [Wish]] = [:]
    for (row, score) in scores.enumerated() {
      for (index, reason) in score.reasons.enumerated() {
        guard let place = placeOfName[reason.feature.name],
          let days = recipe.definitions[place].phrase?.pastDays,
          recipe.definitions[place].hasPast(since: knownSince[row], asOf: asOf)
        else { continue }
        wishesOfAccount[accounts[row], default: []].append(
          Wish(definition: place, days: days, place: row * reasonLimit + index))
      }
    }
    let wishes = wishesOfAccount
    let featureOfName = Dictionary(
      model.schema.features.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let found = try session.history.map(
      threads: threads,
      makeState: { FeatureLookup(recipe, session.history.dictionaries) },
      { lookup, account -> [(place: Int, value: Double)] in
        guard let wanted = wishes[account.account] else { return [] }
        return Set(wanted.map(\.days)).flatMap { days in
          let values = lookup.values(of: account, asOf: asOf - days)
          return wanted.filter { $0.days == days }.map { wish in
            let definition = recipe.definitions[wish.definition]
            return (
              wish.place,
              definition.modelValue(values[wish.definition], as: featureOfName[definition.name])
            )
          }
        }
      })
    var values = [Double](repeating: .nan, count: scores.count * reasonLimit)
    for (place, value) in found.joined() { values[place] = value }
    return ReasonWords(
      model, matrix: input.table.matrix,
      past: PastValues(reasonLimit: reasonLimit, values: values), threads: threads)
  }
}

extension FeatureDefinition {
  /// Whether an account is known for long enough to have a past value of the feature that is whole.
  func hasPast(since: CalendarDay?, asOf: CalendarDay) -> Bool {
    guard let since, let needed = phrase?.daysNeeded(window: windowDays) else { return false }
    return since + needed <= asOf
  }

  /// A value of a recipe as the model reads it: a category's code is that of the same word.
  fileprivate func modelValue(_ value: Double, as feature: Feature?) -> Double {
    guard case .category(let words) = kind, let feature, value >= 0 else { return value }
    let cell = CategoryValues(codes: [Int32(value)], levels: words)
    return feature.encoded(.category(cell)).column.value(at: 0)
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
