import Diagnostics
import Learning

/// What agents did on the customer's behalf in the last 28 days.
package struct AgentUse: Sendable {
  package let runCount: Int
  /// Share of the runs that succeeded; none below `judgedRunCount` runs.
  package let success: FixedDecimal?
  /// The fullest of the plan's metered limits; above 1 where overage is charged.
  package let limitUtilisation: FixedDecimal

  /// With fewer runs a success rate is noise, and is not reported.
  package static let judgedRunCount = 20

  init(
    drawnFrom generator: inout SeededGenerator, temperament: Temperament, contract: Contract
  ) {
    let hasAdopted = generator.nextBool(
      probability: LogLoss.probability(1.6 + 0.7 * temperament.agentFit))
    let runs = PortableMath.exp(
      4.1 + 0.45 * PortableMath.log(Double(contract.seatCount)) + 0.6 * temperament.agentFit
        + 0.8 * generator.nextNormal())
    runCount = hasAdopted ? min(Int(runs.rounded()), 50_000) : 0
    // Hard tasks fail often and easy ones rarely, whatever the fit.
    let rate = LogLoss.probability(
      2.6 + 0.35 * temperament.agentFit + 0.75 * generator.nextNormal())
    // The binomial count, by its normal approximation.
    let error = (rate * (1 - rate) / Double(max(runCount, 1))).squareRoot() * generator.nextNormal()
    success =
      runCount < Self.judgedRunCount
      ? nil : FixedDecimal(min(max(rate + error, 0), 1), decimalCount: 3)
    let limit = PortableMath.exp(
      -0.75 + 0.25 * temperament.engagement + 0.25 * temperament.agentFit
        + 0.4 * generator.nextNormal())
    limitUtilisation = FixedDecimal(min(limit, 1.5), decimalCount: 2)
  }
}
