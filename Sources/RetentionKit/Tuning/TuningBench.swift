import Diagnostics
import GradientBoosting
import Learning
import LogisticRegression
import Tabular

/// Judges settings of a learner on parts held out of some rows; what all trials share is made once.
struct TuningBench: Sendable {
  /// What is held out in turn, by positions among the bench's rows: the parts that boosting holds out
  /// to find how many trees are best.
  let parts: [Split]
  /// The rows' outcomes, weights and scheme.
  let set: TrainingSet
  private let fitting: LearnerFitting
  private let features: [Feature]
  private let learner: Learner

  private enum Learner: Sendable {
    /// Bins of all rows.
    case boosting(BoostingTrials)
    /// The rows with their features.
    case logistic(TrainingSet)
  }

  /// What held-out rows say of a setting.
  struct Judgement: Sendable {
    /// The weighted mean over the rows; infinite where the learner refused the setting.
    var logLoss: Double
    /// The log loss of each row, part after part; empty where the learner refused.
    var losses: [Double]
  }

  /// Prepares trials on rows of the table, ascending.
  ///
  /// - Throws: What reading the rows throws.
  init(_ fitting: LearnerFitting, _ choice: TrainingOptions.LearnerChoice, rows: [Int])
    throws(Diagnostic)
  {
    self.fitting = fitting
    let source = fitting.table.source
    features = source.features
    if choice == .gbm {
      let set = try LearnerFitting.outcomes(of: fitting.table.set).selecting(rows)
      self.set = set
      learner = .boosting(
        try BoostingTrials(
          set, columns: SelectedColumns(source, rows: rows),
          binLimit: fitting.options.boosting.binLimit, threads: fitting.options.threads))
    } else {
      set = try fitting.table.set.selecting(rows)
      learner = .logistic(set)
    }
    let set = set
    parts = RoundSearch.splits(of: set).filter {
      set.hasBothOutcomes($0.training) && set.hasBothOutcomes($0.validation)
    }
  }

  /// Ranges of settings that fit the rows.
  var ranges: BoostingRanges {
    BoostingRanges(fitting.options.boosting, set: set, features: features)
  }

  /// Settings of logistic regression that fit the columns.
  var logisticCandidates: [TuningCandidate] {
    LogisticRanges(fitting.options.logistic, features: features).candidates
  }

  /// Judges candidates, side by side.
  ///
  /// - Parameters:
  ///   - parts: Each side has both outcomes.
  ///   - partsOfFirst: Those of the first candidate, where they are others.
  /// - Throws: What the learner throws for the options as they are; another candidate that it refuses
  ///   is judged infinitely bad.
  func judged(
    _ candidates: [TuningCandidate], on parts: [Split], first partsOfFirst: [Split]? = nil
  ) throws(Diagnostic) -> [Judgement] {
    let partsOf = candidates.indices.map { $0 == 0 ? partsOfFirst ?? parts : parts }
    let scores: [Result<[[Double]], Diagnostic>]
    switch learner {
    case .boosting(let trials):
      scores = Parallel.map(candidates.count, threads: fitting.options.threads) { index in
        Result { () throws(Diagnostic) in
          try trials.outcome(
            of: trialFitting(candidates[index]).boosting(features), parts: partsOf[index]
          ).scores
        }
      }
    case .logistic(let whole):
      if let partsOfFirst {
        return try judged(Array(candidates.prefix(1)), on: partsOfFirst)
          + judged(Array(candidates.dropFirst()), on: parts)
      }
      scores = try logisticScores(candidates, whole, parts)
    }
    var judgements: [Judgement] = []
    for (index, result) in scores.enumerated() {
      switch result {
      case .success(let scores): judgements.append(judgement(scores, partsOf[index]))
      case .failure(let fault):
        if candidates[index].isUnchanged { throw fault }
        judgements.append(Judgement(logLoss: .infinity, losses: []))
      }
    }
    return judgements
  }

  /// How much better `other` is than `plain` on the same rows, and the standard error of that mean
  /// difference; rows of one group count together.
  func gain(from plain: Judgement, to other: Judgement, on parts: [Split]) -> (
    mean: Double, standardError: Double
  ) {
    guard other.logLoss.isFinite else { return (-.infinity, 0) }
    let rows = parts.flatMap(\.validation)
    let total = rows.reduce(0) { $0 + set.weight($1) }
    let mean = plain.logLoss - other.logLoss
    let groups = set.scheme.groups
    var placeOfGroup: [Int: Int] = [:]
    var sums: [Double] = []
    for (place, row) in rows.enumerated() {
      let difference = set.weight(row) * (plain.losses[place] - other.losses[place] - mean)
      if let group = groups?[row], let known = placeOfGroup[group] {
        sums[known] += difference
      } else {
        if let group = groups?[row] { placeOfGroup[group] = sums.count }
        sums.append(difference)
      }
    }
    return (mean, sums.reduce(0) { $0 + $1 * $1 }.squareRoot() / total)
  }

  /// What the first few of the parts say.
  func judgement(of whole: Judgement, onFirst count: Int, of parts: [Split]) -> Judgement {
    let rows = parts.prefix(count).flatMap(\.validation)
    let losses = Array(whole.losses.prefix(rows.count))
    let total = rows.reduce(0) { $0 + set.weight($1) }
    let sum = zip(rows, losses).reduce(0) { $0 + set.weight($1.0) * $1.1 }
    return Judgement(logLoss: sum / total, losses: losses)
  }

  private func trialFitting(_ candidate: TuningCandidate) -> LearnerFitting {
    var trial = fitting
    trial.options = candidate.applied(to: fitting.options)
    return trial
  }

  private func logisticScores(
    _ candidates: [TuningCandidate], _ whole: TrainingSet, _ parts: [Split]
  ) throws(Diagnostic) -> [Result<[[Double]], Diagnostic>] {
    var sides: [(training: TrainingSet, heldOut: FeatureMatrix)] = []
    for part in parts {
      sides.append(
        (try whole.selecting(part.training), whole.matrix.selecting(part.validation)))
    }
    let (count, held) = (parts.count, sides)
    let each = Parallel.map(candidates.count * count, threads: fitting.options.threads) { task in
      Result { () throws(Diagnostic) in
        let (training, heldOut) = held[task % count]
        return try trialFitting(candidates[task / count]).logistic(features)
          .fitted(to: training, threads: 1).scores(of: heldOut, threads: 1)
      }
    }
    return candidates.indices.map { index in
      Result { () throws(Diagnostic) in
        var scores: [[Double]] = []
        for result in each[index * count..<(index + 1) * count] { scores.append(try result.get()) }
        return scores
      }
    }
  }

  private func judgement(_ scores: [[Double]], _ parts: [Split]) -> Judgement {
    var (losses, sum, total) = ([Double](), 0.0, 0.0)
    for (part, scores) in zip(parts, scores) {
      for (row, score) in zip(part.validation, scores) {
        let loss = LogLoss.value(score: score, label: set.labels[row])
        losses.append(loss)
        sum += set.weight(row) * loss
        total += set.weight(row)
      }
    }
    return Judgement(logLoss: sum / total, losses: losses)
  }
}
