import Diagnostics
import Tabular

/// A hash of 128 bits over a file's content: two contents that differ share one by accident with a
/// chance of about 1 in 10³⁸.
///
/// It tells a changed file from an unchanged one. It is no signature: whoever wants to can find two
/// contents with one hash.
package struct ContentHash: Equatable, Sendable {
  package var low: UInt64
  package var high: UInt64
}

/// Computes a ``ContentHash`` while bytes go by; how they are cut does not matter.
///
/// Method: two chains of multiply-and-fold with constants of their own, that of ``Fingerprint64``,
/// over words of 16 bytes; the second chain takes each pair of words the other way round.
struct ContentHasher {
  private var first: UInt64 = 0x2d35_8dcc_aa6c_78a5
  private var second: UInt64 = 0x8bb8_4b93_962e_acc9
  private var byteCount: UInt64 = 0
  /// The bytes that do not fill 16 yet.
  private var rest = [UInt8](repeating: 0, count: 16)
  private var restCount = 0

  /// The hash of all bytes so far.
  var hash: ContentHash {
    var end = self
    var last = rest
    for place in restCount..<16 { last[place] = 0 }
    end.mix(last.span, 0)
    // The length tells the zeros that fill up from zeros that are there.
    return ContentHash(
      low: Self.fold(end.first ^ byteCount, 0x589a_4d62_5a9b_71c7),
      high: Self.fold(end.second ^ byteCount, 0xe703_7ed1_a0b4_28db))
  }

  /// Takes in the bytes that come next.
  mutating func update(_ bytes: Span<UInt8>) {
    byteCount &+= UInt64(bytes.count)
    var at = 0
    if restCount > 0 {
      while restCount < 16 && at < bytes.count {
        rest[restCount] = bytes[at]
        restCount += 1
        at += 1
      }
      guard restCount == 16 else { return }
      let full = rest
      mix(full.span, 0)
      restCount = 0
    }
    while at &+ 16 <= bytes.count {
      mix(bytes, at)
      at &+= 16
    }
    while at < bytes.count {
      rest[restCount] = bytes[at]
      restCount += 1
      at += 1
    }
  }

  @inline(__always) private mutating func mix(_ bytes: Span<UInt8>, _ at: Int) {
    // SAFETY: any eight bytes are a number, and the loads check that they are inside.
    let raw = unsafe bytes.bytes
    let words = unsafe (
      raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self),
      raw.unsafeLoadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self)
    )
    let (low, high) = (UInt64(littleEndian: words.0), UInt64(littleEndian: words.1))
    first = Self.fold(low ^ 0xa076_1d64_78bd_642f, high ^ first)
    second = Self.fold(high ^ 0x8ebc_6af0_9c88_c6e3, low ^ second)
  }

  @inline(__always) private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}

extension ContentHash {
  /// The hash of bytes.
  package init(of bytes: [UInt8]) {
    var hasher = ContentHasher()
    hasher.update(bytes.span)
    self = hasher.hash
  }

  /// The hash of an event log's content, decompressed where it is compressed.
  ///
  /// - Throws: what ``CSVFileSource`` throws.
  init(ofFile path: String) throws(Diagnostic) {
    let file = try CSVFileSource(path: path)
    let source = HashingSource(file)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while try source.read(into: &buffer, from: 0) > 0 {}
    try file.checkUnchanged()
    self = source.hash
  }
}

/// A source that hashes what is read from it.
final class HashingSource: CSVBlockSource {
  private let source: any CSVBlockSource
  private var hasher = ContentHasher()

  init(_ source: any CSVBlockSource) { self.source = source }

  var name: String? { source.name }

  /// The hash of all that was read.
  var hash: ContentHash { hasher.hash }

  func read(into buffer: inout [UInt8], from start: Int) throws(Diagnostic) -> Int {
    let count = try source.read(into: &buffer, from: start)
    hasher.update(buffer.span.extracting(start..<start + count))
    return count
  }
}
