/// The codes of numbers that come one after another.
struct OpenCodes {
  private(set) var codes: [UInt32] = []
  /// The numbers that codes do not hold, at the positions that they say.
  private(set) var listed: [Double] = []
  /// How many places the last fraction had.
  private var places = 1

  @inline(__always) mutating func append(_ code: PackedCode) { codes.append(code.bits) }

  mutating func append(_ value: Double) {
    if let code = PackedCode(value, places: &places) {
      codes.append(code.bits)
    } else {
      codes.append(PackedCode(listedAt: listed.count).bits)
      listed.append(value)
    }
  }

  subscript(row: Int) -> Double {
    let code = PackedCode(bits: codes[row])
    if code.isListed { return listed[Int(code.digits)] }
    return code.value(overPower: PackedCode.powersOfTen[code.places])
  }

  /// Forgets the codes from a row on.
  mutating func truncate(to count: Int) {
    listed.removeLast(Self.listedCount(codes[count...]))
    codes.removeLast(codes.count - count)
  }

  /// Takes the first codes away.
  mutating func removeFirst(_ count: Int) {
    let listedCount = listed.isEmpty ? 0 : Self.listedCount(codes[..<count])
    codes.removeFirst(count)
    guard listedCount > 0 else { return }
    listed.removeFirst(listedCount)
    for row in codes.indices where PackedCode(bits: codes[row]).isListed {
      codes[row] -= UInt32(listedCount)
    }
  }

  private static func listedCount(_ codes: ArraySlice<UInt32>) -> Int {
    codes.count { PackedCode(bits: $0).isListed }
  }

  /// How many of the first codes' numbers are listed.
  func listedCount(inFirst count: Int) -> Int {
    listed.isEmpty ? 0 : Self.listedCount(codes[..<count])
  }
}
