import Learning

/// Which capabilities of its tier an account has taken up.
struct Adoption {
  /// The events taken up, as bits by their raw values.
  private(set) var capabilities: UInt64
  private let openness: Double

  init(
    drawnFrom generator: inout SeededGenerator, tier: CompanyTier, temperament: Temperament
  ) {
    openness = LogLoss.probability(0.6 + 0.7 * temperament.engagement)
    capabilities = 0
    takeUp(tier.entitlements, share: 0.5 * openness + 0.1, &generator)
    capabilities |= CompanyEvent.dashboardView.bit | CompanyEvent.apiCall.bit
  }

  /// One week on: capabilities are taken up while use is well, and dropped while it falls.
  mutating func step(
    tier: CompanyTier, isDeclining: Bool, level: Double, _ generator: inout SeededGenerator
  ) {
    if isDeclining || level < 0.4 {
      for event in CompanyEvent.capabilities where capabilities & event.bit != 0 {
        if generator.nextBool(probability: 0.05) { capabilities &= ~event.bit }
      }
      capabilities |= CompanyEvent.dashboardView.bit | CompanyEvent.apiCall.bit
    } else if depth(tier) < 0.45 + 0.5 * openness {
      takeUp(tier.entitlements & ~capabilities, share: 0.04, &generator)
    }
  }

  /// The share of the tier's capabilities that were taken up.
  func depth(_ tier: CompanyTier) -> Double {
    Double((capabilities & tier.entitlements).nonzeroBitCount)
      / Double(tier.entitlements.nonzeroBitCount)
  }

  /// Someone tries what the tier lacks; `nil` where it lacks nothing.
  func gatedCapability(_ tier: CompanyTier, _ generator: inout SeededGenerator) -> CompanyEvent? {
    let lacking = CompanyEvent.capabilities.filter { $0.lowestTier == tier.next }
    return lacking.isEmpty ? nil : lacking[generator.nextIndex(below: lacking.count)]
  }

  private mutating func takeUp(
    _ set: UInt64, share: Double, _ generator: inout SeededGenerator
  ) {
    for event in CompanyEvent.capabilities where set & event.bit != 0 {
      if generator.nextBool(probability: share) { capabilities |= event.bit }
    }
  }
}
