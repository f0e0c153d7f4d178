import CivilCalendar

/// Dates and times of day in whole words.
enum EventTimes {
  /// Days since 1970-01-01 of `YYYY-MM` `-DD` in eight and two bytes; `nil` for what is no date of
  /// the years 1970 to 2199.
  static func day(_ head: UInt64, _ tail: UInt16) -> UInt64? {
    func digit(_ byte: Int) -> Int { Int(head >> UInt64(8 * byte) & 0xff) - 0x30 }
    let digits = [0, 1, 2, 3, 5, 6].map(digit) + [Int(tail & 0xff) - 0x30, Int(tail >> 8) - 0x30]
    guard digits.allSatisfy({ 0...9 ~= $0 }), digit(4) == 0x2d - 0x30, digit(7) == 0x2d - 0x30
    else { return nil }
    let year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
    guard 1970...2199 ~= year,
      let day = CalendarDay(
        year: year, month: digits[4] * 10 + digits[5], day: digits[6] * 10 + digits[7])
    else { return nil }
    return UInt64(day.number)
  }

  /// The hour of `hh:mm:ss`; `nil` for what is no time, and for the second 60, which is rare.
  @inline(__always) static func hour(_ word: UInt64) -> UInt64? {
    // Each byte less the smallest that may stand there: digits and colons, then a check of each
    // against its greatest. No byte borrows from the next, because the high bits are set first.
    let low: UInt64 = 0x30_30_3a_30_30_3a_30_30
    let most: UInt64 = 0x09_05_00_09_05_00_09_02
    let high: UInt64 = 0x8080_8080_8080_8080
    guard word & high == 0 else { return nil }
    let values = (word | high) &- low
    guard values & high == high else { return nil }
    let digits = values & ~high
    guard ((most | high) &- digits) & high == high else { return nil }
    let hour = (digits & 0xff) &* 10 &+ (digits &>> 8 & 0xff)
    return hour < 24 ? hour : nil
  }
}

/// The date of the row before and its day: logs are sorted more often than not.
struct DateMemo {
  private var head: UInt64 = 0
  private var tail: UInt16 = 0
  private var day: UInt64 = 0

  /// Reads `YYYY-MM-DD`, alone or followed by `Thh:mm:ssZ`, `Thh:mm:ss` or the same with a blank.
  ///
  /// Everything else is left to ``TimestampGrammar``.
  ///
  /// - Precondition: 20 bytes from the first of the text on can be read.
  @inline(__always)
  mutating func time(_ text: UnsafePointer<UInt8>, _ count: Int) -> (
    day: UInt64, isOffHours: Bool
  )? {
    guard count == 20 || count == 10 || count == 19 else { return nil }
    // SAFETY: the caller promises 20 bytes.
    let head = unsafe Fingerprint64.load(text, 8)
    let tail = unsafe UInt16(
      littleEndian: UnsafeRawPointer(text + 8).loadUnaligned(as: UInt16.self))
    if head != self.head || tail != self.tail {
      guard let day = EventTimes.day(head, tail) else { return nil }
      (self.head, self.tail, self.day) = (head, tail, day)
    }
    guard count > 10 else { return (day, false) }
    let separator = unsafe text[10]
    let zone = unsafe text[19]
    guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: " "),
      count == 19 || zone == UInt8(ascii: "Z"),
      let hour = unsafe EventTimes.hour(Fingerprint64.load(text + 11, 8))
    else { return nil }
    return (day, hour < 9 || hour >= 17)
  }
}

/// Values of events as exact millionths.
enum EventAmounts {
  /// Reads `[-]d+[.d+]` of at most 12 digits before the point and 6 after; 0 for an empty cell.
  ///
  /// - Returns: `nil` for everything else, which the number grammar then reads.
  @inline(__always)
  static func millionths(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
    guard count <= 20 else { return nil }
    var at = 0
    // SAFETY: `at` stays below `count`, the field's length.
    let isNegative = unsafe count > 0 && text[0] == 0x2d
    if isNegative { at = 1 }
    let first = at
    var value: Int64 = 0
    while at < count {
      let digit = unsafe text[at] &- 0x30
      guard digit < 10 else { break }
      value = value &* 10 &+ Int64(digit)
      at &+= 1
    }
    guard at &- first <= 12, at > first || count == 0 else { return nil }
    value = value &* 1_000_000
    if at < count {
      guard unsafe text[at] == 0x2e, count &- at <= 7, count &- at > 1 else { return nil }
      at &+= 1
      var scale: Int64 = 100_000
      while at < count {
        let digit = unsafe text[at] &- 0x30
        guard digit < 10 else { return nil }
        value = value &+ Int64(digit) &* scale
        scale = scale / 10
        at &+= 1
      }
    }
    return isNegative ? -value : value
  }
}
