import CivilCalendar
import UsageHistory

/// Computes a recipe's features of one account after another, where few are wanted of each and a
/// ``FeaturePanel`` of all would be large.
package struct FeatureLookup: Sendable {
  private let recipe: FeatureRecipe
  private let computation: RecipeComputation
  private let events: EventCatalog

  /// Builds the families once.
  package init(_ recipe: FeatureRecipe, _ dictionaries: HistoryDictionaries) {
    self.recipe = recipe
    computation = recipe.computation(dictionaries)
    // Threads that count the references to the same array wait for each other.
    events = dictionaries.events.withOwnTraits
  }

  /// The features of an account as of a day, as ``FeatureRecipe/values(of:asOf:dictionaries:)``.
  package func values(of account: AccountHistory, asOf: CalendarDay) -> [Double] {
    let view = HistoryView(of: account, asOf: asOf, events: events)
    var row = FeatureRow(count: computation.writer.count)
    computation.writer.write(view, to: &row)
    return recipe.completed(row, asOf: asOf, computation)
  }
}
