import CivilCalendar
import Configuration
import Diagnostics
import Features
import Revenue
import Scoring
import UsageHistory

/// What became of the accounts of raw tables after a day, ready to judge a model by.
///
/// ```swift
/// let held = try HistoryEvaluation(model, configuration: configuration, asOf: day, threads: 2)
/// let evaluation = try ModelEvaluation(
///   model, on: held.input, path: configuration.path, seed: 0, threads: 2)
/// ```
public struct HistoryEvaluation: Sendable {
  /// The accounts whose outcome is known, and the outcomes.
  public let input: ScoringInput
  /// Monthly recurring revenue of these accounts as it was known on the day; NaN where no
  /// subscriptions are kept.
  public let mrr: [Double]
  /// The as-of day.
  public let asOf: CalendarDay
  /// How the outcomes came about, and who takes no part.
  public let outcomes: OutcomePanel
  /// Whether the model may have learned from outcomes that were not yet known on the day: its schedule
  /// has days whose label windows close later, and the data cover them.
  public let isLearnedFrom: Bool

  /// Reads the tables, computes the features of a model's recipe and finds the outcomes of its
  /// target.
  ///
  /// The rule of the outcomes is the one that the model was trained with; the configuration at hand
  /// says only where the tables are and how they are written. Comparisons with other accounts are
  /// those of a score: they use the references that the model holds.
  ///
  /// - Parameter configuration: Where the tables are.
  /// - Throws: `model.wrong_task` for a model of a plain table; `data.*` where no outcome of the day
  ///   is known; what ``HistorySession`` throws.
  public init(
    _ model: RetentionModel, configuration: RetentionConfiguration, asOf: CalendarDay,
    threads: Int, progress: (@Sendable (Int) -> Void)? = nil
  ) throws(Diagnostic) {
    let recipe = try model.recipeOfHistories
    var used = recipe.configuration(readingWith: configuration)
    used.asOf = .days([asOf])
    let session = try HistorySession(used, threads: threads, progress: progress)
    try session.check(asOf)
    let labels = try session.labels(of: recipe.target)
    var input = try session.scoringInput(of: labels.rows, model: model, recipe: recipe)
    input.outcomes = labels.outcomes.rows.map(\.isPositive)
    self.input = input
    let known = labels.definition.leadDays + labels.definition.horizonDays
    var learnedDays: [CalendarDay] = []
    if let schedule = recipe.configuration.asOf, case .shared(let days) = schedule.days() {
      learnedDays = days
    }
    isLearnedFrom = learnedDays.contains {
      $0 + known > asOf && $0 + known <= labels.outcomes.lastDay + 1
    }
    mrr = try session.mrr(of: labels.rows)
    self.asOf = asOf
    outcomes = labels.outcomes
  }
}
