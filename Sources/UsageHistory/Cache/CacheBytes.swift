/// Numbers and texts as the bytes of a cache file: little-endian, texts after their length.
struct CacheBytes {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ value: some FixedWidthInteger) {
    // SAFETY: the bytes of a whole number are copied before the closure ends.
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func append(_ text: [UInt8]) {
    append(UInt32(text.count))
    bytes.append(contentsOf: text)
  }

  mutating func append(_ text: String) { append(Array(text.utf8)) }

  mutating func append(_ hash: ContentHash) {
    append(hash.low)
    append(hash.high)
  }

  mutating func append(raw: [UInt8]) { bytes.append(contentsOf: raw) }

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }
}

/// Reads what ``CacheBytes`` wrote, believing nothing: every length is compared with what is left
/// before room is made for it.
struct CacheByteReader {
  private let bytes: [UInt8]
  private var at = 0
  /// What is being read, for the message.
  private let part: String

  init(_ bytes: [UInt8], part: String) {
    self.bytes = bytes
    self.part = part
  }

  private var remaining: Int { bytes.count - at }

  mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type)
    throws(CacheFault) -> Value
  {
    let size = MemoryLayout<Value>.size
    guard size <= remaining else { throw fault("end early") }
    // SAFETY: any bytes are a whole number, and the load checks that they are inside.
    let value = unsafe Value(
      littleEndian: bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: Value.self))
    at += size
    return value
  }

  /// A number that is not negative, and small enough for sums of many.
  mutating func readCount() throws(CacheFault) -> Int {
    let value = try read(UInt64.self)
    guard value < 1 << 48 else { throw fault("count \(value) of something") }
    return Int(value)
  }

  mutating func readText() throws(CacheFault) -> [UInt8] {
    let count = Int(try read(UInt32.self))
    guard count <= CacheFormat.textLimit, count <= remaining else {
      throw fault("hold a text of \(count) bytes")
    }
    at += count
    return Array(bytes[at - count..<at])
  }

  mutating func readString() throws(CacheFault) -> String {
    guard let text = String(validating: try readText(), as: UTF8.self) else {
      throw fault("hold a text that is not UTF-8")
    }
    return text
  }

  mutating func readHash() throws(CacheFault) -> ContentHash {
    ContentHash(low: try read(UInt64.self), high: try read(UInt64.self))
  }

  /// Reads a list.
  ///
  /// - Parameter smallest: The fewest bytes of an element, so that a count that the file cannot hold
  ///   is refused before room is made for it.
  mutating func readList<Element>(
    limit: Int, smallest: Int,
    _ body: (inout CacheByteReader) throws(CacheFault) -> Element
  ) throws(CacheFault) -> [Element] {
    let count = Int(try read(UInt32.self))
    guard count <= limit, count <= remaining / smallest else {
      throw fault("announce \(count) entries in \(remaining) bytes")
    }
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try body(&self)) }
    return elements
  }

  /// Makes sure that nothing is left over.
  func finish() throws(CacheFault) {
    guard remaining == 0 else { throw fault("have \(remaining) bytes too many") }
  }

  func fault(_ what: String) -> CacheFault { CacheFault("its \(part) \(what)") }
}
