/// Text of tables, made of bytes: no `String` per cell.
struct ByteText {
  private(set) var bytes: [UInt8] = []

  mutating func reserve(_ byteCount: Int) { bytes.reserveCapacity(byteCount) }

  mutating func append(_ text: StaticString) {
    precondition(text.hasPointerRepresentation, "\(text) is one character")
    // SAFETY: a static string's memory lives as long as the program, and has `utf8CodeUnitCount` bytes.
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ text: [UInt8]) { bytes.append(contentsOf: text) }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func comma() { bytes.append(UInt8(ascii: ",")) }

  mutating func newline() { bytes.append(UInt8(ascii: "\n")) }

  /// A whole number; zeros fill it up to `width` digits.
  mutating func append(_ number: Int, width: Int = 1) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    let magnitude = number.magnitude
    var scale: UInt = 1
    var digitCount = 1
    while digitCount < width || magnitude / scale >= 10 {
      scale *= 10
      digitCount += 1
    }
    while scale > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(magnitude / scale % 10))
      scale /= 10
    }
  }

  /// A number in hundredths, always with two decimals.
  mutating func append(hundredths: Int) {
    if hundredths < 0 { bytes.append(UInt8(ascii: "-")) }
    append(Int(hundredths.magnitude / 100))
    bytes.append(UInt8(ascii: "."))
    append(Int(hundredths.magnitude % 100), width: 2)
  }

  /// `YYYY-MM-DD`.
  mutating func append(_ date: CompanyDate) {
    append(date.year, width: 4)
    bytes.append(UInt8(ascii: "-"))
    append(date.month, width: 2)
    bytes.append(UInt8(ascii: "-"))
    append(date.day, width: 2)
  }

  /// `THH:MM:SSZ`, of a second of the day.
  mutating func appendTime(_ second: Int) {
    bytes.append(UInt8(ascii: "T"))
    append(second / 3600, width: 2)
    bytes.append(UInt8(ascii: ":"))
    append(second / 60 % 60, width: 2)
    bytes.append(UInt8(ascii: ":"))
    append(second % 60, width: 2)
    bytes.append(UInt8(ascii: "Z"))
  }
}

extension ByteText {
  /// "acct_000001" for account 0.
  mutating func appendAccountID(_ account: Int) {
    append("acct_")
    append(account + 1, width: 6)
  }

  /// "user_000001_003" for person 2 of account 0: `prefix`, the account's number, its own number.
  mutating func appendID(_ prefix: StaticString, account: Int, number: Int, width: Int) {
    append(prefix)
    append(account + 1, width: 6)
    bytes.append(UInt8(ascii: "_"))
    append(number + 1, width: width)
  }
}
