import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The tables in `Datasets`, and models trained on them once for all tests.
enum ShippedData {
  static let trainingTable = path("saas-customers.csv")
  static let heldOutTable = path("saas-customers-holdout.csv")
  static let trainingRowCount = 4000
  static let trainingPositiveCount = 568
  static let heldOutRowCount = 2000
  static let heldOutPositiveCount = 274

  private static func path(_ name: String) -> String {
    ReferenceFiles.packageRoot.appending(path: "Datasets/\(name)").path
  }

  /// A file's text.
  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  /// The trained models, by what `--learner` was.
  static let gbm = TrainedModel(learner: "gbm")
  static let logistic = TrainedModel(learner: "logistic")
  static let best = TrainedModel(learner: "best")
}

/// A model trained on the shipped table with default settings, with all that a training writes.
final class TrainedModel: Sendable {
  let learner: String
  let model: String
  let outOfFold: String
  let card: String
  private let outcome: Result<RetainRun, any Error>

  init(learner: String) {
    self.learner = learner
    let folder = Self.folder
    model = "\(folder)/\(learner).retain"
    outOfFold = "\(folder)/\(learner)-folds.csv"
    card = "\(folder)/\(learner).md"
    let arguments = [
      "train", "--table", ShippedData.trainingTable, "--label", "churned", "--learner", learner,
      "--output", model, "--out-of-fold", outOfFold, "--card", card, "--json",
    ]
    outcome = Result { try RetainProcess.run(arguments) }
  }

  /// What the training printed.
  var training: RetainRun {
    get throws { try outcome.get() }
  }

  /// The folder of all trained models, removed when the tests end.
  private static let folder: String = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "retain-models-\(getpid())")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    atexit {
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "retain-models-\(getpid())")
      try? FileManager.default.removeItem(at: folder)
    }
    return folder.path
  }()
}
