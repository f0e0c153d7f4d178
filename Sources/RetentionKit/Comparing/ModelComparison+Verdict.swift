import Evaluation
import Reporting

extension ModelComparison {
  /// What a comparison comes to.
  public enum Verdict: String, Sendable {
    /// B's log loss is lower, the interval excluding 0.
    case better
    /// B's log loss is higher, the interval excluding 0.
    case worse
    /// The interval holds 0.
    case same
    /// No outcome is known, a model has learned from these very rows, or the figure is not defined.
    case unknown
  }

  /// What the log loss says: it counts both who is ranked first and whether probabilities are right.
  public var verdict: Verdict {
    guard !hasSeenRows, let loss = difference(.logLoss), loss.low != nil else { return .unknown }
    return switch loss.direction {
    case .better: .better
    case .worse: .worse
    case .unclear: .same
    }
  }

  /// Whether either was trained on these very rows, which then flatter it.
  private var hasSeenRows: Bool {
    judged.map { $0.wasTrainedOn.first || $0.wasTrainedOn.second } ?? false
  }

  /// A figure of both.
  func difference(_ metric: Metric) -> PairedEvaluation.Difference? {
    judged?.differences.first { $0.metric == metric }
  }

  /// The verdict in words.
  public var verdictText: String {
    if hasSeenRows {
      return
        "A model has learned from these very rows, so they cannot tell which is better: bring rows "
        + "that neither has seen."
    }
    guard let loss = difference(.logLoss), let low = loss.low, let high = loss.high else {
      return judged == nil
        ? "No outcome is known, so nobody can say which is better."
        : "The rows cannot tell which is better: there is no interval of the log loss."
    }
    let size = Numbers.fixed(abs(loss.difference), 4)
    let bounds = [abs(low), abs(high)].sorted().map { Numbers.fixed($0, 4) }
    let figure: String
    switch verdict {
    case .better:
      figure =
        "B is better: its log loss is lower by \(size) (95 % interval \(bounds[0]) to \(bounds[1]))"
    case .worse:
      figure =
        "B is worse: its log loss is higher by \(size) (95 % interval \(bounds[0]) to \(bounds[1]))"
    case .same, .unknown:
      figure =
        "The two cannot be told apart on these rows: B's log loss differs by "
        + "\(Numbers.signed(loss.difference, 4)) (95 % interval \(Numbers.signed(low, 4)) to "
        + "\(Numbers.signed(high, 4)))"
    }
    return figure + rankingText + "."
  }

  /// What ROC AUC adds to the verdict.
  private var rankingText: String {
    guard let area = difference(.rocAUC), let low = area.low, let high = area.high else {
      return ""
    }
    let change =
      "ROC AUC \(Numbers.signed(area.difference, 4)), interval \(Numbers.signed(low, 4)) to "
      + Numbers.signed(high, 4)
    switch (verdict, area.direction) {
    case (.better, .worse): return ", but it ranks worse (\(change))"
    case (.worse, .better): return ", but it ranks better (\(change))"
    case (.same, .better): return "; it ranks better (\(change))"
    case (.same, .worse): return "; it ranks worse (\(change))"
    default: return "; \(change)"
    }
  }

  /// The segments where B is worse, those with the most rows first.
  public var segmentLosses: [Segment] {
    (judged?.segments ?? []).filter(\.isWorse).sorted { $0.rowCount > $1.rowCount }
  }

  /// What the one who compares should know.
  public func warnings(_ names: (first: String, second: String)) -> [String] {
    guard let trained = judged?.wasTrainedOn else { return [] }
    var names = [trained.first ? names.first : nil, trained.second ? names.second : nil]
      .compactMap(\.self)
    guard let last = names.popLast() else { return [] }
    let both = names.isEmpty ? "\(last) was" : "\(names[0]) and \(last) were"
    return [
      "\(both) trained on this very table: the figures flatter, and more so the model that fits its "
        + "rows more closely. Compare on rows that neither has seen"
    ]
  }
}
