import Scoring

/// The scores of a run as a CSV file.
public struct ScoreFile: Sendable {
  /// The columns, in their order.
  public static let header = [
    "account_id", "as_of", "target", "probability", "percentile", "band", "reason_1", "reason_2",
    "reason_3", "model_id",
  ]
  /// How many reasons a row has.
  public static let reasonCount = 3

  /// The file's content.
  public let bytes: [UInt8]
  /// Fields that a spreadsheet would take for a formula.
  public let formulaLikeCount: Int

  /// Writes one row per account.
  ///
  /// - Parameters:
  ///   - asOf: The day that the scores are of, where there is one.
  ///   - target: The outcome.
  ///   - modelID: Which model gave them.
  public init(_ scores: [AccountScore], asOf: String?, target: String, modelID: String) {
    var writer = CSVWriter(header: Self.header)
    for score in scores {
      writer.write(score.accountID)
      writer.write(asOf ?? "")
      writer.write(target)
      writer.write(score.probability)
      writer.write(score.percentile)
      writer.write(score.band.rawValue)
      for index in 0..<Self.reasonCount {
        writer.write(index < score.reasons.count ? score.reasons[index].text : "")
      }
      writer.write(modelID)
      writer.endRow()
    }
    bytes = writer.bytes
    formulaLikeCount = writer.formulaLikeCount
  }
}
