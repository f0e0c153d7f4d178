import Learning

/// How near an account is to what its tier allows, and what it would like beyond.
struct Appetite {
  /// Log of calls a month over the tier's limit, at the account's normal level of use.
  private var logUtilisation: Double
  private let logStorage: Double
  private var interest = Episode()
  /// Calls of the account's month so far, over the limit.
  private var monthShare = 0.0
  /// The days of the last 28 on which something was gated, oldest first.
  private var gateDays: [Int] = []

  init(drawnFrom generator: inout SeededGenerator, temperament: Temperament) {
    logUtilisation = -1.0 + 0.15 * temperament.engagement + 0.35 * generator.nextNormal()
    logStorage = -1.2 + 0.25 * generator.nextNormal()
  }

  /// One week on.
  mutating func step(
    on day: Int, isGrowing: Bool, temperament: Temperament, _ generator: inout SeededGenerator
  ) {
    logUtilisation += (isGrowing ? 0.022 : 0.004) + 0.03 * generator.nextNormal()
    logUtilisation = min(logUtilisation, 0.2)
    let chance = (isGrowing ? 0.025 : 0.008) * PortableMath.exp(0.4 * temperament.engagement)
    _ = interest.maybeBegin(on: day, chance: min(chance, 0.1), dayCount: 50...130, &generator)
  }

  /// Calls a month over the tier's limit, as of late.
  func utilisation(level: Double) -> Double {
    min(PortableMath.exp(logUtilisation) * level.squareRoot(), 1.3)
  }

  /// Storage in use over the tier's limit; it never shrinks with use, and rarely binds.
  func storageShare(age: Int) -> Double {
    min(PortableMath.exp(logStorage) * (0.4 + 0.0008 * Double(age)), 0.7)
  }

  /// Attempts of the day at what the tier does not include.
  mutating func gateHits(
    on day: Int, tier: CompanyTier, level: Double, _ generator: inout SeededGenerator
  ) -> Int {
    guard tier.next != nil else { return 0 }
    let mean = (0.006 + 0.16 * interest.strength(on: day)) * min(level, 1.2)
    let count = generator.nextPoisson(mean: mean)
    for _ in 0..<count { gateDays.append(day) }
    return count
  }

  /// Attempts of the 28 days before a day.
  mutating func gateHits28(asOf day: Int) -> Int {
    gateDays.removeAll { $0 < day - 28 }
    return gateDays.count
  }

  /// Adds a day to the month's calls.
  ///
  /// - Returns: Whether the limit is reached and the account is told so.
  mutating func meter(_ utilisation: Double, _ generator: inout SeededGenerator) -> Bool {
    monthShare += utilisation / 30
    return monthShare >= 1 && generator.nextBool(probability: 0.5)
  }

  /// Begins the account's next month.
  mutating func noteAnniversary() { monthShare = 0 }

  /// Takes over a new tier: the same calls are a smaller share of a larger limit.
  mutating func change(from old: CompanyTier, to new: CompanyTier) {
    logUtilisation +=
      PortableMath.log(Double(old.callLimit)) - PortableMath.log(Double(new.callLimit))
    // A smaller tier is taken by who can do with it.
    logUtilisation = min(max(logUtilisation, -1.6), -0.4)
    if new.rawValue > old.rawValue { interest.end() }
  }
}
