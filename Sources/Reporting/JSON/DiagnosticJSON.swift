import Diagnostics

/// An error as `--errors json` prints it, on one line.
public struct DiagnosticJSON: Encodable {
  private let kind: String
  private let message: String
  private let file: String?
  private let line: Int?
  private let column: String?
  private let byte: Int?
  private let hint: String?

  /// Takes over the parts.
  public init(_ diagnostic: Diagnostic) {
    kind = diagnostic.kind.rawValue
    message = diagnostic.message
    file = diagnostic.file
    line = diagnostic.line
    column = diagnostic.column
    byte = diagnostic.byte
    hint = diagnostic.hint
  }
}
