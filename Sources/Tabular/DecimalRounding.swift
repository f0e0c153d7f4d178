/// Rounds a decimal to the nearest `Double`, ties to even.
enum DecimalRounding {
  /// Exactly representable powers, from 10^0 to 10^22.
  private static let powersOfTen: [Double] = {
    var powers = [1.0]
    // Each product is exact, since 5^22 < 2^53.
    for _ in 1...22 { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()

  /// 5^0 to 5^27, the greatest that fits.
  private static let powersOfFive: [UInt64] = {
    var powers: [UInt64] = [1]
    for _ in 1...27 { powers.append(powers[powers.count - 1] * 5) }
    return powers
  }()

  /// `mantissa * 10^exponent`, or `nil` where the exponent is outside `-27...19`.
  @inline(__always) static func double(_ mantissa: UInt64, timesTenTo exponent: Int) -> Double? {
    if mantissa == 0 { return 0 }
    // Both factors are exact, so that the one operation rounds once (Clinger 1990).
    if mantissa <= 1 << 53 && exponent >= -22 && exponent <= 22 {
      return exponent < 0
        ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
    }
    return wide(mantissa, timesTenTo: exponent)
  }

  /// The same by exact integers of 128 bits.
  private static func wide(_ mantissa: UInt64, timesTenTo exponent: Int) -> Double? {
    let significand: UInt128
    let binaryExponent: Int
    switch exponent {
    case 0...19:
      // Below 2^64 * 5^19 < 2^109.
      significand = UInt128(mantissa) * UInt128(powersOfFive[exponent])
      binaryExponent = exponent
    case -27..<0:
      // With the dividend's top bit set and a divisor below 2^63, the quotient has 65 bits or more:
      // 53 to keep, at least one to round by, and the rest, with the remainder, to break ties.
      let shift = UInt128(mantissa).leadingZeroBitCount
      let (quotient, remainder) = (UInt128(mantissa) << UInt128(shift))
        .quotientAndRemainder(dividingBy: UInt128(powersOfFive[-exponent]))
      significand = quotient | (remainder == 0 ? 0 : 1)
      binaryExponent = exponent - shift
    default: return nil
    }
    return rounded(significand, timesTwoTo: binaryExponent)
  }

  /// `significand * 2^exponent`, for a result that is a normal number.
  private static func rounded(_ significand: UInt128, timesTwoTo exponent: Int) -> Double {
    let excess = 128 - significand.leadingZeroBitCount - 53
    guard excess > 0 else {
      return Double(sign: .plus, exponent: exponent, significand: Double(UInt64(significand)))
    }
    var kept = UInt64(significand >> UInt128(excess))
    let half = UInt128(1) << UInt128(excess - 1)
    let dropped = significand & (half << 1 - 1)
    if dropped > half || (dropped == half && kept & 1 == 1) { kept += 1 }
    return Double(sign: .plus, exponent: exponent + excess, significand: Double(kept))
  }
}
