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
package enum UnitDraws {
  /// The most units that are drawn one by one.
  package static let exactLimit = 20_000

  /// Writes how often resample `resample` draws each unit, shape `[unitCount]`.
  package static func fill(_ counts: inout [UInt8], seed: UInt64, resample: Int) {
    var generator = SeededGenerator(seed: seed, stream: UInt64(resample) + 1)
    if counts.count <= exactLimit {
      exact(&counts, using: &generator)
    } else {
      poisson(&counts, using: &generator)
    }
  }

  /// As many draws as there are units. A unit that is drawn more than 255 times does not occur:
  /// below 256 units it cannot, and above them its chance is less than 1 in 256 factorial.
  package static func exact(_ counts: inout [UInt8], using generator: inout SeededGenerator) {
    for unit in counts.indices { counts[unit] = 0 }
    for _ in counts.indices { counts[generator.nextIndex(below: counts.count)] += 1 }
  }

  /// 15 random bits for each unit, four units for each number of the generator.
  package static func poisson(_ counts: inout [UInt8], using generator: inout SeededGenerator) {
    var counts = counts.mutableSpan
    let inFours = counts.count & ~3
    var unit = 0
    while unit < inFours {
      let drawn = Self.counts(of: generator.next())
      counts[unit] = UInt8(truncatingIfNeeded: drawn)
      counts[unit + 1] = UInt8(truncatingIfNeeded: drawn >> 16)
      counts[unit + 2] = UInt8(truncatingIfNeeded: drawn >> 32)
      counts[unit + 3] = UInt8(truncatingIfNeeded: drawn >> 48)
      unit += 4
    }
    var bits = generator.next()
    while unit < counts.count {
      counts[unit] = count(of: bits)
      bits >>= 16
      unit += 1
    }
  }

  /// How often a unit is drawn whose random bits are the lowest 15 of `bits`.
  ///
  /// The Poisson probabilities `exp(-1) / k!` in parts of 32,768, with the eighth draw and those
  /// beyond it left out: 12,054 for none, 12,056 for once, then 6,027, 2,009, 502, 100, 17 and 3,
  /// which make mean and variance exactly 1.
  package static func count(of bits: UInt64) -> UInt8 {
    let bits = bits & 0x7fff
    let reached: [UInt64] = [12_054, 24_110, 30_137, 32_146, 32_648, 32_748, 32_765]
    return UInt8(reached.count { bits >= $0 })
  }

  /// `count(of:)` of each 16 bits, in 16 bits each.
  ///
  /// Where a number of 15 bits is at least a threshold, the difference leaves the bit above them.
  @inline(__always)
  package static func counts(of bits: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0001_0001_0001_0001
    let bits = bits | ones << 15
    @inline(__always) func reaches(_ threshold: UInt64) -> UInt64 {
      (bits &- threshold &* ones) >> 15 & ones
    }
    let low = reaches(12_054) &+ reaches(24_110) &+ reaches(30_137) &+ reaches(32_146)
    return low &+ reaches(32_648) &+ reaches(32_748) &+ reaches(32_765)
  }
}
