/// Writes YAML in blocks: keys in the order in which they are added, two blanks per level.
package struct YAMLText {
  /// What was written.
  private(set) var text = ""
  private var indentation = 0

  /// Adds a key and its value on one line.
  mutating func add(_ key: String, _ value: String) {
    text += "\(margin)\(Self.scalar(key)): \(value)\n"
  }

  /// Adds a key with a text.
  mutating func add(_ key: String, text value: String?) {
    if let value { add(key, Self.scalar(value)) }
  }

  /// Adds a key with a list of texts, unless it is `standard`.
  mutating func add(_ key: String, list: [String], unless standard: [String] = []) {
    if list != standard { add(key, Self.list(list)) }
  }

  /// Adds a key with a number, unless it is `standard`.
  mutating func add(_ key: String, _ number: Int, unless standard: Int, unit: String = "") {
    if number != standard { add(key, "\(number)\(unit)") }
  }

  /// Adds a key with a number, unless it is `standard`.
  mutating func add(_ key: String, _ number: Double, unless standard: Double? = nil) {
    if number != standard { add(key, Self.number(number)) }
  }

  /// Adds a key and, one level deeper, what `body` writes.
  ///
  /// - Parameter isNeeded: Whether the key is written where `body` writes nothing.
  mutating func add(_ key: String, isNeeded: Bool = false, _ body: (inout YAMLText) -> Void) {
    var inner = YAMLText()
    inner.indentation = indentation + 1
    body(&inner)
    if inner.text.isEmpty {
      if isNeeded { add(key, "{}") }
    } else {
      text += "\(margin)\(Self.scalar(key)):\n\(inner.text)"
    }
  }

  private var margin: String { String(repeating: "  ", count: indentation) }

  // MARK: Values

  /// A list on one line.
  package static func list(_ texts: [String]) -> String {
    "[\(texts.map { scalar($0) }.joined(separator: ", "))]"
  }

  /// A number; a whole one without a point.
  static func number(_ number: Double) -> String {
    if number == number.rounded(.towardZero), number.magnitude < 1e15 { return "\(Int(number))" }
    return "\(number)"
  }

  /// A text, in quotes unless it can be nothing else without them.
  package static func scalar(_ text: String) -> String {
    isPlain(text) ? text : quoted(text)
  }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), text.utf8.count <= 200 else { return false }
    // Blanks only inside, and none before a sign that would then begin something else.
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.allSatisfy({ word in word.utf8.first.map { isLetter($0) || isDigit($0) } ?? false })
    else { return false }
    let bytesFit = text.utf8.allSatisfy { byte in
      isLetter(byte) || isDigit(byte) || " _-./*+%?".utf8.contains(byte)
    }
    let reserved = [
      "true", "false", "yes", "no", "on", "off", "y", "n", "null", "inf", "nan", "infinity",
    ]
    return bytesFit && !reserved.contains(text.lowercased())
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
          let digits = String(scalar.value, radix: 16)
          quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        default: quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }
}
