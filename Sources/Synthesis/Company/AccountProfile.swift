import Learning

/// What an account is and stays.
struct AccountProfile {
  let segment: Contract.Segment
  let country: StaticString
  let industry: StaticString
  let temperament: Temperament
  /// The day on which the account was opened and its first subscription begins.
  let createdDay: Int
  /// The second of that day.
  let createdSecond: Int

  init(drawnFrom generator: inout SeededGenerator, calendar: CompanyCalendar) {
    segment = generator.nextChoice([(.smb, 58), (.midMarket, 30), (.enterprise, 12)])
    country = generator.nextChoice([
      ("US", 45), ("GB", 12), ("DE", 10), ("CA", 8), ("FR", 7), ("NL", 5), ("AU", 5), ("IN", 4),
      ("BR", 3), ("JP", 1),
    ])
    industry = generator.nextChoice([
      ("software", 26), ("financial_services", 15), ("retail", 13), ("healthcare", 12),
      ("manufacturing", 11), ("media", 9), ("logistics", 8), ("education", 6),
    ])
    temperament = Temperament(drawnFrom: &generator)
    // A fifth signs in the first tenth of the export; nobody signs in its last tenth.
    let share = generator.nextBool(probability: 0.2) ? 0.1 : 0.9
    createdDay = Int(share * Double(calendar.dayCount) * generator.nextUnit())
    createdSecond = 6 * 3600 + generator.nextIndex(below: 4 * 3600)
  }

  /// Seats of the first subscription, in `2...300`.
  func firstSeatCount(_ generator: inout SeededGenerator) -> Int {
    let median: Double =
      switch segment {
      case .smb: 6
      case .midMarket: 18
      case .enterprise: 60
      }
    let seats = median * PortableMath.exp(0.5 * generator.nextNormal())
    return min(max(Int(seats.rounded()), 2), 300)
  }

  /// The first subscription's tier.
  func firstTier(_ generator: inout SeededGenerator) -> CompanyTier {
    switch segment {
    case .smb: generator.nextChoice([(.starter, 55), (.team, 37), (.business, 8)])
    case .midMarket: generator.nextChoice([(.starter, 10), (.team, 50), (.business, 40)])
    case .enterprise: generator.nextChoice([(.team, 25), (.business, 50), (.enterprise, 25)])
    }
  }

  /// How often the account pays by the year.
  var annualShare: Double {
    switch segment {
    case .smb: 0.25
    case .midMarket: 0.5
    case .enterprise: 0.8
    }
  }
}
