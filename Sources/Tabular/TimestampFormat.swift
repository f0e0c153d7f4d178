import Diagnostics

/// How dates and times are written.
public enum TimestampFormat: Sendable, Equatable {
  /// ISO 8601.
  case iso8601
  /// A pattern of fields, as `strptime` has them.
  case pattern(TimestampPattern)
  /// Seconds since 1970-01-01T00:00:00Z, with or without a fraction.
  case epochSeconds
  /// Milliseconds since 1970-01-01T00:00:00Z.
  case epochMilliseconds
  /// Days since 1899-12-30, the time of day as a fraction: a spreadsheet's serial numbers.
  case excel

  /// Reads `iso`, `epoch_s`, `epoch_ms`, `excel`, or a pattern such as `%d.%m.%Y %H:%M`.
  ///
  /// - Throws: `config.format`.
  public init(_ text: String) throws(Diagnostic) {
    switch text {
    case "iso": self = .iso8601
    case "epoch_s": self = .epochSeconds
    case "epoch_ms": self = .epochMilliseconds
    case "excel": self = .excel
    default: self = .pattern(try TimestampPattern(text))
    }
  }
}

extension TimestampFormat: CustomStringConvertible {
  /// As the format is written.
  public var description: String {
    switch self {
    case .iso8601: "iso"
    case .pattern(let pattern): pattern.text
    case .epochSeconds: "epoch_s"
    case .epochMilliseconds: "epoch_ms"
    case .excel: "excel"
    }
  }
}

/// What a grammar of times makes of a cell.
enum CivilReading {
  case time(CivilTime)
  case missing
  case notATimestamp
  /// Another year than 1970 to 2199.
  case outOfRange
}

/// A date and a time of day as a clock on the wall shows them.
struct CivilTime {
  /// Seconds since 1970-01-01T00:00:00 by that clock.
  var seconds: Double
  /// How far the clock is ahead of UTC, in seconds; `nil` where the cell does not say.
  var offset: Int?
  /// Whether the clock showed the second 60, which counts as 59.
  var isLeapSecond = false
}

/// Reads dates and times of a format.
struct Timestamps: QuantityGrammar {
  let format: TimestampFormat
  let timeZone: LocalTimeZone?
  /// Whether a cell may be empty.
  let mayBeMissing: Bool

  func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading {
    switch civil(cell) {
    case .time(let time): resolved(time)
    case .missing where mayBeMissing: .value(.nan)
    case .missing:
      .fault(
        CellFault(
          row: row, kind: .valueTimestamp, message: "the time is empty",
          hint: "every row needs a time: fill it in, or delete the row"))
    case .notATimestamp:
      .fault(
        CellFault(
          row: row, kind: .valueTimestamp, message: "the cell is not \(expectation)",
          hint: CellHint.forTimestamp(cell, columnName: columnName, format: format)))
    case .outOfRange:
      .fault(
        CellFault(
          row: row, kind: .valueTimestampRange, message: "the year is not in 1970...2199",
          hint: "sentinel date? add to null_values, or leave the cell empty"))
    }
  }

  func column(_ values: [Double]) -> ColumnValues { .date(values) }

  private var expectation: String {
    switch format {
    case .iso8601: "an ISO 8601 date or time"
    case .pattern(let pattern): "a time of the form \(displayText(pattern.text))"
    case .epochSeconds, .epochMilliseconds, .excel: "a time written as the number \(format)"
    }
  }

  @inline(__always) private func civil(_ cell: Span<UInt8>) -> CivilReading {
    switch format {
    case .iso8601: TimestampGrammar.civil(cell)
    case .pattern(let pattern): pattern.read(cell)
    case .epochSeconds: number(cell) { CivilTime(seconds: $0, offset: 0) }
    case .epochMilliseconds: number(cell) { CivilTime(seconds: $0 / 1000, offset: 0) }
    // Rounded to milliseconds: a second is no round fraction of a day.
    case .excel:
      number(cell) {
        CivilTime(seconds: (($0 - Self.excelDaysAt1970) * 86_400_000).rounded() / 1000)
      }
    }
  }

  /// Days from 1899-12-30 to 1970-01-01.
  private static let excelDaysAt1970 = 25_569.0

  private func number(_ cell: Span<UInt8>, _ time: (Double) -> CivilTime) -> CivilReading {
    switch NumberGrammar.read(cell) {
    case .missing: return .missing
    case .notANumber, .nonFinite: return .notATimestamp
    case .outOfRange: return .outOfRange
    case .value(let value):
      let time = time(value)
      return TimestampGrammar.range.contains(time.seconds) ? .time(time) : .outOfRange
    }
  }

  private func resolved(_ time: CivilTime) -> QuantityReading {
    if time.offset == nil, let timeZone {
      let (seconds, note) = timeZone.seconds(atLocal: time.seconds)
      return note.map { .noted(seconds, $0) } ?? .value(seconds)
    }
    let seconds = time.seconds - Double(time.offset ?? 0)
    return time.isLeapSecond ? .noted(seconds, .leapSecond) : .value(seconds)
  }
}
