import Diagnostics
import Evaluation
import Learning
import Reporting
import Scoring
import Tabular

/// A model judged on a labelled table.
public struct ModelEvaluation: Sendable {
  /// The figures.
  public let summary: EvaluationSummary
  /// What they are of.
  public let rows: JudgedRows
  /// Whether the table is the one that the model was trained on, which it knows too well.
  public let isTrainingTable: Bool
  /// How many rows the table has, and how many of them were left out as bad.
  public let rowCounts: RowCounts
  /// Rows without a label, which were left out.
  public let unlabelledRowCount: Int
  /// The features of the rows.
  private let matrix: FeatureMatrix
  private let learner: String
  private let seed: UInt64
  private let threads: Int

  /// Judges a model.
  ///
  /// - Parameter money: The money that each row of the input stands for, shape `[rowCount]`; `nil`
  ///   where there is none.
  /// - Throws: `data.no_rows` for a table without labelled rows.
  public init(
    _ model: RetentionModel, on input: ScoringInput, path: String, money: [Double]? = nil,
    seed: UInt64, threads: Int
  ) throws(Diagnostic) {
    let (matrix, labels) = try Self.judged(input, path: path)
    rows = JudgedRows(
      probabilities: model.probabilities(of: matrix, threads: threads), labels: labels,
      money: money.map { money in
        money.indices.filter { input.outcomes?[$0] != nil }.map { money[$0] }
      })
    summary = EvaluationSummary(
      probabilities: rows.probabilities, labels: labels, bootstrap: Bootstrap(seed: seed),
      threads: threads)
    isTrainingTable =
      labels.count == model.summary.rowCount
      && Fingerprint.of(matrix, labels: labels) == model.summary.fingerprint
    rowCounts = input.rowCounts
    unlabelledRowCount = input.table.matrix.rowCount - labels.count
    self.matrix = matrix
    learner = model.summary.learner
    self.seed = seed
    self.threads = threads
  }

  /// The labelled rows of a table.
  ///
  /// - Throws: `data.no_rows` where there are none.
  static func judged(_ input: ScoringInput, path: String) throws(Diagnostic)
    -> (matrix: FeatureMatrix, labels: [Bool])
  {
    let judged = input.judged
    guard !judged.labels.isEmpty else {
      throw Diagnostic(.dataNoRows, "has no row with a label", file: path)
    }
    return judged
  }

  /// The figures with simple rules beside them, and the verdict.
  ///
  /// - Parameter isLearnedFrom: Whether the model may have learned from rows like these, though not from
  ///   this very table: then there is no verdict.
  ///
  /// - Throws: What fitting the rules throws.
  public func report(
    _ questions: EvaluationQuestions = EvaluationQuestions(), isLearnedFrom: Bool = false
  ) throws(Diagnostic) -> EvaluationReport {
    try EvaluationReport(
      summary, rows: rows, matrix: matrix, learner: learner,
      isTrainingTable: isTrainingTable || isLearnedFrom,
      questions: questions, seed: seed, threads: threads)
  }

  /// What was judged, in a few lines.
  public func head(path: String, modelID: String) -> String {
    let left =
      unlabelledRowCount > 0
      ? "\(Numbers.count(unlabelledRowCount, "row")) without a label left out\n" : ""
    return "\(displayText(path)): \(Numbers.count(summary.rows, "row")), "
      + "\(Numbers.count(summary.positives)) positive (\(Numbers.percent(summary.baseRate))), "
      + "model \(modelID)\n" + rowCounts.text + left + "\n"
  }
}
