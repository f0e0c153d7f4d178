import Logging
import RetentionKit

extension Explain {
  /// What the model file itself holds.
  func explain(_ file: ModelFile) throws {
    let importances = file.model.summary.importances
    guard let text = file.model.inferenceText else {
      if coefficients {
        throw Diagnostic(
          .usage, "--coefficients is for a logistic regression that was tested, which this is not",
          hint: "train with --learner logistic and folds (--cv), without --l1, --penalty-path, "
            + "--monotone, --transform, --encode, --min-rows-per-level and --inference, "
            + "which leave no tests")
      }
      if let reason = file.model.missingInferenceText { Logger.retain.info("\(reason)") }
      return try printImportances(importances, of: file)
    }
    if coefficients {
      return try Console.print(global.json ? JSONText.of(InferenceJSON(file.model)) : text)
    }
    if !global.json { try Console.print(text + "\n") }
    try printImportances(importances, of: file)
  }

  /// The model itself on a labelled table.
  func measure(_ file: ModelFile, on table: String) throws {
    let input = try ScoringInput.read(table, reading, for: file.model, needsOutcomes: true)
    let evaluation = try ModelEvaluation(
      file.model, on: input, path: table, seed: seed, threads: global.threadCount)
    if evaluation.isTrainingTable {
      Logger.retain.warning(
        """
        this is the table that the model was trained on: measure importances on held-out rows, \
        or leave out --table for those of cross-validation
        """)
    }
    let measured = try ModelEvaluation.importances(
      of: file.model, on: input, path: table, repeatCount: repeats, seed: seed,
      threads: global.threadCount)
    if measured.isEmpty {
      Logger.retain.warning(
        "the table has rows of one outcome only: how far ROC AUC falls cannot be measured on it")
    }
    try printImportances(
      measured + file.model.summary.importances.filter { $0.kind != .permutation }, of: file)
  }

  /// The model's recipe on the rows that its folds hold out.
  func measure(_ file: ModelFile, on configuration: RetentionConfiguration) throws {
    let parts = try heldOut(file, configuration).recipe.heldOutParts()
    let falls = parts.map { part in
      PermutationImportance.falls(
        of: part.matrix, labels: part.labels, weights: part.weights, repeatCount: repeats,
        seed: seed
      ) { part.scores(of: $0, threads: global.threadCount) }
    }
    let measured = PermutationImportance.summary(
      of: file.model.schema.features.indices.map { feature in
        falls.flatMap { $0.isEmpty ? [] : $0[feature] }
      }, features: file.model.schema.features)
    try printImportances(
      measured + file.model.summary.importances.filter { $0.kind != .permutation }, of: file)
  }

  private func printImportances(_ importances: [Importance], of file: ModelFile) throws {
    if global.json {
      return try Console.print(JSONText.of(importances.map(ImportanceJSON.init)))
    }
    let kinds = Importance.Kind.allCases.filter { kind in importances.contains { $0.kind == kind } }
    try Console.print(
      kinds.map { kind in importanceText(importances.filter { $0.kind == kind }) }
        .joined(separator: "\n"))
  }
}
