import Learning

/// How often a resample draws each unit.
///
/// Up to ``exactLimit`` units, as many as there are are drawn with replacement. Beyond it each unit
/// is drawn a number of times of its own, with mean and variance 1 (Chamandy, Muralidharan, Najmi
/// and Naidu 2012, "Estimating uncertainty for massive data streams"): the total is no longer fixed,
/// which shares and means do not notice, and the draws run through memory in order.
///
/// Resample `r` draws from stream `r + 1` of the seed alone, so the number of threads never changes
/// a bit.
enum UnitDraws {
  /// The most units that are drawn one by one.
  static let exactLimit = 20_000

  /// Writes how often resample `resample` draws each unit, shape `[unitCount]`.
  static func fill(_ counts: inout [UInt8], seed: UInt64, resample: Int) {
    var generator = SeededGenerator(seed: seed, stream: UInt64(resample) + 1)
    if counts.count <= exactLimit {
      exact(&counts, using: &generator)
    } else {
      poisson(&counts, using: &generator)
    }
  }

  /// As many draws as there are units. A unit that is drawn more than 255 times does not occur:
  /// below 256 units it cannot, and above them its chance is less than 1 in 256 factorial.
  static func exact(_ counts: inout [UInt8], using generator: inout SeededGenerator) {
    for unit in counts.indices { counts[unit] = 0 }
    for _ in counts.indices { counts[generator.nextIndex(below: counts.count)] += 1 }
  }

  /// 16 random bits for each unit.
  static func poisson(_ counts: inout [UInt8], using generator: inout SeededGenerator) {
    var unit = 0
    while unit < counts.count {
      var bits = generator.next()
      for _ in 0..<min(4, counts.count - unit) {
        counts[unit] = count(of: UInt16(truncatingIfNeeded: bits))
        bits >>= 16
        unit += 1
      }
    }
  }

  /// From which 16 bits on a unit is drawn once, twice, ... eight times.
  ///
  /// The Poisson probabilities `exp(-1) / k!` in parts of 65,536, rounded so that mean and variance
  /// are exactly 1.
  static let thresholds: [UInt16] = [
    24_109, 48_218, 60_274, 64_292, 65_297, 65_497, 65_530, 65_535,
  ]

  /// How often a unit is drawn whose random bits are `bits`.
  static func count(of bits: UInt16) -> UInt8 {
    UInt8(thresholds.count { bits >= $0 })
  }
}
