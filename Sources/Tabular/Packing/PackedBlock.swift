/// So many numbers of a column, in as few bytes as they take.
///
/// ```
/// bytes:    whole numbers 0...254; 255 is missing          1 byte each
/// halves:   whole numbers 0...65534; 65535 is missing      2
/// codes:    see `PackedCode`; the numbers it does not hold are listed behind the codes      4
/// doubles:  where more than a quarter would be listed      8
/// ```
struct PackedBlock {
  @safe private enum Content {
    case bytes(UnsafePointer<UInt8>)
    case halves(UnsafePointer<UInt16>)
    case codes(UnsafePointer<UInt32>, listed: UnsafePointer<Double>, listedCount: Int)
    case doubles(UnsafePointer<Double>)
  }

  private let content: Content

  static let rowCount = 1 << 13

  /// Packs codes.
  ///
  /// - Parameters:
  ///   - codes: Shape `[rowCount]`.
  ///   - listed: The numbers of the codes that are listed, at the positions that they say.
  ///   - store: Takes the bytes, and must outlive the block.
  init(_ codes: Span<UInt32>, listed: Span<Double>, in store: PageStore) {
    precondition(codes.count == Self.rowCount, "\(codes.count) codes")
    if let bytes = unsafe Self.wholes(codes, UInt8.self, in: store) {
      content = unsafe .bytes(bytes)
    } else if let halves = unsafe Self.wholes(codes, UInt16.self, in: store) {
      content = unsafe .halves(halves)
    } else if listed.count > Self.rowCount / 4 {
      content = Self.doubles(codes, listed, in: store)
    } else {
      content = Self.codes(codes, listed, in: store)
    }
  }

  /// All values as whole numbers of a size, the greatest of which is missing; `nil` where they are
  /// not such.
  private static func wholes<Whole: FixedWidthInteger & UnsignedInteger>(
    _ codes: Span<UInt32>, _: Whole.Type, in store: PageStore
  ) -> UnsafePointer<Whole>? {
    func whole(_ row: Int) -> Whole? {
      let code = PackedCode(bits: codes[row])
      if code.isMissing { return .max }
      guard let whole = code.whole, whole < Whole.max else { return nil }
      return Whole(truncatingIfNeeded: whole)
    }
    // Mostly the first few tell, before there is room taken.
    for row in 0..<codes.count where whole(row) == nil { return nil }
    let room = unsafe store.allocate(codes.count * MemoryLayout<Whole>.stride)
      .bindMemory(to: Whole.self, capacity: codes.count)
    // SAFETY: room for as many values as there are codes.
    for row in 0..<codes.count { unsafe room[row] = whole(row)! }
    return unsafe UnsafePointer(room)
  }

  private static func codes(_ codes: Span<UInt32>, _ listed: Span<Double>, in store: PageStore)
    -> Content
  {
    let room = unsafe store.allocate(codes.count * 4).bindMemory(
      to: UInt32.self, capacity: codes.count)
    let list = unsafe store.allocate(listed.count * 8).bindMemory(
      to: Double.self, capacity: listed.count)
    // SAFETY: room for as many codes and numbers as there are.
    for position in 0..<listed.count { unsafe list[position] = listed[position] }
    for row in 0..<codes.count { unsafe room[row] = codes[row] }
    return unsafe .codes(room, listed: list, listedCount: listed.count)
  }

  private static func doubles(_ codes: Span<UInt32>, _ listed: Span<Double>, in store: PageStore)
    -> Content
  {
    let room = unsafe store.allocate(codes.count * 8).bindMemory(
      to: Double.self, capacity: codes.count)
    let everyPower = PackedCode.powersOfTen
    let powers = everyPower.span
    // SAFETY: room for as many numbers as there are codes.
    for row in 0..<codes.count {
      unsafe room[row] = PackedCode(bits: codes[row]).value(powers, listed: listed)
    }
    return unsafe .doubles(room)
  }

  /// One of the numbers.
  subscript(row: Int) -> Double {
    precondition(row >= 0 && row < Self.rowCount, "row \(row) of \(Self.rowCount)")
    // SAFETY: each content has `rowCount` values, and `OpenCodes` has given codes their positions.
    switch content {
    case .bytes(let bytes):
      let byte = unsafe bytes[row]
      return byte == .max ? .nan : Double(byte)
    case .halves(let halves):
      let half = unsafe halves[row]
      return half == .max ? .nan : Double(half)
    case .codes(let codes, let listed, _):
      let code = PackedCode(bits: unsafe codes[row])
      return code.isListed
        ? unsafe listed[Int(code.digits)]
        : code.value(overPower: PackedCode.powersOfTen[code.places])
    case .doubles(let values): return unsafe values[row]
    }
  }

  /// Adds all of the numbers.
  ///
  /// The loops run over pointers, which spares a check per number; what they write is what the
  /// subscript gives.
  func append(to values: inout OutputSpan<Double>) {
    precondition(values.freeCapacity >= Self.rowCount, "room for \(values.freeCapacity) values")
    unsafe values.withUnsafeMutableBufferPointer { buffer, count in
      // SAFETY: there is room by the check above; each content has `rowCount` values, `OpenCodes` has
      // given codes their positions, and there is a power for each number of places.
      unsafe write(to: buffer.baseAddress! + count)
      count += Self.rowCount
    }
  }

  private func write(to values: UnsafeMutablePointer<Double>) {
    // SAFETY: see `append`.
    switch content {
    case .bytes(let bytes):
      for row in 0..<Self.rowCount {
        let byte = unsafe bytes[row]
        unsafe values[row] = byte == .max ? .nan : Double(byte)
      }
    case .halves(let halves):
      for row in 0..<Self.rowCount {
        let half = unsafe halves[row]
        unsafe values[row] = half == .max ? .nan : Double(half)
      }
    case .codes(let codes, let listed, let listedCount):
      unsafe PackedCode.powersOfTen.withUnsafeBufferPointer { powers in
        for row in 0..<Self.rowCount {
          let code = PackedCode(bits: unsafe codes[row])
          unsafe values[row] = code.value(overPower: powers[code.places])
        }
      }
      if listedCount == 0 { return }
      for row in 0..<Self.rowCount {
        let code = PackedCode(bits: unsafe codes[row])
        if code.isListed { unsafe values[row] = listed[Int(code.digits)] }
      }
    case .doubles(let stored): unsafe values.update(from: stored, count: Self.rowCount)
    }
  }
}
