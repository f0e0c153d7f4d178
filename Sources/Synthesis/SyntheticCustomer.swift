import Diagnostics
import Learning

/// One customer, as known on one day.
///
/// Every number is already rounded to the decimals it is written with, so that whoever reads the
/// file knows as much as the truth did.
package struct SyntheticCustomer: Sendable {
  package let contract: Contract
  package let humanUse: HumanUse
  package let agentUse: AgentUse
  package let relationship: Relationship
  package let payment: Payment
  /// Noise: in `1...999`, and related to nothing.
  package let luckyNumber: Int

  init(drawnFrom generator: inout SeededGenerator) {
    let temperament = Temperament(drawnFrom: &generator)
    contract = Contract(drawnFrom: &generator, temperament: temperament)
    humanUse = HumanUse(drawnFrom: &generator, temperament: temperament, contract: contract)
    agentUse = AgentUse(drawnFrom: &generator, temperament: temperament, contract: contract)
    relationship = Relationship(
      drawnFrom: &generator, temperament: temperament, contract: contract, humanUse: humanUse)
    payment = Payment(
      drawnFrom: &generator, temperament: temperament, contract: contract, agentUse: agentUse)
    luckyNumber = 1 + generator.nextIndex(below: 999)
  }
}

extension SyntheticCustomer {
  /// What a cell holds.
  enum Cell {
    case text(String)
    case number(FixedDecimal?)

    static func flag(_ flag: Bool) -> Cell { .text(flag ? "yes" : "no") }
    static func count(_ count: Int?) -> Cell {
      .number(count.map { FixedDecimal(units: $0, decimalCount: 0) })
    }

    /// Appends the cell; a missing number is an empty cell.
    ///
    /// No text of this table holds a comma, a quote or a line break, hence none is quoted.
    func append(to line: inout [UInt8]) {
      switch self {
      case .text(let text): line.append(contentsOf: text.utf8)
      case .number(let number): number?.append(to: &line)
      }
    }
  }

  /// The columns between the account and the label: a name, and the cell under it.
  static let columns: [(name: String, cell: @Sendable (SyntheticCustomer) -> Cell)] = [
    ("segment", { .text($0.contract.segment.rawValue) }),
    ("plan", { .text($0.contract.plan.rawValue) }),
    ("region", { .text($0.contract.region) }),
    ("billing", { .text($0.contract.billing.rawValue) }),
    ("auto_renew", { .flag($0.contract.autoRenews) }),
    ("tenure_days", { .count($0.contract.tenureDays) }),
    ("days_to_renewal", { .count($0.contract.daysToRenewal) }),
    ("seats", { .count($0.contract.seatCount) }),
    ("active_users_28d", { .count($0.humanUse.activeUserCount) }),
    ("seat_utilisation", { .number($0.humanUse.seatUtilisation) }),
    ("active_days_28d", { .count($0.humanUse.activeDayCount) }),
    ("events_28d", { .count($0.humanUse.eventCount) }),
    ("usage_change_28d", { .number($0.humanUse.change) }),
    ("feature_depth_30d", { .number($0.humanUse.featureDepth) }),
    ("agent_runs_28d", { .count($0.agentUse.runCount) }),
    ("agent_success_28d", { .number($0.agentUse.success) }),
    ("champion_days_silent", { .count($0.relationship.championDaysSilent) }),
    ("tickets_28d_per_seat", { .number($0.relationship.ticketsPerSeat) }),
    ("failed_payments_84d", { .count($0.payment.failureCount) }),
    ("limit_utilisation_max", { .number($0.agentUse.limitUtilisation) }),
    ("mrr", { .number($0.payment.monthlyRevenue) }),
    ("nps_last", { .count($0.relationship.netPromoterScore) }),
    ("lucky_number", { .count($0.luckyNumber) }),
  ]
}
