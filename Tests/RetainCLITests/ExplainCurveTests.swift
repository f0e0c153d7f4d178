import Foundation
import TestSupport
import Testing

struct ExplainCurveTests {
  private func run(_ learner: String = "gbm", _ arguments: String...) throws -> RetainRun {
    let trained = ShippedData.model(learner)
    #expect(try trained.training.exitCode == 0)
    return try RetainProcess.run(["explain", trained.model] + arguments)
  }
}
