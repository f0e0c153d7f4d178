/// The words that stand for a missing value.
package enum MissingToken {
  /// Whether a cell, already trimmed of blanks, is empty or one of NULL, null, NA, N/A, \N, NaN, nan.
  @inline(__always) package static func matches(_ cell: Span<UInt8>) -> Bool {
    cell.isEmpty || (cell.count <= 4 && matchesWord(cell))
  }

  private static func matchesWord(_ cell: Span<UInt8>) -> Bool {
    switch cell.count {
    case 2: cell.equals("NA") || cell.equals("\\N")
    case 3: cell.equals("NaN") || cell.equals("nan") || cell.equals("N/A")
    case 4: cell.equals("NULL") || cell.equals("null")
    default: false
    }
  }
}
