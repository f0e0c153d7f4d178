import Evaluation
import Learning

/// All metrics of scored rows, with their intervals from 1,000 resamples.
struct IntervalsWorkflow {
  private let probabilities: [Double]
  private let labels: [Bool]
  private let threads: Int

  init(rowCount: Int, threads: Int) {
    var generator = SeededGenerator(seed: 1)
    var (probabilities, labels) = ([Double](), [Bool]())
    for _ in 0..<rowCount {
      let bell = (0..<6).reduce(-3.0) { sum, _ in sum + generator.nextUnit() }
      probabilities.append(LogLoss.probability(1.5 * bell - 1.5))
      labels.append(generator.nextUnit() < probabilities[probabilities.count - 1])
    }
    self.probabilities = probabilities
    self.labels = labels
    self.threads = threads
  }

  func run() -> WorkflowResult {
    let summary = EvaluationSummary(
      probabilities: probabilities, labels: labels, bootstrap: Bootstrap(resampleCount: 1000),
      threads: threads)
    return WorkflowResult(
      rowCount: summary.rows, checksum: summary.intervals.reduce(0) { $0 + $1.low + $1.high })
  }
}
