import CByteScan

/// A 64-bit hash of a text, the same on every machine and in every run.
///
/// Users are known by it alone: a history holds no user id. Two of the `n` users of one account
/// share a fingerprint with a chance of about n²/2⁶⁵, below 1 in 10⁷ for a million users.
///
/// Method: Wang Yi 2019, wyhash, <https://github.com/wangyi-fudan/wyhash>: multiply to 128 bits and
/// fold the halves.
enum Fingerprint64 {
  private static let first: UInt64 = 0xa076_1d64_78bd_642f
  private static let second: UInt64 = 0xe703_7ed1_a0b4_28db
  private static let third: UInt64 = 0x8ebc_6af0_9c88_c6e3

  /// The hash of `count` bytes; never 0, which stands for no text.
  ///
  /// - Precondition: 16 bytes behind the text can be read; they do not matter.
  @inline(__always)
  static func of(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    // SAFETY: the caller promises 16 readable bytes behind the text; loads start inside or at it.
    let words = unsafe first16(text, count)
    return unsafe of(
      low: words.low, high: words.high, count: count, rest: count > 16 ? text + 16 : nil)
  }

  /// The first 16 of `count` bytes as two words, the first byte in the lowest place; 0 for those that
  /// are not there.
  ///
  /// - Precondition: 16 bytes from the first of the text on can be read.
  @inline(__always)
  static func first16(_ text: UnsafePointer<UInt8>, _ count: Int) -> (low: UInt64, high: UInt64) {
    // SAFETY: the caller promises 16 bytes.
    let words = unsafe rk_first16(text, UInt64(truncatingIfNeeded: count))
    return (UInt64(littleEndian: words.low), UInt64(littleEndian: words.high))
  }

  /// The hash of a text.
  static func of(_ text: [UInt8]) -> UInt64 {
    let padded = text + [UInt8](repeating: 0, count: 16)
    // SAFETY: 16 bytes were added behind the text.
    return unsafe padded.withUnsafeBufferPointer { unsafe of($0.baseAddress!, text.count) }
  }

  /// The hash of a text whose first 16 bytes are known.
  @inline(__always)
  static func of(low: UInt64, high: UInt64, count: Int, rest: UnsafePointer<UInt8>?) -> UInt64 {
    var hash = fold(low ^ first, high ^ second ^ UInt64(truncatingIfNeeded: count))
    if var text = unsafe rest {
      var left = count - 16
      while left > 0 {
        // SAFETY: at most 8 bytes behind the text are read.
        hash = unsafe fold(hash ^ load(text, min(left, 8)), third)
        unsafe text += 8
        left -= 8
      }
    }
    hash = fold(hash ^ second, third)
    return hash == 0 ? 1 : hash
  }

  /// The first `count` bytes, at most 8, in the lowest places.
  @inline(__always)
  static func load(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    // SAFETY: 8 bytes can be read by the caller's promise.
    let word = unsafe UInt64(
      littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
    // No branch, because lengths that differ from row to row cannot be guessed.
    return word & (UInt64.max >> UInt64(truncatingIfNeeded: 64 &- count &* 8))
  }

  @inline(__always) private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
