import Diagnostics
import Mustache

/// Texts of a page, made harmless: what is markup elsewhere is text here.
///
/// The templates' own escaping goes by characters as people count them. A quotation mark with a
/// combining accent is one such character and would be let through, and would end an attribute. This
/// one goes by Unicode scalars. Control characters and those that turn the direction of writing are
/// spelt out, as everywhere.
struct EscapedText: MustacheContentType {
  /// What templates call it.
  static let name = "ESCAPED"

  func escapeText(_ text: String) -> String { Self.of(text) }

  /// The text as it may stand between tags and in quoted attributes.
  static func of(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    // A sign of per cent stays in the line of its number.
    for scalar in displayText(text).replacing(" %", with: "\u{a0}%").unicodeScalars {
      switch scalar {
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
