import CivilCalendar
import Diagnostics
import Evaluation
import Learning
import Reporting
import Scoring
import Tabular

/// Rows that a training never learns from, nor calibrates by, whatever its folds do.
public enum HoldOut: Sendable, Equatable {
  /// Another file, with the columns of the table.
  case file(String)
  /// The rows of a day and later.
  case from(CalendarDay)

  /// The setting as a model's file lists it: a day, or a file's name without its place.
  var setting: String {
    switch self {
    case .file(let path): path.split(separator: "/").last.map(String.init) ?? path
    case .from(let day): day.description
    }
  }
}

/// What a model does on rows that were held out of all of its training.
public struct HoldOutFigures: Sendable {
  /// Which rows.
  public var holdOut: HoldOut
  /// The figures of the model itself, after calibration.
  public var summary: EvaluationSummary
  /// Rows before a day that are left out too, because their outcomes were known only after it.
  public var purgedRowCount = 0

  /// The figures for a terminal.
  public var text: String {
    let which =
      switch holdOut {
      case .file(let path): "of \(displayText(path))"
      case .from(let day): "from \(day) on"
      }
    let purged =
      purgedRowCount > 0
      ? "; \(Numbers.count(purgedRowCount, "earlier row")) whose outcomes came later left out" : ""
    return "The model itself on rows held out of everything: "
      + "\(Numbers.count(summary.rows, "row")) \(which), "
      + "\(Numbers.count(summary.positives)) positive\(purged)\n" + summary.text
  }
}

extension TrainingTable {
  /// The table without the rows of a day and later, and those rows.
  ///
  /// Rows before the day whose outcomes were not yet known on it are in neither.
  ///
  /// - Throws: `usage` for a table without dates; `data.too_few_rows` where a side has too few rows;
  ///   what reading features throws.
  func dividing(at day: CalendarDay, _ options: TrainingOptions) throws(Diagnostic) -> (
    learned: TrainingTable, heldOut: [Int]
  ) {
    guard case .forward(let time, _, let embargo) = set.scheme.rule, timesAreDates else {
      throw Diagnostic(
        .usage, "--holdout \(day) needs to know the day of each row",
        hint: "name the column of dates with --time, or give --holdout a file of rows")
    }
    let first = day.secondsSince1970
    let heldOut = time.indices.filter { time[$0] >= first }
    // Without an embargo, the day's own rows are held out only.
    let learned = time.indices.filter { time[$0] < first && time[$0] + embargo <= first }
    guard !heldOut.isEmpty, learned.count >= Self.minimumRowCount else {
      throw Diagnostic(
        .dataTooFewRows,
        "\(learned.count) rows are known by \(day) and \(heldOut.count) rows are of it or later",
        file: options.table, hint: "choose another day for --holdout")
    }
    return (try selecting(learned), heldOut)
  }
}

extension TrainingOutcome {
  /// Judges the model on rows held out of its training.
  ///
  /// - Parameter divided: The whole table, and its held-out rows, for a day.
  /// - Throws: What reading the rows throws; `data.no_rows` for a file without labelled rows.
  mutating func judgeHoldOut(
    _ holdOut: HoldOut, divided: (whole: TrainingTable, heldOut: [Int])?, _ options: TrainingOptions
  ) throws(Diagnostic) {
    var labels: [Bool]
    var weights: [Double]?
    var groups: [Int]?
    var scores: [Double]
    var purged = 0
    if let (whole, rows) = divided {
      let set = whole.set
      labels = rows.map { set.labels[$0] }
      weights = set.weights.map { weights in rows.map { weights[$0] } }
      groups = set.scheme.groups.map { groups in rows.map { groups[$0] } }
      let learner = model.learner
      scores = try whole.source.scores(of: rows) {
        learner.scores(of: $0, threads: options.threads)
      }
      purged = set.rowCount - rows.count - table.set.rowCount
    } else {
      guard case .file(let path) = holdOut else { preconditionFailure("a day divides the table") }
      let input = try ScoringInput(
        path: path, model: model, needsOutcomes: true, options: options.reading)
      let judged = input.judged
      guard !judged.labels.isEmpty else {
        throw Diagnostic(.dataNoRows, "has no row with a label", file: path)
      }
      labels = judged.labels
      scores = model.learner.scores(of: judged.matrix, threads: options.threads)
    }
    let calibrator = model.calibrator
    self.holdOut = HoldOutFigures(
      holdOut: holdOut,
      summary: EvaluationSummary(
        probabilities: scores.map(calibrator.probability), labels: labels, weights: weights,
        groups: groups, bootstrap: Bootstrap(seed: options.seed), threads: options.threads),
      purgedRowCount: purged)
  }
}

/// The figures of held-out rows in JSON, under `holdout`.
struct HoldOutJSON: Encodable {
  private let figures: EvaluationJSON
  private let holdOut: HoldOut
  private let purgedRows: Int

  init(_ figures: HoldOutFigures) {
    self.figures = EvaluationJSON(figures.summary, isTrainingTable: false)
    holdOut = figures.holdOut
    purgedRows = figures.purgedRowCount
  }

  private enum CodingKeys: CodingKey { case file, from, purgedRows }

  func encode(to encoder: any Encoder) throws {
    try figures.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch holdOut {
    case .file(let path): try container.encode(path, forKey: .file)
    case .from(let day): try container.encode(day.description, forKey: .from)
    }
    try container.encode(purgedRows, forKey: .purgedRows)
  }
}
