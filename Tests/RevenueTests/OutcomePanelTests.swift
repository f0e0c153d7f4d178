import CivilCalendar
import Configuration
import Diagnostics
import Learning
import Revenue
import Testing
import UsageHistory

@Suite struct OutcomePanelTests {
  private let accounts = [
    account([spell(0)]),
    account([spell(0, 150)]),
    account([spell(0, 120), spell(10, 5), spell(20, 20)]),
    account([spell(0, mrr: 0)]),
    account([spell(130)]),
  ]

  private func panel(_ asOf: AsOfDays, lastDay: Int = 10_000, threads: Int = 1)
    throws(Diagnostic) -> OutcomePanel
  {
    let accounts = accounts
    return try OutcomePanel(
      rule(.churn, lastDay: lastDay) { $0.horizonDays = 30 }, of: AccountList(accounts),
      asOf: asOf, threads: threads)
  }

  @Test func `rows are sorted by as-of day, then by account, and counts add up`() throws {
    let panel = try panel(.shared([100, 140].map(day)))
    #expect(panel.rows.map(\.account) == [0, 1, 2, 0, 1, 4])
    #expect(panel.rows.map(\.asOf.number) == [100, 100, 100, 140, 140, 140])
    #expect(panel.rows.map(\.isPositive) == [false, false, true, false, true, false])
    #expect(panel.days.map(\.eligibleCount) == [3, 3])
    #expect(panel.days.map(\.positiveCount) == [1, 1])
    #expect(
      panel.days.map(\.excludedCounts) == [
        [.noSubscription: 1, .notPaying: 1], [.noSubscription: 1, .notPaying: 1],
      ])
    for day in panel.days {
      #expect(day.eligibleCount + day.censoredCount + day.excludedCount == accounts.count)
    }
    #expect(panel.reversedCount == 1)
    #expect(panel.neverStartedCount == 1)
  }

  @Test func `a day whose window is not over has no rows at all`() throws {
    let panel = try panel(.shared([100, 140].map(day)), lastDay: 175)
    #expect(panel.rows.allSatisfy { $0.asOf == day(100) })
    #expect(panel.days.map(\.censoredCount) == [0, 3])
    #expect(panel.days.map(\.eligibleCount) == [3, 0])
  }

  @Test func `each account may have a day of its own`() throws {
    let panel = try panel(.perAccount([140, 140, 100, nil, nil].map { $0.map(day) }))
    #expect(panel.rows.map(\.account) == [2, 0, 1])
    #expect(panel.rows.map(\.isPositive) == [true, false, true])
    #expect(panel.days.map(\.asOf) == [nil, day(100), day(140)])
    #expect(panel.total.excludedCounts == [.noAsOfDay: 2])
  }

  @Test func `the number of threads changes nothing`() throws {
    let histories = (0..<300).map { seed in
      var generator = SeededGenerator(seed: UInt64(seed))
      return account(generator.spells())
    }
    let days = AsOfSchedule.series(from: day(50), to: day(250), every: .days(25)).days()
    let panels = try [1, 2, 3, 16].map { threads in
      try OutcomePanel(
        rule(.expansion), of: AccountList(histories), asOf: days, threads: threads)
    }
    for panel in panels { #expect(panel == panels[0]) }
    #expect(panels[0].total.positiveCount > 0)
    // A row's label is that of the rule alone.
    for row in panels[0].rows {
      let verdict = rule(.expansion).verdict(of: histories[row.account], asOf: row.asOf)
      #expect(verdict == (row.isPositive ? .positive : .negative))
    }
  }

  @Test func `the summary counts rows, reasons and days`() throws {
    let summary = try panel(.shared([100, 140].map(day)), lastDay: 175).summary()
    #expect(
      summary == """
        churn: 3 rows of 5 accounts on 2 as-of days, 1 positive (33.3 %)
        without a label: 2 without a subscription, 2 not paying, 3 censored
        censored: outcomes are not yet known on 1970-06-25, the last day of the data
        subscription rows: 1 ending before they start, 1 ending on the day of their start
        as of            rows   positive   left out   censored
        1970-04-11          3          1          2          0
        1970-05-21          0          0          2          3

        """)
  }

  @Test func `as-of days before all data are an error`() {
    let error = #expect(throws: Diagnostic.self) { try panel(.shared([-5, 0].map(day))) }
    #expect(error?.kind == .dataNoRowsBeforeAsOf)
    #expect(error?.message.contains("1970-01-01") == true)
  }

  @Test func `a panel without a row is an error that says why`() {
    let error = #expect(throws: Diagnostic.self) {
      try panel(.shared([day(100)]), lastDay: 101)
    }
    #expect(error?.kind == .dataNoEligibleRows)
    #expect(error?.hint == "left out: 1 without a subscription, 1 not paying, 3 censored")
  }
}
