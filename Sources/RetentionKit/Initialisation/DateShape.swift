import CivilCalendar
import Tabular

/// How the dates of a column are written, found out from its cells.
enum DateShape: Hashable {
  /// ISO 8601.
  case iso
  /// Year, month and day in eight digits.
  case digits
  /// Three numbers between signs; which is which, and whether a time follows, is in the pattern.
  case pattern(String)
  /// Seconds or milliseconds since 1970.
  case epoch(milliseconds: Bool)

  /// The name of the form in a configuration; `nil` for ISO 8601, which needs none.
  var format: String? {
    switch self {
    case .iso: nil
    case .digits: "%Y%m%d"
    case .pattern(let pattern): pattern
    case .epoch(let milliseconds): milliseconds ? "epoch_ms" : "epoch_s"
    }
  }

  /// The shapes that a cell may have; a day such as 03/04/2026 has two.
  static func shapes(of cell: String) -> [(shape: DateShape, day: CalendarDay)] {
    let bytes = Array(cell.utf8)
    if case .value(let seconds) = TimestampGrammar.read(bytes.span) {
      return [(.iso, CalendarDay(secondsSince1970: seconds))]
    }
    if bytes.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(cell) {
      return shapes(of: number, digitCount: bytes.count)
    }
    return patterns(cell)
  }

  private static func shapes(of number: Int, digitCount: Int) -> [(DateShape, CalendarDay)] {
    switch digitCount {
    case 8:
      guard 1970...2199 ~= number / 10_000,
        let day = CalendarDay(
          year: number / 10_000, month: number / 100 % 100, day: number % 100)
      else { return [] }
      return [(.digits, day)]
    case 10: return [(.epoch(milliseconds: false), CalendarDay(secondsSince1970: Double(number)))]
    case 13:
      return [
        (.epoch(milliseconds: true), CalendarDay(secondsSince1970: Double(number) / 1000))
      ]
    default: return []
    }
  }

  /// `31.12.2026`, `12/31/2026 10:30`, `2026/12/31 10:30:00`.
  private static func patterns(_ cell: String) -> [(DateShape, CalendarDay)] {
    let parts = cell.split(separator: " ")
    guard (1...2).contains(parts.count), let time = parts.count == 1 ? "" : clock(parts[1]),
      let sign = parts[0].first(where: { "./-".contains($0) })
    else { return [] }
    let texts = parts[0].split(separator: sign, omittingEmptySubsequences: false)
    let numbers = texts.compactMap { $0.utf8.count <= 4 ? Int($0) : nil }
    guard texts.count == 3, numbers.count == 3, numbers.allSatisfy({ $0 > 0 }) else { return [] }
    func shape(_ fields: String, _ year: Int, _ month: Int, _ day: Int) -> (DateShape, CalendarDay)?
    {
      guard 1970...2199 ~= year, let day = CalendarDay(year: year, month: month, day: day) else {
        return nil
      }
      let pattern = fields.map { "%\($0)" }.joined(separator: String(sign))
      return (.pattern(pattern + time), day)
    }
    if texts[0].count == 4 {
      return [shape("Ymd", numbers[0], numbers[1], numbers[2])].compactMap(\.self)
    }
    guard texts[2].count == 4 else { return [] }
    return [
      shape("dmY", numbers[2], numbers[1], numbers[0]),
      shape("mdY", numbers[2], numbers[0], numbers[1]),
    ].compactMap(\.self)
  }

  private static func clock(_ text: Substring) -> String? {
    let fields = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(fields.count),
      fields.allSatisfy({ $0.utf8.count == 2 && Int($0) != nil })
    else { return nil }
    return fields.count == 2 ? " %H:%M" : " %H:%M:%S"
  }
}
