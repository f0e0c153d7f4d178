import Diagnostics
import Tabular

/// Everything that reading a file record by record shows, for comparisons.
struct CSVOutcome: Equatable {
  /// A record: where it starts, and its fields or what is wrong with it.
  struct Record: Equatable {
    var line: Int
    var fields: [[UInt8]]?
    var kind: Diagnostic.Kind?
  }

  var header: [String] = []
  var records: [Record] = []
  var fatal: Record?
  var warnings = CSVWarnings()

  var goodCount: Int { records.count { $0.fields != nil } }
  var badCount: Int { records.count { $0.kind != nil } }
  /// What is wrong with the file: above all a fatal fault, for the manifest's author read it whole.
  var foremostFault: Record? { fatal ?? records.first { $0.kind != nil } }
}

/// Bytes handed out in blocks of a given size, as a slow pipe would.
final class MemoryBlocks: CSVBlockSource {
  private let bytes: [UInt8]
  private let blockByteCount: Int
  private var offset = 0

  init(_ bytes: [UInt8], blockByteCount: Int) {
    self.bytes = bytes
    self.blockByteCount = blockByteCount
  }

  var name: String? { "memory.csv" }

  func read(into buffer: inout [UInt8], from start: Int) throws(Diagnostic) -> Int {
    let count = min(blockByteCount, buffer.count - start, bytes.count - offset)
    for index in 0..<count { buffer[start + index] = bytes[offset + index] }
    offset += count
    return count
  }
}

extension CSVOutcome {
  /// Reads bytes with the reader under test.
  init(
    reading bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ","), blockByteCount: Int = 1 << 20,
    recordByteLimit: Int = 1 << 24
  ) {
    do {
      var reader = try CSVRecordReader(
        MemoryBlocks(bytes, blockByteCount: blockByteCount),
        dialect: CSVDialect(delimiter: delimiter), blockByteCount: blockByteCount,
        recordByteLimit: recordByteLimit)
      header = reader.header
      do {
        while let record = try reader.next() {
          switch record {
          case .good(let line):
            let fields = reader.fields.map { Array(reader.buffer[$0.range]) }
            records.append(Record(line: line, fields: fields))
          case .bad(let fault): records.append(Record(line: fault.line ?? 0, kind: fault.kind))
          }
        }
      } catch {
        fatal = Record(line: error.line ?? 0, kind: error.kind)
      }
      warnings = reader.warnings
    } catch {
      fatal = Record(line: error.line ?? 0, kind: error.kind)
    }
  }

  init(
    reading text: String, delimiter: UInt8 = UInt8(ascii: ","), blockByteCount: Int = 1 << 20,
    recordByteLimit: Int = 1 << 24
  ) {
    self.init(
      reading: Array(text.utf8), delimiter: delimiter, blockByteCount: blockByteCount,
      recordByteLimit: recordByteLimit)
  }
}
