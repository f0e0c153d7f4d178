import ArgumentParser
import RetentionKit

/// A model that training begins with.
struct StartOptions: ParsableArguments {
  @Option(
    name: .customLong("continue"),
    help: "With --learner gbm, a model file: more trees are grown on those of this model.")
  var continued: String?

  @Option(
    help: """
      With --learner gbm, a model file: its trees stay, and their leaves get new values from the rows.
      """)
  var refit: String?

  @Option(
    help: "With --refit, the share of its old value that a leaf keeps, 0 to 1. (default: 0.9)")
  var refitDecay: Double?

  func validate() throws {
    if continued != nil && refit != nil {
      throw ValidationError(
        "--continue and --refit exclude each other: refit first, then continue the new model.")
    }
    if refitDecay != nil && refit == nil {
      throw ValidationError("--refit-decay is of use with --refit MODEL only.")
    }
  }

  /// The files that are read.
  var inputs: [String] { [continued, refit].compactMap(\.self) }

  /// Reads the model, if there is one.
  ///
  /// - Throws: `input.*`, `model.*`.
  func start() throws(Diagnostic) -> WarmStart? {
    if let continued { return WarmStart(try ModelFile(path: continued), .continued) }
    guard let refit else { return nil }
    return WarmStart(try ModelFile(path: refit), .refitted(decay: refitDecay ?? 0.9))
  }
}
