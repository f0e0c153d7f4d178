import Charts
import Learning
import Testing

@Suite struct ChartTests {
  /// The picture for narrow screens, and for wide ones where it differs.
  private func pictures(_ chart: some Chart) -> [DrawnSVG] {
    chart.svg.split(separator: "</svg>").map { DrawnSVG($0 + "</svg>") }
  }

  private func check(_ chart: some Chart) {
    for picture in pictures(chart) {
      #expect(picture.isWellFormed, "\(chart.id)")
      #expect(!picture.title.isEmpty && !picture.details.isEmpty, "\(chart.id)")
      #expect(picture.ids.count == Set(picture.ids).count)
      #expect(picture.coordinates.allSatisfy { $0.isFinite }, "\(chart.id)")
      for text in picture.texts {
        let extent = text.extent
        #expect(
          extent.lowerBound >= -1 && extent.upperBound <= picture.width + 1 && text.y >= 8
            && text.y <= picture.height, "\(chart.id): \(text)")
      }
      for (index, text) in picture.texts.enumerated() {
        for other in picture.texts[(index + 1)...] where (text.y - other.y).magnitude < 9 {
          #expect(
            text.extent.upperBound <= other.extent.lowerBound + 1
              || other.extent.upperBound <= text.extent.lowerBound + 1,
            "\(chart.id): \(text) on \(other)")
        }
      }
    }
  }

  @Test func `every chart of the gallery is well formed, within its frame and without overlaps`() {
    for section in Gallery.realistic + [Gallery.nasty] {
      for chart in section.charts { check(chart) }
    }
  }

  @Test(arguments: 0..<120 as Range<UInt64>)
  func `lines of any values are drawn within their frame`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let scales: [Axis.Scale] = [.linear, .log, .percent, .logOdds, .days, .date]
    let styles: [Series.Style] = [
      .line, .dashed, .dotted, .thin, .points, .linePoints, .steps,
    ]
    func value() -> Double {
      switch generator.nextIndex(below: 12) {
      case 0: return .nan
      case 1: return -.infinity
      case 2: return 0
      case 3: return (generator.nextUnit() - 0.5) * 1e300
      case 4: return generator.nextUnit() * 1e-12
      case 5: return 1e9 + generator.nextUnit()
      default: return (generator.nextUnit() - 0.3) * Double(1 + generator.nextIndex(below: 2000))
      }
    }
    let series = (0..<generator.nextIndex(below: 5)).map { index in
      Series(
        "Series \(index)",
        points: (0..<generator.nextIndex(below: 30)).map { _ in
          Point(x: value(), y: value(), low: value(), high: value(), weight: value())
        }, style: styles[generator.nextIndex(below: styles.count)],
        tone: Tone.allCases[index % 5])
    }
    check(
      LineChart(
        id: "any", title: "Any", summary: "Any values.",
        x: Axis("Across", scale: scales[generator.nextIndex(below: scales.count)]),
        y: Axis("Up", scale: scales[generator.nextIndex(below: scales.count)]), series: series,
        references: [
          .diagonal(label: "Equal"), .horizontal(at: value(), label: "Level"),
          .vertical(at: value(), label: "Place"),
        ],
        density: (0..<5).map { _ in Bin(from: value(), to: value(), value: value()) },
        shape: seed % 2 == 0 ? .square : .landscape, width: seed % 3 == 0 ? .full : .half))
    check(
      BarChart(
        id: "bars", title: "Any", summary: "Any values.",
        x: Axis("Value", scale: scales[generator.nextIndex(below: scales.count)]),
        rows: (0..<generator.nextIndex(below: 9)).map { index in
          .init("Row \(index)", value: value(), low: value(), high: value(), note: "\(index) rows")
        }))
    check(
      WaterfallChart(
        id: "fall", title: "Any", summary: "Any values.",
        x: Axis("Value", scale: seed % 2 == 0 ? .logOdds : .linear), startLabel: "Start",
        start: value(),
        steps: (0..<generator.nextIndex(below: 6)).map { .init("Step \($0)", change: value()) },
        endLabel: "End"))
  }

  @Test func `a hundred thousand points take no more room than a few hundred`() {
    var generator = SeededGenerator(seed: 5)
    var height = 0.0
    let walk = (0..<100_000).map { index in
      height += generator.nextUnit() - 0.5
      return (Double(index), height)
    }
    let chart = LineChart(
      id: "walk", title: "Walk", summary: "A random walk.", x: Axis("Step"), y: Axis("Height"),
      series: [Series("Walk", xy: walk)])
    #expect(chart.svg.utf8.count < 12_000)
  }

  @Test func `values without a place are counted in the description`() {
    let chart = LineChart(
      id: "gaps", title: "Gaps", summary: "A line.", x: Axis("x"), y: Axis("y"),
      series: [Series("s", xy: [(0, 1), (1, .nan), (2, .infinity), (3, 2)])])
    #expect(
      pictures(chart)[0].details == "A line. 2 values have no place on the axes and are left out.")
    var ranged = chart
    ranged.x.range = 0...2
    #expect(
      pictures(ranged)[0].details.hasSuffix(
        "1 value lies beyond the axes and is drawn at their end."))
  }

  @Test func `a chart of full width is drawn for wide and for narrow screens with ids of its own`()
  {
    let svg = Gallery.importances.svg
    #expect(svg.contains("class=\"chart wide\"") && svg.contains("class=\"chart narrow\""))
    let ids = DrawnSVG("<g>\(svg)</g>").ids
    #expect(ids.count == 4 && Set(ids).count == 4)
  }

  @Test func `long names are cut off in sight and whole at rest`() {
    let name = "A feature with a name that is longer than any picture can hold on a phone or a desk"
    let chart = BarChart(
      id: "names", title: "Names", summary: "Names.", x: Axis("Value"),
      rows: [.init(name + name, value: 1)])
    #expect(chart.svg.contains("<title>\(name + name)</title>"))
    #expect(chart.svg.contains("…</text>"))
  }

  @Test func `bars start at zero and end at their value`() throws {
    let chart = BarChart(
      id: "bars", title: "Bars", summary: "Bars.", x: Axis("Value"),
      rows: [.init("a", value: 4), .init("b", value: 2)], width: .half)
    let widths = chart.svg.split(separator: "<rect ").dropFirst().map { part in
      part.split(separator: "width=\"")[1].split(separator: "\"")[0]
    }
    let (full, half) = (try #require(Double(widths[0])), try #require(Double(widths[1])))
    #expect((full - 2 * half).magnitude < 0.2)
  }

  @Test func `a direct label stays off every other line`() {
    let picture = pictures(Gallery.roc)[0]
    #expect(picture.texts.map(\.words).contains("Trees"))
    #expect(picture.texts.map(\.words).contains("No better than chance"))
    // Seven lines that cross everywhere leave no room: they are named in a key above.
    let crossing = LineChart(
      id: "crossing", title: "Crossing", summary: "Lines.", x: Axis("x"), y: Axis("y"),
      series: (0..<7).map { line in
        Series(
          "A rather long name \(line)",
          xy: (0..<40).map { (Double($0), Double(($0 * (line + 3)) % 11)) })
      })
    let key = pictures(crossing)[0].texts.filter { $0.kind.hasPrefix("l ") }
    #expect(key.count == 7)
    let plotTop = pictures(crossing)[0].texts.filter { $0.anchor == "end" }.map(\.y).min() ?? 0
    #expect(key.allSatisfy { $0.y < plotTop })
  }

  @Test func `squares of two alike axes have the same range on both`() {
    let picture = pictures(Gallery.calibration)[0]
    #expect(picture.texts.filter { $0.words == "60\u{a0}%" }.count == 2)
  }
}
