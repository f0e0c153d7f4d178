/// One term of the true log odds of an outcome in the month after an anniversary.
public struct CompanyDriver: Sendable {
  /// What may happen to an account.
  public enum Target: String, Encodable, CaseIterable, Sendable {
    /// The last subscription ends and none follows.
    case churn
    /// Fewer seats, or a tier further down.
    case contraction
    /// More seats, or a tier further up.
    case expansion
  }

  /// How the chance follows the feature, everything else being equal.
  public enum Direction: String, Encodable, Sendable {
    /// Larger values mean a higher chance, at least somewhere, and nowhere a lower one.
    case rising
    /// Larger values (or "true") mean a lower chance, at least somewhere, and nowhere a higher one.
    case falling
  }

  /// The outcome that the term is about.
  public let target: Target
  /// The cause in a few words.
  public let driver: String
  /// The feature that shows it.
  public let feature: String
  /// How the chance follows the feature.
  public let direction: Direction
  /// The most that the term moves the log odds.
  public let logOdds: Double
  /// The effect in words and numbers.
  public let sentence: String
  /// The term; 0 where the feature is missing.
  let effect: @Sendable (AccountSigns) -> Double

  private init(
    _ target: Target, _ driver: String, _ feature: String, _ direction: Direction,
    _ logOdds: Double, _ sentence: String, effect: @escaping @Sendable (AccountSigns) -> Double
  ) {
    self.target = target
    self.driver = driver
    self.feature = feature
    self.direction = direction
    self.logOdds = logOdds
    self.sentence = sentence
    self.effect = effect
  }
}

extension CompanyDriver: Encodable {
  private enum CodingKeys: CodingKey { case target, driver, feature, direction, logOdds, sentence }
}

extension CompanyDriver {
  /// The log odds of an outcome in a month in which every term is 0.
  public static func baseLogOdds(_ target: Target) -> Double {
    switch target {
    case .churn: -5.9
    case .contraction: -6.6
    case .expansion: -5.6
    }
  }

  /// The log odds of an outcome in the month after an anniversary with these signs.
  static func logOdds(_ target: Target, _ signs: AccountSigns) -> Double {
    all.reduce(baseLogOdds(target)) { $1.target == target ? $0 + $1.effect(signs) : $0 }
  }

  /// 0 up to `start`, 1 from `end` on, and a straight line between; `start` may lie above `end`.
  private static func ramp(_ value: Double?, from start: Double, to end: Double) -> Double {
    guard let value else { return 0 }
    return min(max((value - start) / (end - start), 0), 1)
  }

  /// Every term, in the order they are added.
  public static let all = churn + contraction + expansion

  private static let churn: [CompanyDriver] = [
    CompanyDriver(
      .churn, "use declines over 28 days", "ratio_28_prev", .falling, 2.4,
      "Use below 0.9 of the 28 days before adds up to 2.4, all of it at 0.6."
    ) { 2.4 * ramp($0.usageRatio, from: 0.9, to: 0.6) },
    CompanyDriver(
      .churn, "use is far below its peak", "drop_from_peak", .falling, 1.0,
      "Use below 0.7 of its peak adds up to 1.0, all of it at 0.25."
    ) { ramp($0.dropFromPeak, from: 0.7, to: 0.25) },
    CompanyDriver(
      .churn, "the champion is silent", "champion_days_silent", .rising, 2.0,
      "A champion silent for more than 28 and up to 150 days adds 2.0."
    ) { (29...150).contains($0.championDaysSilent ?? 0) ? 2 : 0 },
    CompanyDriver(
      .churn, "agents fail", "agent_success_28", .falling, 2.6,
      "Agents that succeed in less than 0.9 of their runs add up to 2.6, all of it at 0.8."
    ) { 2.6 * ramp($0.agentSuccess, from: 0.9, to: 0.8) },
    CompanyDriver(
      .churn, "payments fail", "failed_payments_84", .rising, 2.1,
      "Each failed payment of the last 84 days adds 0.7, up to three of them."
    ) { 0.7 * Double(min($0.failedPayments84, 3)) },
    CompanyDriver(
      .churn, "the renewal is near", "days_to_renewal", .falling, 3.9,
      "The last month of a yearly contract adds 2.1, any other month of it takes 1.8 away."
    ) {
      guard let days = $0.daysToRenewal else { return 0 }
      return days <= 30 ? 2.1 : -1.8
    },
    CompanyDriver(
      .churn, "the contract does not renew by itself", "auto_renew", .falling, 0.9,
      "Automatic renewal takes 0.9 away."
    ) { $0.renewsByItself ? -0.9 : 0 },
    CompanyDriver(
      .churn, "trouble with support after month 3", "tickets_28_per_seat", .rising, 2.2,
      "After day 90, tickets add 8 per ticket and seat of the last 28 days, up to 2.2."
    ) { $0.age > 90 ? min(8 * $0.ticketsPerSeat28, 2.2) : 0 },
    CompanyDriver(
      .churn, "little of the product is used", "feature_depth_30", .falling, 0.8,
      "Feature depth takes 2 away per unit, counted from 0.5, between 0.8 up and 0.8 down."
    ) { min(max(-2 * ($0.featureDepth - 0.5), -0.8), 0.8) },
    CompanyDriver(
      .churn, "the novelty wore off in weeks 2 to 8", "novelty_ratio_w2_8", .falling, 1.2,
      "Use in weeks 2 to 8 below 0.5 of that in week 1 adds up to 1.2, all of it at 0.35."
    ) { 1.2 * ramp($0.noveltyRatio, from: 0.5, to: 0.35) },
  ]

  private static let contraction: [CompanyDriver] = [
    CompanyDriver(
      .contraction, "seats stand empty", "seat_utilisation", .falling, 2.6,
      "Active people below 0.65 of the seats add up to 2.6, all of it at 0.3."
    ) { 2.6 * ramp($0.seatUtilisation, from: 0.65, to: 0.3) },
    CompanyDriver(
      .contraction, "use declines over 28 days", "ratio_28_prev", .falling, 1.5,
      "Use below 0.9 of the 28 days before adds up to 1.5, all of it at 0.6."
    ) { 1.5 * ramp($0.usageRatio, from: 0.9, to: 0.6) },
    CompanyDriver(
      .contraction, "limits are far away", "limit_util_max", .falling, 1.2,
      "A fullest meter below 0.4 adds up to 1.2, all of it at 0.15."
    ) { 1.2 * ramp($0.limitUtilisation, from: 0.4, to: 0.15) },
    CompanyDriver(
      .contraction, "payments fail", "failed_payments_84", .rising, 1.2,
      "Each failed payment of the last 84 days adds 0.6, up to two of them."
    ) { 0.6 * Double(min($0.failedPayments84, 2)) },
    CompanyDriver(
      .contraction, "the contract allows it", "days_to_renewal", .falling, 1.8,
      "The renewal of a yearly contract adds 1.8; in any other month of it nothing can be cut."
    ) {
      guard let days = $0.daysToRenewal else { return 0 }
      return days == 0 ? 1.8 : -30
    },
  ]

  private static let expansion: [CompanyDriver] = [
    CompanyDriver(
      .expansion, "a limit is near", "limit_util_max", .rising, 2.6,
      "A fullest meter above 0.6 adds up to 2.6, all of it at 0.95."
    ) { 2.6 * ramp($0.limitUtilisation, from: 0.6, to: 0.95) },
    CompanyDriver(
      .expansion, "capabilities of higher tiers are tried", "gate_hits_28", .rising, 2.0,
      "Each attempt of the last 28 days at what the tier lacks adds 0.4, up to five of them."
    ) { 0.4 * Double(min($0.gateHits28, 5)) },
    CompanyDriver(
      .expansion, "the seats are full", "seat_utilisation", .rising, 2.2,
      "Active people above 0.75 of the seats add up to 2.2, all of it at 0.95."
    ) { 2.2 * ramp($0.seatUtilisation, from: 0.75, to: 0.95) },
    CompanyDriver(
      .expansion, "departments are added", "departments_28", .rising, 1.6,
      "Each active department more than three months ago adds 0.8, up to two of them."
    ) { 0.8 * Double(min(max($0.departmentsAdded, 0), 2)) },
    CompanyDriver(
      .expansion, "much of the product is used", "feature_depth_30", .rising, 0.8,
      "Feature depth above 0.6 adds up to 0.8, all of it at 0.9."
    ) { 0.8 * ramp($0.featureDepth, from: 0.6, to: 0.9) },
    CompanyDriver(
      .expansion, "use declines over 28 days", "ratio_28_prev", .rising, 1.5,
      "Use below 0.9 of the 28 days before takes up to 1.5 away, all of it at 0.6."
    ) { -1.5 * ramp($0.usageRatio, from: 0.9, to: 0.6) },
  ]
}
