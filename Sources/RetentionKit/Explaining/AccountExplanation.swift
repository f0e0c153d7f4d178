import Learning
import Scoring
import Tabular

/// Why one account scores as it does, column by column.
public struct AccountExplanation: Sendable {
  /// The account's score.
  public let score: AccountScore
  /// The mean raw score, in log odds: what the parts are added to.
  public let meanScore: Double
  /// The base rate: what the parts in probability are added to.
  public let baseProbability: Double
  /// What each column adds, the strongest first.
  public let parts: [Part]
  /// The outcome that the probability is of.
  public let target: ModelSchema.Target
  /// How many rows were read, and how many left out as bad.
  public let rowCounts: RowCounts
  /// What each feature adds to the raw score, shape `[featureCount]`, in log odds.
  let contributions: [Double]

  /// What one column adds.
  public struct Part: Sendable {
    /// The column, its value, and what it adds to the probability.
    public let reason: Reason
    /// What it adds to the raw score, in log odds.
    public let logOdds: Double
  }

  /// Explains a row of a table that was scored.
  ///
  /// - Parameter score: The row's score among all: a percentile is a place among them.
  init(_ score: AccountScore, row: Int, in input: ScoringInput, by model: RetentionModel) {
    self.score = score
    let matrix = input.table.matrix.selecting([row])
    let attribution = model.learner.attribution(of: matrix, threads: 1)
    contributions = attribution.contributions(ofRow: 0)
    let scale = model.pointScale(meanScore: attribution.meanScore)
    let points = scale.points(ofRow: 0, attribution: attribution)
    meanScore = attribution.meanScore
    baseProbability = scale.baseProbability
    target = model.schema.target
    rowCounts = input.rowCounts
    parts = matrix.features.indices.map { feature in
      Part(
        reason: Reason(
          feature: matrix.features[feature], value: matrix.columns[feature].value(at: 0),
          points: points[feature]),
        logOdds: attribution.values[feature])
    }.sorted { $0.logOdds.magnitude > $1.logOdds.magnitude }
  }
}
