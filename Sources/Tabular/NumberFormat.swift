import Diagnostics

/// How decimal numbers are written: 1234.5, 1,234.5, 1.234,5, 1 234,5, ...
public struct NumberFormat: Sendable, Equatable {
  /// The byte between the whole part and the fraction: a point or a comma.
  public let decimalSign: UInt8
  /// What stands between groups of three digits; `nil` for nothing.
  ///
  /// A blank stands for the blanks that do not break a line as well (U+00A0, U+202F).
  public let thousandsSeparator: String?

  /// 1234.5.
  public static let plain = NumberFormat(point: UInt8(ascii: "."))

  private init(point: UInt8) {
    decimalSign = point
    thousandsSeparator = nil
  }

  /// Chooses the signs.
  ///
  /// - Throws: `config.format` where the decimal sign is neither a point nor a comma, or where a
  ///   separator could be taken for part of a number.
  public init(decimalSign: Character, thousandsSeparator: Character? = nil) throws(Diagnostic) {
    guard decimalSign == "." || decimalSign == ",", let sign = decimalSign.asciiValue else {
      throw Diagnostic(
        .configFormat, "the decimal sign is '\(displayText(String(decimalSign)))'",
        hint: "it is a point or a comma")
    }
    if let separator = thousandsSeparator {
      let isPart = separator.isNumber || separator.isLetter || separator.isNewline
      guard separator != decimalSign, !isPart, !"+-\"".contains(separator) else {
        throw Diagnostic(
          .configFormat,
          "'\(displayText(String(separator)))' cannot separate thousands beside '\(decimalSign)'",
          hint: "choose a comma, a point, a blank, an apostrophe or an underscore")
      }
    }
    self.decimalSign = sign
    self.thousandsSeparator = thousandsSeparator.map { String($0) }
  }

  /// Reads the signs off a sample: how the number 1234.5 is written.
  ///
  /// - Throws: `config.format` for any other sample.
  public init(sample: String) throws(Diagnostic) {
    let characters = Array(sample)
    let separator = characters.count == 7 ? characters[1] : nil
    let digits = characters.filter { $0 != separator || separator == nil }
    guard characters.first == "1", digits.count == 6, String(digits[1..<4]) == "234",
      digits[5] == "5"
    else {
      throw Diagnostic(
        .configFormat, "'\(displayText(sample))' is no sample of a number format",
        hint: "write 1234.5 as the file does: 1234.5, 1234,5, 1,234.5, 1.234,5, 1 234,5")
    }
    try self.init(decimalSign: digits[4], thousandsSeparator: separator)
  }

  /// The separator's bytes in all the ways in which it is written.
  var separators: [[UInt8]] {
    guard let thousandsSeparator else { return [] }
    let blanks = [" ", "\u{a0}", "\u{202f}"]
    return (thousandsSeparator == " " ? blanks : [thousandsSeparator]).map { Array($0.utf8) }
  }
}

/// Reads numbers of a format other than 1234.5, by writing them so first.
struct FormattedNumbers: QuantityGrammar {
  private let format: NumberFormat
  private let separators: [[UInt8]]
  private var plain: [UInt8] = []

  init(_ format: NumberFormat) {
    self.format = format
    separators = format.separators
  }

  mutating func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading {
    guard rewrite(cell) else {
      return .fault(PlainNumbers.notANumber(cell, row: row, columnName: columnName))
    }
    switch PlainNumbers.read(plain.span, row: row, columnName: columnName) {
    case .fault(let fault) where fault.kind == .valueNumber:
      return .fault(PlainNumbers.notANumber(cell, row: row, columnName: columnName))
    case let reading: return reading
    }
  }

  func column(_ values: [Double]) -> ColumnValues { .number(values) }

  /// Writes a cell as 1234.5 would be; `false` where its groups or signs are not of the format.
  ///
  /// Groups have three digits but for the first, so that 1,5 is not fifteen.
  private mutating func rewrite(_ cell: Span<UInt8>) -> Bool {
    plain.removeAll(keepingCapacity: true)
    let range = cell.trimmed(0..<cell.count)
    var at = range.lowerBound
    if at < range.upperBound, cell[at] == UInt8(ascii: "-") || cell[at] == UInt8(ascii: "+") {
      plain.append(cell[at])
      at += 1
    }
    var groupCount = 0
    var digitCount = 0
    while at < range.upperBound {
      if cell[at] &- 0x30 < 10 {
        plain.append(cell[at])
        digitCount += 1
        at += 1
      } else if let length = separatorLength(cell.extracting(at..<range.upperBound)) {
        guard groupCount == 0 ? 1...3 ~= digitCount : digitCount == 3 else { return false }
        groupCount += 1
        digitCount = 0
        at += length
      } else {
        break
      }
    }
    if groupCount > 0 && digitCount != 3 { return false }
    if at < range.upperBound && cell[at] == format.decimalSign {
      plain.append(UInt8(ascii: "."))
      at += 1
    }
    for index in at..<range.upperBound {
      // The one sign is behind us; a word such as N/A or inf goes on as it is.
      if cell[index] == UInt8(ascii: ".") { return false }
      plain.append(cell[index])
    }
    return true
  }

  private func separatorLength(_ rest: Span<UInt8>) -> Int? {
    separators.first { rest.starts(with: $0) }?.count
  }
}
