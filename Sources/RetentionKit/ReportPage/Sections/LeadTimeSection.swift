import Charts
import Configuration
import HTMLReport
import Reporting

extension ReportMaterial {
  /// How long before the outcome accounts were flagged, and how steady the model is.
  var leadTimePart: ReportPart {
    let title = "How long before"
    guard let backtest else {
      return .leftOut(
        title: title,
        reason: "A plain table has no days to look back on; a report of histories (--config) has.")
    }
    let lead = backtest.leadTime
    guard lead.outcomeCount > 0 else {
      return .leftOut(
        title: title,
        reason: "Nobody \(backtest.target.pastTense) at least 13 weeks after the first models.")
    }
    let hasMRR = lead.mrr > 0
    let what = hasMRR ? "revenue" : "accounts"
    func share(_ row: LeadTime.Row) -> LeadTime.Share? {
      hasMRR ? row.shareOfMRR : row.shareOfAccounts
    }
    let statement =
      capitalised(
        lead.reading(backtest.target).replacing("\n", with: " ").trimmedEnds) + "."
    var series = [
      Series(
        "flagged on the day",
        points: lead.weeks.compactMap { row in
          share(row).map {
            Point(x: -Double(row.days), y: $0.value, low: $0.low, high: $0.high)
          }
        })
    ]
    if hasMRR {
      series.append(
        Series(
          "flagged by then",
          xy: lead.weeks.compactMap { row in
            row.everShareOfMRR.map { (-Double(row.days), $0) }
          }, style: .dashed, tone: .green))
    }
    series.append(
      Series(
        "all \(what)",
        xy: lead.weeks.compactMap { row in
          (hasMRR ? row.shareOfAllMRR : row.shareOfAllAccounts).map { (-Double(row.days), $0) }
        }, style: .dotted, tone: .grey))
    let chart = LineChart(
      id: "chart-lead-time",
      title: "Of the \(what) that \(backtest.target.pastTense), the share that was flagged before",
      summary: statement, x: Axis("Days to the day it happened"),
      y: Axis("Share flagged", scale: .percent), series: series, width: .full)
    var blocks: [ReportBlock] = [.figures([chart.figure()]), .table(milestones(lead, hasMRR))]
    blocks.append(.folded(title: "From day to day", stability(backtest.stability)))
    return .section(
      ReportSection(
        id: "lead-time", title: title, statement: statement, blocks: blocks,
        guide:
          "Every account was scored each week by models of the past of the day, fitted without it. "
          + "Flagged means \(lead.ruleText). The line says which share of the \(what) that "
          + "\(backtest.target.pastTense) was flagged so long before; the dotted line is what chance "
          + "would have flagged."))
  }

  private func milestones(_ lead: LeadTime, _ hasMRR: Bool) -> ReportTable {
    func interval(_ share: LeadTime.Share?) -> String {
      guard let low = share?.low, let high = share?.high else { return "-" }
      return "\(Numbers.fixed(low * 100, 1)) to \(Numbers.percent(high))"
    }
    var columns: [ReportTable.Column] = [.number("days before")]
    if hasMRR {
      columns += [.number("revenue flagged"), .number("95 %"), .number("of all")]
    }
    columns += [.number("accounts flagged"), .number("95 %"), .number("of all")]
    var table = ReportTable(caption: "The share that was flagged so long before", columns: columns)
    for row in lead.milestones {
      var cells: [ReportTable.Cell] = [.init("\(row.days)")]
      if hasMRR {
        cells += [
          .init(Numbers.percent(row.shareOfMRR?.value)), .init(interval(row.shareOfMRR)),
          .init(Numbers.percent(row.shareOfAllMRR)),
        ]
      }
      cells += [
        .init(Numbers.percent(row.shareOfAccounts?.value)), .init(interval(row.shareOfAccounts)),
        .init(Numbers.percent(row.shareOfAllAccounts)),
      ]
      table.add(cells)
    }
    return table
  }

  private func stability(_ stability: ScoreStability) -> [ReportBlock] {
    var table = ReportTable(
      caption: stability.isByMonth ? "The model month by month" : "The model day by day",
      columns: [
        .words(stability.isByMonth ? "month from" : "as of"), .number("accounts"),
        .number("predicted"), .number("observed"), .number("ROC AUC"), .number("lift at 10 %"),
        .number("agrees with the day before"),
      ])
    for day in stability.days {
      table.add([
        .init("\(day.asOf)"), .init(Numbers.count(day.count)),
        .init(Numbers.percent(day.meanProbability)), .init(Numbers.percent(day.observedRate)),
        .init(Numbers.fixed(day.rocAUC, 3)), .init(Numbers.fixed(day.liftAt10, 2)),
        .init(Numbers.fixed(day.correlationWithPrevious, 3)),
      ])
    }
    return [
      .table(table),
      .paragraph(
        "The last column is the rank correlation of the probabilities of accounts that are there on "
          + "both days; below 10 of either outcome there is no figure."),
    ]
  }
}

extension String {
  /// Without blanks at its ends.
  fileprivate var trimmedEnds: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    while text.first == " " { text.removeFirst() }
    return String(text)
  }
}
