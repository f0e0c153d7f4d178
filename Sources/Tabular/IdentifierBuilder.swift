import Diagnostics
import Files

/// Keeps the keys of a column byte by byte.
final class IdentifierBuilder: DeclaredColumnBuilder {
  private var values = TextValues()
  private var spilledBytes = SpilledRuns<UInt8>()
  /// Counted from the first byte of the column.
  private var spilledEnds = SpilledRuns<Int>()
  private var markedCount = 0

  func append(_ cells: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>) -> CellFault?
  {
    for row in cells.rows {
      let range = fields[cells.fieldIndex(row)].range
      if bytes.trimmed(range).isEmpty {
        return CellFault(
          row: row, kind: .valueMissingKey, message: "the identifier is empty",
          hint: "every row needs an identifier: fill it in, or delete the row")
      }
      values.append(bytes.extracting(range))
    }
    return nil
  }

  func mark() { markedCount = values.count }

  func rewind() { values.truncate(to: markedCount) }

  func spill(to file: ScratchFile) throws(Diagnostic) {
    let start = spilledBytes.count
    try spilledEnds.add(values.ends.map { start + $0 }, to: file)
    try spilledBytes.add(values.bytes, to: file)
    values = TextValues()
  }

  func finish() throws(Diagnostic) -> FinishedColumn {
    let start = spilledBytes.count
    let all = TextValues(
      bytes: try spilledBytes.values(followedBy: values.bytes, filler: 0),
      ends: try spilledEnds.values(followedBy: values.ends.map { start + $0 }, filler: 0))
    return FinishedColumn(values: .identifier(all), notes: KeyNotes.of(all))
  }
}

/// What is remarkable about keys: they are what names an account, and are compared byte by byte.
enum KeyNotes {
  static func of(_ keys: TextValues) -> CellNotes {
    var notes = CellNotes()
    let bytes = keys.bytes.span
    // The spellings by the text that they share: `String` compares by canonical equivalence.
    var spellings: [String: [[UInt8]]] = [:]
    for row in 0..<keys.count {
      let range = keys.range(at: row)
      let key = bytes.extracting(range)
      if key.equals("NULL") { notes.add(.nullKey) }
      if isScientific(key) { notes.add(.scientificKey) }
      if isPrintableASCII(key) { continue }
      let text = keys[row]
      if text.unicodeScalars.contains(where: isInvisible) { notes.add(.invisibleKey) }
      let spelling = Array(keys.bytes[range])
      guard !spellings[text, default: []].contains(spelling) else { continue }
      if spellings[text] != nil { notes.add(.keySpelling) }
      spellings[text, default: []].append(spelling)
    }
    return notes
  }

  /// Whether a key is a number in the form that spreadsheets give long ones: d[.d...]E+d...
  private static func isScientific(_ key: Span<UInt8>) -> Bool {
    guard key.count >= 4, key[0] &- 0x30 < 10 else { return false }
    var at = 1
    if key[at] == UInt8(ascii: ".") {
      at += 1
      while at < key.count, key[at] &- 0x30 < 10 { at += 1 }
    }
    guard at + 2 < key.count, key[at] | 0x20 == UInt8(ascii: "e"), key[at + 1] == UInt8(ascii: "+")
    else { return false }
    return (at + 2..<key.count).allSatisfy { key[$0] &- 0x30 < 10 }
  }

  private static func isPrintableASCII(_ key: Span<UInt8>) -> Bool {
    for index in key.indices where !(0x20..<0x7f).contains(key[index]) { return false }
    return true
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}
