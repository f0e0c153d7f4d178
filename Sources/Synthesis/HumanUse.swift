import Diagnostics
import Learning

/// What the customer's people did in the product.
package struct HumanUse: Sendable {
  /// People who did anything in the last 28 days.
  package let activeUserCount: Int
  /// `activeUserCount` over paid seats; above 1 where more people log in than seats are paid.
  package let seatUtilisation: FixedDecimal
  /// Days of the last 28 on which anyone did anything.
  package let activeDayCount: Int
  package let eventCount: Int
  /// Events of the last 28 days over those of the 28 days before.
  package let change: FixedDecimal
  /// Share of the plan's features that were used in the last 30 days.
  package let featureDepth: FixedDecimal

  init(
    drawnFrom generator: inout SeededGenerator, temperament: Temperament, contract: Contract
  ) {
    let engagement = temperament.engagement
    var logChange = 0.02 + 0.08 * engagement + 0.22 * generator.nextNormal()
    if generator.nextBool(probability: LogLoss.probability(-1.9 - 0.5 * engagement)) {
      logChange -= 0.25 + generator.nextExponential(mean: 0.6)
    }
    let isDormant =
      generator.nextBool(probability: LogLoss.probability(-4.6 - 0.9 * engagement))
      && contract.tenureDays >= 60
    // Who falls has less of everything, not only a smaller ratio.
    let current = engagement + 0.5 * logChange
    let users =
      1.15 * Double(contract.seatCount)
      * LogLoss.probability(0.8 + 0.8 * current + 0.5 * generator.nextNormal())
    activeUserCount = isDormant ? 0 : max(Int(users.rounded()), 1)
    seatUtilisation = FixedDecimal(
      Double(activeUserCount) / Double(contract.seatCount), decimalCount: 3)
    let crowd = 0.3 * PortableMath.log(Double(max(activeUserCount, 1)))
    let days = 28 * LogLoss.probability(0.2 + 0.8 * current + crowd + 0.4 * generator.nextNormal())
    activeDayCount = isDormant ? 0 : max(Int(days.rounded()), 1)
    let events =
      Double(activeUserCount * activeDayCount)
      * PortableMath.exp(1 + 0.3 * current + 0.5 * generator.nextNormal())
    eventCount = isDormant ? 0 : max(Int(events.rounded()), activeUserCount, activeDayCount)
    change = FixedDecimal(isDormant ? 0 : PortableMath.exp(logChange), decimalCount: 2)
    let depth = LogLoss.probability(-0.1 + 0.9 * current + 0.6 * generator.nextNormal())
    featureDepth = FixedDecimal(isDormant ? 0 : depth, decimalCount: 2)
  }

  /// Whether nobody did anything in the last 28 days.
  var isDormant: Bool { eventCount == 0 }
}
