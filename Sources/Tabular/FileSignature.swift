/// What the first bytes of a file say of its format.
enum FileSignature: Equatable {
  case none
  case byteOrderMark
  case unsupportedEncoding(String)
  case compressed(String)
  case columnar

  /// How many bytes it takes to know.
  static let longestByteCount = 10

  private static let marks: [(bytes: [UInt8], signature: FileSignature)] = [
    ([0xef, 0xbb, 0xbf], .byteOrderMark),
    ([0xff, 0xfe, 0, 0], .unsupportedEncoding("UTF-32LE")),
    ([0, 0, 0xfe, 0xff], .unsupportedEncoding("UTF-32BE")),
    ([0xff, 0xfe], .unsupportedEncoding("UTF-16LE")),
    ([0xfe, 0xff], .unsupportedEncoding("UTF-16BE")),
    ([0x1f, 0x8b], .compressed("gzip")),
    ([0x28, 0xb5, 0x2f, 0xfd], .compressed("zstd")),
    ([0x50, 0x4b, 3, 4], .compressed("zip")),
    ([0x50, 0x4b, 5, 6], .compressed("zip")),
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], .compressed("xz")),
  ]

  /// Reads the signature off the first bytes of a file.
  init(_ start: Span<UInt8>) {
    for (bytes, signature) in Self.marks where start.starts(with: bytes) {
      self = signature
      return
    }
    if ColumnarFile.isSignature(start) {
      self = .columnar
      return
    }
    // "BZh" alone may begin a name; the level and the first block's magic may not.
    let isBzip2 =
      start.starts(with: Array("BZh".utf8)) && start.count >= 10
      && start.extracting(4..<10).starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
    self = isBzip2 ? .compressed("bzip2") : .none
  }

  /// What a text looks like that is not CSV: `JSON`, `HTML`, or `nil`.
  static func likeness(_ start: Span<UInt8>) -> String? {
    var at = 0
    while at < start.count && (start[at] <= ASCII.blank) { at += 1 }
    guard at < start.count else { return nil }
    switch start[at] {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return "JSON"
    case UInt8(ascii: "<"): return "HTML"
    default: return nil
    }
  }
}
