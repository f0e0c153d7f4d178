import Diagnostics
import Tabular
import Testing

@Suite struct CSVRecordReaderTests {
  private func texts(_ outcome: CSVOutcome) -> [[String]] {
    outcome.records.map { ($0.fields ?? []).map { String(decoding: $0, as: UTF8.self) } }
  }

  /// The one fault of a text whose reading stops at it.
  private func firstFault(_ text: String) -> Diagnostic? { firstFault(Array(text.utf8)) }

  private func firstFault(_ bytes: [UInt8]) -> Diagnostic? {
    do {
      var reader = try CSVRecordReader(MemoryBlocks(bytes, blockByteCount: 1000))
      while let record = try reader.next() {
        if case .bad(let fault) = record { return fault }
      }
      return nil
    } catch { return error }
  }

  @Test func `quotes are removed and doubled quotes undone`() {
    let outcome = CSVOutcome(reading: "a,b\n\"x,\"\"y\"\"\r\n\",\"\"\n12\" screen,\"\"\"\"\n")
    #expect(texts(outcome) == [["x,\"y\"\r\n", ""], ["12\" screen", "\""]])
    #expect(outcome.records.map(\.line) == [2, 4])
    #expect(outcome.warnings.description == "bare_quote=1")
  }

  @Test func `LF, CRLF and CR each end a record and blank lines are skipped`() {
    let outcome = CSVOutcome(reading: "\r\n\na\r\r1\r\n\n2\n3")
    #expect(texts(outcome) == [["1"], ["2"], ["3"]])
    #expect(outcome.records.map(\.line) == [5, 7, 8])
    #expect(outcome.warnings.blankLineCount == 4)
    #expect(outcome.warnings.mixedNewlines)
    #expect(outcome.warnings.lastRecordWithoutNewline)
  }

  @Test func `a trailing delimiter makes an empty last field`() {
    #expect(texts(CSVOutcome(reading: "a,b\n1,\n,")) == [["1", ""], ["", ""]])
  }

  @Test func `a bad record says what is wrong and the next one is read`() {
    let outcome = CSVOutcome(reading: "a,b\n1\n2,\"x\"y,\"z\n3,4\n5,\u{0}\n")
    #expect(outcome.records.map(\.kind) == [.csvFieldCount, .csvAfterQuote, nil, .csvNulByte])
    #expect(outcome.records.map(\.line) == [2, 3, 4, 5])
  }

  @Test func `an open quote is fatal and named by its own line`() throws {
    let fault = try #require(firstFault("a,b\n1,\"x\ny\",2\n3,\"z\n\n"))
    #expect(fault.kind == .csvFieldCount)
    let open = try #require(firstFault("a,b\n1,\"x\ny\"\n3,\"z\n\n"))
    #expect(open.kind == .csvUnterminatedQuote)
    #expect(open.line == 4)
    #expect(open.byte == 14)
    #expect(open.message.contains("opened at line 4"))
  }

  @Test func `messages and hints name the likely cause`() throws {
    #expect(firstFault("")?.message == "file is empty")
    #expect(firstFault("\n\n")?.kind == .csvNoHeader)
    #expect(firstFault("a,b\n1\n")?.message == "expected 2 fields, found 1")
    #expect(firstFault("a,b\n1,2\n3")?.hint == "last record has no newline: truncated export?")
    #expect(firstFault("a,b\n1,2\n\u{1a}")?.hint?.contains("Ctrl-Z") == true)
    #expect(firstFault("a\n\"A\\\"2\"\n")?.hint?.contains("backslash escapes?") == true)
    #expect(firstFault("{\"a\":1}\u{0}")?.hint == "looks like JSON")
    #expect(
      firstFault(Array("a".utf8) + [0, 44, 0, 98, 0, 10, 0])?.hint?.contains("UTF-16") == true)
    let utf16 = try #require(firstFault([0xff, 0xfe, 97, 0]))
    #expect(utf16.kind == .encodingUnsupported)
    #expect(utf16.message.contains("UTF-16LE"))
    #expect(utf16.hint?.contains("iconv") == true)
    #expect(firstFault([0x1f, 0x8b, 8, 0])?.message.contains("gzip") == true)
    #expect(firstFault(Array("BZh91AY&SY".utf8))?.message.contains("bzip2") == true)
    #expect(firstFault("BZh\n1\n") == nil)
  }

  @Test func `invalid UTF-8 is located and shown in hexadecimal`() throws {
    let fault = try #require(firstFault(Array("a\nok\nM".utf8) + [0xfc] + Array("ller\n".utf8)))
    #expect(fault.kind == .encodingInvalidUTF8)
    #expect(fault.line == 3)
    #expect(fault.byte == 6)
    #expect(fault.message.contains("0xfc at offset 6"))
  }

  @Test func `the bad cell's content is never repeated`() throws {
    for text in [
      "a,b\nsecret\n", "a,b\n\"secret\"secret,1\n", "a,b\n1,\"secret", "a\nsecret\u{0}\n",
    ] {
      let fault = try #require(firstFault(text))
      #expect(!fault.description.contains("secret"))
    }
  }

  @Test func `a header may have 100,000 columns and no more`() {
    let header = String(repeating: "a,", count: 99_999)
    let fits = CSVOutcome(reading: header + "a\n" + header + "a\n")
    #expect(fits.header.count == 100_000)
    #expect(fits.goodCount == 1)
    #expect(CSVOutcome(reading: header + "a,a\n").fatal?.kind == .csvTooManyColumns)
  }

  @Test(arguments: [1, 4, 1000])
  func `a record is limited in length, and inside quotes that is fatal`(blockByteCount: Int) {
    func read(_ text: String) -> CSVOutcome {
      CSVOutcome(reading: text, blockByteCount: blockByteCount, recordByteLimit: 8)
    }
    #expect(read("a,b\n123,5678\n1,2\n").goodCount == 2)
    let long = read("a,b\n123,56789\n1,2\n")
    #expect(long.records.map(\.kind) == [.csvRecordTooLong, nil])
    #expect(long.records.map(\.line) == [2, 3])
    #expect(read("a,b\n1,\"345678\"\n").fatal?.kind == .csvRecordTooLong)
    #expect(read("a,b\n1,\"34567\"\n").fatal?.kind == .csvRecordTooLong)
    #expect(read("a,b\n1,\"3456\"\n").goodCount == 1)
  }

  @Test func `a quote that opens a large file is fatal within the limit`() {
    let bytes = Array("a\n\"".utf8) + [UInt8](repeating: 120, count: 40 << 20)
    let source = MemoryBlocks(bytes, blockByteCount: 1 << 20)
    #expect(throws: Diagnostic.self) {
      var reader = try CSVRecordReader(source)
      _ = try reader.next()
    }
    // What is left of the source shows that reading stopped soon after the limit.
    var rest = [UInt8](repeating: 0, count: 1)
    #expect((try? source.read(into: &rest, from: 0)) == 1)
  }

  @Test func `a batch is the same records side by side`() throws {
    let text = "a,b\n1,2\n\n3,\"4\"\n5\n6,7\n"
    var reader = try CSVRecordReader(MemoryBlocks(Array(text.utf8), blockByteCount: 100))
    let fault = try reader.readBatch(rowLimit: 10)
    #expect(reader.lines == [2, 4])
    #expect(reader.fields.map { Array(reader.buffer[$0.range]) } == [[49], [50], [51], [52]])
    #expect(fault?.kind == .csvFieldCount)
    #expect(try reader.readBatch(rowLimit: 10) == nil)
    #expect(reader.lines == [6])
  }

  @Test(arguments: 0..<40)
  func `byte soup is read as the slow twin reads it`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let alphabet: [UInt8] =
      Array("\"\"\"\",,,\n\n\n\r\rab1 ;".utf8) + (seed % 4 == 0 ? [0, 0xc3, 0xa9, 0xff] : [])
    for _ in 0..<60 {
      let body = (0..<random.next(below: 120)).map { _ in
        alphabet[random.next(below: alphabet.count)]
      }
      let bytes =
        (random.next(below: 8) == 0 ? [0xef, 0xbb, 0xbf] : []) + Array("a,b\n".utf8) + body
      for limit in [1 << 24, 9, 17] {
        let blockByteCount = [1, 2, 3, 7, 8, 9, 64, 1000][random.next(below: 8)]
        let fast = CSVOutcome(
          reading: bytes, blockByteCount: blockByteCount, recordByteLimit: limit)
        #expect(
          fast == SlowCSVParser.parse(bytes, limit: limit),
          "block \(blockByteCount), limit \(limit), \(String(decoding: bytes, as: UTF8.self).debugDescription)"
        )
      }
    }
  }

  @Test(arguments: 0..<20)
  func `a table written with random quoting comes back at any block size`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let letters = Array("ab,\"\n\r é;x")
    let columnCount = 1 + random.next(below: 5)
    let rows = (0..<random.next(below: 40)).map { _ in
      (0..<columnCount).map { _ in
        String((0..<random.next(below: 6)).map { _ in letters[random.next(below: letters.count)] })
      }
    }
    var text = (0..<columnCount).map { "c\($0)" }.joined(separator: ",") + "\n"
    for row in rows {
      let cells = row.map { cell in
        // A record of one empty unquoted field would be a blank line.
        let mustQuote = columnCount == 1 || cell.utf8.contains { ",\"\r\n".utf8.contains($0) }
        return mustQuote || random.next(below: 3) == 0
          ? "\"" + String(cell.flatMap { $0 == "\"" ? "\"\"" : String($0) }) + "\"" : cell
      }
      text += cells.joined(separator: ",") + ["\n", "\r\n", "\r"][random.next(below: 3)]
    }
    for blockByteCount in [1, 2, 3, 5, 7, 16, 64, 1000, 1 << 20] {
      let outcome = CSVOutcome(reading: text, blockByteCount: blockByteCount)
      #expect(texts(outcome) == rows, "block \(blockByteCount)")
    }
  }
}

/// SplitMix64: the same numbers on every run.
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
