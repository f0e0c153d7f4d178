/// One fault, told so that its reader can mend it: where, what was found, what was expected, what
/// to do.
///
/// Every error that leaves a RetentionKit module is a `Diagnostic`, so that a caller meets one type
/// and the command line prints one form. The text never holds a cell's content, because cells may be
/// personal data; only the few words of a label are named.
public struct Diagnostic: Error, Equatable, Sendable {
  /// Which fault it is; the stable word that scripts branch on.
  public var kind: Kind
  /// What was found and what was expected, in one sentence without a full stop.
  public var message: String
  /// The file, as the user named it.
  public var file: String?
  /// The physical line, counting the first line of the file as 1.
  public var line: Int?
  /// The column's name.
  public var column: String?
  /// The offset from the start of the file, counting the first byte as 0.
  public var byte: Int?
  /// What to do about it.
  public var hint: String?

  /// Makes a diagnostic; places that are not known stay `nil`.
  public init(
    _ kind: Kind, _ message: String, file: String? = nil, line: Int? = nil, column: String? = nil,
    byte: Int? = nil, hint: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.file = file
    self.line = line
    self.column = column
    self.byte = byte
    self.hint = hint
  }
}

extension Diagnostic: CustomStringConvertible {
  /// The fault on one line, `error[kind]: file:line: column: message`, and the hint on a second.
  public var description: String {
    var text = "error[\(kind.rawValue)]: "
    if let file {
      text += displayText(file)
      if let line { text += ":\(line)" }
      text += ": "
    }
    if let column { text += "\(displayText(column)): " }
    text += message
    if let hint { text += "\nhint: \(hint)" }
    return text
  }
}

/// Text from outside (a name, a path, a level) made safe to print: control characters, and the
/// invisible marks that reorder text, are shown as escapes.
public func displayText(_ text: some StringProtocol) -> String {
  var shown = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
      shown += "\\u{\(String(scalar.value, radix: 16))}"
    default:
      shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}
