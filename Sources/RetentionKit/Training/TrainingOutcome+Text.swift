import Diagnostics
import Explanation
import Reporting
import Scoring

extension TrainingOutcome {
  /// What was trained on, how it went, and what the model relies on, for a terminal.
  ///
  /// - Parameter options: What the training was asked to do.
  /// - Parameter showsSplits: Whether the folds are drawn.
  public func text(_ options: TrainingOptions, showsSplits: Bool = false) -> String {
    tableText(options.table) + startText(options.start) + "\n" + tuning.map(\.text).joined()
      + contestText + evaluationText + "\n"
      + (holdOut.map { $0.text + "\n" } ?? "")
      + importanceText(model.summary.leadingImportances, limit: 10)
      + (showsSplits ? picture.map { "\n" + $0.text } ?? "" : "")
      + (verdict.map { "\n" + $0.text } ?? "")
  }

  /// The table in a few lines: label, key, features and what was left out.
  private func tableText(_ path: String) -> String {
    let target = table.schema.target
    let set = table.set
    let positives = set.labels.count(where: \.self)
    var lines = AlignedTable([.left, .left])
    lines.add(
      "label",
      "\(displayText(target.column)): \(Numbers.count(positives)) '\(displayText(target.positive))' "
        + "(\(Numbers.percent(Double(positives) / Double(set.rowCount)))), "
        + "\(Numbers.count(set.rowCount - positives)) '\(displayText(target.negative))'")
    lines.add("account key", table.schema.idColumn.map(displayText) ?? "none")
    let roles = [
      ("numeric", table.schema.features.filter { $0.kind == .number }),
      ("yes/no", table.schema.features.filter { $0.kind == .boolean }),
      ("categorical", table.schema.features.filter { $0.levelCount > 0 }),
    ].filter { !$0.1.isEmpty }
    lines.add(
      "features",
      "\(table.schema.features.count): "
        + roles.map { "\($0.1.count) \($0.0)" }.joined(separator: ", "))
    for (role, features) in roles { lines.add(role, Self.listed(features.map(\.name))) }
    let excluded = table.plan.entries.filter { $0.use == .excluded }
    for entry in excluded.prefix(8) {
      lines.add("left out", "\(displayText(entry.name)): \(entry.note)")
    }
    if excluded.count > 8 { lines.add("left out", "... and \(excluded.count - 8) more columns") }
    return "\(displayText(path)): \(Numbers.count(set.rowCount, "row"))\n"
      + table.rowCounts.text + lines.text
  }

  /// What became of the model that the training began with.
  private func startText(_ start: WarmStart?) -> String {
    guard let start else { return "" }
    let count = start.model.learner.treeCount
    let trees = "the \(Numbers.count(count, "tree")) of \(start.name)"
    switch start.way {
    case .continued:
      return "Went on from \(trees): \(Numbers.count(model.learner.treeCount - count)) more\n"
    case .refitted(let decay):
      return "Refitted \(trees): leaves keep \(Numbers.percent(decay)) of their values\n"
    }
  }

  /// The first few names, and how many more there are.
  private static func listed(_ names: [String]) -> String {
    let limit = 8
    return names.prefix(limit).map { displayText($0) }.joined(separator: ", ")
      + (names.count > limit ? ", ... and \(names.count - limit) more" : "")
  }

  /// Which learner won, and by how much, where both were tried.
  private var contestText: String {
    let contest = model.summary.contest
    guard contest.count > 1, let gap else { return "" }
    let names = contest.map { contestant in
      Training.name(of: TrainingOptions.LearnerChoice(rawValue: contestant.learner) ?? .best)
    }
    let size = "\(Numbers.fixed(gap.logLoss, 4)) ± \(Numbers.fixed(gap.standardError, 4))"
    let verdict =
      contest[0].learner == TrainingOptions.LearnerChoice.gbm.rawValue
      ? "Boosted trees beat logistic regression by \(size) of log loss"
      : "Boosting does not beat logistic regression here: its log loss is worse by \(size)"
    let doubt =
      gap.isWithinNoise ? ".\nThe difference is within the noise of the folds." : "."
    var lines = AlignedTable([.left, .right, .right], header: ["", "log loss", "ROC AUC"])
    for (name, contestant) in zip(names, contest) {
      lines.add(
        name, Numbers.fixed(contestant.logLoss, 4), Numbers.fixed(contestant.rocAUC, 4))
    }
    return "Both learners on the same folds (mean over folds, before calibration)\n" + lines.text
      + verdict + doubt + "\n\n"
  }

  private var evaluationText: String {
    guard let evaluation, let validation = model.summary.validation else {
      return "Not validated: there are no held-out figures.\n"
    }
    let choice = model.summary.calibration.map { "Calibration: \($0.text)\n" }
    return "Held-out customers, \(validation.foldCount) folds (\(validation.rule)), calibrated\n"
      + (choice ?? "") + evaluation.text + evaluation.accuracyNote
  }

}

extension TrainingTimings {
  /// The parts in a line.
  public var text: String {
    [
      ("read", read), ("prepare", prepare), ("tune", tune), ("fit", fit), ("calibrate", calibrate),
      ("evaluate", evaluate), ("write", write),
    ].filter { $0.0 != "tune" || tune > 0 }.map { "\($0.0) \(Numbers.seconds($0.1))" }.joined(
      separator: ", ")
      + "; \(Numbers.seconds(total)) in all"
  }
}

/// A training in JSON, as `retain train --json` prints it.
public struct TrainingJSON: Encodable {
  private let rows: Int
  private let rowsRead: Int
  private let rowsAccepted: Int
  private let rowsRejected: Int
  private let features: Int
  private let positives: Int
  private let trees: Int
  private let learner: String
  private let modelID: String
  private let output: String
  private let card: String?
  private let peakRSSBytes: Int
  private let timings: [String: Double]
  private let validation: ValidationJSON?
  private let calibration: CalibrationChoiceJSON?
  private let contest: [ContestantJSON]
  private let contestGap: GapJSON?
  private let tuning: TuningJSON?
  private let columns: [ColumnJSON]
  private let baselines: [BaselineComparisonJSON]
  private let verdict: VerdictJSON?
  private let holdout: HoldOutJSON?
  private let splits: [SplitJSON]?
  private let warnings: [String]

  private struct GapJSON: Encodable {
    let logLoss: Double
    let stdError: Double
  }

  private struct ColumnJSON: Encodable {
    let name: String
    let use: String
    let note: String
  }

  /// Takes over the outcome.
  ///
  /// - Parameters:
  ///   - card: Where the card in JSON was written, if it was.
  ///   - showsSplits: Whether the folds are listed.
  public init(
    _ outcome: TrainingOutcome, modelID: String, output: String, card: String? = nil,
    peakBytes: Int, showsSplits: Bool = false
  ) {
    let summary = outcome.model.summary
    rows = summary.rowCount
    rowsRead = outcome.table.rowCounts.read
    rowsAccepted = outcome.table.rowCounts.accepted
    rowsRejected = outcome.table.rowCounts.rejected
    features = outcome.model.schema.features.count
    positives = summary.positiveCount
    trees = outcome.model.learner.treeCount
    learner = summary.learner
    self.modelID = modelID
    self.output = output
    self.card = card
    peakRSSBytes = peakBytes
    let times = outcome.timings
    timings = [
      "read_s": times.read, "prepare_s": times.prepare, "tune_s": times.tune, "fit_s": times.fit,
      "calibrate_s": times.calibrate, "evaluate_s": times.evaluate, "write_s": times.write,
      "total_s": times.total,
    ]
    validation = summary.validation.map(ValidationJSON.init)
    calibration = summary.calibration.map(CalibrationChoiceJSON.init)
    contest = summary.contest.map(ContestantJSON.init)
    contestGap = outcome.gap.map {
      GapJSON(logLoss: $0.logLoss, stdError: $0.standardError)
    }
    tuning = outcome.tuning.first.map(TuningJSON.init)
    columns = outcome.table.plan.entries.map {
      ColumnJSON(name: $0.name, use: $0.use.rawValue, note: $0.note)
    }
    baselines = outcome.comparisons.map(BaselineComparisonJSON.init)
    verdict = outcome.verdict.map(VerdictJSON.init)
    holdout = outcome.holdOut.map(HoldOutJSON.init)
    splits = showsSplits ? outcome.picture.map(SplitJSON.all) : nil
    warnings = summary.warnings
  }
}
