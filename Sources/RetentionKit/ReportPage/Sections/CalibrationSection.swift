import Charts
import Evaluation
import HTMLReport
import Reporting

extension ReportMaterial {
  /// Whether probabilities mean what they say.
  var calibrationPart: ReportPart {
    let title = "Do probabilities mean what they say?"
    let bins = summary.reliability
    guard !bins.isEmpty, let mean = summary.meanProbability, let base = summary.baseRate else {
      return .leftOut(title: title, reason: "No row was judged.")
    }
    let intervals = Metrics.reliabilityIntervals(
      probabilities: report.rows.probabilities, labels: report.rows.labels,
      weights: report.rows.weights, groups: report.rows.groups, binCount: 10)
    let agreed = zip(bins, intervals).count { bin, interval in
      interval.map { $0.low <= bin.meanProbability && bin.meanProbability <= $0.high } ?? false
    }
    let known = intervals.count { $0 != nil }
    let verdict =
      switch report.verdict.isCalibrated {
      case true?: "They do"
      case false?: "Not quite"
      case nil: "These rows cannot tell for sure"
      }
    let statement =
      "\(verdict): predicted \(Numbers.percent(mean)) on average, observed \(Numbers.percent(base)); in "
      + "\(agreed) of \(known) groups the prediction lies within the interval of what happened."
    let chart = LineChart(
      id: "chart-calibration", title: "Predicted and observed rates", summary: statement,
      x: Axis("Predicted", scale: .percent), y: Axis("Observed", scale: .percent),
      series: [
        Series(
          "tenths of the accounts",
          points: zip(bins, intervals).map { bin, interval in
            Point(
              x: bin.meanProbability, y: bin.observedRate, low: interval?.low,
              high: interval?.high, weight: bin.rows)
          }, style: .linePoints)
      ], references: [.diagonal(label: "as predicted")], shape: .square)
    var table = ReportTable(
      caption: "Predicted and observed rates, the lowest first",
      columns: [
        .number("predicted"), .number("observed"), .number("95 % interval"), .number("rows"),
      ])
    for (bin, interval) in zip(bins, intervals) {
      table.add([
        .init(Numbers.percent(bin.meanProbability)), .init(Numbers.percent(bin.observedRate)),
        .init(
          interval.map {
            "\(Numbers.fixed($0.low * 100, 1)) to \(Numbers.percent($0.high))"
          } ?? "-"), .init(Numbers.count(Int(bin.rows.rounded()))),
      ])
    }
    return .section(
      ReportSection(
        id: "calibration", title: title, statement: statement,
        blocks: [
          .figures([chart.figure()]), .table(table),
          .folded(title: "Slope, intercept and the parts of the Brier score", [.facts(lineFacts)]),
        ],
        guide:
          "Accounts are put into tenths by probability. A point on the diagonal says that of those "
          + "given 20 %, one in five had the outcome. Below it, probabilities are too high; above it, "
          + "too low. Bars are 95 % intervals"
          + (report.rows.groups == nil ? "." : ", which take rows of one account together.")))
  }

  private var lineFacts: [ReportBlock.Fact] {
    func text(_ estimate: CalibrationLine.Estimate?) -> String {
      guard let estimate else { return "-" }
      return Numbers.signed(estimate.value, 3)
        + (estimate.standardError.map { " ± \(Numbers.fixed($0, 3)) (standard error)" } ?? "")
    }
    var facts = [
      ReportBlock.Fact("Slope, 1 is best", text(summary.calibrationLine?.slope)),
      ReportBlock.Fact("Intercept, 0 is best", text(summary.calibrationLine?.intercept)),
      ReportBlock.Fact("Calibration error", Numbers.fixed(summary.ece, 4)),
    ]
    if let parts = summary.brierParts {
      facts += [
        ReportBlock.Fact("Brier: reliability, 0 is best", Numbers.fixed(parts.reliability, 4)),
        ReportBlock.Fact("Brier: resolution, more is better", Numbers.fixed(parts.resolution, 4)),
        ReportBlock.Fact("Brier: uncertainty", Numbers.fixed(parts.uncertainty, 4)),
      ]
    }
    return facts
  }
}
