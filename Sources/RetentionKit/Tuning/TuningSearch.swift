import Diagnostics
import Learning

/// Looks for good parameters on some rows of a table, by parts held out of these rows alone.
///
/// Successive halving (Jamieson and Talwalkar 2016, "Non-stochastic best arm identification and
/// hyperparameter optimization", https://proceedings.mlr.press/v51/jamieson16.html): all settings are
/// tried on few of the parts, and the best of them on all. What was asked for is tried on all,
/// and stay unless others are better by more than a standard error.
struct TuningSearch: Sendable {
  let fitting: LearnerFitting
  let choice: TrainingOptions.LearnerChoice
  /// The most settings that are tried, those of the options included.
  let trialCount: Int

  /// One setting in so many goes on to all parts.
  private static let keptOneIn = 5
  /// The share of the parts on which all settings are tried.
  private static let firstShare = 0.4
  /// The most rows that a part of the first round learns from.
  private static let firstRowLimit = 50_000
  /// Of the settings at random, so many are crossed with each other.
  private static let parentCount = 4
  /// By how many standard errors others have to be better.
  private static let margin = 1.0

  /// Searches on rows of the table, ascending.
  ///
  /// - Returns: `nil` where no part can be held out that has both outcomes on either side.
  /// - Throws: What the learner throws with the options as they are.
  func result(on rows: [Int]) throws(Diagnostic) -> TuningResult? {
    let bench = try TuningBench(fitting, choice, rows: rows)
    guard !bench.parts.isEmpty else { return nil }
    let few = max(1, Int((Double(bench.parts.count) * Self.firstShare).rounded()))
    let first = bench.parts.prefix(few).map { thinned($0, bench.set) }

    var trials: [TuningTrial] = []
    var judgements: [TuningBench.Judgement] = []
    /// What was asked for comes first of all; it goes to the end in any case, so it is tried on all
    /// parts at once.
    func tryOut(_ candidates: [TuningCandidate]) throws(Diagnostic) {
      let isFirst = trials.isEmpty
      let tried = (isFirst ? [.unchanged] : []) + candidates
      let judged = try bench.judged(tried, on: first, first: isFirst ? bench.parts : nil)
      for (candidate, judgement) in zip(tried, judged) {
        let onFirst =
          trials.isEmpty
          ? bench.judgement(of: judgement, onFirst: few, of: bench.parts) : judgement
        trials.append(
          TuningTrial(candidate: candidate, firstLogLoss: onFirst.logLoss, logLoss: nil))
      }
      judgements += judged
    }
    /// Places of trials but the first, the best first.
    func ranked() -> [Int] {
      trials.indices.dropFirst().sorted {
        (trials[$0].firstLogLoss, $0) < (trials[$1].firstLogLoss, $1)
      }
    }
    if choice == .gbm {
      var generator = SeededGenerator(seed: fitting.options.seed, stream: Self.stream)
      let ranges = bench.ranges
      let drawnCount = trialCount / 2
      try tryOut((0..<drawnCount).map { _ in ranges.drawn(&generator) })
      let parents = ranked().prefix(Self.parentCount).map { trials[$0].candidate }
      try tryOut(
        (trials.count..<trialCount).map { _ in
          ranges.crossed(
            parents[generator.nextIndex(below: parents.count)],
            parents[generator.nextIndex(below: parents.count)], &generator)
        })
    } else {
      try tryOut(Array(bench.logisticCandidates.prefix(trialCount - 1)))
    }

    let others = ranked().prefix(max(1, trialCount / Self.keptOneIn))
    let finalists = [0] + others
    let final =
      try [judgements[0]]
      + (first == bench.parts
        ? others.map { judgements[$0] }
        : bench.judged(others.map { trials[$0].candidate }, on: bench.parts))
    for (place, judgement) in zip(finalists, final) { trials[place].logLoss = judgement.logLoss }
    // Of equal ones the earlier.
    let best = final.indices.min { (final[$0].logLoss, $0) < (final[$1].logLoss, $1) }!
    let gain = bench.gain(from: final[0], to: final[best], on: bench.parts)
    let isBetter = gain.mean > Self.margin * gain.standardError && gain.mean > 0
    return TuningResult(
      trials: trials, chosen: isBetter ? finalists[best] : 0, firstPartCount: first.count,
      partCount: bench.parts.count)
  }

  private static let stream: UInt64 = 1 << 42

  /// A part that learns from no more rows than ``firstRowLimit``.
  private func thinned(_ part: Split, _ set: TrainingSet) -> Split {
    guard part.training.count > Self.firstRowLimit else { return part }
    var generator = SeededGenerator(seed: fitting.options.seed, stream: Self.stream + 1)
    let rows = generator.sample(Self.firstRowLimit, of: part.training.count)
    let thinned = rows.sorted().map { part.training[$0] }
    // A rare outcome may have been left out.
    return set.hasBothOutcomes(thinned)
      ? Split(training: thinned, validation: part.validation) : part
  }
}

/// One setting that a search tried, and how it did on rows held out.
public struct TuningTrial: Sendable {
  /// The setting.
  public var candidate: TuningCandidate
  /// The mean log loss on the parts on which all settings were tried; infinite where the learner
  /// refused the setting.
  public var firstLogLoss: Double
  /// The mean log loss on all parts; `nil` where the setting did not get so far.
  public var logLoss: Double?
}

/// What a search found.
public struct TuningResult: Sendable {
  /// The settings in the order in which they were tried; the first are the options as they are.
  public var trials: [TuningTrial]
  /// The place of the one that was taken.
  public var chosen: Int
  /// On so many parts all settings were tried.
  public var firstPartCount: Int
  /// On so many the best of them.
  public var partCount: Int

  /// The setting that was taken.
  public var best: TuningTrial { trials[chosen] }
}
