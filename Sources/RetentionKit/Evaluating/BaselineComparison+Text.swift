import Diagnostics
import Evaluation
import Reporting

extension BaselineComparison {
  /// The rule for people.
  public var title: String {
    switch kind {
    case .baseRate: "the base rate"
    case .recency: "recency (\(names))"
    case .tenure: "tenure (\(names))"
    case .activesAndRevenue: "actives and revenue (\(names))"
    case .bestColumn: "the best column (\(names))"
    case .logistic: "logistic regression on all columns"
    }
  }

  private var names: String {
    columns.prefix(3).map { displayText($0) }.joined(separator: ", ")
      + (columns.count > 3 ? ", ..." : "")
  }

  /// Rules in lines, the model last.
  static func text(_ comparisons: [BaselineComparison], note: String) -> String {
    guard let any = comparisons.first else { return "" }
    var lines = AlignedTable(
      [.left, .right, .right, .right, .right],
      header: ["", "log loss", "model lower by", "ROC AUC", "model higher by"])
    for comparison in comparisons {
      lines.add(
        comparison.title, Metric.logLoss.text(comparison.paired[.logLoss]?.first),
        words(comparison.logLossGain, 4), Metric.rocAUC.text(comparison.paired[.rocAUC]?.first),
        words(comparison.rocAUCGain, 3))
    }
    lines.add(
      "the model", Metric.logLoss.text(any.paired[.logLoss]?.second), "",
      Metric.rocAUC.text(any.paired[.rocAUC]?.second), "")
    return "Simple rules on the same rows, differences with 95 % intervals\n" + lines.text + note
  }

  private static func words(_ gain: Gain?, _ decimalCount: Int) -> String {
    guard let gain else { return "-" }
    let value = Numbers.fixed(gain.value, decimalCount)
    guard let low = gain.low, let high = gain.high else { return value }
    return "\(value) (\(Numbers.fixed(low, decimalCount)) to \(Numbers.fixed(high, decimalCount)))"
  }
}

/// A rule beside the model in JSON, under `baselines`.
struct BaselineComparisonJSON: Encodable {
  private let name: String
  private let columns: [String]
  private let metrics: [String: Double]
  private let modelDifferences: [String: DifferenceJSON]

  private struct DifferenceJSON: Encodable {
    let difference: Double
    let interval: [Double]?
  }

  init(_ comparison: BaselineComparison) {
    name = comparison.kind.rawValue
    columns = comparison.columns
    var metrics: [String: Double] = [:]
    var differences: [String: DifferenceJSON] = [:]
    for found in comparison.paired.differences {
      metrics[found.metric.rawValue] = found.first
      var interval: [Double]?
      if let low = found.low, let high = found.high { interval = [low, high] }
      differences[found.metric.rawValue] = DifferenceJSON(
        difference: found.difference, interval: interval)
    }
    self.metrics = metrics
    modelDifferences = differences
  }
}

/// A verdict in JSON.
struct VerdictJSON: Encodable {
  private let beatsBaseline: Bool?
  private let bestBaseline: String?
  private let boostingBeatsLogistic: Bool?
  private let calibrated: Bool?
  private let enoughPositives: Bool
  private let sentences: [String]

  init(_ verdict: Verdict) {
    beatsBaseline = verdict.beatsBaseline
    bestBaseline = verdict.bestBaseline?.rawValue
    boostingBeatsLogistic = verdict.boostingBeatsLogistic
    calibrated = verdict.isCalibrated
    enoughPositives = verdict.hasEnoughPositives
    sentences = verdict.sentences
  }

  private enum CodingKeys: CodingKey {
    case beatsBaseline, bestBaseline, boostingBeatsLogistic, calibrated, enoughPositives, sentences
  }

  // What cannot be told is null, not absent.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(beatsBaseline, forKey: .beatsBaseline)
    try container.encode(bestBaseline, forKey: .bestBaseline)
    try container.encode(boostingBeatsLogistic, forKey: .boostingBeatsLogistic)
    try container.encode(calibrated, forKey: .calibrated)
    try container.encode(enoughPositives, forKey: .enoughPositives)
    try container.encode(sentences, forKey: .sentences)
  }
}
