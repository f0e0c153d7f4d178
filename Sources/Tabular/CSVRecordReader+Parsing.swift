import Diagnostics

/// The ways in which records of a file ended.
struct NewlineSet: OptionSet {
  let rawValue: UInt8
  static let lineFeed = NewlineSet(rawValue: 1)
  static let carriageReturn = NewlineSet(rawValue: 2)
  static let both = NewlineSet(rawValue: 4)

  var isMixed: Bool { rawValue & (rawValue &- 1) != 0 }
}

extension CSVRecordReader {
  /// How an attempt to parse a record ended.
  enum Step {
    /// Its fields were appended to `fields`.
    case good
    /// It breaks a rule, see `fault`; the next record can be read.
    case bad
    /// It breaks a rule, see `fault`; nothing after it can be trusted.
    case fatal
    /// It goes on behind the buffer; nothing was consumed that another attempt needs.
    case needsBytes
    /// There are no more records.
    case end
  }

  /// Parses the record at `position`, visiting only its marks.
  mutating func parseRecord() -> Step {
    if isFinished { return .end }
    if isDroppingLine, let step = dropLine() { return step }
    if let step = skipBlankLines() { return step }
    lineOfRecord = line
    let start = position
    let longest = start + recordByteLimit
    let firstField = fields.count
    let fieldLimit = columnCount ?? Self.columnLimit
    var mark = cursor
    var fieldStart = start
    var fieldCount = 0
    var newlineCount = 0
    var bareQuoteFieldCount = 0
    var hasDoubledQuote = false
    var end = start

    fieldLoop: while true {
      if fieldStart < filled && buffer[fieldStart] == ASCII.quote {
        if fieldStart > longest {
          return beginDroppingLine(tooLong(start), from: mark, newlineCount, firstField)
        }
        let opening = fieldStart
        let lineOfOpening = line + newlineCount
        switch quotedField(from: &mark, newlineCount: &newlineCount) {
        case .closed(let closing, let isDoubled):
          if closing >= longest { return stop(tooLong(start, insideQuotes: true), firstField) }
          if fieldCount < fieldLimit {
            fields.append(CSVField(start: UInt32(opening + 1), end: UInt32(closing)))
          }
          fieldCount += 1
          hasDoubledQuote = hasDoubledQuote || isDoubled
          end = closing + 1
          if end == filled { break fieldLoop }
          switch buffer[end] {
          case dialect.delimiter:
            mark += 1
            fieldStart = end + 1
          case ASCII.lineFeed, ASCII.carriageReturn: break fieldLoop
          default:
            let isEscape = closing > opening + 1 && buffer[closing - 1] == ASCII.backslash
            return beginDroppingLine(
              afterQuote(byte: end, isEscape: isEscape), from: mark, newlineCount, firstField)
          }
        case .open:
          if filled > longest { return stop(tooLong(start, insideQuotes: true), firstField) }
          if atEnd { return stop(unterminated(opening, line: lineOfOpening), firstField) }
          return needsBytes(firstField)
        }
      } else {
        var bareQuote = 0
        unquoted: while true {
          guard mark < marks.count else {
            if filled > longest + (atEnd ? 0 : 1) {
              return beginDroppingLine(tooLong(start), from: mark, newlineCount, firstField)
            }
            if !atEnd { return needsBytes(firstField) }
            end = filled
            break unquoted
          }
          end = Int(marks.positions[mark])
          if end > longest {
            return beginDroppingLine(tooLong(start), from: mark, newlineCount, firstField)
          }
          if buffer[end] != ASCII.quote { break unquoted }
          bareQuote = 1
          mark += 1
        }
        bareQuoteFieldCount += bareQuote
        if fieldCount < fieldLimit {
          fields.append(CSVField(start: UInt32(fieldStart), end: UInt32(end)))
        }
        fieldCount += 1
        if end == filled || buffer[end] != dialect.delimiter { break fieldLoop }
        mark += 1
        fieldStart = end + 1
      }
      if fieldCount >= fieldLimit && columnCount == nil {
        return stop(tooManyColumns(), firstField)
      }
    }

    guard end == filled || consumeNewline(at: end, mark: mark) else {
      return needsBytes(firstField)
    }
    if end == filled {
      position = filled
      cursor = marks.count
      warnings.lastRecordWithoutNewline = true
    }
    line += newlineCount + (warnings.lastRecordWithoutNewline ? 0 : 1)
    rangeOfRecord = CSVField(start: UInt32(start), end: UInt32(end))
    if !isPlain || fieldCount != columnCount,
      let found = contentFault(start..<end, line: lineOfRecord, fieldCount: fieldCount)
    {
      fieldCountFound = fieldCount
      fault = found
      fields.removeLast(fields.count - firstField)
      return .bad
    }
    warnings.bareQuoteCount += bareQuoteFieldCount
    if hasDoubledQuote {
      if keepsOriginals { originalOfRecord = Array(buffer[start..<end]) }
      undoubleQuotes(from: firstField)
    }
    return .good
  }

  // MARK: Parts of a record

  private enum QuotedField {
    case closed(at: Int, hasDoubledQuote: Bool)
    case open
  }

  /// Finds the closing quote of the field whose opening quote is `mark`, and moves `mark` behind it.
  private func quotedField(from mark: inout Int, newlineCount: inout Int) -> QuotedField {
    var hasDoubledQuote = false
    mark += 1
    while mark < marks.count {
      let at = Int(marks.positions[mark])
      let isLast = at + 1 == filled
      switch buffer[at] {
      case ASCII.quote:
        if isLast && !atEnd { return .open }
        mark += 1
        if isLast || buffer[at + 1] != ASCII.quote {
          return .closed(at: at, hasDoubledQuote: hasDoubledQuote)
        }
        hasDoubledQuote = true
        mark += 1
      case ASCII.carriageReturn:
        if isLast && !atEnd { return .open }
        newlineCount += 1
        mark += !isLast && buffer[at + 1] == ASCII.lineFeed ? 2 : 1
      case ASCII.lineFeed:
        newlineCount += 1
        mark += 1
      default: mark += 1
      }
    }
    return .open
  }

  /// Moves behind the newline that starts at `at`, which is `mark`.
  ///
  /// - Returns: `false` where the buffer ends between a CR and what may be its LF.
  private mutating func consumeNewline(at: Int, mark: Int) -> Bool {
    if buffer[at] == ASCII.lineFeed {
      newlinesSeen.insert(.lineFeed)
      position = at + 1
      cursor = mark + 1
    } else if at + 1 < filled && buffer[at + 1] == ASCII.lineFeed {
      newlinesSeen.insert(.both)
      position = at + 2
      cursor = mark + 2
    } else if at + 1 < filled || atEnd {
      newlinesSeen.insert(.carriageReturn)
      position = at + 1
      cursor = mark + 1
    } else {
      return false
    }
    if newlinesSeen.isMixed { warnings.mixedNewlines = true }
    return true
  }

  private mutating func skipBlankLines() -> Step? {
    while position < filled {
      let byte = buffer[position]
      guard byte == ASCII.lineFeed || byte == ASCII.carriageReturn else { return nil }
      guard consumeNewline(at: position, mark: cursor) else { return .needsBytes }
      warnings.blankLineCount += 1
      line += 1
    }
    return atEnd ? .end : .needsBytes
  }

  /// Makes each doubled quote of the record's fields one, in place.
  private mutating func undoubleQuotes(from firstField: Int) {
    for field in firstField..<fields.count {
      let range = fields[field].range
      // Only in a quoted field do two quotes stand for one.
      guard range.lowerBound > 0 && buffer[range.lowerBound - 1] == ASCII.quote else { continue }
      fields[field].end = UInt32(Self.undoubleQuotes(&buffer, in: range))
    }
  }

  /// - Returns: The new end of the range.
  private static func undoubleQuotes(_ bytes: inout [UInt8], in range: Range<Int>) -> Int {
    var written = range.lowerBound
    var at = range.lowerBound
    while at < range.upperBound {
      bytes[written] = bytes[at]
      at += bytes[at] == ASCII.quote ? 2 : 1
      written += 1
    }
    return written
  }

  // MARK: Records that are not good

  private mutating func needsBytes(_ firstField: Int) -> Step {
    fields.removeLast(fields.count - firstField)
    return .needsBytes
  }

  private mutating func stop(_ fault: Diagnostic, _ firstField: Int) -> Step {
    fields.removeLast(fields.count - firstField)
    self.fault = fault
    isFinished = true
    return .fatal
  }

  /// Reports the fault at once; what is left of the line, be it endless, is dropped afterwards.
  private mutating func beginDroppingLine(
    _ fault: Diagnostic, from mark: Int, _ newlineCount: Int, _ firstField: Int
  ) -> Step {
    fields.removeLast(fields.count - firstField)
    self.fault = fault
    isDroppingLine = true
    line += newlineCount
    cursor = mark
    let start = position
    position = mark < marks.count ? Int(marks.positions[mark]) : filled
    rangeOfRecord = CSVField(start: UInt32(start), end: UInt32(position))
    return .bad
  }

  /// Drops what is left of the physical line, without a look at its quotes; `nil` when it is done.
  mutating func dropLine() -> Step? {
    let start = position
    while cursor < marks.count {
      let at = Int(marks.positions[cursor])
      if buffer[at] == ASCII.lineFeed || buffer[at] == ASCII.carriageReturn {
        position = at
        dropped?.append(buffer.span.extracting(start..<at))
        guard consumeNewline(at: at, mark: cursor) else { return .needsBytes }
        line += 1
        endDropping()
        return nil
      }
      cursor += 1
    }
    position = filled
    dropped?.append(buffer.span.extracting(start..<filled))
    guard atEnd else { return .needsBytes }
    warnings.lastRecordWithoutNewline = true
    isFinished = true
    endDropping()
    return .end
  }

  private mutating func endDropping() {
    isDroppingLine = false
    dropped?.end()
    dropped = nil
  }
}
