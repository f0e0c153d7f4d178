import Diagnostics
import Learning

/// How the customer and the company get on.
package struct Relationship: Sendable {
  /// Days since the champion last did anything; none where nobody ever was a champion.
  package let championDaysSilent: Int?
  /// Support tickets of the last 28 days over paid seats.
  package let ticketsPerSeat: FixedDecimal
  /// The last answer to "would you recommend us", in `0...10`; none where nobody answered.
  package let netPromoterScore: Int?

  init(
    drawnFrom generator: inout SeededGenerator, temperament: Temperament, contract: Contract,
    humanUse: HumanUse
  ) {
    let hasChampion = generator.nextBool(probability: 0.87)
    let patience = PortableMath.exp(2.1 - 0.5 * temperament.engagement)
    let silence = Int(generator.nextExponential(mean: patience)) + (humanUse.isDormant ? 28 : 0)
    championDaysSilent = hasChampion ? min(silence, contract.tenureDays) : nil
    // A new customer asks much; that is learning, not trouble.
    let newcomers = contract.tenureDays <= 90 ? 2.5 : 1
    let seats = Double(contract.seatCount)
    let tickets =
      (0.3 + 0.05 * seats) * newcomers * PortableMath.exp(0.7 * generator.nextNormal() - 0.2)
    ticketsPerSeat = FixedDecimal(
      Double(generator.nextPoisson(mean: min(tickets, 500))) / seats, decimalCount: 3)
    let hasAnswered = generator.nextBool(probability: 0.45)
    let score =
      7.2 + 1.3 * temperament.engagement - 0.5 * temperament.moneyStress
      + 1.5 * generator.nextNormal()
    netPromoterScore = hasAnswered ? min(max(Int(score.rounded()), 0), 10) : nil
  }
}
