import Evaluation
import Scoring

extension Metric {
  /// The name for people.
  package var title: String {
    switch self {
    case .rocAUC: "ROC AUC"
    case .averagePrecision: "average precision"
    case .logLoss: "log loss"
    case .brierScore: "Brier score"
    case .expectedCalibrationError: "calibration error"
    case .liftAt10: "lift in the top 10 %"
    }
  }

  /// The value with as many decimals as mean something.
  package func text(_ value: Double?) -> String {
    self == .liftAt10
      ? Numbers.fixed(value, 2) + (value == nil ? "" : " x") : Numbers.fixed(value, 4)
  }

  /// What giving every row the base rate has.
  package func baselineValue(_ baseline: Baseline?) -> Double? {
    guard let baseline else { return nil }
    return switch self {
    case .rocAUC: baseline.rocAUC
    case .averagePrecision: baseline.averagePrecision
    case .logLoss: baseline.logLoss
    case .brierScore: baseline.brierScore
    case .expectedCalibrationError: 0
    case .liftAt10: 1
    }
  }
}

extension EvaluationSummary {
  /// The figures beside their intervals and beside those of the base rate.
  public var text: String {
    var table = AlignedTable(
      [.left, .right, .right, .right], header: ["", "model", "95 % interval", "base rate alone"])
    for metric in Metric.allCases {
      let interval = interval(of: metric)
      table.add(
        metric.title, metric.text(self[metric]),
        interval.map { "\(metric.text($0.low)) to \(metric.text($0.high))" } ?? "-",
        metric.text(metric.baselineValue(baseline)))
    }
    return table.text
  }

  /// Customers by tenths, the riskiest first.
  public var gainsText: String {
    var table = AlignedTable(
      [.right, .right, .right, .right, .right, .right],
      header: ["top", "customers", "predicted", "observed", "caught so far", "lift so far"])
    for row in gains {
      table.add(
        Numbers.percent(row.share, 0), Numbers.count(Int(row.rows.rounded())),
        Numbers.percent(row.meanProbability),
        Numbers.percent(row.rows > 0 ? row.positives / row.rows : nil),
        Numbers.percent(row.capture), Metric.liftAt10.text(row.lift))
    }
    return table.text
  }

  /// How far predicted and observed rates agree, lowest probabilities first.
  public var reliabilityText: String {
    var table = AlignedTable(
      [.right, .right, .right], header: ["predicted", "observed", "customers"])
    for bin in reliability {
      table.add(
        Numbers.percent(bin.meanProbability), Numbers.percent(bin.observedRate),
        Numbers.count(Int(bin.rows.rounded())))
    }
    return table.text
  }

  /// How far probabilities agree with what happened, in a few lines; empty without rows.
  public var calibrationText: String {
    guard let baseRate, let meanProbability else { return "" }
    var table = AlignedTable([.left, .right], header: ["Calibration", "± standard error"])
    table.add("mean predicted", Numbers.percent(meanProbability))
    table.add("observed", Numbers.percent(baseRate))
    func add(_ name: String, _ estimate: CalibrationLine.Estimate?) {
      let error = estimate?.standardError.map { " ± \(Numbers.fixed($0, 3))" } ?? ""
      table.add(name, (estimate.map { Numbers.signed($0.value, 3) } ?? "-") + error)
    }
    add("slope (1 is best)", calibrationLine?.slope)
    add("intercept (0 is best)", calibrationLine?.intercept)
    add("intercept at slope 1", calibrationLine?.interceptInTheLarge)
    if let parts = brierParts {
      table.add("Brier: reliability (0 is best)", Numbers.fixed(parts.reliability, 4))
      table.add("Brier: resolution (more is better)", Numbers.fixed(parts.resolution, 4))
      table.add("Brier: uncertainty", Numbers.fixed(parts.uncertainty, 4))
    }
    return table.text
  }

  /// Accuracy is no measure of a model of a rare outcome; this says why.
  public var accuracyNote: String {
    guard let baseline else { return "" }
    return "For comparison: calling every customer safe is right for "
      + "\(Numbers.percent(baseline.allNegativeAccuracy)) of them and finds no one.\n"
  }
}
