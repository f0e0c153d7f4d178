/// A search for parameters in JSON, as part of what `retain train --json` prints.
struct TuningJSON: Encodable {
  private let learner: String
  private let firstParts: Int?
  private let parts: Int?
  private let trials: [TrialJSON]
  private let best: TrialJSON?
  private let folds: [[SettingJSON]]
  private let gain: GainJSON?

  private struct SettingJSON: Encodable {
    let option: String
    let value: String
  }

  private struct TrialJSON: Encodable {
    let trial: Int
    let settings: [SettingJSON]
    let firstLogLoss: Double?
    let logLoss: Double?

    init(_ trial: TuningTrial, _ place: Int) {
      self.trial = place + 1
      settings = TuningJSON.settings(trial.candidate)
      firstLogLoss = trial.firstLogLoss.isFinite ? trial.firstLogLoss : nil
      logLoss = trial.logLoss.flatMap { $0.isFinite ? $0 : nil }
    }
  }

  private struct GainJSON: Encodable {
    let logLoss: Double
    let stdError: Double
    let withinNoise: Bool
    let untunedLogLoss: Double?
  }

  /// Takes over what a report says.
  init(_ report: TuningReport) {
    learner = report.choice.rawValue
    firstParts = report.search?.firstPartCount
    parts = report.search?.partCount
    trials =
      report.search.map { search in
        search.trials.enumerated().map { TrialJSON($0.element, $0.offset) }
      } ?? []
    best = report.search.map { TrialJSON($0.best, $0.chosen) }
    folds = report.ofFolds.map(Self.settings)
    gain = report.gain.map {
      GainJSON(
        logLoss: $0.logLoss, stdError: $0.standardError, withinNoise: $0.isWithinNoise,
        untunedLogLoss: report.untunedLogLoss)
    }
  }

  private static func settings(_ candidate: TuningCandidate) -> [SettingJSON] {
    candidate.changes.map { SettingJSON(option: $0.option, value: $0.value) }
  }
}
