import Diagnostics
import Learning
import Reporting
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
  private let target: ModelSchema.Target
  private let rowCounts: RowCounts

  /// What one column adds.
  public struct Part: Sendable {
    /// The column, its value, and what it adds to the probability.
    public let reason: Reason
    /// What it adds to the raw score, in log odds.
    public let logOdds: Double
  }

  /// Explains the account of a table that has this key.
  ///
  /// - Throws: `data.no_rows` where the table has no such account.
  public init(
    _ account: String, in input: ScoringInput, by model: RetentionModel, path: String
  ) throws(Diagnostic) {
    let rowCount = input.table.matrix.rowCount
    guard let row = (0..<rowCount).first(where: { input.table.id(ofRow: $0) == account }) else {
      throw Diagnostic(
        .dataNoRows, "has no account '\(displayText(account))'", file: path,
        column: model.schema.idColumn,
        hint: model.schema.idColumn == nil
          ? "the model knows no id column: accounts are named row_1, row_2, ..." : nil)
    }
    // Scored among all, because a percentile is a place among them.
    score = model.scores(of: input.table, reasonLimit: 0, threads: 1)[row]
    let matrix = input.table.matrix.selecting([row])
    let attribution = model.learner.attribution(of: matrix, threads: 1)
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

  /// The explanation for a terminal; its parts add up.
  public var text: String {
    var table = AlignedTable(
      [.left, .right, .right, .left], header: ["", "log odds", "probability", ""])
    table.add("base rate", Numbers.fixed(meanScore, 4), Numbers.percent(baseProbability))
    let largest = parts.map(\.logOdds.magnitude).max() ?? 0
    for part in parts where part.logOdds != 0 {
      table.add(
        part.reason.statement, Numbers.signed(part.logOdds, 4),
        Numbers.points(part.reason.points), bar(part.logOdds.magnitude, of: largest, width: 16))
    }
    table.add(
      displayText(score.accountID), Numbers.fixed(score.rawScore, 4),
      Numbers.percent(score.probability))
    return "\(displayText(score.accountID)): probability of \(displayText(target.column)) = "
      + "\(displayText(target.positive)) is \(Numbers.percent(score.probability)), band "
      + "\(score.band.rawValue), above \(Numbers.fixed(score.percentile.rounded(.down), 0)) % of the table\n"
      + (score.certainty.map { $0.text + "\n" } ?? "") + rowCounts.text + "\n" + table.text
  }

  /// The explanation in JSON.
  public func json(modelID: String) -> some Encodable {
    AccountExplanationJSON(
      accountID: score.accountID, target: target.column, modelID: modelID,
      probability: score.probability, probabilityLow: score.certainty?.low,
      probabilityHigh: score.certainty?.high, certainty: score.certainty?.verdict.rawValue,
      percentile: score.percentile, band: score.band.rawValue,
      rawScore: score.rawScore, rowsRead: rowCounts.read, rowsAccepted: rowCounts.accepted,
      rowsRejected: rowCounts.rejected, meanRawScore: meanScore, baseProbability: baseProbability,
      contributions: parts.map {
        AccountExplanationJSON.Contribution(
          feature: $0.reason.feature.name,
          value: $0.reason.feature.valueText($0.reason.value), logOdds: $0.logOdds,
          points: $0.reason.points)
      })
  }
}

private struct AccountExplanationJSON: Encodable {
  let accountID: String
  let target: String
  let modelID: String
  let probability: Double
  let probabilityLow: Double?
  let probabilityHigh: Double?
  let certainty: String?
  let percentile: Double
  let band: String
  let rawScore: Double
  let rowsRead: Int
  let rowsAccepted: Int
  let rowsRejected: Int
  let meanRawScore: Double
  let baseProbability: Double
  let contributions: [Contribution]

  struct Contribution: Encodable {
    let feature: String
    let value: String
    let logOdds: Double
    let points: Double
  }
}
