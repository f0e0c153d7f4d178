import Diagnostics
import Synchronization
import Tabular

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Hands out a file in blocks of whole records, one after the other, to any number of workers.
final class EventBlockSource: Sendable {
  /// A block in the worker's buffer.
  struct Block {
    /// Its place among the blocks of the file.
    var index: Int
    /// Where its records lie in the buffer; 64 bytes behind them can be read.
    var range: Range<Int>
    /// Where the block begins in the file.
    var byte: Int
    /// Whether the file ends without a newline: one was added behind `range` for the fast path.
    var lacksNewline = false
    /// Whether a quote may hide a delimiter or a newline.
    var hasQuotes: Bool
  }

  private struct State {
    var rest: [UInt8]
    var byte: Int
    var index = 0
    var isFinished = false
  }

  /// The header's names.
  let header: [String]
  /// The bytes of the header with all that comes before it.
  let headerBytes: [UInt8]
  /// The physical line on which the records begin.
  let firstLine: Int

  /// Lines and bytes of the header that are not in the file.
  let added: (lines: Int, bytes: Int)

  private let source: LockedSource
  private let delimiter: UInt8
  private let state: Mutex<State>

  /// How many bytes a block has at least, unless the file ends: so few that it and the columns made
  /// of it stay in a core's own cache.
  static let blockByteCount = 1 << 18
  /// The longest record accepted, see ``CSVRecordReader``.
  private static let recordByteLimit = 1 << 24

  /// A source that only the holder of the state's lock reads.
  private final class LockedSource: @unchecked Sendable {
    // Every use is inside `state.withLock`, after the initialiser.
    let source: any CSVBlockSource
    init(_ source: any CSVBlockSource) { self.source = source }
  }

  /// Reads the header.
  ///
  /// - Parameter added: Lines and bytes of the header that are not in the file.
  /// - Throws: what the source and ``CSVRecordReader`` throw.
  init(
    _ source: any CSVBlockSource, dialect: CSVDialect,
    added: (lines: Int, bytes: Int) = (0, 0)
  ) throws(Diagnostic) {
    self.added = added
    var start = [UInt8](repeating: 0, count: 1 << 21)
    var filled = 0
    while filled < start.count {
      let count = try source.read(into: &start, from: filled)
      if count == 0 { break }
      filled += count
    }
    start.removeLast(start.count - filled)
    let reader = try CSVRecordReader(
      BytesSource(name: source.name, [start]), dialect: dialect)
    header = reader.header
    let end = reader.recordEnd
    headerBytes = Array(start[..<end])
    firstLine = 1 + PhysicalLines.count(in: start[..<end])
    delimiter = dialect.delimiter
    self.source = LockedSource(source)
    state = Mutex(State(rest: Array(start[end...]), byte: end))
  }

  /// The file, as diagnostics call it.
  var name: String? { source.source.name }

  /// The next block; `nil` at the end of the file.
  ///
  /// - Throws: what the source throws.
  func next(into buffer: inout [UInt8]) throws(Diagnostic) -> Block? {
    var taken: [UInt8] = []
    swap(&taken, &buffer)
    defer { swap(&taken, &buffer) }
    let result = state.withLock { state -> Result<Block?, Diagnostic> in
      Result { () throws(Diagnostic) in try next(&state, &taken) }
    }
    return try result.get()
  }

  private func next(_ state: inout State, _ buffer: inout [UInt8]) throws(Diagnostic) -> Block? {
    guard !state.isFinished else { return nil }
    var filled = state.rest.count
    var wanted = max(filled, Self.blockByteCount)
    copy(state.rest, to: &buffer, room: wanted)
    while true {
      var atEnd = false
      while filled < wanted {
        let count = try source.source.read(into: &buffer, from: filled)
        if count == 0 {
          atEnd = true
          break
        }
        filled += count
      }
      let hasQuotes = RecordBoundary.hasQuotes(buffer, filled)
      let end =
        atEnd
        ? filled
        : RecordBoundary.last(in: buffer[..<filled], delimiter: delimiter, hasQuotes: hasQuotes)
      if atEnd || end != nil || filled > Self.recordByteLimit + 2 {
        return block(&state, &buffer, filled, end ?? filled, atEnd: atEnd, hasQuotes: hasQuotes)
      }
      // Not one whole record: more is needed.
      wanted = filled * 2
      buffer.append(contentsOf: repeatElement(0, count: wanted + 128 - buffer.count))
    }
  }

  private func copy(_ rest: [UInt8], to buffer: inout [UInt8], room: Int) {
    if buffer.count < room + 128 { buffer = [UInt8](repeating: 0, count: room + 128) }
    buffer.replaceSubrange(0..<rest.count, with: rest)
  }

  private func block(
    _ state: inout State, _ buffer: inout [UInt8], _ filled: Int, _ end: Int, atEnd: Bool,
    hasQuotes: Bool
  ) -> Block? {
    state.isFinished = atEnd
    // The bytes behind the end belong to the next block, or to none.
    state.rest = Array(buffer[end..<filled])
    guard end > 0 else { return nil }
    if buffer.count < end + 65 {
      buffer.append(contentsOf: repeatElement(0, count: end + 65 - buffer.count))
    }
    var block = Block(index: state.index, range: 0..<end, byte: state.byte, hasQuotes: hasQuotes)
    if buffer[end - 1] != ASCII.newline && atEnd {
      block.lacksNewline = true
      buffer[end] = ASCII.newline
    }
    state.index += 1
    state.byte += end
    return block
  }
}

extension ASCII {
  static let quote = UInt8(ascii: "\"")
  static let newline = UInt8(ascii: "\n")
}

/// Where records end, as far as quotes decide it; what is inside them is nobody's business here.
enum RecordBoundary {
  /// Whether there is a quote among the first `count` bytes.
  static func hasQuotes(_ bytes: [UInt8], _ count: Int) -> Bool {
    // SAFETY: `count` is at most the number of bytes.
    unsafe bytes.withUnsafeBytes { bytes in
      precondition(count <= bytes.count, "\(count) of \(bytes.count) bytes")
      guard let start = bytes.baseAddress else { return false }
      return unsafe memchr(start, Int32(ASCII.quote), count) != nil
    }
  }

  /// The end of the last whole record; `nil` where there is none.
  ///
  /// A record ends at a line feed outside quotes. A quote opens where a field begins, and is closed
  /// by a quote that no other follows.
  static func last(in bytes: ArraySlice<UInt8>, delimiter: UInt8, hasQuotes: Bool) -> Int? {
    guard hasQuotes else { return bytes.reversed().firstIndex(of: ASCII.newline)?.base }
    var end: Int?
    var isFieldStart = true
    var isQuoted = false
    var at = bytes.startIndex
    while at < bytes.endIndex {
      let byte = bytes[at]
      at += 1
      if isQuoted {
        guard byte == ASCII.quote else { continue }
        if at < bytes.endIndex && bytes[at] == ASCII.quote { at += 1 } else { isQuoted = false }
        continue
      }
      if byte == ASCII.quote && isFieldStart {
        isQuoted = true
        isFieldStart = false
        continue
      }
      isFieldStart = byte == delimiter || byte == ASCII.newline || byte == 0x0d
      if byte == ASCII.newline { end = at }
    }
    return end
  }
}

/// Physical lines, which end with LF, CRLF or a lone CR.
enum PhysicalLines {
  static func count(in bytes: ArraySlice<UInt8>) -> Int {
    var count = 0
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == 0x0d || byte == ASCII.newline && previous != 0x0d { count += 1 }
      previous = byte
    }
    return count
  }
}

/// Bytes in memory as a source of blocks.
final class BytesSource: CSVBlockSource {
  let name: String?
  private var parts: [[UInt8]]
  private var offset = 0

  init(name: String?, _ parts: [[UInt8]]) {
    self.name = name
    self.parts = parts.filter { !$0.isEmpty }
  }

  func read(into buffer: inout [UInt8], from start: Int) throws(Diagnostic) -> Int {
    guard let part = parts.first else { return 0 }
    let count = min(part.count - offset, buffer.count - start)
    buffer.replaceSubrange(start..<start + count, with: part[offset..<offset + count])
    offset += count
    if offset == part.count {
      parts.removeFirst()
      offset = 0
    }
    return count
  }
}
