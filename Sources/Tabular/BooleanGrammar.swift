/// Reads yes/no, true/false, y/n and t/f, in any case. Digits are numbers, not booleans.
package enum BooleanGrammar {
  /// What a cell is.
  package enum Reading: Equatable {
    case value(Bool)
    case missing
    case notABoolean
  }

  /// Reads a cell; blanks around it do not matter.
  package static func read(_ cell: Span<UInt8>) -> Reading {
    let range = cell.trimmed(0..<cell.count)
    let word = cell.extracting(range)
    if MissingToken.matches(word) { return .missing }
    guard word.count <= 5 else { return .notABoolean }
    // Letters as lower case, in one integer. Bit 5 makes a letter of a few other bytes, none of
    // which leads to one of the words below but the upper-case letters.
    var letters: UInt64 = 0
    for index in 0..<word.count {
      let byte = word[index]
      guard byte >= 0x41 else { return .notABoolean }
      letters = letters << 8 | UInt64(byte | 0x20)
    }
    switch letters {
    case 0x79, 0x74, 0x79_65_73, 0x74_72_75_65: return .value(true)  // y, t, yes, true
    case 0x6e, 0x66, 0x6e_6f, 0x66_61_6c_73_65: return .value(false)  // n, f, no, false
    default: return .notABoolean
    }
  }
}
