import ArgumentParser
import RetentionKit

/// What a model, or its recipe, is judged on.
struct JudgedDataOptions: ParsableArguments {
  @Option(help: "The labelled table: a CSV file, - for standard input, or a columnar file.")
  var table: String?

  @Option(help: "The configuration that says where the raw tables of histories are.")
  var config: String?

  @Option(
    help: "With --table, judge the model's recipe by so many folds of the table, fitted anew.")
  var cv: Int?

  @Option(help: "With --cv, the column that says which rows belong together: no fold divides them.")
  var group: String?

  @Option(help: "With --cv, the column of each row's time: folds then learn from the past only.")
  var time: String?

  @Option(help: "With --time, how long after a row's time its outcome is known, as of train.")
  var embargo: Double?

  func validate() throws {
    switch (table, config) {
    case (nil, nil): throw ValidationError("Either --table or --config is needed.")
    case (_?, _?): throw ValidationError("--table and --config exclude each other.")
    case (nil, _?):
      for (option, isGiven) in [("--cv", cv != nil), ("--group", group != nil)] where isGiven {
        throw ValidationError(
          "\(option) goes with --table; the model knows its folds of histories.")
      }
    case (_?, nil): break
    }
    if let cv, !(2...100).contains(cv) {
      throw ValidationError("--cv is \(cv), expected 2 to 100.")
    }
    for (option, isGiven) in [
      ("--group", group != nil), ("--time", time != nil), ("--embargo", embargo != nil),
    ]
    where isGiven && cv == nil {
      throw ValidationError("\(option) goes with --cv.")
    }
  }
}

extension JudgedDataOptions {
  /// How the model learned, to learn so again from these data.
  func learned(
    _ model: RetentionModel, _ configuration: RetentionConfiguration?, _ reading: ReadingOptions,
    seed: UInt64?, threads: Int
  ) throws(Diagnostic) -> LearnedOptions {
    let target = model.schema.target
    var learned = try LearnedOptions(
      model, table: table ?? configuration?.path ?? "", label: target.column)
    learned.options.threads = threads
    learned.options.foldCount = cv ?? learned.options.foldCount ?? 5
    if let seed { learned.options.seed = seed }
    if configuration != nil {
      learned.options.reading.onBadRow = reading.badRowPolicy
      learned.options.reading.rejects = reading.rejects
    } else {
      learned.options.reading = try reading.options()
      learned.options.positive = target.positive
      learned.options.id = model.schema.idColumn
      learned.options.group = group
      learned.options.time = time
      learned.options.embargo = embargo ?? 0
    }
    return learned
  }
}
