import Charts

extension Gallery {
  /// What no chart may break on.
  static var nasty: Section {
    let long = String(repeating: "A name of 4 KiB & <more> \"so\" ", count: 140)
    let names = [
      long, "<script>alert('x')</script>", "שלום עולם", "مرحبا بالعالم", "\u{202e}turned\u{0}", "",
      "İ̇ẞ",
    ]
    func line(
      _ id: String, _ title: String, _ points: [(Double, Double)], x: Axis = Axis("x"),
      y: Axis = Axis("y"), style: Series.Style = .line
    ) -> LineChart {
      LineChart(
        id: "nasty-\(id)", title: title, summary: title + ".", x: x, y: y,
        series: [Series("Series", xy: points, style: style)])
    }
    return Section(
      id: "nasty", title: "Data as nobody wants them",
      says: "Nothing, one point, equal values, numbers that are none, and names of any length.",
      charts: [
        line("empty", "No data", []), line("one", "One point", [(3, 4)]),
        line("equal", "Equal values", [(1, 5), (2, 5), (3, 5)]),
        line("nan", "Not numbers", [(1, 1), (2, .nan), (3, 2), (4, .infinity), (5, 3), (6, 2.5)]),
        line("huge", "From one end to the other", [(-1e308, -1e308), (0, 3), (1.7e308, 1.7e308)]),
        line("tiny", "Tiny differences", [(1, 1e-300), (2, 3e-300), (3, 2e-300)]),
        line(
          "near", "Large and near",
          [(1, 1_000_000_000.25), (2, 1_000_000_000.5), (3, 1_000_000_000)]),
        line("negative", "Negative values", [(-5, -3), (-2, -9), (-1, -4)]),
        line(
          "log", "Twelve decades, and zero", [(0, 1), (1e-6, 2), (1, 3), (1e6, 4)],
          x: Axis("x", scale: .log)),
        line(
          "outside", "Beyond the axes", [(-1, 0.5), (0.5, 2), (2, 0.2)],
          x: Axis("x", range: 0...1), y: Axis("y", range: 0...1)),
        line("dates", "Two days", [(20_000, 1), (20_001, 3)], x: Axis("Day", scale: .date)),
        line("years", "Eighty years", [(-3000, 1), (26_000, 3)], x: Axis("Day", scale: .date)),
        LineChart(
          id: "nasty-names", title: long, summary: long, x: Axis(long), y: Axis(long, unit: long),
          series: names.enumerated().map { index, name in
            Series(
              name, xy: [(0, Double(index)), (1, Double(index * 2 % 7))],
              style: index % 2 == 0 ? .line : .linePoints, tone: Tone.allCases[index % 5])
          }, references: [.horizontal(at: 3, label: long), .vertical(at: 0.5, label: "<i>")]),
        BarChart(
          id: "nasty-bars", title: "Bars of any name", summary: "Negative, missing and huge bars.",
          x: Axis("Effect", unit: "points"),
          rows: zip(names, [3, -2.5, .nan, 0, 1e-9, .infinity, 0.4]).map { name, value in
            .init(
              name, value: value, low: value - 1, high: value + 1, note: "<b>1,234</b> accounts",
              tone: value < 0 ? .orange : .blue)
          }),
        BarChart(
          id: "nasty-none", title: "No bars", summary: "None.", x: Axis("Effect"), rows: []),
        BarChart(
          id: "nasty-zero", title: "All zero", summary: "Zeros.", x: Axis("Effect"),
          rows: [.init("a", value: 0), .init("b", value: 0)], width: .half),
        WaterfallChart(
          id: "nasty-waterfall", title: "A fall without steps", summary: "Nothing changes.",
          x: Axis("Probability", scale: .logOdds), startLabel: "Average customer", start: -30,
          steps: [.init(long, change: .nan), .init(names[2], change: -4)], endLabel: long),
        HeatMap(
          id: "nasty-heat", title: "One cell", summary: "One cell.", xTitle: long, xLabels: [long],
          yTitle: long, yLabels: [long], values: Axis(long), cells: [[-4]]),
        HeatMap(
          id: "nasty-cold", title: "No cell", summary: "No cell.", xTitle: "x", xLabels: ["a"],
          yTitle: "y", yLabels: ["b"], values: Axis("z"), cells: [[.nan]]),
        StackedBar(
          id: "nasty-stacked", title: "Parts of any name", summary: "Parts.", x: Axis("Sum"),
          parts: names,
          rows: [
            .init(long, values: [3, -1, .nan, 1e-9, 2, 0, 5]),
            .init("", values: [0, 0, 0, 0, 0, 0, 0]),
          ]),
        Histogram(
          id: "nasty-histogram", title: "One bin", summary: "One bin.", x: Axis("Score"),
          y: Axis("Accounts"),
          groups: [
            .init("Stayed", bins: [Bin(from: 1, to: 1, value: 12_345_678)], tone: .blue),
            .init("Left", bins: [], tone: .orange),
          ]),
        Sparkline(
          id: "nasty-spark", title: "Events", summary: "Events with a gap.",
          values: [1, .nan, 3, 2, .infinity, 4]),
        Sparkline(id: "nasty-flat", title: "Events", summary: "No events.", values: []),
      ])
  }
}
