/// Days and dates of the proleptic Gregorian calendar, without a time zone.
enum CalendarArithmetic {
  /// Days from 1970-01-01 to a date.
  ///
  /// Method: Hinnant 2013, "chrono-compatible low-level date algorithms", `days_from_civil`,
  /// https://howardhinnant.github.io/date_algorithms.html.
  static func days(year: Int, month: Int, day: Int) -> Int {
    // Years begin in March, so that the leap day is the last of its year.
    let year = month <= 2 ? year - 1 : year
    let yearOfEra = year % 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return year / 400 * 146_097 + dayOfEra - 719_468
  }

  static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
