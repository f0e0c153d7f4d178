/// How a file separates its fields.
///
/// Quotes are `"`, doubled to stand for themselves; records end with LF, CRLF or a lone CR.
public struct CSVDialect: Sendable, Equatable {
  /// The byte between two fields.
  public let delimiter: UInt8
  /// How many physical lines above the header are passed over, whatever they hold.
  public let skippedLineCount: Int

  /// Chooses the delimiter, and the lines to pass over.
  ///
  /// - Precondition: `delimiter` is an ASCII byte other than NUL, a quote, LF and CR;
  ///   `skippedLineCount` is not negative.
  public init(delimiter: UInt8 = ASCII.comma, skippedLineCount: Int = 0) {
    precondition(skippedLineCount >= 0, "\(skippedLineCount) lines cannot be skipped")
    self.skippedLineCount = skippedLineCount
    precondition(
      delimiter < 0x80
        && ![0, ASCII.quote, ASCII.lineFeed, ASCII.carriageReturn].contains(delimiter),
      "the byte \(delimiter) cannot separate fields")
    self.delimiter = delimiter
  }
}

/// The bytes that the CSV layer knows by name.
public enum ASCII {
  /// `,`
  public static let comma = UInt8(ascii: ",")
  static let quote = UInt8(ascii: "\"")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let tab = UInt8(ascii: "\t")
  static let blank = UInt8(ascii: " ")
  static let backslash = UInt8(ascii: "\\")
  static let controlZ: UInt8 = 0x1a
}
