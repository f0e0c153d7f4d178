import Calibration
import CivilCalendar
import Diagnostics
import Features
import Learning
import Revenue
import Scoring
import Tabular
import UsageHistory

/// Models as they would have been had: each was fitted on one day, to what was known by then, and
/// without the accounts that it scores.
///
/// A day on which models are fitted is a cutoff. Rows whose outcomes were known by it, to the last
/// day of label window and gap, are learned from; days up to the next cutoff are scored. Accounts are
/// dealt into parts, and there is a model for each: it learned from the other parts.
///
/// ```
///            cutoff 0                 cutoff 1
///   rows known  |  scored by models 0    |  scored by models 1
///   ============|------------------------|--------------------> days
/// ```
package struct WalkForward: Sendable {
  /// The days on which models are fitted, in order.
  package let cutoffs: [CalendarDay]
  /// Into how many parts accounts are dealt.
  package let partCount: Int
  /// The part of each account, by its position.
  package let partOfAccount: [Int]
  /// The labelled rows that were known by each cutoff.
  package let knownRows: [[Int]]
  /// What the models were fitted to.
  package let table: TrainingTable
  /// The fitted models, shape `[cutoffs.count][partCount]`.
  package let models: [[FittedModel]]
  /// From score to probability, shape `[cutoffs.count][partCount]`: each was fitted to the scores
  /// that the models of the other parts gave the known rows of accounts they had not seen.
  package let calibrators: [[Calibrator]]

  /// When and how often models are fitted.
  package struct Plan: Sendable {
    /// The most cutoffs.
    package var cutoffCount = 4
    /// How many parts accounts are dealt into.
    package var partCount = 4
    /// The first cutoff waits for this share of all labelled rows.
    package var minimumShare = 0.1
    /// The first cutoff waits for so many rows of the rarer outcome.
    package var minimumRarerCount = 30
    /// Cutoffs are so many days apart at least.
    package var minimumStep = 28

    /// The defaults.
    package init() {}
  }

  /// Fits the models.
  ///
  /// - Parameters:
  ///   - table: The labelled rows.
  ///   - rows: Whose they are, in the same order.
  ///   - rule: Says by when their outcomes were known.
  ///   - choice: The learner; one of the two.
  /// - Throws: `data.too_few_rows` where no cutoff has enough before it; what fitting throws.
  package init(
    _ fitting: LearnerFitting, rows: [PanelRow], accountCount: Int, rule: OutcomeRule,
    choice: TrainingOptions.LearnerChoice, plan: Plan = Plan()
  ) throws(Diagnostic) {
    let table = fitting.table
    let set = table.set
    precondition(rows.count == set.rowCount, "\(rows.count) places of \(set.rowCount) rows")
    let seed = fitting.options.seed
    let parts = (0..<accountCount).map { account in
      var generator = SeededGenerator(seed: seed, stream: UInt64(account) << 8 | 0x77)
      return generator.nextIndex(below: plan.partCount)
    }
    let knownOn = rows.map { rule.lastDayNeeded(asOf: $0.asOf) + 1 }
    let cutoffs = try Self.cutoffs(knownOn, set: set, lastDay: rule.lastDay, plan: plan)
    let knownRows = cutoffs.map { cutoff in rows.indices.filter { knownOn[$0] <= cutoff } }
    var models: [[FittedModel]] = []
    var calibrators: [[Calibrator]] = []
    for (index, known) in knownRows.enumerated() {
      fitting.progress?(
        .step("looking back: models of \(cutoffs[index]), \(index + 1) of \(cutoffs.count)"))
      let partOfRow = known.map { parts[rows[$0].account] }
      var fitted: [FittedModel] = []
      var scores = [Double](repeating: .nan, count: known.count)
      for part in 0..<plan.partCount {
        let learned = known.indices.filter { partOfRow[$0] != part }.map { known[$0] }
        guard set.hasBothOutcomes(learned) else { throw Self.tooFew(cutoffs[index]) }
        let model = try fitting.fitted(choice, to: learned)
        let held = known.indices.filter { partOfRow[$0] == part }
        let heldScores = try table.source.scores(of: held.map { known[$0] }) {
          model.scores(of: $0, threads: fitting.options.threads)
        }
        for (place, score) in zip(held, heldScores) { scores[place] = score }
        fitted.append(model)
      }
      models.append(fitted)
      var maps: [Calibrator] = []
      for part in 0..<plan.partCount {
        let others = known.indices.filter { partOfRow[$0] != part }
        let fit = try Calibrator.fitted(
          method: fitting.options.calibration, scores: others.map { scores[$0] },
          labels: others.map { set.labels[known[$0]] },
          weights: set.weights.map { weights in others.map { weights[known[$0]] } })
        maps.append(fit.calibrator)
      }
      calibrators.append(maps)
    }
    self.cutoffs = cutoffs
    partCount = plan.partCount
    partOfAccount = parts
    self.knownRows = knownRows
    self.table = table
    self.models = models
    self.calibrators = calibrators
  }

  /// The cutoff whose models score a day; `nil` for a day before the first.
  package func cutoffIndex(of day: CalendarDay) -> Int? { cutoffs.lastIndex { $0 <= day } }

  // MARK: - Choosing the days

  /// The days on which models are fitted: the first on which enough is known, then evenly to the end
  /// of the data.
  ///
  /// - Parameter knownOn: The day from which each row's outcome is known.
  package static func cutoffs(
    _ knownOn: [CalendarDay], set: TrainingSet, lastDay: CalendarDay, plan: Plan
  ) throws(Diagnostic) -> [CalendarDay] {
    let order = knownOn.indices.sorted { (knownOn[$0], $0) < (knownOn[$1], $1) }
    let positives = set.labels.count(where: \.self)
    let isPositiveRarer = 2 * positives <= set.rowCount
    var rarerCount = 0
    for (place, row) in order.enumerated() {
      if set.labels[row] == isPositiveRarer { rarerCount += 1 }
      // A day is looked at when all of its rows are counted.
      if place + 1 < order.count, knownOn[order[place + 1]] == knownOn[row] { continue }
      guard Double(place + 1) >= plan.minimumShare * Double(set.rowCount),
        rarerCount >= plan.minimumRarerCount
      else { continue }
      let first = knownOn[row]
      let span = first.days(until: lastDay + 1)
      guard span > 0 else { break }
      let count = max(1, min(plan.cutoffCount, span / plan.minimumStep))
      return (0..<count).map { first + span * $0 / count }
    }
    throw Diagnostic(
      .dataTooFewRows,
      "\(rarerCount) rows of the rarer outcome were known before the data end, and a model that "
        + "looks back needs \(plan.minimumRarerCount)",
      hint: "name earlier as-of days, or bring a longer history")
  }

  private static func tooFew(_ cutoff: CalendarDay) -> Diagnostic {
    Diagnostic(
      .dataTooFewRows, "too few accounts had an outcome known by \(cutoff) to learn without a part",
      hint: "bring more accounts or a longer history")
  }
}

extension HistoryTraining.Prepared {
  /// What fits the learner of the training to the rows of the panel.
  ///
  /// - Throws: `data.*` for rows from which nothing can be learned.
  package func fitting() throws(Diagnostic) -> LearnerFitting {
    LearnerFitting(
      training.options,
      table: try TrainingTable(TableShelf(table), options: training.options))
  }
}
