import Explanation
import Learning
import Reporting
import Testing

@Suite struct CurveTextTests {
  private func point(_ place: FeatureCurve.Place, _ probability: Double, share: Double = 0.05)
    -> FeatureCurve.Point
  {
    FeatureCurve.Point(
      place: place, logOdds: LogLoss.score(probability), logOddsLow: 0, logOddsHigh: 0,
      probability: probability, low: probability * 0.9, high: probability * 1.1, rowShare: share)
  }

  private func curve(
    _ points: [FeatureCurve.Point], kind: Feature.Kind = .number,
    missing: FeatureCurve.Point? = nil, described: Bool = false
  ) -> FeatureCurve {
    FeatureCurve(
      feature: Feature(name: "days_idle", kind: kind), kind: .pdp,
      words: described ? "days since the last event" : nil, unit: described ? "days" : nil,
      points: points, missing: missing, meanLogOdds: 0, meanProbability: 0.1, rowCount: 1200,
      partCount: 5, band: .parts, agreement: 0.97)
  }

  /// One point per day.
  private func days(_ probability: (Double) -> Double) -> [FeatureCurve.Point] {
    (0..<20).map { point(.number(Double($0)), probability(Double($0))) }
  }

  @Test func `a curve that rises says from where to where, in the words of its feature`() {
    let rising = days { 0.04 + 0.01 * $0 }
    #expect(
      curve(rising).sentence == "probability rises from 4.0 % at 0 to 23.0 % at days_idle = 19")
    #expect(
      curve(rising, described: true).sentence
        == "probability rises from 4.0 % at 0 to 23.0 % at 19 days since the last event")
    #expect(
      curve(days { $0 < 14 ? 0.3 : 0.1 }).sentence
        == "probability falls from 30.0 % at 0 to 10.0 % at days_idle = 19, most of it between 13 "
        + "and 14")
    #expect(
      curve(days { 0.2 + ($0 - 10) * ($0 - 10) / 1000 }).sentence
        == "probability goes up and down: lowest, 20.0 %, at 10, highest, 30.0 %, at days_idle = 0")
    #expect(
      curve(days { _ in 0.125 }).sentence
        == "the probability stays at 12.5 % whatever the value")
    #expect(
      curve([point(.number(3), 0.2)]).sentence
        == "the rows have one value: there is nothing to see")
  }

  @Test func `values of the outermost per cent of the rows are not shown`() {
    var points = days { 0.04 + 0.01 * $0 }
    points.append(point(.number(90_000), 0.9, share: 0.001))
    #expect(curve(points).sentence.hasSuffix("at days_idle = 19"))
    #expect(!curve(points).text.contains("90000"))
  }

  @Test func `levels and yes or no are a table`() {
    let levels = curve(
      [point(.level(code: 0, name: "free"), 0.3), point(.level(code: 1, name: "team"), 0.1)],
      kind: .category(levels: ["free", "team"]), missing: point(.missing, 0.2))
    #expect(
      levels.sentence
        == "probability is highest, 30.0 %, for free, and lowest, 10.0 %, for team")
    #expect(levels.text.contains("  missing       20.0 %  18.0 % to 22.0 %"))
    #expect(!levels.text.contains("│"))
    let flag = curve([point(.number(0), 0.3), point(.number(1), 0.1)], kind: .boolean)
    #expect(flag.sentence == "probability is 10.0 % for yes and 30.0 % for no")
    #expect(flag.text.contains("the 5 models have 97 % of the curve in common"))
  }

  @Test func `a chart rises from left to right with its axes and its rows`() throws {
    let text = curve(days { 0.01 + 0.01 * $0 }, missing: point(.missing, 0.2)).text
    let rows = text.split(separator: "\n").filter { $0.contains("│") }
    #expect(rows.count == 12)
    let lengths = rows.map(\.count)
    // The higher a line, the later it begins; all end at the right edge but for the band.
    let starts = rows.map { row in
      row.firstIndex { "█▓".contains($0) }.map { row.distance(from: row.startIndex, to: $0) }
        ?? .max
    }
    #expect(starts == starts.sorted(by: >))
    #expect(lengths.allSatisfy { $0 == lengths[0] })
    #expect(rows[0].contains("22.0 %"))
    #expect(text.contains("missing: 20.0 % (18.0 % to 22.0 %), 5.0 % of the rows"))
    let axis = try #require(text.split(separator: "\n").first { $0.contains("14.25") })
    #expect(axis.split(separator: " ").map(String.init) == ["0", "4.75", "9.5", "14.25", "19"])
  }

  @Test func `directions have their sizes and places, and say whether a demand is kept`() {
    let number = Feature(name: "x", kind: .number)
    func check(fall: MonotoneCheck.Move?, rise: MonotoneCheck.Move?, demanded: Int?) -> String {
      MonotoneCheck(
        risingShare: rise == nil ? 0 : 1, fallingShare: fall == nil ? 0 : 0.25,
        largestFall: fall, largestRise: rise, upwardShare: 0.9, isExact: true, rowCount: 80,
        demanded: demanded
      ).text(number)
    }
    let rise = MonotoneCheck.Move(size: 1.5, from: 2, to: 7)
    #expect(
      check(fall: nil, rise: rise, demanded: 1)
        == "no row's score ever falls as the value rises (checked for 80 rows at every value where "
        + "the model can change)\nthe model was trained to rise only, and does")
    let both = check(
      fall: MonotoneCheck.Move(size: 0.3, from: 4, to: 4), rise: rise, demanded: 1)
    #expect(both.contains("25 % of the rows fall somewhere, by at most 0.30 in log odds past 4"))
    #expect(
      both.contains("100 % of the rows rise somewhere, by at most 1.50 in log odds between 2 and 7")
    )
    #expect(both.hasSuffix("trained to rise only, but does NOT"))
    #expect(!check(fall: nil, rise: rise, demanded: nil).contains("trained"))
  }
}
