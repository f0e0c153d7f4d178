import Evaluation
import Learning
import Testing

@Suite struct ProfitTests {
  private let scores = [0.9, 0.5, 0.5, 0.5, 0.1]
  private let labels = [true, true, false, false, false]

  @Test func `profit can be done by hand, ties shared`() throws {
    // A contact costs 10; each saved customer is worth 100, of whom half are.
    let curve = try #require(
      ProfitCurve(
        scores: scores, labels: labels,
        plan: ContactPlan(costPerContact: 10, valuePerSaved: 100, successRate: 0.5),
        pointCount: 5))
    #expect(curve.points.map(\.contacts) == [0, 1, 2, 3, 4, 5])
    let expected = [0, 40, 50 * 4.0 / 3 - 20, 50 * 5.0 / 3 - 30, 60, 50]
    for (point, profit) in zip(curve.points, expected) {
      #expect(abs(point.profit - profit) < 1e-12, "\(point.contacts)")
    }
    #expect(curve.best.contacts == 4)
    #expect(curve.best.lowestScore == 0.5)
    #expect(curve.best.profit == 60)
    #expect(curve.points[2].positives == 1 + 1.0 / 3)
  }

  @Test func `a budget stops the curve within a tie, in contacts or in money`() throws {
    for plan in [
      ContactPlan(costPerContact: 10, valuePerSaved: 100, contactLimit: 2),
      ContactPlan(costPerContact: 10, valuePerSaved: 100, moneyLimit: 20),
    ] {
      let curve = try #require(
        ProfitCurve(scores: scores, labels: labels, plan: plan, pointCount: 5))
      #expect(curve.points.map(\.contacts) == [0, 1, 2])
      #expect(curve.best.contacts == 2)
      #expect(abs(curve.best.profit - (100 * 4.0 / 3 - 20)) < 1e-12)
    }
  }

  @Test func `customers with money of their own bring that`() throws {
    let curve = try #require(
      ProfitCurve(
        scores: scores, labels: labels, plan: ContactPlan(costPerContact: 10, successRate: 0.5),
        money: [30, 300, 7, 7, 7], pointCount: 5))
    #expect(curve.points.map { ($0.profit * 3).rounded() } == [0, 15, 135, 255, 375, 345])
    #expect(curve.best.contacts == 4)
  }

  @Test func `where no contact pays, none is best`() throws {
    let curve = try #require(
      ProfitCurve(
        scores: scores, labels: labels, plan: ContactPlan(costPerContact: 10, valuePerSaved: 9)))
    #expect(curve.best.contacts == 0)
    #expect(curve.best.profit == 0)
    #expect(curve.best.lowestScore == nil)
    #expect(
      ProfitCurve(scores: [], labels: [], plan: ContactPlan(costPerContact: 1)) == nil)
    #expect(
      ProfitCurve(scores: scores, labels: labels, plan: ContactPlan(costPerContact: -1)) == nil)
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func `profit ignores the order of rows, and no point beats the best`(seed: UInt64) throws {
    let rows = SampleRows(seed: seed, count: 200, levels: seed.isMultiple(of: 2) ? 8 : nil)
    let shuffled = rows.shuffled(seed: seed)
    let plan = ContactPlan(costPerContact: 3, valuePerSaved: 11, successRate: 0.7)
    let curves = [rows, shuffled].map {
      ProfitCurve(
        scores: $0.scores, labels: $0.labels, plan: plan, money: $0.weights, weights: $0.weights)
    }
    #expect(curves[0] == curves[1])
    let curve = try #require(curves[0])
    #expect(curve.points.count == 21)
    #expect(curve.points.allSatisfy { $0.profit <= curve.best.profit + 1e-9 })
    // A weight of 2 is two customers.
    let whole = rows.labels.indices.map { Double($0 % 3) }
    let repeated = rows.labels.indices.flatMap { [Int](repeating: $0, count: $0 % 3) }
    let weighted = try #require(
      ProfitCurve(scores: rows.scores, labels: rows.labels, plan: plan, weights: whole))
    let plain = try #require(
      ProfitCurve(
        scores: repeated.map { rows.scores[$0] }, labels: repeated.map { rows.labels[$0] },
        plan: plan))
    #expect(abs(weighted.best.profit - plain.best.profit) < 1e-9)
    #expect(weighted.best.contacts == plain.best.contacts)
  }

  @Test func `money is caught as customers are when all pay alike`() throws {
    let rows = SampleRows(seed: 3, count: 500, levels: 12)
    let capture = try #require(
      MoneyCapture(
        scores: rows.scores, labels: rows.labels, money: rows.labels.map { _ in 25.0 },
        shares: [0.2, 0.1, 1], bootstrap: Bootstrap(resampleCount: 60)))
    #expect(capture.rows.map(\.share) == [0.2, 0.1, 1])
    for row in capture.rows {
      let lift = Metrics.lift(at: row.share, scores: rows.scores, labels: rows.labels)!
      #expect(abs(row.lift - lift) < 1e-12)
    }
    #expect(capture.rows[0].low! < capture.rows[0].captured)
    #expect(capture.rows[0].captured < capture.rows[0].high!)
    #expect(capture.rows[2].captured == 1)
    #expect(capture.rows[2].low == nil)
    #expect(capture.total == 25 * Double(rows.labels.count(where: \.self)))
  }

  @Test func `money captured ignores order and threads, and is nil without any`() {
    let rows = SampleRows(seed: 8, count: 300, levels: 9)
    let shuffled = rows.shuffled(seed: 2)
    let captures = [(rows, 1), (shuffled, 2)].map { rows, threads in
      MoneyCapture(
        scores: rows.scores, labels: rows.labels, money: rows.weights,
        bootstrap: Bootstrap(resampleCount: 30), threads: threads)
    }
    #expect(captures[0] != nil)
    #expect(captures[0] == captures[1])
    #expect(MoneyCapture(scores: [1, 2], labels: [false, false], money: [1, 1]) == nil)
    #expect(MoneyCapture(scores: [1, 2], labels: [true, false], money: [0, 1]) == nil)
    #expect(MoneyCapture(scores: [1, 2], labels: [true, false], money: [-1, 1]) == nil)
    #expect(MoneyCapture(scores: [1], labels: [true], money: [1], shares: [0]) == nil)
  }

  @Test func `a confusion of the top share parts ties, and a rate of nothing is nil`() throws {
    let calls = try #require(Confusion(scores: scores, labels: labels, topShare: 0.4))
    #expect(abs(calls.truePositives - 4.0 / 3) < 1e-12)
    #expect(abs(calls.falsePositives - 2.0 / 3) < 1e-12)
    #expect(abs(calls.calledShare - 0.4) < 1e-12)
    let none = try #require(Confusion(scores: scores, labels: labels, atLeast: 0.95))
    #expect(none.precision == nil)
    #expect(none.recall == 0)
    #expect(none.specificity == 1)
    #expect(none.matthewsCorrelation == nil)
    #expect(none.negativePredictiveValue == 0.6)
    #expect(none.f1 == 0)
    let all = try #require(Confusion(scores: scores, labels: labels, topShare: 1))
    #expect([all.truePositives, all.falsePositives, all.trueNegatives] == [2, 3, 0])
    #expect(Confusion(scores: scores, labels: labels, topShare: 1.5) == nil)
    #expect(Confusion(scores: scores, labels: labels, atLeast: .nan) == nil)
    #expect(Confusion(scores: [], labels: [], atLeast: 0.5) == nil)
  }
}
