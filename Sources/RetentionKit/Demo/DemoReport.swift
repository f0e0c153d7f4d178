import Diagnostics
import Files
import ModelFormat
import Reporting
import Scoring

/// The tour in one call, for a script: what the commands would print, as one JSON object.
public struct DemoReport: Encodable {
  private let trainingTable: String
  private let heldOutTable: String
  private let scores: String
  private let training: TrainingJSON
  private let evaluation: EvaluationJSON

  /// Trains on the tour's customers, judges the model on those held out, and scores them.
  ///
  /// - Parameter peakBytes: The memory that the process has needed, asked for at the end.
  /// - Throws: `output.*`.
  public init(_ tour: DemoTour, threads: Int, peakBytes: () -> Int) throws(Diagnostic) {
    var options = TrainingOptions(table: tour.trainingTable, label: "churned")
    options.threads = threads
    let outcome = try Training(options).run()
    let file = try ModelFile.write(outcome.model, to: tour.model)
    let input = try ScoringInput(
      path: tour.heldOutTable, model: file.model, needsOutcomes: true)
    let judged = try ModelEvaluation(
      file.model, on: input, path: tour.heldOutTable, seed: options.seed, threads: threads)
    let scored = file.model.scores(of: input.table, threads: threads)
    let scoreFile = ScoreFile(
      scored, asOf: nil, target: file.model.schema.target.column, modelID: file.id,
      hasCertainty: file.model.certainty != nil)
    try OutputFile(path: tour.scores).write(scoreFile.bytes)
    trainingTable = tour.trainingTable
    heldOutTable = tour.heldOutTable
    scores = tour.scores
    training = TrainingJSON(
      outcome, modelID: file.id, output: tour.model, peakBytes: peakBytes())
    evaluation = EvaluationJSON(judged.summary, isTrainingTable: judged.isTrainingTable)
  }
}
