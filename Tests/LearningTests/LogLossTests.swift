import Foundation
import Learning
import Testing

@Suite struct LogLossTests {
  @Test func `even odds have the score 0 and cost ln 2`() {
    #expect(LogLoss.probability(0) == 0.5)
    #expect(LogLoss.score(0.5) == 0)
    #expect(abs(LogLoss.value(score: 0, label: true) - 0.6931471805599453) < 1e-15)
    #expect(LogLoss.value(score: 0, label: true) == LogLoss.value(score: 0, label: false))
  }

  @Test func `probability and score are each other's inverse`() {
    for step in -300...150 {
      let score = Double(step) / 10
      // Near 1 a probability has fewer digits left for what is missing to 1.
      let tolerance = 1e-14 * max(1, Foundation.exp(score))
      #expect(abs(LogLoss.score(LogLoss.probability(score)) - score) <= tolerance)
    }
    for step in 1..<1000 {
      let probability = Double(step) / 1000
      #expect(abs(LogLoss.probability(LogLoss.score(probability)) - probability) < 1e-15)
    }
  }

  @Test func `the loss is minus the logarithm of the outcome's probability`() {
    for step in -200...200 {
      let score = Double(step) / 10
      let probability = 1 / (1 + Foundation.exp(-score))
      let opposite = 1 / (1 + Foundation.exp(score))
      let happened = LogLoss.value(score: score, label: true)
      let failed = LogLoss.value(score: score, label: false)
      #expect(abs(happened + Foundation.log(probability)) <= 1e-13 * max(1, happened))
      #expect(abs(failed + Foundation.log(opposite)) <= 1e-13 * max(1, failed))
    }
  }

  @Test func `the derivatives are the slopes of the loss`() {
    let width = 1e-5
    for step in -40...40 {
      let score = Double(step) / 5
      let probability = LogLoss.probability(score)
      func gradient(_ score: Double, _ label: Bool) -> Double {
        LogLoss.gradient(probability: LogLoss.probability(score), label: label)
      }
      for label in [true, false] {
        let slope =
          (LogLoss.value(score: score + width, label: label)
            - LogLoss.value(score: score - width, label: label)) / (2 * width)
        #expect(abs(gradient(score, label) - slope) < 1e-9)
        let curvature =
          (gradient(score + width, label) - gradient(score - width, label)) / (2 * width)
        #expect(abs(LogLoss.hessian(probability: probability) - curvature) < 1e-9)
      }
    }
  }

  @Test(arguments: [40, 745, 1e4, 1e300, .greatestFiniteMagnitude])
  func `scores far out have finite losses and probabilities within bounds`(score: Double) {
    #expect(LogLoss.probability(score) == 1)
    #expect(LogLoss.probability(-score) >= 0)
    #expect(LogLoss.probability(-score) < 1e-17)
    #expect(LogLoss.value(score: score, label: false) == score)
    #expect(LogLoss.value(score: -score, label: true) == score)
    #expect(LogLoss.value(score: score, label: true) == LogLoss.value(score: -score, label: false))
    #expect((0..<1e-17).contains(LogLoss.value(score: score, label: true)))
  }

  @Test func `a small loss keeps its digits`() {
    // -log(1 - 1e-16) would be 0 or 1.1e-16 if it were computed from a probability.
    let score = -LogLoss.score(1e-16)
    #expect(abs(LogLoss.value(score: score, label: true) - 1e-16) < 1e-28)
  }

  @Test func `the mean counts rows by their weights`() {
    let scores = [1.5, -2, 0.25]
    let labels = [true, true, false]
    let losses = zip(scores, labels).map { LogLoss.value(score: $0, label: $1) }
    #expect(
      abs(LogLoss.mean(scores: scores, labels: labels) - losses.reduce(0, +) / 3) < 1e-15)
    let weighted = LogLoss.mean(scores: scores, labels: labels, weights: [2, 0, 6])
    #expect(abs(weighted - (2 * losses[0] + 6 * losses[2]) / 8) < 1e-15)
  }
}
