import Diagnostics
import Tabular

/// The readable twin of the record reader: one byte at a time, the whole file in memory, no marks,
/// no blocks.
struct SlowCSVParser {
  private enum State {
    case fieldStart, unquoted, quoted, quoteInQuoted, dropping
  }

  private let bytes: [UInt8]
  private let delimiter: UInt8
  private let limit: Int
  private var outcome = CSVOutcome()
  private var hasHeader = false

  // The record being read.
  private var state = State.fieldStart
  private var fields: [[UInt8]] = []
  private var field: [UInt8] = []
  private var start = 0
  private var recordLine = 1
  private var hasBareQuote = false
  private var bareQuoteFieldCount = 0
  private var fault: Diagnostic.Kind?

  private var line = 1
  private var lineOfOpening = 0
  private var newlines: Set<[UInt8]> = []

  static func parse(_ bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ","), limit: Int = 1 << 24)
    -> CSVOutcome
  {
    var parser = SlowCSVParser(bytes: bytes, delimiter: delimiter, limit: limit)
    parser.run()
    return parser.outcome
  }

  private init(bytes: [UInt8], delimiter: UInt8, limit: Int) {
    let hasMark = bytes.starts(with: [0xef, 0xbb, 0xbf])
    self.bytes = Array(bytes.dropFirst(hasMark ? 3 : 0))
    self.delimiter = delimiter
    self.limit = limit
    outcome.warnings.byteOrderMark = hasMark
  }

  private mutating func run() {
    var at = 0
    while at < bytes.count && outcome.fatal == nil {
      at = step(at)
    }
    guard outcome.fatal == nil else { return }
    if state == .quoted {
      let isTooLong = bytes.count - start > limit
      stop(
        isTooLong ? .csvRecordTooLong : .csvUnterminatedQuote,
        line: isTooLong ? recordLine : lineOfOpening)
    } else if start < bytes.count {
      if state != .dropping && bytes.count - start > limit { fault = .csvRecordTooLong }
      outcome.warnings.lastRecordWithoutNewline = true
      endRecord(at: bytes.count)
    }
    if !hasHeader && outcome.fatal == nil { stop(.csvNoHeader, line: 1) }
  }

  /// - Returns: The position of the byte to look at next.
  private mutating func step(_ at: Int) -> Int {
    let byte = bytes[at]
    let next = at + 1 < bytes.count ? bytes[at + 1] : nil
    let isNewline = byte == 10 || byte == 13
    let newlineCount = byte == 13 && next == 10 ? 2 : 1

    if state == .quoted {
      if at - start >= limit {
        stop(.csvRecordTooLong, line: recordLine)
      } else if byte == 34 {
        state = .quoteInQuoted
      } else if isNewline {
        line += 1
        field += bytes[at..<at + newlineCount]
        return at + newlineCount
      } else {
        field.append(byte)
      }
      return at + 1
    }
    if state == .quoteInQuoted && byte == 34 {
      if at - start >= limit { stop(.csvRecordTooLong, line: recordLine) }
      field.append(byte)
      state = .quoted
      return at + 1
    }
    if state != .dropping && at - start > limit {
      fault = .csvRecordTooLong
      state = .dropping
    }
    if isNewline {
      newlines.insert(Array(bytes[at..<at + newlineCount]))
      outcome.warnings.mixedNewlines = newlines.count > 1
      if at == start {
        outcome.warnings.blankLineCount += 1
        line += 1
        recordLine = line
      } else {
        line += 1
        endRecord(at: at)
      }
      start = at + newlineCount
      return start
    }
    switch state {
    case .dropping: break
    case .fieldStart where byte == 34:
      state = .quoted
      lineOfOpening = line
    case _ where byte == delimiter: endField()
    case .quoteInQuoted:
      fault = .csvAfterQuote
      state = .dropping
    default:
      if byte == 34 { hasBareQuote = true }
      field.append(byte)
      state = .unquoted
    }
    return at + 1
  }

  private mutating func endField() {
    fields.append(field)
    if hasBareQuote { bareQuoteFieldCount += 1 }
    hasBareQuote = false
    field = []
    state = .fieldStart
  }

  private mutating func endRecord(at end: Int) {
    endField()
    let raw = bytes[start..<end]
    if fault == nil {
      if raw.contains(0) {
        fault = .csvNulByte
      } else if String(validating: raw, as: UTF8.self) == nil {
        fault = .encodingInvalidUTF8
      } else if hasHeader && fields.count != outcome.header.count {
        fault = .csvFieldCount
      }
    }
    if fault == nil { outcome.warnings.bareQuoteCount += bareQuoteFieldCount }
    if !hasHeader {
      if let fault { return stop(fault, line: recordLine) }
      hasHeader = true
      outcome.header = fields.map(trimmedText)
      outcome.warnings.emptyHeaderNameCount = outcome.header.count { $0.isEmpty }
      outcome.warnings.duplicateHeaderCount = outcome.header.count - Set(outcome.header).count
    } else {
      outcome.records.append(
        CSVOutcome.Record(
          line: recordLine, fields: fault == nil ? fields : nil, kind: fault))
    }
    fields = []
    fault = nil
    bareQuoteFieldCount = 0
    recordLine = line
  }

  private func trimmedText(_ field: [UInt8]) -> String {
    var text = field[...]
    while text.first == 32 || text.first == 9 { text.removeFirst() }
    while text.last == 32 || text.last == 9 { text.removeLast() }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func stop(_ kind: Diagnostic.Kind, line: Int) {
    outcome.fatal = CSVOutcome.Record(line: line, kind: kind)
    if !hasHeader { outcome.warnings = CSVWarnings() }
  }
}
