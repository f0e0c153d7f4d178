extension CalendarDay {
  /// Year, month (1 to 12) and day (1 to 31).
  ///
  /// Source: Hinnant 2013, "chrono-compatible low-level date algorithms", `civil_from_days`.
  public var components: (year: Int, month: Int, day: Int) {
    let shifted = Int(number) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// 1 for Monday to 7 for Sunday.
  public var weekday: Int { (((Int(number) + 3) % 7) + 7) % 7 + 1 }

  /// The same day so many months later, or the last day of that month where it is shorter:
  /// 31 January and one month is 28 or 29 February.
  public func adding(months: Int) -> CalendarDay {
    let date = components
    let month = date.year * 12 + date.month - 1 + months
    let year = Int((Double(month) / 12).rounded(.down))
    let monthOfYear = month - year * 12 + 1
    let day = min(date.day, Self.dayCount(year: year, month: monthOfYear))
    return CalendarDay(number: Self.number(year: year, month: monthOfYear, day: day))
  }

  /// How many days a month has.
  static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 of a date that exists.
  ///
  /// Source: Hinnant 2013, "chrono-compatible low-level date algorithms", `days_from_civil`.
  static func number(year: Int, month: Int, day: Int) -> Int32 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int32(era * 146_097 + dayOfEra - 719_468)
  }
}
