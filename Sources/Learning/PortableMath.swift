/// Exponential and logarithm that give the same bits on every processor and system.
///
/// A C library picks its own `exp` by processor (with or without fused multiply-add), so that the
/// last bit differs from machine to machine, and with it a model. These use only additions,
/// multiplications and divisions, which IEEE 754 fixes; Swift never contracts them.
public enum PortableMath {
  // ln 2 in two parts: the first has 32 zero bits at its end, so that `k * high` is exact.
  @usableFromInline static let ln2High = 0x1.62e42feep-1
  @usableFromInline static let ln2Low = 0x1.a39ef35793c76p-33
  @usableFromInline static let log2E = 1.4426950408889634

  /// `e` to the power `x`, within 2 units in the last place; 0 and infinity beyond the range.
  ///
  /// Method: `x = k ln 2 + r` with `|r| <= ln(2) / 2`, then the Taylor polynomial of degree 13,
  /// whose remainder is below `2^-57`.
  public static func exp(_ x: Double) -> Double {
    if x > 709.782712893384 { return .infinity }
    if x < -745.2 { return 0 }
    if x.isNaN { return x }
    let k = (x * log2E).rounded(.toNearestOrEven)
    let r = (x - k * ln2High) - k * ln2Low
    var sum = 1.0 / 6_227_020_800
    sum = sum * r + 1.0 / 479_001_600
    sum = sum * r + 1.0 / 39_916_800
    sum = sum * r + 1.0 / 3_628_800
    sum = sum * r + 1.0 / 362_880
    sum = sum * r + 1.0 / 40_320
    sum = sum * r + 1.0 / 5_040
    sum = sum * r + 1.0 / 720
    sum = sum * r + 1.0 / 120
    sum = sum * r + 1.0 / 24
    sum = sum * r + 1.0 / 6
    sum = sum * r + 0.5
    // 1 + (r + r^2 sum): the small terms are added first, so that 1 takes them in one rounding.
    let fraction = 1 + (r + r * r * sum)
    // Two factors, because 2^k itself leaves the normal range before the product does.
    let half = Int(k) / 2
    return fraction * power(half) * power(Int(k) - half)
  }

  /// `e` to the power of each of eight numbers, within 2 units in the last place for `x` in
  /// `[-87, 88]`; beyond, as at the nearer end.
  ///
  /// Method: as ``exp(_:)-(Double)``, with a Taylor polynomial of degree 7, whose remainder is below
  /// `2^-27`. No step needs more than the oldest 64-bit processors have.
  @inlinable @inline(__always)
  public static func exp(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let clamped = x.replacing(with: -87, where: x .< -87).replacing(with: 88, where: x .> 88)
    // Added to 1.5 times 2 to the 23rd, a small number is rounded to a whole one in the last bits.
    let shift: Float = 12_582_912
    let shifted = clamped * 1.442_695_04 + shift
    let k = shifted - shift
    let r = (clamped - k * 0x1.62e4p-1) - k * 0x1.7f7d1cp-20
    var sum = r * (1 / 5040) + 1 / 720
    sum = sum * r + 1 / 120
    sum = sum * r + 1 / 24
    sum = sum * r + 1 / 6
    sum = sum * r + 0.5
    let fraction = r * r * sum + r + 1
    // `k` is in the last bits of `shifted`; it goes to where a number's exponent is.
    let exponent = (unsafe unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- 0x4B40_0000) &<< 23
    return unsafe unsafeBitCast(
      unsafeBitCast(fraction, to: SIMD8<Int32>.self) &+ exponent, to: SIMD8<Float>.self)
  }

  /// The natural logarithm of `x`, within 2 units in the last place.
  ///
  /// Method: `x = m 2^k` with `m` in `[sqrt(1/2), sqrt(2))`, then
  /// `log m = 2 artanh((m - 1) / (m + 1))` by its series, whose remainder is below `2^-58`.
  public static func log(_ x: Double) -> Double {
    if !(x > 0) { return x == 0 ? -.infinity : .nan }
    if x == .infinity { return x }
    var m = x.significand
    var k = Double(x.exponent)
    if m >= 1.4142135623730951 {
      m *= 0.5
      k += 1
    }
    let s = (m - 1) / (m + 1)
    let z = s * s
    var sum = 1.0 / 23
    for denominator in stride(from: 21.0, through: 3, by: -2) { sum = sum * z + 1 / denominator }
    return k * ln2High + (k * ln2Low + 2 * s * (z * sum) + 2 * s)
  }

  /// `log(1 + x)` without losing a small `x`, for `x` in `[0, 1]`.
  public static func log1p(_ x: Double) -> Double {
    let u = 1 + x
    // `u` is rounded; the second term restores what the rounding took.
    return log(u) + (x - (u - 1)) / u
  }

  private static func power(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(exponent + 1023) << 52)
  }
}
