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
  ///   - words: How reasons are said; `nil` where accounts have none.
  public init(
    _ scores: [AccountScore], asOf: String?, target: String, modelID: String, hasCertainty: Bool,
    words: ReasonWords? = nil
  ) {
    var writer = CSVWriter(header: Self.header + (hasCertainty ? Self.certaintyHeader : []))
    var ends = NumberFields()
    let (asOf, target) = (CSVWriter.Field(asOf ?? ""), CSVWriter.Field(target))
    let modelID = CSVWriter.Field(modelID)
    let bands = ScoreBand.allCases.map { ($0, CSVWriter.Field($0.rawValue)) }
    let verdicts = Verdict.allCases.map { ($0, CSVWriter.Field($0.rawValue)) }
    let nothing = CSVWriter.Field("")
    let nothingStandsOut = CSVWriter.Field(ReasonWords.nothing)
    for (row, score) in scores.enumerated() {
      writer.write(score.accountID)
      writer.write(asOf)
      writer.write(target)
      writer.write(score.probability)
      let probability = writer.lastField
      writer.write(score.percentile)
      writer.write(bands.first { $0.0 == score.band }?.1 ?? nothing)
      for index in 0..<Self.reasonCount {
        if index < score.reasons.count {
          let reason = score.reasons[index]
          writer.write(words?.text(of: reason, at: index, row: row) ?? reason.text)
        } else {
          writer.write(index == 0 && words != nil ? nothingStandsOut : nothing)
        }
      }
      writer.write(modelID)
      if hasCertainty {
        for isLow in [true, false] {
          let end = isLow ? score.certainty?.low : score.certainty?.high
          // Few steps make up all intervals, but for the ends that are the probability itself.
          if end == score.probability {
            writer.writeAgain(probability)
          } else {
            writer.write(end.map { ends.field(of: $0) } ?? nothing)
          }
        }
        let verdict = score.certainty?.verdict
        writer.write(verdicts.first { $0.0 == verdict }?.1 ?? nothing)
      }
      writer.endRow()
    }
    bytes = writer.bytes
    formulaLikeCount = writer.formulaLikeCount
  }
}

/// The fields of numbers of which there are few different ones, each made once as a rule.
private struct NumberFields {
  private static let count = 4096
  private var numbers = [Double](repeating: .nan, count: count)
  private var fields = [CSVWriter.Field](repeating: CSVWriter.Field(""), count: count)

  mutating func field(of number: Double) -> CSVWriter.Field {
    // The place is by the upper bits of a product (Fibonacci hashing): whoever comes later, stays.
    let place = Int((number.bitPattern &* 0x9E37_79B9_7F4A_7C15) >> 52)
    if numbers[place] != number {
      numbers[place] = number
      fields[place] = CSVWriter.Field("\(number)")
    }
    return fields[place]
  }
}
