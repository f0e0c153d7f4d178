import Calibration
import Learning
import Reporting
import Scoring
import Testing

@Suite struct ScoreFileTests {
  private let seats = Feature(name: "seats", kind: .number)
  private let plan = Feature(
    name: "plan", kind: .category(levels: ["basic", "pro"], hasOther: true))

  private func lines(_ file: ScoreFile) -> [[String]] {
    SmallCSVReader.records(file.bytes).map { $0.map { String(decoding: $0, as: UTF8.self) } }
  }

  @Test func `the header is fixed, also where there are no scores`() {
    let file = ScoreFile([], asOf: nil, target: "churned", modelID: "0123", hasCertainty: false)
    #expect(
      String(decoding: file.bytes, as: UTF8.self)
        == "account_id,as_of,target,probability,percentile,band,reason_1,reason_2,reason_3,model_id\n"
    )
    #expect(file.formulaLikeCount == 0)
  }

  @Test func `a row has all columns, however many reasons there are`() {
    let reasons = [
      SampleScores.reason(seats, 2, points: 0.081),
      SampleScores.reason(plan, 1, points: 0.03),
      SampleScores.reason(plan, 2, points: 0.02), SampleScores.reason(seats, 3, points: 0.01),
    ]
    let file = ScoreFile(
      (0...4).map { SampleScores.score("a\($0)", reasons: Array(reasons.prefix($0))) },
      asOf: "2026-03-31",
      target: "churned", modelID: "0123456789abcdef", hasCertainty: false)
    let rows = lines(file)
    #expect(rows.count == 6)
    #expect(rows.allSatisfy { $0.count == ScoreFile.header.count })
    #expect(
      rows[1] == [
        "a0", "2026-03-31", "churned", "0.25", "62.5", "elevated", "", "", "", "0123456789abcdef",
      ])
    #expect(
      rows[5][6...8] == [
        "seats = 2 (+8.1 pts)", "plan = pro (+3.0 pts)", "plan = (other) (+2.0 pts)",
      ])
    #expect(rows[4] == ["a3"] + rows[5][1...])
  }

  @Test func `interval and verdict follow where the model has them`() {
    let steps = VennAbers(
      lower: [.init(score: 0, value: 0.125)], upper: [.init(score: 0, value: 0.2)])
    func score(_ id: String, _ rawScore: Double, low: Double?, high: Double?) -> AccountScore {
      var score = SampleScores.score(id)
      let band = ConformalBand(level: 0.9, lowestOfPositives: low, highestOfNegatives: high)
      score.certainty = AccountCertainty(
        ScoreCertainty(band: band, interval: steps), rawScore: rawScore,
        probability: score.probability)
      return score
    }
    let scores = [
      score("a", 1, low: 0, high: 2), score("b", -1, low: 0, high: 2),
      score("c", 1, low: 0, high: 0.5), score("d", 0.2, low: 0.3, high: 0.1),
    ]
    let file = ScoreFile(
      scores, asOf: nil, target: "churned", modelID: "0", hasCertainty: true)
    let rows = lines(file)
    #expect(rows[0] == ScoreFile.header + ["probability_low", "probability_high", "certainty"])
    // An interval reaches to the probability, which is 0.25.
    #expect(
      rows.dropFirst().map { Array($0[10...]) } == [
        ["0.125", "1.0", "cannot tell"], ["0.0", "0.25", "no"], ["0.125", "1.0", "yes"],
        ["0.125", "1.0", "unusual"],
      ])
    #expect(rows.dropFirst().allSatisfy { $0[3] == "0.25" && $0[9] == "0" })
    let empty = ScoreFile([], asOf: nil, target: "churned", modelID: "0", hasCertainty: true)
    #expect(lines(empty)[0] == rows[0])
  }

  @Test func `keys that look like formulas are quoted and counted, and kept as they are`() {
    let ids = ["=HYPERLINK(\"x\")", "plain", "-1", "\u{ff1d}1", "a\nb", "\""]
    let file = ScoreFile(
      ids.map { SampleScores.score($0) }, asOf: nil, target: "churned", modelID: "0",
      hasCertainty: false)
    #expect(file.formulaLikeCount == 3)
    #expect(lines(file).dropFirst().map { $0[0] } == ids)
    #expect(lines(file)[1][1] == "")
  }

  @Test func `a reason never begins a line or an escape of its own`() {
    let hostile = Feature(
      name: "=cmd\u{1b}[31m\nx", kind: .category(levels: ["a\u{202e}\"b"], hasOther: false))
    let file = ScoreFile(
      [SampleScores.score("a", reasons: [SampleScores.reason(hostile, 0, points: -0.5)])],
      asOf: nil,
      target: "left", modelID: "0",
      hasCertainty: false)
    let reason = lines(file)[1][6]
    #expect(reason == "=cmd\\u{1b}[31m\\u{a}x = a\\u{202e}\"b (-50.0 pts)")
    #expect(file.formulaLikeCount == 1)
    #expect(file.bytes.count { $0 == 10 } == 2)
  }

  @Test func `values are shown as the table showed them`() {
    let flag = Feature(name: "paid", kind: .boolean)
    func text(_ feature: Feature, _ value: Double) -> String {
      SampleScores.reason(feature, value, points: 0.1).text
    }
    #expect(text(seats, .nan) == "seats = missing (+10.0 pts)")
    #expect(text(seats, 1.25) == "seats = 1.25 (+10.0 pts)")
    #expect(text(flag, 1) == "paid = yes (+10.0 pts)")
    #expect(text(flag, 0) == "paid = no (+10.0 pts)")
    #expect(text(flag, .nan) == "paid = missing (+10.0 pts)")
    #expect(text(plan, 0) == "plan = basic (+10.0 pts)")
    #expect(text(plan, 2) == "plan = (other) (+10.0 pts)")
    #expect(text(plan, -1) == "plan = missing (+10.0 pts)")
    #expect(text(plan, -2) == "plan = (unseen) (+10.0 pts)")
  }
}
