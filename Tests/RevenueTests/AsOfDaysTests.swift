import CivilCalendar
import Configuration
import Revenue
import Testing

@Suite struct AsOfDaysTests {
  private func date(_ text: String) -> CalendarDay { CalendarDay(text)! }

  @Test func `monthly steps from a month's last day stay on last days`() {
    let schedule = AsOfSchedule.series(
      from: date("2024-01-31"), to: date("2024-04-30"), every: .months(1))
    let expected = ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"].map(date)
    #expect(schedule.days() == .shared(expected))
  }

  @Test func `a year after 29 February is 28 February`() {
    let schedule = AsOfSchedule.series(
      from: date("2024-02-29"), to: date("2028-03-01"), every: .months(12))
    let expected = ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    #expect(schedule.days() == .shared(expected.map(date)))
  }

  @Test func `steps of days end with the last day at the latest`() {
    let weekly = { AsOfSchedule.series(from: day(0), to: day($0), every: .days(7)).days() }
    #expect(weekly(14) == .shared([0, 7, 14].map(day)))
    #expect(weekly(13) == .shared([0, 7].map(day)))
    #expect(weekly(-1) == .shared([]))
  }

  @Test func `listed days are sorted, each once`() {
    #expect(AsOfSchedule.days([day(9), day(3), day(9)]).days() == .shared([day(3), day(9)]))
  }

  @Test func `a day before a date is the account's own`() {
    let schedule = AsOfSchedule.before(column: "expires", days: 30)
    #expect(schedule.days(dates: [day(100), nil]) == .perAccount([day(70), nil]))
  }
}
