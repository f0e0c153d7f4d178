import Diagnostics

/// Reads what `ByteWriter` wrote, believing nothing: every length is checked against what is left
/// before anything is allocated.
struct ByteReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  /// What is being read, for the message.
  private let part: String

  init(_ bytes: ArraySlice<UInt8>, part: String) {
    self.bytes = bytes
    self.part = part
    position = bytes.startIndex
  }

  private var remaining: Int { bytes.endIndex - position }

  mutating func read<Value: FixedWidthInteger>(_ type: Value.Type) throws(Diagnostic) -> Value {
    let size = MemoryLayout<Value>.size
    try require(size)
    var value: Value = 0
    for offset in (0..<size).reversed() {
      // Shifting a byte by its own width would lose it.
      value = (size == 1 ? 0 : value << 8) | Value(truncatingIfNeeded: bytes[position + offset])
    }
    position += size
    return value
  }

  mutating func readDouble() throws(Diagnostic) -> Double {
    Double(bitPattern: try read(UInt64.self))
  }

  /// A number that is neither infinite nor NaN.
  mutating func readFinite(_ name: String) throws(Diagnostic) -> Double {
    let value = try readDouble()
    guard value.isFinite else { throw invalid("\(name) is not a finite number") }
    return value
  }

  mutating func readBool() throws(Diagnostic) -> Bool {
    switch try read(UInt8.self) {
    case 0: return false
    case 1: return true
    case let other: throw invalid("a yes/no holds \(other)")
    }
  }

  mutating func readText(limit: Int = ModelLimits.textByteCount) throws(Diagnostic) -> String {
    let count = Int(try read(UInt32.self))
    guard count <= limit else {
      throw Diagnostic(.modelLimit, "\(part): a text of \(count) bytes, the limit is \(limit)")
    }
    try require(count)
    guard let text = String(validating: bytes[position..<position + count], as: UTF8.self) else {
      throw invalid("a text is not valid UTF-8")
    }
    position += count
    return text
  }

  /// Reads a text of up to ``ModelLimits/longTextByteCount`` bytes.
  mutating func readLongText() throws(Diagnostic) -> String {
    try readText(limit: ModelLimits.longTextByteCount)
  }

  mutating func readOptional<Value>(
    _ body: (inout ByteReader) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value? {
    try readBool() ? try body(&self) : nil
  }

  /// - Parameters:
  ///   - limit: The most elements accepted.
  ///   - smallest: The fewest bytes that an element takes, so that a count that the file cannot hold
  ///     is refused before room is made for it.
  mutating func readArray<Element>(
    _ name: String, limit: Int, smallest: Int,
    _ body: (inout ByteReader) throws(Diagnostic) -> Element
  ) throws(Diagnostic) -> [Element] {
    let count = Int(try read(UInt32.self))
    guard count <= limit else {
      throw Diagnostic(.modelLimit, "\(part): \(count) \(name), the limit is \(limit)")
    }
    guard count <= remaining / smallest else {
      throw invalid("\(count) \(name) in \(remaining) bytes")
    }
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try body(&self)) }
    return elements
  }

  /// Makes sure that nothing is left over.
  func finish() throws(Diagnostic) {
    guard remaining == 0 else { throw invalid("\(remaining) bytes too many") }
  }

  func invalid(_ message: String) -> Diagnostic {
    Diagnostic(.modelInvalid, "\(part): \(message)")
  }

  private func require(_ count: Int) throws(Diagnostic) {
    guard count <= remaining else {
      throw invalid("ends early: \(count) bytes expected, \(remaining) left")
    }
  }
}

/// What a model file may hold at most; far more than any real model needs.
enum ModelLimits {
  static let fileByteCount = 1 << 31
  static let textByteCount = 4096
  static let longTextByteCount = 1 << 28
  static let featureCount = 100_000
  static let levelCount = 1 << 20
  static let treeCount = 100_000
  static let nodeCount = 1 << 20
  static let noteCount = 200_000
  static let stepCount = 1 << 16
  /// Far beyond any log odds; sums of so many terms are still numbers.
  static let scoreMagnitude = 1e290
  /// Of a curve at its knots: beyond them it may rise by `1e15` times as much or more.
  static let curveMagnitude = 1e250
}
