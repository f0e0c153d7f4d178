import Diagnostics
import Scoring

/// A scoring run for a terminal.
public enum ScoringText {
  /// How many accounts there are in each band, and the first few of the riskiest.
  ///
  /// - Parameter rowsText: What became of the table's rows, where not all were good.
  public static func of(
    _ scores: [AccountScore], target: String, output: String, modelID: String, rowsText: String = ""
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
      + "by model \(modelID)\n" + rowsText + "\n" + bands.text + "\n" + riskiest(scores)
      + "Wrote \(displayText(output))\n"
  }

  private static func riskiest(_ scores: [AccountScore]) -> String {
    guard !scores.isEmpty else { return "" }
    var table = AlignedTable([.left, .right, .left])
    let order = scores.indices.sorted {
      (-scores[$0].probability, $0) < (-scores[$1].probability, $1)
    }
    for index in order.prefix(5) {
      table.add(
        displayText(scores[index].accountID), Numbers.percent(scores[index].probability),
        scores[index].reasons.map(\.text).joined(separator: ", "))
    }
    return "Most likely\n" + table.text + "\n"
  }
}
