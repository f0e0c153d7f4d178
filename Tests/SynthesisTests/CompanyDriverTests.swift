import Synthesis
import Testing

/// What the drivers claim, measured in the tables alone: each feature is computed as of a few days
/// from rows before the day, and the outcome from rows after it.
@Suite struct CompanyDriverTests {
  private static let company = Result {
    try Snapshots(CompanyTables(CompanyTables.plan(accounts: 1200, months: 18, seed: 5)))
  }
  private var rows: [Snapshots.Row] { get throws { try Self.company.get().rows } }

  @Test func `the base rates are those of a company that lives`() throws {
    let rows = try rows
    let share = { (happens: (Snapshots.Row) -> Bool) in
      Double(rows.count(where: happens)) / Double(rows.count)
    }
    #expect((0.035...0.065).contains(share { $0.churns }))
    #expect((0.015...0.05).contains(share { $0.contracts }))
    #expect((0.06...0.13).contains(share { $0.expands }))
  }

  /// The mean of a feature among rows with an outcome less that among the others, in standard errors.
  private func difference(
    _ value: (Snapshots.Row) -> Double?, by outcome: (Snapshots.Row) -> Bool
  ) throws -> Double {
    var sums = (with: 0.0, without: 0.0)
    var squares = (with: 0.0, without: 0.0)
    var counts = (with: 0.0, without: 0.0)
    for row in try rows {
      guard let x = value(row) else { continue }
      if outcome(row) {
        sums.with += x
        squares.with += x * x
        counts.with += 1
      } else {
        sums.without += x
        squares.without += x * x
        counts.without += 1
      }
    }
    let means = (with: sums.with / counts.with, without: sums.without / counts.without)
    let variance =
      (squares.with / counts.with - means.with * means.with) / counts.with
      + (squares.without / counts.without - means.without * means.without) / counts.without
    return (means.with - means.without) / variance.squareRoot()
  }

  @Test func `before churn, use declines`() throws {
    #expect(try difference(\.ratio, by: \.churns) < -4)
  }

  @Test func `before churn, champions are silent`() throws {
    let isSilent = { (row: Snapshots.Row) in row.championDaysSilent.map { $0 > 28 ? 1.0 : 0 } }
    #expect(try difference(isSilent, by: \.churns) > 2.5)
  }

  @Test func `before churn, payments fail`() throws {
    #expect(try difference(\.failedPayments, by: \.churns) > 3)
  }

  @Test func `before churn, agents fail`() throws {
    let isLow = { (row: Snapshots.Row) in row.agentSuccess.map { $0 < 0.85 ? 1.0 : 0 } }
    #expect(try difference(isLow, by: \.churns) > 2)
  }

  @Test func `before churn, the yearly contract's end is near`() throws {
    #expect(try difference(\.daysToRenewal, by: \.churns) < -4)
  }

  @Test func `before churn, little of the product is used`() throws {
    #expect(try difference(\.featureDepth, by: \.churns) < -6)
  }

  @Test func `before churn, the novelty had worn off`() throws {
    #expect(try difference(\.noveltyRatio, by: \.churns) < -3)
  }

  @Test func `before an expansion, limits are near, seats full and gates hit`() throws {
    #expect(try difference(\.limitUtilisation, by: \.expands) > 6)
    #expect(try difference(\.seatUtilisation, by: \.expands) > 6)
    #expect(try difference(\.gateHits, by: \.expands) > 4)
  }

  @Test func `before a contraction, seats stand empty and limits are far`() throws {
    #expect(try difference(\.seatUtilisation, by: \.contracts) < -4)
    #expect(try difference(\.limitUtilisation, by: \.contracts) < -4)
  }

  @Test func `each driver is told in a sentence, with a strength`() {
    #expect(Set(CompanyDriver.all.map(\.target)) == Set(CompanyDriver.Target.allCases))
    for driver in CompanyDriver.all {
      #expect(driver.logOdds > 0 && driver.sentence.hasSuffix("."))
    }
    let names = CompanyDriver.all.map { "\($0.target) \($0.feature)" }
    #expect(Set(names).count == names.count)
  }
}
