import CivilCalendar
import Testing

struct CalendarDayTests {
  @Test(arguments: ["1970-01-01", "2000-02-29", "2024-12-31", "1969-12-31", "0001-01-01"])
  func `a day reads back as it is written`(_ text: String) throws {
    #expect(try #require(CalendarDay(text)).description == text)
  }

  @Test(arguments: ["2023-02-29", "2024-13-01", "2024-1-01", "2024-01-01T00:00", "", "+024-01-01"])
  func `what is no day is refused`(_ text: String) { #expect(CalendarDay(text) == nil) }

  @Test func `days and their dates follow one another for eight hundred years`() throws {
    let first = try #require(CalendarDay(year: 1600, month: 1, day: 1))
    for number in 0..<292_194 {
      let date = (first + number).components
      #expect(
        CalendarDay(year: date.year, month: date.month, day: date.day)?.number
          == first.number + Int32(number))
    }
  }

  @Test func `a month more than its last day is the last day of the next`() throws {
    let day = try #require(CalendarDay("2024-01-31"))
    #expect(day.adding(months: 1).description == "2024-02-29")
    #expect(day.adding(months: 13).description == "2025-02-28")
    #expect(day.adding(months: -2).description == "2023-11-30")
    #expect(try #require(CalendarDay("2024-02-29")).adding(months: 12).description == "2025-02-28")
  }

  @Test func `an instant belongs to the day it lies in`() {
    #expect(CalendarDay(secondsSince1970: 86_399.999).number == 0)
    #expect(CalendarDay(secondsSince1970: 86_400).number == 1)
    #expect(CalendarDay(secondsSince1970: -0.001).number == -1)
    #expect(CalendarDay(number: 0).weekday == 4)
  }
}
