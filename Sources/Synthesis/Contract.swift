import Learning

/// Who the customer is and what was signed.
package struct Contract: Sendable {
  /// The size of the customer's company.
  package enum Segment: String, Sendable {
    case smb
    case midMarket = "mid_market"
    case enterprise
  }

  /// What the customer subscribes to, cheapest first.
  package enum Plan: String, Sendable {
    case starter, team, business, enterprise
  }

  /// How often the customer pays.
  package enum Billing: String, Sendable {
    case monthly, annual
  }

  package let segment: Segment
  package let plan: Plan
  package let region: String
  package let billing: Billing
  package let autoRenews: Bool
  /// Days since the customer signed up, in `30...2200`.
  package let tenureDays: Int
  /// Days until the annual contract ends, in `1...365`; none for monthly billing.
  package let daysToRenewal: Int?
  /// Paid seats, in `1...2500`.
  package let seatCount: Int

  init(drawnFrom generator: inout SeededGenerator, temperament: Temperament) {
    segment = generator.nextChoice([(.smb, 60), (.midMarket, 30), (.enterprise, 10)])
    plan = generator.nextChoice(Self.planWeights(of: segment))
    region = generator.nextChoice(Self.regionWeights)
    billing = generator.nextBool(probability: Self.annualShare(of: segment)) ? .annual : .monthly
    autoRenews = generator.nextBool(
      probability: LogLoss.probability(1 - 0.6 * temperament.moneyStress))
    tenureDays = min(30 + Int(generator.nextExponential(mean: 420)), 2200)
    // The current year began on a day of the customer's life, and at most a year ago.
    let contractAge = generator.nextIndex(below: min(tenureDays, 364) + 1)
    daysToRenewal = billing == .annual ? 365 - contractAge : nil
    let seats = Self.medianSeats(of: segment) * PortableMath.exp(0.7 * generator.nextNormal())
    seatCount = min(max(Int(seats.rounded()), 1), 2500)
  }

  /// Twelve regions by Zipf's law (weight `1 / rank`) and two that hardly any customer is in; parts
  /// of 10,000.
  static let regionWeights: [(value: String, weight: Int)] = [
    ("us_east", 3210), ("us_west", 1605), ("uk_ireland", 1070), ("dach", 803), ("canada", 642),
    ("france", 535), ("nordics", 459), ("benelux", 401), ("australia", 357), ("iberia", 321),
    ("india", 292), ("japan", 268), ("brazil", 22), ("iceland", 15),
  ]

  private static func planWeights(of segment: Segment) -> [(value: Plan, weight: Int)] {
    switch segment {
    case .smb: [(.starter, 55), (.team, 35), (.business, 10)]
    case .midMarket: [(.starter, 10), (.team, 40), (.business, 40), (.enterprise, 10)]
    case .enterprise: [(.team, 10), (.business, 40), (.enterprise, 50)]
    }
  }

  private static func annualShare(of segment: Segment) -> Double {
    switch segment {
    case .smb: 0.35
    case .midMarket: 0.65
    case .enterprise: 0.9
    }
  }

  private static func medianSeats(of segment: Segment) -> Double {
    switch segment {
    case .smb: 9
    case .midMarket: 45
    case .enterprise: 220
    }
  }
}
