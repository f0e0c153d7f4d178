import Diagnostics
import Evaluation
import Learning
import Reporting

/// What figures come to in words: whether a model is worth its keep.
///
/// Each part is `nil` where the rows cannot tell.
public struct Verdict: Sendable, Equatable {
  /// Whether the log loss is lower than that of the best simple rule by more than chance makes of
  /// nothing: the whole 95 % interval of the difference is on the better side.
  public var beatsBaseline: Bool?
  /// The simple rule with the lowest log loss.
  public var bestBaseline: BaselineRule.Kind?
  /// Whether boosted trees beat logistic regression on the same rows.
  public var boostingBeatsLogistic: Bool?
  /// Whether probabilities mean what they say.
  public var isCalibrated: Bool?
  /// Whether there are enough rows of both outcomes to tell small differences.
  public var hasEnoughPositives: Bool?
  /// All of this in sentences.
  public var sentences: [String] = []

  /// The rarer outcome needs so many rows before small differences can be told: with 100, the
  /// standard error of an area of 0.75 is about 0.025.
  public static let enoughRows = 100
  /// And the interval of the area must not be wider than this.
  public static let enoughWidth = 0.1

  /// Weighs figures.
  ///
  /// - Parameters:
  ///   - comparisons: The model beside simple rules; logistic regression, where it is among them, is
  ///     judged apart.
  ///   - learner: `gbm` or `logistic`.
  ///   - gap: By how much the learner that was kept beats the other, where training compared them.
  public init(
    _ summary: EvaluationSummary, comparisons: [BaselineComparison], learner: String,
    gap: LearnerGap? = nil
  ) {
    let rarer = min(summary.positives, summary.rows - summary.positives)
    let area = summary.interval(of: .rocAUC)
    let width = area.map { $0.high - $0.low }
    hasEnoughPositives = rarer >= Self.enoughRows && (width ?? 1) <= Self.enoughWidth
    weigh(comparisons.filter { $0.kind != .logistic })
    weigh(comparisons.first { $0.kind == .logistic }, learner: learner, gap: gap)
    weighCalibration(summary)
    sentences.append(Self.sizeSentence(summary, rarer: rarer, width: width))
  }

  /// The verdict on rows that the model has learned from: none.
  static let ofTrainingRows = Verdict()

  private init() {
    sentences = [
      "The model has learned from these very rows, or from later ones: they cannot tell what it is "
        + "worth on others."
    ]
  }

  private mutating func weigh(_ rules: [BaselineComparison]) {
    // What a rule has by itself: the best is the hardest to beat.
    func loss(_ rule: BaselineComparison) -> Double {
      rule.paired[.logLoss]?.first ?? .infinity
    }
    guard let best = rules.min(by: { loss($0) < loss($1) }), let gain = best.logLossGain,
      gain.low != nil
    else {
      sentences.append("Whether the model beats simple rules, these rows cannot tell.")
      return
    }
    bestBaseline = best.kind
    beatsBaseline = gain.isCertain
    let area = best.rocAUCGain
    let ranks = area.map { ", ROC AUC higher by \(Self.words($0, 3))" } ?? ""
    if gain.isCertain {
      sentences.append(
        "The model beats \(best.title), the best of the simple rules: log loss is lower by "
          + "\(Self.words(gain, 4))\(ranks).")
      return
    }
    // The best ranking rule may be another one.
    let rival =
      rules.max { ($0.paired[.rocAUC]?.first ?? 0) < ($1.paired[.rocAUC]?.first ?? 0) }?.rocAUCGain
    if rival?.isCertain == true, let rival {
      sentences.append(
        "The model's probabilities are no better than the baseline (\(best.title)): log loss is "
          + "lower by \(Self.words(gain, 4)). It does rank customers better than any simple rule: "
          + "ROC AUC is higher by \(Self.words(rival, 3)).")
    } else {
      sentences.append(
        "The model is no better than the baseline (\(best.title)): log loss is lower by "
          + "\(Self.words(gain, 4))\(ranks); chance alone makes as much.")
    }
  }

  private mutating func weigh(_ line: BaselineComparison?, learner: String, gap: LearnerGap?) {
    if let gap {
      let size = "\(Numbers.fixed(gap.logLoss, 4)) ± \(Numbers.fixed(gap.standardError, 4))"
      boostingBeatsLogistic =
        learner == TrainingOptions.LearnerChoice.gbm.rawValue && !gap.isWithinNoise
      if gap.isWithinNoise {
        sentences.append(
          "Boosting is no better than logistic regression here, nor worse: log loss differs by "
            + "\(size).")
      } else {
        sentences.append(
          boostingBeatsLogistic == true
            ? "Boosting is better than logistic regression: log loss is lower by \(size)."
            : "Boosting is worse than logistic regression: log loss is higher by \(size).")
      }
    } else if let gain = line?.logLossGain, gain.low != nil {
      boostingBeatsLogistic = gain.isCertain
      sentences.append(
        gain.isCertain
          ? "Boosting is better than logistic regression: log loss is lower by "
            + "\(Self.words(gain, 4))."
          : (gain.high ?? 0) < 0
            ? "Boosting is worse than logistic regression: log loss is lower by "
              + "\(Self.words(gain, 4))."
            : "Boosting is no better than logistic regression: log loss is lower by "
              + "\(Self.words(gain, 4)).")
    }
  }

  private mutating func weighCalibration(_ summary: EvaluationSummary) {
    guard let line = summary.calibrationLine, let base = summary.baseRate,
      let mean = summary.meanProbability, let ece = summary.ece
    else { return }
    // What chance explains, or what nobody would notice.
    func isNear(_ estimate: CalibrationLine.Estimate, _ ideal: Double, _ slack: Double) -> Bool {
      abs(estimate.value - ideal) <= max(2 * (estimate.standardError ?? .infinity), slack)
    }
    // Where all probabilities are about one, their slope says nothing.
    let spread = summary.gains.compactMap(\.meanProbability)
    let isFlat = (spread.max() ?? 0) - (spread.min() ?? 0) < 0.05 * base
    let slope = isFlat ? nil : line.slope
    isCalibrated =
      isNear(line.interceptInTheLarge, 0, 0.05) && slope.map { isNear($0, 1, 0.1) } ?? true
    let slopeWords =
      slope.map {
        "slope \(Numbers.fixed($0.value, 2))"
          + ($0.standardError.map { " ± \(Numbers.fixed(2 * $0, 2))" } ?? "") + ", "
      } ?? ""
    sentences.append(
      "Probabilities are \(isCalibrated == true ? "" : "not ")calibrated: predicted on average "
        + "\(Numbers.percent(mean)), observed \(Numbers.percent(base)); \(slopeWords)calibration error "
        + "\(Numbers.fixed(ece, 4)).")
  }

  private static func sizeSentence(_ summary: EvaluationSummary, rarer: Int, width: Double?)
    -> String
  {
    let count = Numbers.count(summary.positives, "positive row")
    let known = width.map { "ROC AUC is known to ± \(Numbers.fixed($0 / 2, 3))" }
    if rarer < enoughRows {
      return "\(count) of \(Numbers.count(summary.rows)): too few to tell small differences"
        + (known.map { " (\($0))" } ?? "") + ". \(enoughRows) of each outcome are the least."
    }
    if (width ?? 1) > enoughWidth {
      return "\(count) of \(Numbers.count(summary.rows)) are not enough to tell small differences"
        + (known.map { ": \($0)" } ?? "") + "."
    }
    return "\(count) of \(Numbers.count(summary.rows)) are enough"
      + (known.map { ": \($0)" } ?? "") + "."
  }

  private static func words(_ gain: BaselineComparison.Gain, _ decimalCount: Int) -> String {
    let value = Numbers.fixed(gain.value, decimalCount)
    guard let low = gain.low, let high = gain.high else { return value }
    return "\(value) (\(Numbers.fixed(low, decimalCount)) to \(Numbers.fixed(high, decimalCount)))"
  }

  /// The sentences, one in a line.
  public var text: String { "Verdict\n" + sentences.map { "  \($0)\n" }.joined() }
}
