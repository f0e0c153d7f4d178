/// What a search for parameters did, and what it gained.
public struct TuningReport: Sendable {
  /// The learner.
  public var choice: TrainingOptions.LearnerChoice
  /// The search on all rows, whose best setting the model has; `nil` for the learner that was not
  /// kept, and where no rows could be held out.
  public var search: TuningResult?
  /// What was found within each fold's rows to learn from; empty without folds.
  public var ofFolds: [TuningCandidate]
  /// How much lower the log loss of the folds' judged rows is with what was found within the fold than
  /// with the options as they are, before calibration; `nil` without folds.
  public var gain: LearnerGap?
  /// The mean log loss over the folds with the options as they are, before calibration; `nil` without
  /// folds.
  public var untunedLogLoss: Double?
}
