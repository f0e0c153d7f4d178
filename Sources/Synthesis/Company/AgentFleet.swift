import Learning

/// The agents that work on an account's behalf.
struct AgentFleet {
  private let isAdopted: Bool
  private let runsPerPerson: Double
  private let normalOdds: Double
  private var trouble = Episode()

  init(drawnFrom generator: inout SeededGenerator, temperament: Temperament) {
    isAdopted = generator.nextBool(
      probability: LogLoss.probability(1.3 + 0.7 * temperament.agentFit))
    runsPerPerson =
      0.35
      * PortableMath.exp(
        0.35 * temperament.agentFit + 0.4 * generator.nextNormal())
    normalOdds = 2.9 + 0.35 * temperament.agentFit + 0.3 * generator.nextNormal()
  }

  /// One week on.
  mutating func step(on day: Int, _ generator: inout SeededGenerator) {
    _ = trouble.maybeBegin(on: day, chance: 0.008, dayCount: 80...180, &generator)
  }

  /// Runs of a working day, on average.
  func pace(activePersonCount: Int, level: Double, day: Int) -> Double {
    guard isAdopted else { return 0 }
    // Nobody likes to start an agent that fails.
    return runsPerPerson * Double(activePersonCount) * level.squareRoot()
      * (1 - 0.25 * trouble.strength(on: day))
  }

  /// The chance that a run succeeds.
  func successRate(on day: Int) -> Double {
    LogLoss.probability(normalOdds - 2.7 * trouble.strength(on: day))
  }

  /// The chance that a run succeeds, where there are runs to judge by.
  func judgedSuccessRate(on day: Int) -> Double? { isAdopted ? successRate(on: day) : nil }
}
