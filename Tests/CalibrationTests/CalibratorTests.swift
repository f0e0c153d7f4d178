import Calibration
import Diagnostics
import Learning
import Testing

@Suite struct CalibratorTests {
  private let calibrators: [Calibrator] = [
    .identity,
    .platt(slope: 0.7, intercept: -0.2),
    .isotonic(knots: [
      Calibrator.Knot(score: -2, probability: 0.1), Calibrator.Knot(score: 0, probability: 0.3),
      Calibrator.Knot(score: 3, probability: 0.9),
    ]),
    .beta(a: 0.8, b: 1.3, c: 0.1),
  ]

  @Test func `each map rises strictly and stays strictly between 0 and 1`() {
    for calibrator in calibrators {
      let scores = (-400...400).map { Double($0) / 20 }
      let probabilities = calibrator.probabilities(scores)
      #expect(zip(probabilities, probabilities.dropFirst()).allSatisfy(<))
      for extreme in [-Double.greatestFiniteMagnitude, -1e5, 1e5, .greatestFiniteMagnitude] {
        let probability = calibrator.probability(extreme)
        #expect(probability > 0 && probability < 1, "\(calibrator) at \(extreme)")
      }
    }
  }

  @Test func `identity is the log odds at their word, and beta 1, 1, 0 is identity`() {
    for score in [-30, -2, 0, 0.5, 20] {
      #expect(Calibrator.identity.probability(score) == LogLoss.probability(score))
      let beta = Calibrator.beta(a: 1, b: 1, c: 0).probability(score)
      #expect(abs(beta - LogLoss.probability(score)) < 1e-15)
    }
  }

  @Test func `isotonic goes through its knots in straight lines`() {
    let isotonic = calibrators[2]
    #expect(isotonic.probability(-2) == 0.1)
    #expect(isotonic.probability(0) == 0.3)
    #expect(isotonic.probability(3) == 0.9)
    #expect(abs(isotonic.probability(-1) - 0.2) < 1e-15)
    #expect(abs(isotonic.probability(-9) - 0.1) < 1e-5)
    #expect(isotonic.probability(-9) < isotonic.probability(-8))
    #expect(isotonic.probability(8) < isotonic.probability(9))
  }

  @Test func `the derivative is the limit of the secant`() {
    for calibrator in calibrators {
      for score in [-5.03, -1.21, 0.37, 2.2, 4.9] {
        let secant = calibrator.secant(from: score - 1e-4, to: score + 1e-4)
        let derivative = calibrator.derivative(at: score)
        #expect(derivative > 0)
        #expect(abs(secant - derivative) < 1e-8, "\(calibrator) at \(score)")
        #expect(calibrator.secant(from: score, to: score) == derivative)
      }
      let moved = calibrator.probability(1.5) - calibrator.probability(-2.5)
      #expect(abs(calibrator.secant(from: -2.5, to: 1.5) * 4 - moved) < 1e-15)
    }
  }

  @Test func `good numbers from a file pass validation unchanged`() throws {
    for calibrator in calibrators { #expect(try calibrator.validated() == calibrator) }
  }

  @Test func `numbers from a file that make no rising map are refused`() {
    func knots(_ pairs: (Double, Double)...) -> Calibrator {
      .isotonic(knots: pairs.map { Calibrator.Knot(score: $0.0, probability: $0.1) })
    }
    let broken: [Calibrator] = [
      .platt(slope: .nan, intercept: 0), .platt(slope: 1, intercept: .infinity),
      .platt(slope: 0, intercept: 0), .platt(slope: -1, intercept: 0),
      .platt(slope: .infinity, intercept: 0),
      knots(), knots((.nan, 0.5)), knots((0, .nan)), knots((0, 0)), knots((0, 1)),
      knots((0, 0.2), (0, 0.3)), knots((0, 0.2), (1, 0.2)), knots((1, 0.2), (0, 0.3)),
      knots((0, 0.3), (1, 0.2)), knots((-1e308, 0.3), (1e308, 0.4)),
      .beta(a: -1, b: 1, c: 0), .beta(a: 1, b: -1, c: 0), .beta(a: 0, b: 0, c: 0),
      .beta(a: 1, b: .infinity, c: 0), .beta(a: 1, b: 1, c: .nan),
    ]
    for calibrator in broken {
      let fault = #expect(throws: Diagnostic.self) { try calibrator.validated() }
      #expect(fault?.kind == .modelInvalid, "\(calibrator)")
    }
  }
}
