import Learning

/// The 97.5 % point of Student's t distribution.
package enum StudentQuantile {
  /// Within 0.001 from 4 degrees of freedom on, and within 0.000001 from 20 on. Method: Fisher and Cornish 1960,
  /// "The percentile points of distributions having known cumulants", table 1.
  package static func upper(degreesOfFreedom: Double) -> Double {
    let z = PortableMath.normal95
    let square = z * z
    let inverse = 1 / degreesOfFreedom
    // The polynomials of z that belong to the powers of `inverse`.
    let first = (square + 1) / 4
    let second = ((5 * square + 16) * square + 3) / 96
    let third = (((3 * square + 19) * square + 17) * square - 15) / 384
    let fourth = ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92_160
    return z * (1 + inverse * (first + inverse * (second + inverse * (third + inverse * fourth))))
  }
}
