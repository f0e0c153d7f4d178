import Charts
import Learning

extension Gallery {
  static var realistic: [Section] {
    [
      Section(
        id: "ranking", title: "Ranking",
        says: "Customers who left have higher scores than four out of five who stayed.",
        charts: [roc, precision, gains, profit]),
      Section(
        id: "probabilities", title: "Probabilities",
        says: "Predicted and observed rates agree within their intervals.",
        charts: [calibration, scores, lead, stability]),
      Section(
        id: "drivers", title: "What drives risk",
        says: "Activity counts most, then the price of the plan.",
        charts: [importances, families, dependence, revenue, surface, spread]),
      Section(
        id: "account", title: "One account", says: "Two things make this account a risk.",
        charts: [waterfall, stacked]),
    ]
  }

  static var roc: LineChart {
    LineChart(
      id: "roc", title: "Who leaves is ranked before who stays",
      summary: "ROC curve: area 0.842, beside 0.5 for chance.",
      x: Axis("Stayed, but flagged", scale: .percent, range: 0...1),
      y: Axis("Left, and flagged", scale: .percent, range: 0...1),
      series: [
        Series("Trees", xy: curve { 1 - power(1 - $0, 5) }, tone: .blue),
        Series("Logistic", xy: curve { 1 - power(1 - $0, 3) }, style: .dashed, tone: .orange),
      ],
      references: [.diagonal(label: "No better than chance")], shape: .square)
  }

  static var precision: LineChart {
    LineChart(
      id: "precision", title: "How many of the flagged leave",
      summary: "Precision falls from 80 % to the base rate of 9.9 % as more are flagged.",
      x: Axis("Share of leavers found", scale: .percent, range: 0...1),
      y: Axis("Share of flagged who left", scale: .percent, range: 0...1),
      series: [
        Series(
          "Trees",
          points: (1...100_000).map { (index: Int) -> Point in
            let x = Double(index) / 100_000
            let jump = 0.2 * power(1 - x, 60) * (index % 700 < 350 ? 0.6 : 0.9)
            let y = 0.1 + 0.7 * power(1 - x, 2) + jump
            return Point(x: x, y: y, low: y - 0.03, high: y + 0.03)
          })
      ], references: [.horizontal(at: 0.099, label: "Base rate 9.9 %")], shape: .square)
  }

  static var gains: LineChart {
    LineChart(
      id: "gains", title: "Customers reached by contacting the riskiest",
      summary: "Contacting 20 % of customers reaches 62 % of those who would leave.",
      x: Axis("Customers contacted", scale: .percent, range: 0...1),
      y: Axis("Leavers reached", scale: .percent, range: 0...1),
      series: [
        Series("By risk", xy: curve { 1 - power(1 - $0, 4) }),
        Series(
          "By days since last login", xy: curve { 1 - power(1 - $0, 2) }, style: .dashed,
          tone: .green),
      ],
      references: [.diagonal(label: "At random"), .vertical(at: 0.2, label: "Capacity")])
  }

  static var profit: LineChart {
    LineChart(
      id: "profit", title: "What a campaign earns",
      summary: "Profit is greatest, 412,000 EUR, at the 1,900 customers of highest risk.",
      x: Axis("Customers contacted"), y: Axis("Profit", unit: "EUR"),
      series: [
        Series(
          "Expected profit",
          points: (0...60).map { (index: Int) -> Point in
            let x = Double(index) * 208
            let bend = x < 1900 ? 0.114 : 0.0036
            let y = 412_000 - (x - 1900) * (x - 1900) * bend
            return Point(x: x, y: y, low: y - 40_000 - x * 8, high: y + 40_000 + x * 8)
          })
      ],
      references: [
        .horizontal(at: 0, label: "Break even"), .vertical(at: 1900, label: "Best: 1,900"),
      ])
  }

  static var calibration: LineChart {
    var generator = SeededGenerator(seed: 3)
    let tenths = (1...10).map { (index: Int) -> Point in
      let x = 0.006 * Double(index * index)
      let y = max(0, x + (generator.nextUnit() - 0.5) * 0.05)
      let half = 0.01 + x / 10
      return Point(
        x: x, y: y, low: max(0, y - half), high: y + half, weight: Double(1300 - index * 100))
    }
    let rows = (0..<30).map { (index: Int) -> Bin in
      let count = 4000 / Double((index + 1) * (index + 1))
      return Bin(from: Double(index) / 50, to: Double(index + 1) / 50, value: count)
    }
    return LineChart(
      id: "calibration", title: "Predicted and observed rates",
      summary: "Ten groups of customers lie on the diagonal within their intervals.",
      x: Axis("Predicted probability", scale: .percent), y: Axis("Observed rate", scale: .percent),
      series: [
        Series("Tenths of customers", points: tenths, style: .points)
      ], references: [.diagonal(label: "Just right")],
      density: rows, shape: .square)
  }

  static var scores: Histogram {
    func bins(_ peak: Double) -> [Bin] {
      (0..<25).map { index in
        let x = (Double(index) + 0.5) / 25
        return Bin(
          from: Double(index) / 25, to: Double(index + 1) / 25,
          value: 0.25 / (1 + 60 * (x - peak) * (x - peak)))
      }
    }
    return Histogram(
      id: "scores", title: "Probabilities by outcome",
      summary: "Most who stayed have a probability below 20 %, most who left one above 40 %.",
      x: Axis("Probability", scale: .percent, range: 0...1),
      y: Axis("Share of the group", scale: .percent),
      groups: [
        .init("Stayed", bins: bins(0.12), tone: .blue),
        .init("Left", bins: bins(0.55), tone: .orange),
      ])
  }

  static var lead: LineChart {
    LineChart(
      id: "lead", title: "How early risk shows",
      summary: "Half of those who leave are flagged 60 days before.",
      x: Axis("Days before leaving", scale: .days),
      y: Axis("Flagged", scale: .percent, range: 0...1),
      series: [
        Series(
          "Top tenth",
          points: [(7.0, 0.82), (14, 0.77), (30, 0.66), (60, 0.5), (90, 0.38), (180, 0.2)].map {
            Point(x: $0, y: $1, low: $1 - 0.05, high: $1 + 0.05)
          }, style: .linePoints),
        Series(
          "Top twentieth",
          points: [(7.0, 0.6), (14, 0.52), (30, 0.41), (60, 0.3), (90, 0.21), (180, 0.1)].map {
            Point(x: $0, y: $1, low: $1 - 0.04, high: $1 + 0.04)
          }, style: .linePoints, tone: .orange),
      ])
  }

  static var stability: LineChart {
    LineChart(
      id: "stability", title: "The ranking over time",
      summary: "The area under the ROC curve stays between 0.81 and 0.86 for eighteen months.",
      x: Axis("As-of day", scale: .date), y: Axis("ROC AUC"),
      series: [
        Series(
          "",
          points: (0..<18).map { month in
            let y = 0.835 + Double((month * 7) % 5 - 2) * 0.01
            return Point(x: 19_723 + Double(month) * 30.4, y: y, low: y - 0.015, high: y + 0.015)
          })
      ])
  }

  static var importances: BarChart {
    let names = [
      "days_since_last_active", "events_28d", "plan_price", "seats_used_share", "tenure_days",
      "support_tickets_90d", "invoices_overdue", "country",
    ]
    return BarChart(
      id: "importances", title: "What the ranking would lose",
      summary: "Without days since last active, log loss would rise by 0.034.",
      x: Axis("Rise in log loss when shuffled"),
      rows: names.enumerated().map { index, name in
        let value = 0.034 / Double(1 + index) - (index == 7 ? 0.0052 : 0)
        return .init(
          name, value: value, low: value - 0.002, high: value + 0.002,
          note: index == 0 ? "can be changed" : "")
      })
  }

  static var families: BarChart {
    BarChart(
      id: "families", title: "By family", summary: "Activity explains 54 % of the model.",
      x: Axis("Share of all contributions", scale: .percent),
      rows: [
        .init("Activity", value: 0.54), .init("Contract", value: 0.21),
        .init("Support", value: 0.14, tone: .grey), .init("Other", value: 0.11, tone: .grey),
      ], references: [.vertical(at: 0.25, label: "Even share")], width: .half)
  }

  static var dependence: LineChart {
    let single = (0..<25).map { (line: Int) -> Series in
      let shift = Double(line)
      let points = (0...30).map { (step: Int) -> Point in
        let x = Double(step) * 4
        return Point(x: x, y: 0.02 + shift * 0.006 + 0.3 * x * x / (x * x + 900 + shift * 90))
      }
      return Series("", points: points, style: .thin, tone: .grey)
    }
    let mean = (0...60).map { (step: Int) -> Point in
      let x = Double(step) * 2
      let y = 0.05 + 0.28 * x * x / (x * x + 1400)
      return Point(x: x, y: y, low: y - 0.01 - x / 4000, high: y + 0.01 + x / 4000)
    }
    return LineChart(
      id: "dependence", title: "Days since last active",
      summary: "Risk rises from 5 % to 30 % between 7 and 60 days without activity.",
      x: Axis("Days since last active", scale: .days), y: Axis("Probability", scale: .percent),
      series: single + [Series("All customers", points: mean)],
      density: (0..<40).map {
        Bin(from: Double($0) * 3, to: Double($0 + 1) * 3, value: 900 / Double($0 + 1))
      })
  }

  static var revenue: LineChart {
    func falling(from start: Double, by fall: Double) -> [Point] {
      (0...40).map { Point(x: 20 * power(1.3, Double($0)), y: start - fall * Double($0)) }
    }
    return LineChart(
      id: "yearly-revenue", title: "Yearly revenue",
      summary: "Risk falls with revenue up to 10,000 EUR.",
      x: Axis("Yearly revenue", unit: "EUR", scale: .log), y: Axis("Probability", scale: .percent),
      series: [
        Series("2025", points: falling(from: 0.2, by: 0.003)),
        Series(
          "2024", points: falling(from: 0.14, by: 0.0012), style: .dotted, tone: .purple),
      ])
  }

  static var surface: HeatMap {
    HeatMap(
      id: "surface", title: "Activity and price together",
      summary: "Risk is highest, 48 %, where little activity meets a high price.",
      xTitle: "Days since last active", xLabels: ["0–6", "7–13", "14–29", "30–59", "60+"],
      yTitle: "Price of the plan, EUR", yLabels: ["0–9", "10–29", "30–99", "100+"],
      values: Axis("Probability", scale: .percent),
      cells: (0..<4).map { (row: Int) -> [Double?] in
        (0..<5).map { (column: Int) -> Double? in
          row == 3 && column == 0 ? nil : 0.03 + 0.03 * Double(column * (row + 1))
        }
      })
  }

  static var spread: HeatMap {
    HeatMap(
      id: "surface-fine", title: "The same, finely", summary: "Risk rises to the upper right.",
      xTitle: "Days since last active", xLabels: (0..<20).map { "\($0 * 6)" },
      yTitle: "Price of the plan, EUR", yLabels: (0..<12).map { "\($0 * 10)" },
      values: Axis("Probability", scale: .percent),
      cells: (0..<12).map { (row: Int) -> [Double?] in
        (0..<20).map { (column: Int) -> Double? in 0.02 + 0.002 * Double(column * row) }
      })
  }

  static var waterfall: WaterfallChart {
    WaterfallChart(
      id: "waterfall", title: "How 48 % comes about",
      summary: "From 9.9 % for the average customer to 48 % for this one.",
      x: Axis("Probability", scale: .logOdds), startLabel: "Average customer", start: -2.2,
      steps: [
        .init("No event for 41 days", change: 1.4), .init("Seats went from 20 to 12", change: 0.9),
        .init("Yearly contract", change: -0.6, text: "−0.60"),
        .init("Support tickets: 3 in the last 90 days", change: 0.5),
        .init("14 other features", change: -0.08),
      ], endLabel: "Acme & Sons")
  }

  static var stacked: StackedBar {
    StackedBar(
      id: "stacked", title: "Drivers by family",
      summary: "Activity is over half of what raises risk.",
      x: Axis("Share of what raises risk", scale: .percent, range: 0...1),
      parts: ["Activity", "Contract", "Support", "Price", "Other"],
      rows: [
        .init("Small", values: [0.52, 0.2, 0.14, 0.1, 0.04]),
        .init("Medium", values: [0.41, 0.3, 0.09, 0.12, 0.08]),
        .init("Enterprise", values: [0.3, 0.45, 0.05, 0.18, 0.02]),
      ])
  }

  private static func curve(_ height: (Double) -> Double) -> [(Double, Double)] {
    (0...2000).map { (Double($0) / 2000, height(Double($0) / 2000)) }
  }

  private static func power(_ base: Double, _ exponent: Double) -> Double {
    base > 0 ? PortableMath.exp(exponent * PortableMath.log(base)) : 0
  }
}
