import ArgumentParser
import Logging
import RetentionKit

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Learn from a labelled table and write a model.",
    discussion: """
      Example: retain train --table customers.csv --label churned --positive yes \\
                 --id account_id --learner best --output churn.retain
      """)

  @OptionGroup var source: TableOptions

  @Option(help: "The column of the outcome.")
  var label: String

  @Option(help: "The value that says the outcome happened. (default: 1, yes, true, ...)")
  var positive: String?

  @Option(help: "The column that names the account. (default: the first that looks like it)")
  var id: String?

  @Option(help: "Columns not to learn from, separated by commas.")
  var drop: [ColumnNames] = []

  @Option(help: "Columns to be read as categories.")
  var categorical: [ColumnNames] = []

  @Option(help: "Columns to be read as numbers.")
  var numeric: [ColumnNames] = []

  @Option(help: "The column that says how much a row counts.")
  var weight: String?

  @Option(help: "The column that says which rows belong together: no fold divides them.")
  var group: String?

  @Option(help: "The column of each row's time: folds then learn from the past only.")
  var time: String?

  @Option(help: "The learner: gbm, logistic, or best of both.")
  var learner: TrainingOptions.LearnerChoice = .best

  @OptionGroup(title: "Learning") var learning: LearningOptions

  @Option(help: "From score to probability: auto, platt, isotonic, beta or none.")
  var calibration: CalibrationMethod = .auto

  @Option(help: "How many folds validate the model, or none.")
  var cv: CountOr = CountOr(5)

  @Option(help: "What folds and sampling depend on.")
  var seed: UInt64 = 0

  @Option(name: .shortAndLong, help: "The model file to write.")
  var output: String

  @Option(help: "Write the held-out score of every row to this CSV file.")
  var outOfFold: String?

  @Option(help: "Write the model card, in Markdown, to this file.")
  var card: String?

  @OptionGroup(title: "General") var global: GlobalOptions

  func run() throws {
    if outOfFold != nil, cv.count == nil {
      throw ValidationError("--out-of-fold needs folds, but --cv is none.")
    }
    var outputs: [String] = []
    for file in [output, outOfFold, card].compactMap(\.self) {
      try OutputFile(path: file).check(against: [source.table])
      try OutputFile(path: file).check(apartFrom: outputs)
      outputs.append(file)
    }
    try source.reading.checkRejects(against: [source.table], apartFrom: outputs)
    let progress = ProgressLine()
    var training = Training(try trainingOptions())
    training.progress = { progress.show($0) }
    var outcome: TrainingOutcome
    do {
      defer { progress.clear() }
      outcome = try training.run()
    }
    var timings = outcome.timings
    let file = try timings.measure(\.write) { () throws(Diagnostic) in try write(outcome) }
    outcome.timings = timings
    Logger.retain.warn(outcome.model.summary.warnings)
    try Console.print(
      global.json
        ? JSONText.of(
          TrainingJSON(
            outcome, modelID: file.id, output: output, peakBytes: Machine.peakResidentByteCount))
        : outcome.text(training.options) + "\n" + ending(file, outcome.timings))
  }

  private func write(_ outcome: TrainingOutcome) throws(Diagnostic) -> ModelFile {
    if outOfFold != nil, outcome.outOfFold == nil {
      throw Diagnostic(
        .dataTooFewRows, "no row could be held out, so there are no out-of-fold scores to write",
        file: source.table, hint: "leave out --out-of-fold, or bring more rows of both outcomes")
    }
    if let outOfFold, let rows = outcome.outOfFold {
      try OutputFile(path: outOfFold).write(OutOfFoldFile(rows).bytes)
    }
    let file = try ModelFile.write(outcome.model, to: output)
    if let card {
      try OutputFile(path: card).write(
        Array(ModelCard.text(of: file.model, id: file.id, byteCount: file.byteCount).utf8))
    }
    return file
  }

  private func ending(_ file: ModelFile, _ timings: TrainingTimings) -> String {
    "Wrote \(displayText(output)): model \(file.id), \(file.byteCount) bytes\nTime: \(timings.text)\n"
  }

  private func trainingOptions() throws(Diagnostic) -> TrainingOptions {
    var options = TrainingOptions(table: source.table, label: label)
    options.reading = try source.reading.options()
    options.positive = positive
    options.id = id
    options.drop = drop.flatMap(\.names)
    options.categorical = categorical.flatMap(\.names)
    options.numeric = numeric.flatMap(\.names)
    options.weight = weight
    options.group = group
    options.time = time
    options.learner = learner
    options.boosting = learning.boosting
    options.logistic = learning.logistic
    for constraint in learning.monotone { options.monotone[constraint.column] = constraint.sign }
    options.calibration = calibration
    options.foldCount = cv.count
    options.seed = seed
    options.threads = global.threadCount
    return options
  }
}

extension TrainingOptions.LearnerChoice: ExpressibleByArgument {}
extension CalibrationMethod: ExpressibleByArgument {}
