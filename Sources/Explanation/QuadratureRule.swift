/// Gauss and Legendre's points and weights on 0...1: with `n` points, the integral of a polynomial of
/// degree `2n - 1` is exact.
///
/// Points come in fours, which fill vectors.
struct QuadratureRule: Sendable {
  /// The points, four by four, ascending.
  private(set) var points: [SIMD4<Double>] = []
  /// How much each counts; they add up to 1.
  private(set) var weights: [SIMD4<Double>] = []

  /// How many fours of points integrate a product of `factorCount` factors, less one of them.
  static func fourCount(factorCount: Int) -> Int { max(1, (factorCount + 7) / 8) }

  /// Makes a rule of `4 * fourCount` points.
  ///
  /// Method: Newton's on the Legendre polynomial, from the guess of Abramowitz and Stegun 1964,
  /// 22.16.6. Only additions, multiplications and divisions are used, so that the bits are the same
  /// on any processor.
  init(fourCount: Int) {
    let count = 4 * fourCount
    var found: [(point: Double, weight: Double)] = []
    for index in 0..<count {
      let angle = Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5)
      var x = Self.cosine(angle)
      var slope = 1.0
      // Doubles its digits at each step; the guess has three.
      for _ in 0..<8 {
        let (value, below) = Self.legendre(count, x)
        slope = Double(count) * (x * value - below) / (x * x - 1)
        x -= value / slope
      }
      found.append(((1 + x) / 2, 1 / ((1 - x * x) * slope * slope)))
    }
    found.reverse()
    for start in stride(from: 0, to: count, by: 4) {
      var point = SIMD4<Double>()
      var weight = SIMD4<Double>()
      for lane in 0..<4 { (point[lane], weight[lane]) = found[start + lane] }
      points.append(point)
      weights.append(weight)
    }
  }

  /// The Legendre polynomials of degrees `count` and `count - 1`.
  private static func legendre(_ count: Int, _ x: Double) -> (value: Double, below: Double) {
    var (below, value) = (1.0, x)
    for degree in stride(from: 2, through: count, by: 1) {
      let next = (Double(2 * degree - 1) * x * value - Double(degree - 1) * below) / Double(degree)
      (below, value) = (value, next)
    }
    return (value, below)
  }

  /// The cosine of an angle in 0...pi, to a few units in the last place.
  private static func cosine(_ angle: Double) -> Double {
    // The sine of what is left to a right angle, by its Taylor polynomial.
    let x = Double.pi / 2 - angle
    var (sum, term) = (x, x)
    for power in stride(from: 3.0, through: 25, by: 2) {
      term *= -x * x / (power * (power - 1))
      sum += term
    }
    return sum
  }
}
