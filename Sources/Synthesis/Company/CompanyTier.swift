/// What the company sells, cheapest first.
enum CompanyTier: Int, CaseIterable, Sendable {
  case starter, team, business, enterprise

  var name: StaticString {
    switch self {
    case .starter: "starter"
    case .team: "team"
    case .business: "business"
    case .enterprise: "enterprise"
    }
  }

  /// The next tier up; the last has none.
  var next: CompanyTier? { CompanyTier(rawValue: rawValue + 1) }
  /// The next tier down; the first has none.
  var previous: CompanyTier? { CompanyTier(rawValue: rawValue - 1) }

  /// The list price of a seat and month at the start of the export, in hundredths.
  var seatPrice: Int {
    switch self {
    case .starter: 15_00
    case .team: 29_00
    case .business: 49_00
    case .enterprise: 79_00
    }
  }

  /// API calls that an account may make in a month.
  var callLimit: Int {
    switch self {
    case .starter: 5_000
    case .team: 25_000
    case .business: 120_000
    case .enterprise: 600_000
    }
  }

  /// Gigabytes that an account may store.
  var storageLimit: Int {
    switch self {
    case .starter: 20
    case .team: 100
    case .business: 500
    case .enterprise: 2_500
    }
  }

  /// Agent runs that an account may make in a month.
  ///
  /// It grows with the number of events that the export is to have, so that the story is the same.
  func runLimit(eventScale: Double) -> Int {
    let limit: Double =
      switch self {
      case .starter: 150
      case .team: 400
      case .business: 1_200
      case .enterprise: 4_000
      }
    return max(20, Int((limit * eventScale).rounded()))
  }

  /// Whether an account of this tier may use a capability.
  func entitles(_ event: CompanyEvent) -> Bool {
    guard let lowest = event.lowestTier else { return false }
    return rawValue >= lowest.rawValue
  }

  /// The capabilities of the tier, as bits by the events' raw values.
  var entitlements: UInt64 { Self.entitlementsOfTier[rawValue] }

  private static let entitlementsOfTier: [UInt64] = allCases.map { tier in
    CompanyEvent.allCases.reduce(0) { $0 | (tier.entitles($1) ? $1.bit : 0) }
  }
}
