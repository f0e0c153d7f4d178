import ArgumentParser
import RetentionKit

/// How a model learned, read off the settings that its file lists.
struct LearnedOptions {
  /// The options of a training like the model's; what they say of a table is left open.
  var options: TrainingOptions
  /// What of the settings another training cannot repeat.
  var warnings: [String] = []

  /// Reads the settings of a model: option names and values, as they would be typed.
  ///
  /// - Parameters:
  ///   - table: The table or configuration to learn from.
  ///   - label: The label column.
  /// - Throws: `model.invalid` for a setting that is none of this release.
  init(_ model: RetentionModel, table: String, label: String) throws(Diagnostic) {
    options = TrainingOptions(table: table, label: label)
    let summary = model.summary
    guard let learner = TrainingOptions.LearnerChoice(rawValue: summary.learner), learner != .best
    else { throw Self.invalid("the learner '\(displayText(summary.learner))'") }
    options.learner = learner
    let isPath = summary.parameters.contains { $0.name == "penalty-path" }
    var arguments: [String] = []
    for setting in summary.parameters {
      switch setting.name {
      case "calibration":
        guard let method = CalibrationMethod(rawValue: setting.value) else {
          throw Self.invalid("--calibration \(displayText(setting.value))")
        }
        options.calibration = method
      case "cv":
        // A model that was not validated is by the folds of those that are.
        options.foldCount = CountOr(argument: setting.value)?.count ?? options.foldCount
      case "seed": options.seed = UInt64(setting.value) ?? 0
      case "firth": arguments.append("--firth")
      case "continue", "refit":
        warnings.append(
          "the model was begun with another one; its recipe is judged without that one's trees")
      case "refit-decay", "tree-rates": break
      case "l1" where isPath, "l2" where isPath: break
      case "unpenalised": arguments.append("--unpenalised=\(Self.quoted(setting.value))")
      default: arguments.append("--\(setting.name)=\(setting.value)")
      }
    }
    let learning: LearningOptions
    do {
      learning = try LearningOptions.parse(arguments)
    } catch {
      throw Self.invalid(LearningOptions.message(for: error))
    }
    learning.apply(to: &options)
  }

  /// A name as it is typed where names are separated by commas.
  private static func quoted(_ name: String) -> String { name.contains(",") ? "\"\(name)\"" : name }

  private static func invalid(_ what: String) -> Diagnostic {
    Diagnostic(
      .modelInvalid, "the model's settings are none of this release: \(what)",
      hint: "train the model again, or judge it as it is on rows that it has not learned from")
  }
}
