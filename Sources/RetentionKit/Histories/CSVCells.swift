import CivilCalendar
import Reporting
import Tabular

/// Some rows of a table as CSV: their cells are written column by column, because to ask each cell
/// for its type costs more than to write it, then put together row by row.
///
/// A cell is one word: up to six bytes and the comma behind them, and how many these are in the
/// highest byte. A longer one, with its comma, lies among ``long``; its word says where.
struct CSVCells {
  /// Shape `[rows.count, columnCount]`.
  private var words: [UInt64]
  private var long: [UInt8] = []
  private let rows: Range<Int>
  private let columnCount: Int
  /// What marks a word that says where: 31 bits of length and 32 of position stand below it.
  private static let isLong: UInt64 = 1 << 63

  private init(_ rows: Range<Int>, columnCount: Int) {
    self.rows = rows
    self.columnCount = columnCount
    words = [UInt64](repeating: 0, count: rows.count * columnCount)
  }

  /// The text of some rows.
  static func text(_ rows: Range<Int>, of table: Table) -> [UInt8] {
    var cells = CSVCells(rows, columnCount: table.columns.count)
    for (index, column) in table.columns.enumerated() { cells.write(column.values, at: index) }
    return cells.text
  }

  // MARK: Columns

  private mutating func write(_ values: ColumnValues, at column: Int) {
    switch values {
    case .boolean(let values):
      // In words: 0 and 1 read back as numbers, which a model's yes/no column is not.
      let words = [FeatureTable.positive, FeatureTable.negative].map { word(Array($0.utf8)) }
      let none = word([])
      fill(column, values.span) { _, value in
        value.isNaN ? none : value > 0.5 ? words[0] : words[1]
      }
    case .number(let values): write(values, at: column)
    case .category(let values): write(values, at: column)
    case .date(let seconds): fill(column, seconds.span) { $0.word(date: $1) }
    case .identifier(let texts):
      for row in rows { words[place(row, column)] = word(texts, row) }
    case .text, .empty:
      let none = word([])
      for row in rows { words[place(row, column)] = none }
    }
  }

  /// Writes one cell for each value; values that are words on their own need nothing of the cells.
  @inline(__always)
  private mutating func fill<Value>(
    _ column: Int, _ values: Span<Value>, _ word: (inout CSVCells, Value) -> UInt64
  ) {
    var place = column
    for row in rows {
      words[place] = word(&self, values[row])
      place &+= columnCount
    }
  }

  private mutating func write(_ values: CategoryValues, at column: Int) {
    // Each word of the list is written once, unless there are more of them than rows.
    var wordOfLevel = [UInt64](
      repeating: 0, count: values.levels.count <= rows.count ? values.levels.count : 0)
    let none = word([])
    fill(column, values.codes.span) { cells, code in
      if code < 0 { return none }
      let level = Int(code)
      guard level < wordOfLevel.count else { return cells.word(text: values.levels[level]) }
      if wordOfLevel[level] == 0 { wordOfLevel[level] = cells.word(text: values.levels[level]) }
      return wordOfLevel[level]
    }
  }

  private mutating func write(_ values: [Double], at column: Int) {
    let none = word([])
    var row = rows.lowerBound
    while true {
      row = Self.writeWhole(
        values.span, row..<rows.upperBound, none, &words, from: place(row, column), by: columnCount)
      guard row < rows.upperBound else { return }
      words[place(row, column)] = word(unusual: values[row])
      row += 1
    }
  }

  /// Writes numbers until one is not whole or has more than six digits, and says which row's.
  private static func writeWhole(
    _ values: Span<Double>, _ rows: Range<Int>, _ none: UInt64, _ words: inout [UInt64],
    from start: Int, by columnCount: Int
  ) -> Int {
    var words = words.mutableSpan
    var place = start
    for row in rows {
      let number = values[row]
      if number >= 0 && number < 1_000_000 {
        let whole = UInt32(number)
        guard Double(whole) == number else { return row }
        words[place] = word(whole)
      } else {
        guard number.isNaN else { return row }
        words[place] = none
      }
      place &+= columnCount
    }
    return rows.upperBound
  }

  private func place(_ row: Int, _ column: Int) -> Int {
    (row - rows.lowerBound) * columnCount + column
  }

  // MARK: Cells

  /// A number of at most six digits.
  @inline(__always)
  private static func word(_ number: UInt32) -> UInt64 {
    var text = UInt64(ASCII.comma)
    var count: UInt64 = 1
    var rest = number
    repeat {
      text = text &<< 8 | UInt64(UInt8(ascii: "0")) &+ UInt64(rest % 10)
      rest /= 10
      count &+= 1
    } while rest > 0
    return text | count &<< 56
  }

  @inline(never)
  private mutating func word(unusual number: Double) -> UInt64 {
    // Whole numbers without a point.
    let isWhole = number.rounded() == number && abs(number) < 1e15
    var text = isWhole ? "\(Int(number))" : "\(number)"
    return text.withUTF8 { unsafe word($0.span) }
  }

  private mutating func word(date seconds: Double) -> UInt64 {
    if seconds.isNaN { return word([]) }
    let day = CalendarDay(secondsSince1970: seconds)
    let date = day.components
    guard 0...9999 ~= date.year else { return word(Array(day.description.utf8)) }
    let start = long.count
    append(digits: date.year / 100)
    append(digits: date.year % 100)
    long.append(UInt8(ascii: "-"))
    append(digits: date.month)
    long.append(UInt8(ascii: "-"))
    append(digits: date.day)
    return word(from: start)
  }

  private mutating func append(digits number: Int) {
    long.append(UInt8(ascii: "0") + UInt8(number / 10))
    long.append(UInt8(ascii: "0") + UInt8(number % 10))
  }

  private mutating func word(_ texts: TextValues, _ row: Int) -> UInt64 {
    let range = texts.range(at: row)
    let bytes = texts.bytes.span
    guard CSVWriter.isPlain(bytes.extracting(range)) else { return word(text: texts[row]) }
    return word(bytes.extracting(range))
  }

  /// A text, in quotes where it needs them.
  private mutating func word(text: String) -> UInt64 {
    var writer = CSVWriter(header: [])
    let lineEnd = writer.bytes.count
    writer.write(text)
    return word(Array(writer.bytes[lineEnd...]))
  }

  private mutating func word(_ bytes: [UInt8]) -> UInt64 { word(bytes.span) }

  private mutating func word(_ bytes: Span<UInt8>) -> UInt64 {
    guard bytes.count > 6 else {
      var word = UInt64(ASCII.comma)
      for place in bytes.indices.reversed() { word = word << 8 | UInt64(bytes[place]) }
      return word | UInt64(bytes.count + 1) << 56
    }
    let start = long.count
    // SAFETY: the bytes are copied before the closure ends.
    unsafe bytes.withUnsafeBufferPointer { unsafe long.append(contentsOf: $0) }
    return word(from: start)
  }

  /// The word of what was added to ``long`` from here on.
  private mutating func word(from start: Int) -> UInt64 {
    long.append(ASCII.comma)
    precondition(long.count <= UInt32.max, "\(long.count) bytes of text in \(rows.count) rows")
    return Self.isLong | UInt64(long.count - start) << 32 | UInt64(start)
  }

  // MARK: Rows

  private static func byteCount(_ word: UInt64) -> Int {
    Int(word & isLong == 0 ? word &>> 56 : (word & ~isLong) &>> 32)
  }

  /// All rows, one below the other.
  private var text: [UInt8] {
    let byteCount = words.reduce(0) { $0 &+ Self.byteCount($1) }
    // Eight bytes are written at once, whatever a word holds.
    return unsafe [UInt8](unsafeUninitializedCapacity: byteCount + 8) { text, count in
      var at = 0
      let words = words.span
      let long = long.span
      var endOfRow = columnCount
      for place in words.indices {
        let word = words[place]
        let size = Self.byteCount(word)
        if word & Self.isLong == 0 {
          // SAFETY: `at` is at most the bytes of the cells before this one, which are below
          // `byteCount`, and 8 bytes more have room.
          unsafe UnsafeMutableRawPointer(text.baseAddress! + at).storeBytes(
            of: word.littleEndian, as: UInt64.self)
        } else {
          let start = Int(word & 0xffff_ffff)
          // SAFETY: the cells' bytes have room, this cell's among them; `long` is checked.
          for offset in 0..<size { unsafe text[at &+ offset] = long[start &+ offset] }
        }
        at &+= size
        if place &+ 1 == endOfRow {
          // SAFETY: each cell has its comma, so there is a byte before.
          unsafe text[at &- 1] = ASCII.newline
          endOfRow &+= columnCount
        }
      }
      count = at
    }
  }
}

private enum ASCII {
  static let comma = UInt8(ascii: ",")
  static let newline = UInt8(ascii: "\n")
}
