import Charts
import Evaluation
import HTMLReport
import Reporting

extension ReportMaterial {
  /// Why there is nothing to be ranked or counted by outcome.
  static let oneOutcome = "All judged rows have one outcome."

  /// How probabilities are spread among rows of either outcome.
  var distributionPart: ReportPart {
    let title = "Scores by outcome"
    guard
      let spread = ScoreDistribution(
        probabilities: report.rows.probabilities, labels: report.rows.labels,
        weights: report.rows.weights)
    else { return .leftOut(title: title, reason: Self.oneOutcome) }
    func bins(_ shares: [Double]) -> [Bin] {
      shares.indices.map {
        Bin(from: spread.edges[$0], to: spread.edges[$0 + 1], value: shares[$0])
      }
    }
    let statement =
      "\(capitalised(words.hits)) were given \(Numbers.percent(spread.positiveMean)) on average, "
      + "\(words.misses) \(Numbers.percent(spread.negativeMean))."
    return .section(
      ReportSection(
        id: "scores", title: title, statement: statement,
        blocks: [
          .figures([
            Histogram(
              id: "chart-scores", title: "Probabilities given, by what happened",
              summary: statement, x: Axis("Probability given", scale: .percent),
              y: Axis("Share of the group", scale: .percent),
              groups: [
                .init(capitalised(words.misses), bins: bins(spread.negative), tone: .blue),
                .init(capitalised(words.hits), bins: bins(spread.positive), tone: .orange),
              ],
              references: summary.baseRate.map { [.vertical(at: $0, label: "base rate")] } ?? [],
              width: .full
            ).figure()
          ])
        ],
        guide:
          "Each outline is one group, and each adds up to 100 %. The further apart the two are, "
          + "the better the model tells them apart; where they overlap, it cannot."))
  }

  /// ROC and precision-recall.
  var rankingPart: ReportPart {
    let title = "How well it ranks"
    guard
      let curve = RankingCurve(
        scores: report.rows.probabilities, labels: report.rows.labels,
        weights: report.rows.weights), let area = summary.rocAUC
    else { return .leftOut(title: title, reason: Self.oneOutcome) }
    let range = summary.interval(of: .rocAUC)
    let ofHundred = Numbers.fixed(area * 100, 0)
    let rocText =
      "Of two accounts, one of the \(words.hits) and one of the \(words.misses), the model gives the "
      + "first the higher probability \(ofHundred) times in 100"
      + (range.map {
        " (95 % interval \(Numbers.fixed($0.low * 100, 0)) to \(Numbers.fixed($0.high * 100, 0)))"
      } ?? "") + "."
    let half = curve.points.first { $0.recall >= 0.5 }
    let precisionText =
      half.flatMap { point in
        point.precision.map {
          "The \(words.most) \(Numbers.percent(point.share, point.share < 0.1 ? 1 : 0)) of accounts hold "
            + "half of all \(words.hits); of those \(Numbers.percent($0, 0)) are such accounts, against "
            + "\(Numbers.percent(curve.baseRate, 0)) of all."
        }
      } ?? ""
    let roc = LineChart(
      id: "chart-roc", title: "ROC curve", summary: rocText,
      x: Axis("\(capitalised(words.misses)), called", scale: .percent, range: 0...1),
      y: Axis("\(capitalised(words.hits)), called", scale: .percent, range: 0...1),
      series: [Series("model", xy: curve.points.map { ($0.falsePositiveRate, $0.recall) })],
      references: [.diagonal(label: "chance")], shape: .square)
    let precision = LineChart(
      id: "chart-precision", title: "Precision and recall", summary: precisionText,
      x: Axis("Share of the \(words.hits) that is called", scale: .percent, range: 0...1),
      y: Axis("Share of the called that is right", scale: .percent, range: 0...1),
      series: [
        Series(
          "model",
          // The share of a handful is mere chance.
          xy: curve.points.filter { $0.share * Double(summary.rows) >= 10 }.compactMap { point in
            point.precision.map { (point.recall, $0) }
          },
          tone: .orange)
      ],
      references: [.horizontal(at: curve.baseRate, label: "base rate")], shape: .square)
    return .section(
      ReportSection(
        id: "ranking", title: title,
        statement: precisionText.isEmpty ? rocText : rocText + " " + precisionText,
        blocks: [
          .figures([roc.figure(), precision.figure()]),
          .folded(title: "All figures beside the base rate", [.table(metricTable)]),
          .folded(title: "The model beside simple rules", comparisonBlocks),
        ],
        guide:
          "Both curves call accounts one by one, the \(words.most) first. On the left, a curve far "
          + "above the diagonal finds many \(words.hits) for few false alarms. On the right, the height "
          + "says how many of the called are right; it falls towards the base rate as more are called. "
          + "With a rare outcome the right picture says more."))
  }

  private var metricTable: ReportTable {
    var table = ReportTable(
      caption: "Figures with 95 % intervals",
      columns: [
        .words("figure"), .number("model"), .number("95 % interval"), .number("base rate alone"),
      ])
    for metric in Metric.allCases {
      let interval = summary.interval(of: metric)
      table.add([
        .init(metric.title), .init(metric.text(summary[metric])),
        .init(interval.map { "\(metric.text($0.low)) to \(metric.text($0.high))" } ?? "-"),
        .init(metric.text(metric.baselineValue(summary.baseline))),
      ])
    }
    return table
  }

  private var comparisonBlocks: [ReportBlock] {
    guard !report.comparisons.isEmpty else {
      return [.paragraph("These rows do not tell how simple rules would do.")]
    }
    func text(_ value: Double?, _ decimals: Int) -> String { Numbers.fixed(value, decimals) }
    var table = ReportTable(
      caption: "Simple rules on the same rows",
      columns: [
        .words("rule"), .number("its log loss"), .number("the model's is lower by"),
        .number("95 % interval"), .number("its ROC AUC"),
      ])
    for comparison in report.comparisons {
      let gain = comparison.logLossGain
      table.add([
        .init(comparison.title), .init(text(comparison.paired[.logLoss]?.first, 4)),
        .init(text(gain?.value, 4)),
        .init(
          gain.flatMap { gain in
            gain.low.flatMap { low in gain.high.map { "\(text(low, 4)) to \(text($0, 4))" } }
          } ?? "-"), .init(text(comparison.paired[.rocAUC]?.first, 4)),
      ])
    }
    let note =
      report.splits == nil
      ? "The rules are fitted to folds of these very rows, which favours them."
      : "The rules are fitted to what each fold learns from."
    return [.table(table), .paragraph(note)]
  }

  /// How many of those with the outcome are found among the first.
  var gainsPart: ReportPart {
    let title = "Who is found first"
    guard
      let curve = RankingCurve(
        scores: report.rows.probabilities, labels: report.rows.labels,
        weights: report.rows.weights)
    else { return .leftOut(title: title, reason: Self.oneOutcome) }
    let captures = summary.gains.compactMap(\.capture)
    let money = report.answers.money
    var statement =
      "The \(words.most) tenth holds \(Numbers.percent(captures.first, 0)) of the \(words.hits)"
    if captures.count >= 3 {
      statement += ", the \(words.most) three tenths \(Numbers.percent(captures[2], 0))"
    }
    if let tenth = money?.rows.first(where: { $0.share == 0.1 }) {
      statement +=
        "; the first tenth holds \(Numbers.percent(tenth.captured, 0)) of the \(words.movedRevenue)"
    }
    statement += "."
    var series = [
      Series(words.hits, xy: curve.points.map { ($0.share, $0.recall) })
    ]
    if let money {
      series.append(
        Series(
          "their revenue",
          points: [Point(x: 0, y: 0)]
            + money.rows.map { Point(x: $0.share, y: $0.captured, low: $0.low, high: $0.high) }
            + [Point(x: 1, y: 1)], style: .linePoints, tone: .orange))
    }
    let chart = LineChart(
      id: "chart-gains", title: "Found among the first", summary: statement,
      x: Axis("Accounts called, the \(words.most) first", scale: .percent, range: 0...1),
      y: Axis("Share found", scale: .percent, range: 0...1), series: series,
      references: [.diagonal(label: "chance")], width: .full)
    var table = ReportTable(
      caption: "Accounts by tenths, the \(words.most) first",
      columns: [
        .number("top"), .number("rows"), .number("predicted"), .number("observed"),
        .number("found so far"), .number("lift so far"),
      ])
    for row in summary.gains {
      table.add([
        .init(Numbers.percent(row.share, 0)), .init(Numbers.count(Int(row.rows.rounded()))),
        .init(Numbers.percent(row.meanProbability)),
        .init(Numbers.percent(row.rows > 0 ? row.positives / row.rows : nil)),
        .init(Numbers.percent(row.capture)), .init(Metric.liftAt10.text(row.lift)),
      ])
    }
    return .section(
      ReportSection(
        id: "gains", title: title, statement: statement,
        blocks: [.figures([chart.figure()]), .folded(title: "By tenths", [.table(table)])],
        guide:
          "Read upwards from the share of accounts that your team has time for: the curve says "
          + "which share of the \(words.hits) is among them. On the diagonal, the order would be no "
          + "better than chance."))
  }

  /// What contacting accounts would have brought, where that was asked.
  var profitPart: ReportPart? {
    let title = "Profit"
    guard let curve = report.answers.profit else {
      return .leftOut(
        title: title, reason: "Nobody said what a contact costs: add --contact-cost.")
    }
    let best = curve.best
    let statement =
      best.contacts > 0
      ? "Contacting the \(words.most) \(Numbers.percent(best.share)) of accounts, from a probability of "
        + "\(Numbers.percent(best.lowestScore)) on, would have brought most: "
        + "\(Self.amount(best.profit))."
      : "No contact pays at these costs."
    let chart = LineChart(
      id: "chart-profit", title: "Profit by how many are contacted", summary: statement,
      x: Axis("Accounts contacted, the \(words.most) first", scale: .percent),
      y: Axis("Profit"), series: [Series("profit", xy: curve.points.map { ($0.share, $0.profit) })],
      references: [.horizontal(at: 0, label: "")]
        + (best.contacts > 0 ? [.vertical(at: best.share, label: "best")] : []), width: .full)
    var table = ReportTable(
      caption: "Profit by how many are contacted",
      columns: [.number("top"), .number("contacts"), .number("cost"), .number("profit")])
    for point in curve.points {
      table.add([
        .init(Numbers.percent(point.share, 0)),
        .init(Numbers.count(Int(point.contacts.rounded()))), .init(Self.amount(point.cost)),
        .init(Self.amount(point.profit)),
      ])
    }
    return .section(
      ReportSection(
        id: "profit", title: title, statement: statement,
        blocks: [.figures([chart.figure()]), .folded(title: "All points", [.table(table)])],
        guide:
          "The curve rises while the next account is worth its contact, and falls where it is not. "
          + "The best cut was found on these very rows, which flatters it a little."))
  }
}

/// A sentence's first letter, made large.
func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
