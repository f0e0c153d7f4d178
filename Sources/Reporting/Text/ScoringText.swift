import Diagnostics
import Scoring

/// A scoring run for a terminal.
public enum ScoringText {
  /// How many accounts there are in each band, and the first few of the riskiest.
  ///
  /// - Parameters:
  ///   - rowsText: What became of the table's rows, where not all were good.
  ///   - words: How reasons are said; `nil` where accounts have none.
  public static func of(
    _ scores: [AccountScore], target: String, output: String, modelID: String,
    rowsText: String = "", words: ReasonWords? = nil
  ) -> String {
    var bands = AlignedTable(
      [.left, .right, .right], header: ["band", "accounts", "mean probability"])
    for band in ScoreBand.allCases {
      let inBand = scores.filter { $0.band == band }
      let mean =
        inBand.isEmpty
        ? nil : inBand.reduce(0) { $0 + $1.probability } / Double(inBand.count)
      bands.add(band.rawValue, Numbers.count(inBand.count), Numbers.percent(mean))
    }
    return "\(Numbers.count(scores.count, "account")) scored for \(displayText(target)) "
      + "by model \(modelID)\n" + rowsText + "\n" + bands.text + "\n" + riskiest(scores, words)
      + "Wrote \(displayText(output))\n"
  }

  private static func riskiest(_ scores: [AccountScore], _ words: ReasonWords?) -> String {
    guard !scores.isEmpty else { return "" }
    var table = AlignedTable([.left, .right, .left])
    let order = scores.indices.sorted {
      (-scores[$0].probability, $0) < (-scores[$1].probability, $1)
    }
    for row in order.prefix(5) {
      let reasons = words?.texts(of: scores[row], row: row) ?? scores[row].reasons.map(\.text)
      table.add(
        displayText(scores[row].accountID), Numbers.percent(scores[row].probability),
        reasons.first ?? "")
      for reason in reasons.dropFirst() { table.add("", "", reason) }
    }
    return "Most likely\n" + table.text + "\n"
  }
}
