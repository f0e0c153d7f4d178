import Learning

/// What no column shows: three standard normal traits that make a customer's columns agree.
struct Temperament {
  /// How much people use the product.
  let engagement: Double
  /// How well the customer's work suits the agents; correlation 0.4 with `engagement`.
  let agentFit: Double
  /// How tight money is; correlation -0.3 with `engagement`.
  let moneyStress: Double

  init(drawnFrom generator: inout SeededGenerator) {
    engagement = generator.nextNormal()
    agentFit = 0.4 * engagement + (1 - 0.4 * 0.4).squareRoot() * generator.nextNormal()
    moneyStress = -0.3 * engagement + (1 - 0.3 * 0.3).squareRoot() * generator.nextNormal()
  }
}
