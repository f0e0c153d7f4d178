import Diagnostics
import Evaluation

extension SegmentEvaluation {
  /// A line per level with its AUC and both rates; small levels are named below.
  public var text: String {
    var table = AlignedTable(
      [.left, .right, .right, .right, .right, .right],
      header: [
        displayText(column), "customers", "ROC AUC", "95 % interval", "predicted", "observed",
      ])
    func add(_ name: String, _ summary: EvaluationSummary) {
      let interval = summary.interval(of: .rocAUC)
      table.add(
        name, Numbers.count(summary.rows), Metric.rocAUC.text(summary.rocAUC),
        interval.map { "\(Metric.rocAUC.text($0.low)) to \(Metric.rocAUC.text($0.high))" } ?? "-",
        Numbers.percent(summary.meanProbability), Numbers.percent(summary.baseRate))
    }
    for segment in segments { add(Self.name(segment.level), segment.summary) }
    if let others { add("(others)", others) }
    guard !tooSmall.isEmpty else { return table.text }
    let named = tooSmall.prefix(10).map { "\(Self.name($0.level)) (\(Numbers.count($0.rows)))" }
    let more = tooSmall.count > 10 ? " and \(tooSmall.count - 10) more" : ""
    return table.text
      + "Too small for figures of their own (under \(minimum.rows) rows, or under "
      + "\(minimum.rowsOfEachOutcome) of an outcome): \(named.joined(separator: ", "))\(more)\n"
  }

  private static func name(_ level: String?) -> String { level.map(displayText) ?? "(missing)" }
}
