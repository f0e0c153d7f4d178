import CivilCalendar
import Configuration

/// The days on which accounts are looked at, worked out.
public enum AsOfDays: Sendable, Equatable {
  /// The same days for every account, in order, each once.
  case shared([CalendarDay])
  /// A day of its own for each account, by position; `nil` for an account without one.
  case perAccount([CalendarDay?])
}

extension AsOfSchedule {
  /// The days that the schedule names.
  ///
  /// Steps of months are counted from the first day, and fall on the last day of a month that is
  /// too short: from 31 January monthly is 28 or 29 February, then 31 March.
  ///
  /// - Parameter dates: For ``AsOfSchedule/before(column:days:)``, the date in that column of every
  ///   account, by position; `nil` where the cell is empty. Not used otherwise.
  /// - Precondition: Steps are at least 1.
  public func days(dates: [CalendarDay?] = []) -> AsOfDays {
    switch self {
    case .days(let days):
      return .shared(Set(days).sorted())
    case .series(let from, let to, let step):
      var days: [CalendarDay] = []
      var day = from
      while day <= to {
        days.append(day)
        day = step.day(days.count, after: from)
      }
      return .shared(days)
    case .before(_, let count):
      return .perAccount(dates.map { $0.map { $0 - count } })
    }
  }
}

extension AsOfSchedule.Step {
  /// The day so many steps after another.
  fileprivate func day(_ stepCount: Int, after first: CalendarDay) -> CalendarDay {
    switch self {
    case .days(let count):
      precondition(count >= 1, "a step of \(count) days; expected at least 1")
      return first + stepCount * count
    case .months(let count):
      precondition(count >= 1, "a step of \(count) months; expected at least 1")
      return first.adding(months: stepCount * count)
    }
  }
}
