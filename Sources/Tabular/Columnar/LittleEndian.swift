import Diagnostics

extension [UInt8] {
  /// Adds a number, its lowest byte first.
  mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}

/// Reads numbers and texts one after another, believing no length.
struct LittleEndianReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// - Precondition: `start` is a position in `bytes`, or their end.
  init(_ bytes: ArraySlice<UInt8>, from start: Int) {
    self.bytes = bytes
    position = start
  }

  /// - Precondition: `start` is a position in `bytes`, or their end.
  init(_ bytes: [UInt8], from start: Int = 0) { self.init(bytes[...], from: start) }

  /// How many bytes are left.
  var remaining: Int { bytes.endIndex - position }

  /// - Throws: `columnar.invalid` where too few bytes are left.
  mutating func read<Value: FixedWidthInteger>(_ type: Value.Type) throws(Diagnostic) -> Value {
    let range = try take(MemoryLayout<Value>.size)
    return bytes[range].reversed().reduce(0) { value, byte in
      // Shifting a byte by its own width would lose it.
      (Value.bitWidth == 8 ? 0 : value << 8) | Value(truncatingIfNeeded: byte)
    }
  }

  /// - Throws: `columnar.invalid` where too few bytes are left, or they are not valid UTF-8.
  mutating func readText(byteCount: Int) throws(Diagnostic) -> String {
    guard let text = String(validating: bytes[try take(byteCount)], as: UTF8.self) else {
      throw Diagnostic(.columnarInvalid, "a name is not valid UTF-8")
    }
    return text
  }

  /// Passes over bytes, and says where they lie.
  ///
  /// - Throws: `columnar.invalid` where too few are left.
  mutating func take(_ count: Int) throws(Diagnostic) -> Range<Int> {
    guard count <= remaining else {
      throw Diagnostic(.columnarInvalid, "ends early: \(count) bytes expected, \(remaining) left")
    }
    defer { position += count }
    return position..<position + count
  }
}
