import ArgumentParser
import Logging
import RetentionKit

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Learn from a labelled table, or from histories, and write a model.",
    discussion: """
      Example: retain train --config retain.yaml --target churn --output churn.retain
               retain train --table customers.csv --label churned --positive yes \\
                 --id account_id --learner best --output churn.retain
      """)

  @Option(help: "The labelled table: a CSV file, - for standard input, or a columnar file.")
  var table: String?

  @Option(help: "The configuration of histories: what raw tables there are and what they mean.")
  var config: String?

  @Option(help: "With --config, what is to be predicted: churn, contraction or expansion.")
  var target: TargetName?

  @Option(
    help: """
      With --config, the first day that accounts are looked at (YYYY-MM-DD). (default: as_of of the \
      configuration)
      """)
  var from: CalendarDay?

  @Option(help: "With --config, the last such day.")
  var to: CalendarDay?

  @Option(help: "The step between these days: month, week, day, or a number of days.")
  var every: AsOfStep = AsOfStep(step: .months(1), text: "month")

  @OptionGroup(title: "Reading") var reading: ReadingOptions

  @Option(
    help: """
      What the first Ctrl-C does: stop, and leave no file, or keep the trees that there are by then.
      """)
  var onInterrupt: InterruptionPolicy = .stop

  @Option(help: "The column of the outcome.")
  var label: String?

  @Option(help: "The value that says the outcome happened. (default: 1, yes, true, ...)")
  var positive: String?

  @Option(help: "The column that names the account. (default: the first that looks like it)")
  var id: String?

  @Option(help: "Columns not to learn from, separated by commas.")
  var drop: [ColumnNames] = []

  @Option(
    help: "Columns to learn from although they tell the outcome almost alone, separated by commas.")
  var allow: [ColumnNames] = []

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

  @Option(
    help: """
      With --time, how long after a row's time its outcome is known: days, or units of a column of \
      numbers. No fold learns from a row whose outcome was not known yet. (default: 0)
      """)
  var embargo: Double?

  @Option(help: "The learner: gbm, logistic, or best of both.")
  var learner: TrainingOptions.LearnerChoice = .best

  @OptionGroup(title: "Beginning with a model") var start: StartOptions

  @OptionGroup(title: "Learning") var learning: LearningOptions

  @Flag(
    help:
      "Search for parameters that are not given; each fold's figures are of a search of its own.")
  var tune = false

  @Option(help: "With --tune, how many settings are tried for each learner. (default: 24)")
  var tuneTrials: Int?

  @Option(help: "From score to probability: auto, temperature, platt, isotonic, beta or none.")
  var calibration: CalibrationMethod = .auto

  @Option(help: "How many folds validate the model, or none.")
  var cv: CountOr = CountOr(5)

  @Option(
    help: """
      Rows that are held out of everything and judged by the model itself: a labelled file with the \
      same columns, or the first day of such rows (YYYY-MM-DD).
      """)
  var holdout: String?

  @Flag(help: "Draw what each fold learns from, leaves out and judges.")
  var showSplits = false

  @Option(help: "What folds and sampling depend on.")
  var seed: UInt64 = 0

  @Option(
    help: """
      With --learner gbm, a folder for temporary files, to train on a table larger than memory; the \
      model is the same.
      """)
  var outOfCore: String?

  @Option(name: .shortAndLong, help: "The model file to write.")
  var output: String

  @Option(help: "Write the held-out score of every row to this CSV file.")
  var outOfFold: String?

  @Option(
    help: """
      Where the model card goes, in Markdown, with one in JSON beside it; none for no card. (default: \
      churn.card.md for churn.retain)
      """)
  var card: String?

  @Option(
    help: "With --config, a file that keeps event logs that were read: next time only new ones are."
  )
  var cache: String?

  @OptionGroup(title: "General") var global: GlobalOptions

  func validate() throws {
    try validateDays()
    if tuneTrials != nil && !tune { throw ValidationError("--tune-trials goes with --tune.") }
    if cache != nil && config == nil { throw ValidationError("--cache goes with --config.") }
    switch (table, config) {
    case (nil, nil): throw ValidationError("Either --table or --config is needed.")
    case (_?, _?): throw ValidationError("--table and --config exclude each other.")
    case (_?, nil):
      if label == nil { throw ValidationError("--table needs --label, the column of the outcome.") }
      if target != nil { throw ValidationError("--target goes with --config.") }
      if from != nil || to != nil { throw ValidationError("--from and --to go with --config.") }
    case (nil, _?):
      if reading.namesForm {
        throw ValidationError(
          "How the files of histories are written the configuration says, under sources.")
      }
      for (option, isGiven) in [
        ("--label", label != nil), ("--positive", positive != nil), ("--id", id != nil),
        ("--weight", weight != nil), ("--group", group != nil), ("--time", time != nil),
        ("--embargo", embargo != nil),
      ] where isGiven {
        throw ValidationError("\(option) goes with --table; the configuration says the like.")
      }
    }
  }

  private func validateDays() throws {
    guard (from == nil) == (to == nil) else {
      throw ValidationError("--from and --to go together.")
    }
    if let from, let to, to < from {
      throw ValidationError("--from \(from) is after --to \(to).")
    }
  }

  func run() throws {
    if outOfFold != nil, cv.count == nil {
      throw ValidationError("--out-of-fold needs folds, but --cv is none.")
    }
    let configuration = try config.map { (path) throws(Diagnostic) in
      try RetentionConfiguration(contentsOf: path)
    }
    var inputs = try Self.inputs(table, configuration) + start.inputs
    if case .file(let path)? = heldOut { inputs.append(path) }
    var outputs: [String] = []
    for file in [output, outOfFold, cards?.markdown, cards?.json].compactMap(\.self) {
      try OutputFile(path: file).check(against: inputs)
      try OutputFile(path: file).check(apartFrom: outputs)
      outputs.append(file)
    }
    try reading.checkRejects(against: inputs, apartFrom: outputs)
    try Self.check(
      cache: cache, inputs: inputs, outputs: outputs + [reading.rejects].compactMap(\.self))
    let progress = ProgressLine()
    let interruption = Interruption(onInterrupt) {
      progress.clear()
      try? StandardStream.error.write("retain: interrupted\n")
    }
    // It listens until everything is written.
    defer { withExtendedLifetime(interruption) {} }
    var result:
      (
        outcome: TrainingOutcome, options: TrainingOptions, notes: String, cacheWarnings: [String]
      )
    do {
      defer { progress.clear() }
      result = try trained(configuration, interruption) {
        if case .tree = $0 { interruption.noteTree() }
        progress.show($0)
      }
    }
    var outcome = result.outcome
    var timings = outcome.timings
    let file = try timings.measure(\.write) { () throws(Diagnostic) in
      try write(outcome, result.options)
    }
    outcome.timings = timings
    Logger.retain.warn(result.cacheWarnings + outcome.model.summary.warnings)
    try Console.print(
      global.json
        ? JSONText.of(
          TrainingJSON(
            outcome, modelID: file.id, output: output, card: cards?.json,
            peakBytes: Machine.peakResidentByteCount, showsSplits: showSplits))
        : result.notes + outcome.text(result.options, showsSplits: showSplits) + "\n"
          + ending(file, outcome.timings))
  }

  /// What `--holdout` names: a day, or else a file.
  private var heldOut: HoldOut? {
    holdout.map { named in CalendarDay(named).map { .from($0) } ?? .file(named) }
  }

  /// Trains on whichever source was named.
  private func trained(
    _ configuration: RetentionConfiguration?, _ interruption: Interruption,
    progress: @escaping @Sendable (TrainingProgress) -> Void
  ) throws -> (
    outcome: TrainingOutcome, options: TrainingOptions, notes: String, cacheWarnings: [String]
  ) {
    if let configuration, configuration.table == nil {
      if outOfCore != nil {
        throw ValidationError("--out-of-core trains on a table, and the configuration has none.")
      }
      guard let target else {
        throw ValidationError(
          "--config needs --target: churn, contraction or expansion.")
      }
      var training = HistoryTraining(configuration, target: target)
      if let from, let to {
        training.configuration.asOf = .series(from: from, to: to, every: every.step)
      }
      training.options = try common(training.options)
      training.options.reading.onBadRow = reading.badRowPolicy
      training.options.reading.rejects = reading.rejects
      training.progress = progress
      training.interruption = { interruption.isAsked }
      training.cache = cache
      let outcome = try training.run()
      return (
        outcome.training, training.options, outcome.panel.summary() + "\n",
        outcome.report.cache?.warnings ?? []
      )
    }
    if cache != nil {
      throw ValidationError("--cache keeps histories, and the configuration names a plain table.")
    }
    var training = Training(try tableOptions(configuration))
    training.progress = progress
    training.interruption = { interruption.isAsked }
    return (try training.run(), training.options, "", [])
  }

  /// The files that are read, none of which may be written.
  static func inputs(_ table: String?, _ configuration: RetentionConfiguration?)
    throws(Diagnostic) -> [String]
  {
    guard let configuration else { return [table].compactMap(\.self) }
    var inputs = [configuration.path]
    for name in configuration.sources.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      inputs += try configuration.files(of: name)
    }
    if let table = configuration.table { inputs.append(configuration.resolved(table.file)) }
    return inputs
  }

  /// Makes sure, before any work, that the cache could be written and is no other file of the run.
  static func check(cache: String?, inputs: [String], outputs: [String]) throws(Diagnostic) {
    guard let cache else { return }
    try OutputFile(path: cache).check(against: inputs)
    try OutputFile(path: cache).check(apartFrom: outputs)
  }

  /// Where the cards go; `nil` for none. Beside a device there is no place for one.
  private var cards: CardFiles? {
    guard let card else {
      return OutputFile(path: output).isDevice ? nil : CardFiles(besideModel: output)
    }
    return card == "none" ? nil : CardFiles(markdown: card)
  }

  /// Writes all files, so that they are there together, or none of them is.
  private func write(_ outcome: TrainingOutcome, _ options: TrainingOptions) throws(Diagnostic)
    -> ModelFile
  {
    if outOfFold != nil, outcome.outOfFold == nil {
      throw Diagnostic(
        .dataTooFewRows, "no row could be held out, so there are no out-of-fold scores to write",
        file: table ?? config, hint: "leave out --out-of-fold, or bring more rows of both outcomes")
    }
    var writers: [OutputFileWriter] = []
    func add(_ bytes: [UInt8], to file: OutputFile) throws(Diagnostic) {
      let writer = try file.begin()
      try writer.write(bytes)
      writers.append(writer)
    }
    if let outOfFold, let rows = outcome.outOfFold {
      try add(OutOfFoldFile(rows).bytes, to: OutputFile(path: outOfFold))
    }
    let bytes = ModelFile.bytes(of: outcome.model)
    let file = try ModelFile(bytes: bytes)
    if let cards {
      let card = outcome.card(of: file, options)
      try add(Array(card.text.utf8), to: OutputFile(path: cards.markdown))
      try add(Array(JSONText.of(ModelCardJSON(card)).utf8), to: OutputFile(path: cards.json))
    }
    // The model last: who finds it finds what belongs to it.
    try add(bytes, to: OutputFile(path: output, isPrivate: true))
    for writer in writers { try writer.commit() }
    return file
  }

  private func ending(_ file: ModelFile, _ timings: TrainingTimings) -> String {
    "Wrote \(displayText(output)): model \(file.id), \(file.byteCount) bytes"
      + (cards.map { "; its card is \(displayText($0.markdown))" } ?? "")
      + "\nTime: \(timings.text)\n"
  }

  /// The options of a plain table, named by flags or by a configuration.
  private func tableOptions(_ configuration: RetentionConfiguration?) throws(Diagnostic)
    -> TrainingOptions
  {
    var options: TrainingOptions
    if let plain = configuration?.table {
      options = TrainingOptions(table: configuration!.resolved(plain.file), label: plain.label)
      options.positive = plain.positive
      options.id = plain.id
      options.drop = plain.drop
      options.categorical = plain.categorical
      options.numeric = plain.numeric
      options.weight = plain.weight
      options.group = plain.group
      options.time = plain.time
      var dialect = options.reading.dialect
      if let delimiter = Delimiter(argument: plain.delimiter) {
        dialect = CSVDialect(delimiter: delimiter.byte)
      }
      options.reading = TableReader.Options(dialect: dialect)
    } else {
      options = TrainingOptions(table: table ?? "", label: label ?? "")
      options.reading = try reading.options()
      options.positive = positive
      options.id = id
      options.weight = weight
      options.group = group
      options.time = time
      options.embargo = embargo ?? 0
    }
    return try common(options)
  }

  /// The options that do not depend on the source.
  private func common(_ plain: TrainingOptions) throws(Diagnostic) -> TrainingOptions {
    var options = plain
    options.drop += drop.flatMap(\.names)
    options.allow += allow.flatMap(\.names)
    options.categorical += categorical.flatMap(\.names)
    options.numeric += numeric.flatMap(\.names)
    options.learner = learner
    learning.apply(to: &options)
    options.start = try start.start()
    if tune {
      var tuning = TuningOptions()
      tuning.trialCount = tuneTrials ?? tuning.trialCount
      options.tuning = tuning
    }
    options.calibration = calibration
    options.foldCount = cv.count
    options.holdOut = heldOut
    options.seed = seed
    options.outOfCore = outOfCore
    options.threads = global.threadCount
    return options
  }
}

extension TrainingOptions.LearnerChoice: ExpressibleByArgument {}
extension CalibrationMethod: ExpressibleByArgument {}

extension TargetName: ExpressibleByArgument {}
