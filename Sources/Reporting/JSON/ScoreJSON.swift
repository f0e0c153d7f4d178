import Calibration
import Scoring

/// One account's score in JSON, with the keys of the score file's columns.
public struct ScoreJSON: Encodable {
  private let accountID: String
  private let target: String
  private let probability: Double
  private let percentile: Double
  private let band: String
  private let reasons: [ReasonJSON]
  private let probabilityLow: Double?
  private let probabilityHigh: Double?
  private let certainty: String?

  /// Takes over the parts.
  ///
  /// - Parameters:
  ///   - words: How reasons are said.
  ///   - row: The account's row among those that the words are of.
  public init(_ score: AccountScore, target: String, words: ReasonWords? = nil, row: Int = 0) {
    accountID = score.accountID
    self.target = target
    probability = score.probability
    percentile = score.percentile
    band = score.band.rawValue
    reasons = score.reasons.enumerated().map { index, reason in
      ReasonJSON(reason, text: words?.text(of: reason, at: index, row: row) ?? reason.text)
    }
    probabilityLow = score.certainty?.low
    probabilityHigh = score.certainty?.high
    certainty = score.certainty?.verdict.rawValue
  }
}

/// One driver of a probability in JSON.
public struct ReasonJSON: Encodable {
  private let feature: String
  private let value: String
  private let points: Double
  private let text: String

  /// Takes over the parts.
  ///
  /// - Parameter text: The driver in words.
  public init(_ reason: Reason, text: String) {
    self.text = text
    feature = reason.feature.name
    value = reason.feature.valueText(reason.value)
    points = reason.points
  }
}

/// A whole scoring run in JSON.
public struct ScoringJSON: Encodable {
  private let rows: Int
  private let rowsRead: Int
  private let rowsAccepted: Int
  private let rowsRejected: Int
  private let target: String
  private let modelID: String
  private let meanProbability: Nullable
  private let bands: [String: Int]
  private let unknownLevels: [String: Int]
  private let ignoredColumns: [String]
  private let output: String?
  private let accounts: [ScoreJSON]?
  private let timings: [String: Double]

  /// Sums a run up.
  ///
  /// - Parameters:
  ///   - output: The score file; `nil` to list the accounts here.
  ///   - timings: Seconds of each part of the run, by its name.
  ///   - words: How reasons are said.
  public init(
    _ scores: [AccountScore], input: ScoringInput, target: String, modelID: String,
    output: String?, timings: [String: Double], words: ReasonWords? = nil
  ) {
    self.timings = timings
    rows = scores.count
    rowsRead = input.rowCounts.read
    rowsAccepted = input.rowCounts.accepted
    rowsRejected = input.rowCounts.rejected
    self.target = target
    self.modelID = modelID
    meanProbability = Nullable(
      scores.isEmpty ? nil : scores.reduce(0) { $0 + $1.probability } / Double(scores.count))
    var bands: [String: Int] = [:]
    for band in ScoreBand.allCases { bands[band.rawValue] = 0 }
    for score in scores { bands[score.band.rawValue]! += 1 }
    self.bands = bands
    unknownLevels = Dictionary(
      input.table.unknownLevels.map { ($0.feature, $0.rowCount) }, uniquingKeysWith: +)
    ignoredColumns = input.ignoredColumns
    self.output = output
    accounts =
      output == nil
      ? scores.enumerated().map { ScoreJSON($1, target: target, words: words, row: $0) } : nil
  }
}
