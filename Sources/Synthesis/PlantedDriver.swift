import Learning

/// One term of the true log odds of churn: what a good model should find, and what it should not.
public struct PlantedDriver: Sendable {
  /// How the risk follows the column's value, everything else being equal.
  public enum Direction: String, Sendable {
    /// Larger values mean a higher risk, at least somewhere, and nowhere a lower one.
    case rising
    /// Larger values (or "yes") mean a lower risk, at least somewhere, and nowhere a higher one.
    case falling
    /// The risk is highest at a value in the middle.
    case peaked
    /// The value means nothing.
    case none
  }

  /// The column.
  public let feature: String
  /// How the risk follows it.
  public let direction: Direction
  /// The column that decides whether this one matters: an interaction, which no sum of
  /// one-column effects can express.
  public let gate: String?
  /// The effect in words and numbers.
  public let sentence: String
  /// The term in log odds; 0 where the column is missing.
  package let effect: @Sendable (SyntheticCustomer) -> Double

  private init(
    _ feature: String, _ direction: Direction, gatedBy gate: String? = nil, _ sentence: String,
    effect: @escaping @Sendable (SyntheticCustomer) -> Double
  ) {
    self.feature = feature
    self.direction = direction
    self.gate = gate
    self.sentence = sentence
    self.effect = effect
  }
}

extension PlantedDriver {
  /// The log odds of churn of a customer whose every term is 0.
  package static let baseLogOdds = -3.3

  /// The true log odds of churn in the next 90 days.
  package static func logOdds(of customer: SyntheticCustomer) -> Double {
    all.reduce(baseLogOdds) { $0 + $1.effect(customer) }
  }

  /// Every term, in the order they are added.
  static let all: [PlantedDriver] = [
    PlantedDriver(
      "usage_change_28d", .falling,
      "Usage below 0.6 of the month before adds 1.2, and up to 1.8 more the nearer it is to 0."
    ) {
      let change = $0.humanUse.change.value
      return change < 0.6 ? 1.2 + 3 * (0.6 - change) : 0
    },
    PlantedDriver(
      "champion_days_silent", .rising,
      "A champion who has been silent for more than 28 days adds 1.6."
    ) {
      ($0.relationship.championDaysSilent ?? 0) > 28 ? 1.6 : 0
    },
    PlantedDriver(
      "agent_success_28d", .falling, gatedBy: "agent_runs_28d",
      "Agents that succeed in less than 0.9 of 300 or more runs add 1.6; with fewer runs, nothing."
    ) {
      guard let success = $0.agentUse.success else { return 0 }
      return $0.agentUse.runCount >= 300 && success.value < 0.9 ? 1.6 : 0
    },
    PlantedDriver(
      "failed_payments_84d", .rising,
      "Each failed payment adds 1.1, up to two of them."
    ) {
      1.1 * Double(min($0.payment.failureCount, 2))
    },
    PlantedDriver(
      "auto_renew", .falling,
      "Automatic renewal takes 1.2 away."
    ) {
      $0.contract.autoRenews ? -1.2 : 0
    },
    PlantedDriver(
      "days_to_renewal", .falling,
      "A renewal at most 60 days away adds 1.5."
    ) {
      guard let days = $0.contract.daysToRenewal else { return 0 }
      return days <= 60 ? 1.5 : 0
    },
    PlantedDriver(
      "tenure_days", .peaked,
      "Onboarding adds 1.4 on day 75, less before and after, and nothing from day 150."
    ) {
      let distance = Double(abs($0.contract.tenureDays - 75))
      return distance < 75 ? 1.4 * (1 - distance / 75) : 0
    },
    PlantedDriver(
      "tickets_28d_per_seat", .rising, gatedBy: "tenure_days",
      "After day 90, tickets add 6 per ticket and seat, up to 2; before, nothing."
    ) {
      guard $0.contract.tenureDays > 90 else { return 0 }
      return min(6 * $0.relationship.ticketsPerSeat.value, 2)
    },
    PlantedDriver(
      "feature_depth_30d", .falling,
      "Feature depth takes 4 away per unit, counted from 0.5."
    ) {
      -4 * ($0.humanUse.featureDepth.value - 0.5)
    },
    PlantedDriver(
      "nps_last", .falling,
      "Each point of the last survey takes 0.1 away, counted from 7."
    ) {
      guard let score = $0.relationship.netPromoterScore else { return 0 }
      return -0.1 * Double(score - 7)
    },
    PlantedDriver("region", .none, "The region means nothing.") { _ in 0 },
    PlantedDriver("lucky_number", .none, "The lucky number means nothing.") { _ in 0 },
  ]
}
