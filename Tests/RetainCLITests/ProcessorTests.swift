import Foundation
import TestSupport
import Testing

/// What a model owes to the processor: nothing for trees, the last digits for logistic regression.
///
/// OpenBLAS and the C library choose their kernels by processor, and both can be told to choose as
/// on another one.
struct ProcessorTests {
  private static let processors: [[String: String]] = [
    [:],
    ["OPENBLAS_CORETYPE": "Prescott"],
    ["OPENBLAS_CORETYPE": "Sandybridge", "OPENBLAS_NUM_THREADS": "1"],
    ["GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F"],
    ["LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo"],
  ]

  /// A model trained as on each processor, and the probabilities that it gives the held-out table.
  private func trained(_ learner: String) throws -> [(model: Data, probabilities: [Double])] {
    let folder = try TemporaryFolder()
    return try Self.processors.enumerated().map { index, environment in
      let model = folder.path("\(index).retain")
      let training = try RetainProcess.run(
        [
          "train", "--table", ShippedData.trainingTable, "--label", "churned", "--learner", learner,
          "--trees", "60", "--threads", "\(index % 3 + 1)", "--output", model,
        ], environment: environment)
      #expect(training.exitCode == 0, "\(training.errors)")
      let scoring = try RetainProcess.run(
        ["score", model, "--table", ShippedData.heldOutTable], environment: environment)
      #expect(scoring.exitCode == 0, "\(scoring.errors)")
      let probabilities = CSVText(scoring.text)["probability"].compactMap { Double($0) }
      #expect(probabilities.count == ShippedData.heldOutRowCount)
      return (try Data(contentsOf: URL(filePath: model)), probabilities)
    }
  }

  @Test(arguments: ["gbm", "best"])
  func `a model of trees has the same bytes and scores on every processor`(learner: String) throws {
    let models = try trained(learner)
    for other in models.dropFirst() {
      #expect(other.model == models[0].model)
      #expect(other.probabilities == models[0].probabilities)
    }
  }

  @Test func `logistic regression gives the same probabilities on every processor, to 1e-9`() throws
  {
    let models = try trained("logistic")
    for other in models.dropFirst() {
      for (one, another) in zip(models[0].probabilities, other.probabilities) {
        #expect(abs(one - another) < 1e-9)
      }
    }
  }
}
