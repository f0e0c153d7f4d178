import Calibration
import Scoring

/// The scores of a run as a CSV file.
public struct ScoreFile: Sendable {
  /// The columns of every file, in their order.
  public static let header = [
    "account_id", "as_of", "target", "probability", "percentile", "band", "reason_1", "reason_2",
    "reason_3", "model_id",
  ]
  /// The columns that follow where the model can say how sure it is.
  public static let certaintyHeader = ["probability_low", "probability_high", "certainty"]
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
  ///   - hasCertainty: Whether that model can say how sure it is of an account.
  public init(
    _ scores: [AccountScore], asOf: String?, target: String, modelID: String, hasCertainty: Bool
  ) {
    var writer = CSVWriter(header: Self.header + (hasCertainty ? Self.certaintyHeader : []))
    var ends = NumberTexts()
    for score in scores {
      writer.write(score.accountID)
      writer.write(asOf ?? "")
      writer.write(target)
      writer.write(score.probability)
      let probability = writer.lastField
      writer.write(score.percentile)
      writer.write(score.band.rawValue)
      for index in 0..<Self.reasonCount {
        writer.write(index < score.reasons.count ? score.reasons[index].text : "")
      }
      writer.write(modelID)
      if hasCertainty {
        for end in [score.certainty?.low, score.certainty?.high] {
          // Few steps make up all intervals, but for the ends that are the probability itself.
          if end == score.probability {
            writer.writeAgain(probability)
          } else {
            writer.write(raw: end.map { ends.text(of: $0) } ?? [])
          }
        }
        writer.write(score.certainty?.verdict.rawValue ?? "")
      }
      writer.endRow()
    }
    bytes = writer.bytes
    formulaLikeCount = writer.formulaLikeCount
  }
}

/// The texts of numbers of which there are few different ones, each made once.
private struct NumberTexts {
  private var texts: [UInt64: [UInt8]] = [:]

  mutating func text(of number: Double) -> [UInt8] {
    if let known = texts[number.bitPattern] { return known }
    let text = Array("\(number)".utf8)
    texts[number.bitPattern] = text
    return text
  }
}
