import Diagnostics
import Foundation

/// A row of a file of rejects, read without the reader under test: its records need not be UTF-8.
struct RejectedRecord: Equatable {
  var line: Int
  var byte: Int
  var kind: String
  var column: String
  var record: [UInt8]

  /// The rows of a file of rejects, without its header.
  static func all(in path: String) throws -> [RejectedRecord] {
    let bytes = try Array(Data(contentsOf: URL(filePath: path)))
    var rows: [[[UInt8]]] = [[[]]]
    var isQuoted = false
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let isDoubled = isQuoted && byte == 34 && index + 1 < bytes.count && bytes[index + 1] == 34
      switch byte {
      case 34 where !isDoubled: isQuoted.toggle()
      case 44 where !isQuoted: rows[rows.count - 1].append([])
      case 10 where !isQuoted: rows.append([[]])
      default: rows[rows.count - 1][rows[rows.count - 1].count - 1].append(byte)
      }
      index += isDoubled ? 2 : 1
    }
    let texts = rows.dropFirst().dropLast().map { fields in
      fields.map { String(decoding: $0, as: UTF8.self) }
    }
    return zip(texts, rows.dropFirst()).map { text, fields in
      RejectedRecord(
        line: Int(text[0]) ?? -1, byte: Int(text[1]) ?? -1, kind: text[2], column: text[3],
        record: fields[4])
    }
  }
}
