import Calibration
import Learning
import LogisticRegression
import Scoring
import Tabular

/// Scores and reasons to be written, changed from those of a model with one coefficient.
enum SampleScores {
  private static let template: AccountScore = {
    let one = Coefficient(value: 1, standardError: 1)
    let model = RetentionModel(
      schema: ModelSchema(
        features: [Feature(name: "x", kind: .number)], idColumn: nil,
        target: ModelSchema.Target(column: "left", positive: "1", negative: "0")),
      learner: .logistic(
        LogisticModel(
          intercept: one,
          terms: [
            LogisticTerm(
              form: .quantity(Standardization(center: 0, scale: 1), one), missing: nil, mean: 0)
          ],
          convergence: Convergence(
            iterationCount: 1, gradientNorm: 0, isConverged: true, addedRidge: 0))),
      calibrator: .identity, bands: ScoreBands(elevated: 0.2, high: 0.4),
      summary: TrainingSummary(
        release: "0", learner: "logistic", rowCount: 2, positiveCount: 1, fingerprint: 0,
        parameters: [], validation: nil, contest: [], importances: [], excludedColumns: [],
        warnings: []))
    let table = Table(columns: [TableColumn(name: "x", values: .number([1]))], rowCount: 1)
    return model.scores(of: model.schema.encoded(table), threads: 1)[0]
  }()

  static func score(_ id: String, reasons: [Reason] = []) -> AccountScore {
    var score = template
    score.accountID = id
    score.probability = 0.25
    score.percentile = 62.5
    score.band = .elevated
    score.reasons = reasons
    return score
  }

  static func reason(_ feature: Feature, _ value: Double, points: Double) -> Reason {
    var reason = template.reasons[0]
    reason.feature = feature
    reason.value = value
    reason.points = points
    return reason
  }
}
