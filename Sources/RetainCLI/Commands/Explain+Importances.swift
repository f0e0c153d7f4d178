import Logging
import RetentionKit

extension Explain {
  /// What the model file itself holds.
  func explain(_ file: ModelFile) throws {
    guard let text = file.model.inferenceText else {
      if coefficients {
        throw Diagnostic(
          .usage, "--coefficients is for a logistic regression that was tested, which this is not",
          hint: "train with --learner logistic and folds (--cv), without --l1, --penalty-path, "
            + "--monotone, --transform, --encode, --min-rows-per-level and --inference, "
            + "which leave no tests")
      }
      if let reason = file.model.missingInferenceText { Logger.retain.info("\(reason)") }
      return try printImportances(ImportanceReport(file.model))
    }
    if coefficients {
      return try Console.print(global.json ? JSONText.of(InferenceJSON(file.model)) : text)
    }
    if !global.json, !importances.csv { try Console.print(text + "\n") }
    try printImportances(ImportanceReport(file.model))
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
        or leave out --table for those of cross-validation, or add --cv 5
        """)
    }
    let report = try ImportanceReport(
      file.model, on: input, path: table, repeatCount: repeats, seed: seed,
      threads: global.threadCount)
    if report.importances(.permutation).isEmpty {
      Logger.retain.warning(
        "the table has rows of one outcome only: how far ROC AUC falls cannot be measured on it")
    }
    try printImportances(report)
  }

  /// The model's recipe on the rows that folds of a labelled table hold out.
  func measureRecipe(_ file: ModelFile, on table: String) throws {
    let target = file.model.schema.target
    var learned = try LearnedOptions(file.model, table: table, label: target.column)
    learned.options.threads = global.threadCount
    learned.options.foldCount = importances.cv
    learned.options.reading = try reading.options()
    learned.options.positive = target.positive
    learned.options.id = file.model.schema.idColumn
    learned.options.group = importances.group
    learned.options.time = importances.time
    let progress = ProgressLine()
    defer { progress.clear() }
    let evaluation = try RecipeReport(file.model, options: learned.options) { progress.show($0) }
    let report = try ImportanceReport(
      file.model, recipe: evaluation.recipe, repeatCount: repeats, seed: seed,
      threads: global.threadCount
    ) { progress.show($0) }
    progress.clear()
    Logger.retain.warn(learned.warnings + evaluation.warnings)
    try printImportances(report)
  }

  /// The model's recipe on the rows that its folds hold out.
  func measure(_ file: ModelFile, on configuration: RetentionConfiguration) throws {
    let held = try heldOut(file, configuration)
    let progress = ProgressLine()
    defer { progress.clear() }
    let ablation =
      importances.ablation ? try held.familyAblation(seed: seed) { progress.show($0) } : nil
    let report = try ImportanceReport(
      file.model, recipe: held.recipe, ablation: ablation, repeatCount: repeats, seed: seed,
      threads: global.threadCount
    ) { progress.show($0) }
    progress.clear()
    try printImportances(report)
  }

  private func printImportances(_ report: ImportanceReport) throws {
    if global.json { return try Console.print(JSONText.of(report.list.json)) }
    if importances.csv {
      return try Console.print(String(decoding: report.list.csv, as: UTF8.self))
    }
    try Console.print(report.text(showsAll: importances.all))
  }
}
