import ArgumentParser
import Logging
import RetentionKit

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a model relies on, or why one account scores as it does.",
    discussion: """
      Example: retain explain churn.retain
               retain explain churn.retain --coefficients
               retain explain churn.retain --table held-out.csv
               retain explain churn.retain --table customers.csv --account acct_00042
      """)

  @OptionGroup var argument: ModelArgument

  @Option(help: "A labelled CSV file to measure importances on. (default: those of training)")
  var table: String?

  @Flag(help: "Show the coefficients of a logistic regression alone: odds ratios and tests.")
  var coefficients = false

  @OptionGroup(title: "Reading") var reading: ReadingOptions

  @Option(help: "Explain this account of the table alone.")
  var account: String?

  @Option(help: "How often each column is shuffled.")
  var repeats = 5

  @Option(help: "What the shuffling depends on.")
  var seed: UInt64 = 0

  @OptionGroup(title: "General") var global: GlobalOptions

  func validate() throws {
    if account != nil, table == nil {
      throw ValidationError("--account needs the table that holds the account: add --table FILE.")
    }
    if coefficients, table != nil {
      throw ValidationError("--coefficients shows what the model file holds: leave out --table.")
    }
    if !(1...1000).contains(repeats) {
      throw ValidationError("--repeats is \(repeats), expected 1 to 1000.")
    }
  }

  func run() throws {
    if let table { try reading.checkRejects(against: [table, argument.model]) }
    let file = try argument.load()
    guard let table else { return try explain(file) }
    if let account { return try explain(account, in: table, by: file) }
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

  /// What the file itself holds.
  private func explain(_ file: ModelFile) throws {
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

  private func printImportances(_ importances: [Importance], of file: ModelFile) throws {
    if global.json {
      return try Console.print(JSONText.of(importances.map(ImportanceJSON.init)))
    }
    let kinds = Importance.Kind.allCases.filter { kind in importances.contains { $0.kind == kind } }
    try Console.print(
      kinds.map { kind in importanceText(importances.filter { $0.kind == kind }) }
        .joined(separator: "\n"))
  }

  private func explain(_ account: String, in table: String, by file: ModelFile) throws {
    let input = try ScoringInput.read(table, reading, for: file.model, needsOutcomes: false)
    let explanation = try AccountExplanation(account, in: input, by: file.model, path: table)
    try Console.print(
      global.json ? JSONText.of(explanation.json(modelID: file.id)) : explanation.text)
  }
}
