import Charts
import Diagnostics
import Evaluation
import HTMLReport
import Reporting

extension ReportMaterial {
  /// The figures of each level of a column.
  var segmentPart: ReportPart {
    let title = "Segments"
    let judged = report.answers.segments.filter { !$0.segments.isEmpty }
    guard !judged.isEmpty else {
      return .leftOut(
        title: title,
        reason: report.answers.segments.isEmpty
          ? "The model reads no column of few levels: name one with --segment."
          : "No level has \(SegmentEvaluation.Minimum().rows) rows and enough of either outcome.")
    }
    let whole = summary.rocAUC
    var apart: [String] = []
    var blocks: [ReportBlock] = []
    for (number, evaluation) in judged.enumerated() {
      let column = displayText(evaluation.column)
      var table = ReportTable(
        caption: "By \(column)",
        columns: [
          .words(column), .number("rows"), .number("observed"), .number("predicted"),
          .number("ROC AUC"), .number("95 % interval"), .number("log loss"),
        ])
      var areas: [BarChart.Bar] = []
      var rates: [BarChart.Bar] = []
      func add(_ name: String, _ figures: EvaluationSummary) {
        let interval = figures.interval(of: .rocAUC)
        table.add([
          .init(name), .init(Numbers.count(figures.rows), sortedBy: Double(figures.rows)),
          .init(Numbers.percent(figures.baseRate)), .init(Numbers.percent(figures.meanProbability)),
          .init(Metric.rocAUC.text(figures.rocAUC)),
          .init(
            interval.map { "\(Metric.rocAUC.text($0.low)) to \(Metric.rocAUC.text($0.high))" }
              ?? "-"), .init(Metric.logLoss.text(figures.logLoss)),
        ])
        guard let area = figures.rocAUC, let rate = figures.baseRate else { return }
        areas.append(
          BarChart.Bar(name, value: area, low: interval?.low, high: interval?.high))
        rates.append(
          BarChart.Bar(
            name, value: rate, note: "predicted \(Numbers.percent(figures.meanProbability))",
            tone: .orange))
        if let interval, let whole, interval.high < whole || interval.low > whole {
          apart.append("\(column) \(name) (\(Numbers.fixed(area, 2)))")
        }
      }
      for segment in evaluation.segments {
        add(segment.level.map { displayText($0) } ?? "(missing)", segment.summary)
      }
      if let others = evaluation.others { add("(the small ones)", others) }
      let text = "The figures of each level of \(column)."
      blocks.append(.heading("By \(column)"))
      blocks.append(
        .figures([
          BarChart(
            id: "chart-segment-\(number)-area", title: "How well the model ranks within",
            summary: text, x: Axis("ROC AUC"), rows: areas,
            references: whole.map { [.vertical(at: $0, label: "all")] } ?? [], width: .half
          ).figure(),
          BarChart(
            id: "chart-segment-\(number)-rate", title: "How often the outcome came", summary: text,
            x: Axis("Observed", scale: .percent), rows: rates,
            references: summary.baseRate.map { [.vertical(at: $0, label: "all")] } ?? [],
            width: .half
          ).figure(),
        ]))
      blocks.append(.folded(title: "In numbers", [.table(table)]))
      if !evaluation.tooSmall.isEmpty {
        let small = evaluation.tooSmall.prefix(8).map {
          "\($0.level.map { displayText($0) } ?? "(missing)") (\(Numbers.count($0.rows)))"
        }
        blocks.append(
          .paragraph(
            "Too few rows for figures of their own: " + small.joined(separator: ", ")
              + (evaluation.tooSmall.count > 8 ? ", ..." : "") + "."))
      }
    }
    let statement =
      apart.isEmpty
      ? "The model ranks about as well in each segment as on the whole: no interval excludes the figure "
        + "of all."
      : "The model ranks differently than on the whole (\(Numbers.fixed(whole, 2))) in "
        + Self.listed(apart) + "."
    return .section(
      ReportSection(
        id: "segments", title: title, statement: statement, blocks: blocks,
        guide:
          "Within a segment, ranking is harder than between segments, so figures a little below "
          + "that of all are usual. Where a whole interval lies below, the model knows these accounts "
          + "less well."))
  }
}
