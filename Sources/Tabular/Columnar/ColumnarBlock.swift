import Diagnostics
import Files

/// What a column of a columnar file holds; the raw value stands in the file.
enum ColumnarKind: UInt8 {
  case empty = 0
  case number = 1
  case boolean = 2
  case date = 3
  case category = 4
  case identifier = 5
  case text = 6

  /// Whether the column is one number after another.
  var isQuantity: Bool {
    switch self {
    case .empty, .number, .boolean, .date: true
    case .category, .identifier, .text: false
    }
  }

  /// Makes sure that so many bytes can hold so many rows, before room is made for them.
  ///
  /// - Throws: `columnar.invalid`.
  func check(byteCount: Int, rowCount: Int, name: String) throws(Diagnostic) {
    let fits =
      switch self {
      case .empty, .number, .boolean, .date:
        byteCount % 8 == 0 && byteCount / 8 == rowCount
      case .category: byteCount >= 4 && (byteCount - 4) / 2 >= rowCount
      case .identifier: byteCount / 8 >= rowCount
      case .text: byteCount == 24
      }
    guard fits else {
      throw Diagnostic(
        .columnarInvalid, "has \(byteCount) bytes for \(rowCount) rows", column: name)
    }
  }
}

/// The bytes of a column, on their way to a file or back.
struct ColumnarBlock {
  /// The numbers of a column are not copied to become bytes.
  private enum Content {
    case quantities([Double])
    case bytes([UInt8])
  }

  let kind: ColumnarKind
  let byteCount: Int
  let checksum: UInt32
  private let content: Content

  /// - Throws: `columnar.invalid` for values that no reader would take.
  init(_ column: TableColumn, rowCount: Int) throws(Diagnostic) {
    let name = column.name
    switch column.values {
    case .number(let numbers): try self.init(.number, numbers, name)
    case .boolean(let booleans): try self.init(.boolean, booleans, name)
    case .date(let seconds): try self.init(.date, seconds, name)
    case .empty: try self.init(.empty, [Double](repeating: .nan, count: rowCount), name)
    case .category(let category):
      try self.init(.category, Self.bytes(of: category), rowCount, name)
    case .identifier(let texts):
      try self.init(.identifier, ColumnarTexts.bytes(of: texts), rowCount, name)
    case .text(let summary): try self.init(.text, Self.bytes(of: summary), rowCount, name)
    }
  }

  private init(_ kind: ColumnarKind, _ values: [Double], _ name: String) throws(Diagnostic) {
    // What is written can be read.
    _ = try Self.values(kind, values, name: name)
    let stored = Self.littleEndian(values)
    self.kind = kind
    byteCount = stored.count * 8
    // SAFETY: any number is eight bytes that may be read.
    checksum = unsafe CRC32C.checksum(stored.span.bytes)
    content = .quantities(stored)
  }

  private init(_ kind: ColumnarKind, _ bytes: [UInt8], _ rowCount: Int, _ name: String)
    throws(Diagnostic)
  {
    _ = try Self.values(kind, bytes, rowCount: rowCount, name: name)
    self.kind = kind
    byteCount = bytes.count
    checksum = CRC32C.checksum(bytes[...])
    content = .bytes(bytes)
  }

  /// - Throws: `output.failed`.
  func write(to writer: OutputFileWriter) throws(Diagnostic) {
    switch content {
    // SAFETY: any number is eight bytes that may be read.
    case .quantities(let values): try unsafe writer.write(values.span.bytes)
    case .bytes(let bytes): try writer.write(bytes)
    }
  }

  /// Adds the column to the bytes before it.
  func append(to bytes: inout [UInt8]) {
    switch content {
    case .quantities(let values):
      // SAFETY: the pointer does not leave the closure.
      unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    case .bytes(let own): bytes.append(contentsOf: own)
    }
  }

  /// Numbers whose bytes in memory are those in the file, or back; the same on most processors.
  static func littleEndian(_ values: [Double]) -> [Double] {
    guard UInt16(1).littleEndian != 1 else { return values }
    return values.map { Double(bitPattern: $0.bitPattern.littleEndian) }
  }

  // MARK: Values

  /// A column of numbers.
  ///
  /// - Throws: `columnar.invalid` for numbers that are not of the kind.
  static func values(_ kind: ColumnarKind, _ values: [Double], name: String)
    throws(Diagnostic) -> ColumnValues
  {
    func fault(_ row: Int, _ found: String) -> Diagnostic {
      Diagnostic(.columnarInvalid, "row \(row + 1) \(found)", column: name)
    }
    switch kind {
    case .number: return .number(values)
    case .date: return .date(values)
    case .boolean:
      if let row = values.firstIndex(where: { !($0 == 0 || $0 == 1 || $0.isNaN) }) {
        throw fault(row, "is neither yes nor no nor missing")
      }
      return .boolean(values)
    default:
      let missing = Double.nan.bitPattern
      if let row = values.firstIndex(where: { $0.bitPattern != missing }) {
        throw fault(row, "has a value in an empty column")
      }
      return .empty
    }
  }

  /// A column of another kind.
  ///
  /// - Precondition: `ColumnarKind.check` holds of the number of bytes.
  /// - Throws: `columnar.invalid`.
  static func values(_ kind: ColumnarKind, _ bytes: [UInt8], rowCount: Int, name: String)
    throws(Diagnostic) -> ColumnValues
  {
    do throws(Diagnostic) {
      switch kind {
      case .category: return .category(try categoryValues(bytes, rowCount: rowCount))
      case .identifier:
        return .identifier(try ColumnarTexts.identifiers(bytes, rowCount: rowCount))
      default: return .text(try textSummary(bytes, rowCount: rowCount))
      }
    } catch {
      var located = error
      located.column = name
      throw located
    }
  }

  // MARK: Categories

  /// Up to so many levels, a code takes two bytes.
  private static let narrowLevelLimit = 1 << 15

  private static func bytes(of category: CategoryValues) -> [UInt8] {
    var levels = TextValues()
    for level in category.levels { levels.append(Array(level.utf8).span) }
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt32(category.levels.count))
    bytes += ColumnarTexts.bytes(of: levels)
    if category.levels.count <= narrowLevelLimit {
      bytes.reserveCapacity(bytes.count + category.codes.count * 2)
      for code in category.codes {
        bytes.append(UInt8(truncatingIfNeeded: code))
        bytes.append(UInt8(truncatingIfNeeded: code >> 8))
      }
    } else {
      bytes.reserveCapacity(bytes.count + category.codes.count * 4)
      for code in category.codes { bytes.appendLittleEndian(code) }
    }
    return bytes
  }

  private static func categoryValues(_ bytes: [UInt8], rowCount: Int) throws(Diagnostic)
    -> CategoryValues
  {
    var reader = LittleEndianReader(bytes)
    let levelCount = Int(try reader.read(UInt32.self))
    let codeByteCount = levelCount <= narrowLevelLimit ? 2 : 4
    guard levelCount <= Int(Int32.max), rowCount <= reader.remaining / codeByteCount,
      levelCount <= (reader.remaining - rowCount * codeByteCount) / 8
    else {
      throw Diagnostic(
        .columnarInvalid, "\(levelCount) levels and \(rowCount) rows in \(bytes.count) bytes")
    }
    let codesStart = bytes.count - rowCount * codeByteCount
    let levels = try ColumnarTexts.levels(bytes, 4..<codesStart, count: levelCount)
    let span = bytes.span
    var codes = [Int32](repeating: 0, count: rowCount)
    var isSound = true
    for row in 0..<rowCount {
      let at = codesStart + row * codeByteCount
      let low = UInt32(span[at]) | UInt32(span[at + 1]) << 8
      let code =
        codeByteCount == 2
        ? Int32(Int16(truncatingIfNeeded: low))
        : Int32(bitPattern: low | UInt32(span[at + 2]) << 16 | UInt32(span[at + 3]) << 24)
      isSound = isSound && code >= -1 && code < Int32(levelCount)
      codes[row] = code
    }
    guard isSound else {
      throw Diagnostic(.columnarInvalid, "a row has a code outside -1..<\(levelCount)")
    }
    return CategoryValues(codes: codes, levels: levels)
  }

  // MARK: Free text

  private static func bytes(of summary: TextSummary) -> [UInt8] {
    var bytes: [UInt8] = []
    for count in [summary.missingCount, summary.distinctLowerBound, summary.countedRowCount] {
      bytes.appendLittleEndian(UInt64(count))
    }
    return bytes
  }

  private static func textSummary(_ bytes: [UInt8], rowCount: Int) throws(Diagnostic)
    -> TextSummary
  {
    var reader = LittleEndianReader(bytes)
    var counts: [Int] = []
    for _ in 0..<3 {
      let count = try reader.read(UInt64.self)
      guard count <= UInt64(rowCount) else {
        throw Diagnostic(.columnarInvalid, "counts \(count) of \(rowCount) rows")
      }
      counts.append(Int(count))
    }
    return TextSummary(
      missingCount: counts[0], distinctLowerBound: counts[1], countedRowCount: counts[2])
  }
}
