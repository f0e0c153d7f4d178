import Diagnostics
import Learning

/// What the customer pays, and whether it arrives.
package struct Payment: Sendable {
  /// Charges of the last 84 days that failed, retries included; at most 6.
  package let failureCount: Int
  /// Monthly recurring revenue, in currency.
  package let monthlyRevenue: FixedDecimal

  init(
    drawnFrom generator: inout SeededGenerator, temperament: Temperament, contract: Contract,
    agentUse: AgentUse
  ) {
    // A yearly invoice has few chances to fail.
    let logMean = (contract.billing == .monthly ? -1.9 : -2.9) + 0.8 * temperament.moneyStress
    failureCount = min(generator.nextPoisson(mean: min(PortableMath.exp(logMean), 6)), 6)
    let discount = 0.3 * LogLoss.probability(temperament.moneyStress + generator.nextNormal())
    let revenue =
      Double(contract.seatCount) * Self.seatPrice(of: contract.plan) * (1 - discount)
      + 0.04 * Double(agentUse.runCount)
    monthlyRevenue = FixedDecimal(revenue, decimalCount: 2)
  }

  private static func seatPrice(of plan: Contract.Plan) -> Double {
    switch plan {
    case .starter: 12
    case .team: 24
    case .business: 39
    case .enterprise: 55
    }
  }
}
