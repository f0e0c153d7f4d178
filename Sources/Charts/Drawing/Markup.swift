/// The one place where texts become markup, whatever they hold.
package enum Markup {
  /// The text for the inside of an element or of a quoted attribute: what has a meaning in markup is
  /// escaped, and what has no place in a page is a space or gone.
  package static func text(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in cleaned(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// The text without what no page may hold or what would change the text around it: control
  /// characters are spaces, characters that turn the direction of writing are gone, and of marks
  /// piled on one letter the first few stay.
  package static func cleaned(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    var markCount = 0
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: kept.append(" ")
      case 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069, 0x061c: continue
      case 0xfdd0...0xfdef: continue
      case let value where value & 0xfffe == 0xfffe: continue
      default:
        markCount = isMark(scalar) ? markCount + 1 : 0
        if markCount <= 4 { kept.append(scalar) }
      }
    }
    return String(kept)
  }

  /// The text, cut off behind so many letters.
  package static func shortened(_ text: String, to count: Int) -> String {
    let text = cleaned(text)
    // Letters are counted only where there may be too many.
    guard text.utf8.count > count, text.count > count else { return text }
    return text.prefix(count) + "…"
  }

  /// Whether the scalar is drawn onto the one before it.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return true
    default: return false
    }
  }

  /// An id made of small letters, digits and hyphens.
  package static func identifier(_ name: String) -> String {
    var id = ""
    for byte in name.lowercased().utf8 {
      let isPlain = (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
      let character: Character = isPlain ? Character(Unicode.Scalar(byte)) : "-"
      if character != "-" || id.last != "-" { id.append(character) }
    }
    return id.isEmpty ? "chart" : id
  }
}
