import Diagnostics
import Evaluation
import Reporting
import Scoring

extension ModelComparison {
  /// The comparison for a terminal.
  ///
  /// - Parameters:
  ///   - rows: What was compared on; its keys name the accounts.
  ///   - names: The two models, as the user named them.
  public func text(_ rows: ComparedRows, _ names: (first: String, second: String)) -> String {
    var text = headText(rows, names) + "\n"
    if let judged { text += figuresText(judged) + "\n" }
    text += swapText(rows) + "\n" + rankingText + "\n" + reasonText
    if let judged { text += "\n" + segmentText(judged) }
    return text + "\n" + verdictText + "\n"
  }

  private func headText(_ rows: ComparedRows, _ names: (first: String, second: String)) -> String {
    var table = AlignedTable([.left, .left, .left])
    table.add("A", displayText(names.first), "model \(ids.first)")
    table.add("B", displayText(names.second), "model \(ids.second)")
    let outcomes =
      judged.map {
        "\(Numbers.count($0.rowCount)) with an outcome, \(Numbers.count($0.positiveCount)) positive"
      } ?? "without outcomes"
    return "\(displayText(rows.path)): \(Numbers.count(rowCount, "row")), \(outcomes)\n"
      + rows.rowCounts.text + table.text
  }

  private func figuresText(_ judged: Judged) -> String {
    var table = AlignedTable(
      [.left, .right, .right, .right, .right], header: ["", "A", "B", "B - A", "95 % interval"])
    for difference in judged.differences {
      let metric = difference.metric
      let decimals = metric == .liftAt10 ? 2 : 4
      table.add(
        metric.title, metric.text(difference.first), metric.text(difference.second),
        Numbers.signed(difference.difference, decimals),
        difference.low.flatMap { low in
          difference.high.map {
            "\(Numbers.signed(low, decimals)) to \(Numbers.signed($0, decimals))"
          }
        } ?? "-")
    }
    return "Both on the same rows\n" + table.text
  }

  private func swapText(_ rows: ComparedRows) -> String {
    var table = AlignedTable(
      [.left, .right, .right, .left], header: ["", "rows", "outcome came", "the riskiest"])
    func add(_ name: String, _ part: SwapSet.Part, _ table: EncodedTable, named: Bool) {
      let rate =
        part.judgedCount > 0
        ? Numbers.percent(Double(part.positiveCount) / Double(part.judgedCount)) : "-"
      let ids = part.rows.prefix(3).map { displayText(table.id(ofRow: $0)) }
      cells.append([
        name, Numbers.count(part.rows.count), rate,
        named ? ids.joined(separator: ", ") + (part.rows.count > 3 ? ", ..." : "") : "",
      ])
    }
    var cells: [[String]] = []
    add("flagged by both", swapSet.kept, rows.first, named: false)
    add("flagged by B only", swapSet.added, rows.second, named: true)
    add("flagged by A only", swapSet.dropped, rows.first, named: true)
    for row in cells { table.add(row[0], row[1], row[2], row[3]) }
    return "Who is in the top \(Numbers.percent(topShare)) "
      + "(\(Numbers.count(swapSet.flaggedCount, "row")))\n" + table.text
  }

  private var rankingText: String {
    var table = AlignedTable([.left, .right])
    table.add("rank correlation (Spearman)", Numbers.fixed(ranking.spearman, 3))
    table.add("Kendall's tau-b", Numbers.fixed(ranking.kendall, 3))
    table.add(
      "rows that move by \(RankAgreement.movedDecileCount) tenths or more",
      Numbers.percent(ranking.movedShare))
    table.add("stability index of the probabilities", Numbers.fixed(stability, 4))
    return "How far the orders agree\n" + table.text
  }

  private var reasonText: String {
    var text =
      "First reason of the \(Numbers.count(reasons.rowCount, "row")) that either flags: another for "
      + "\(Numbers.percent(reasons.changedShare))\n"
    var table = AlignedTable([.left, .right, .right, .right], header: ["", "A", "B", "B - A"])
    for change in reasons.features.prefix(6) where change.first != change.second {
      table.add(
        displayText(change.feature), Numbers.count(change.first), Numbers.count(change.second),
        Numbers.signed(Double(change.second - change.first), 0))
    }
    if reasons.features.contains(where: { $0.first != $0.second }) { text += table.text }
    return text
  }

  private func segmentText(_ judged: Judged) -> String {
    let losses = segmentLosses
    let count = judged.segments.count
    guard count > 0 else {
      return "Segments: none has \(Self.leastSegmentRowCount) rows and "
        + "\(Self.leastSegmentOutcomeCount) of each outcome\n"
    }
    // Two figures each, either of which is worse by chance in one of 40.
    let expected = Numbers.fixed(Double(2 * count) / 40, 1)
    var text =
      "Segments: B is worse in \(losses.count) of \(count) (by chance, about \(expected) would be)\n"
    guard !losses.isEmpty else { return text }
    var table = AlignedTable(
      [.left, .right, .right, .right],
      header: ["", "rows", "log loss, B - A", "ROC AUC, B - A"])
    for segment in losses.prefix(8) {
      func cell(_ metric: Metric) -> String {
        guard let found = segment.differences.first(where: { $0.metric == metric }) else {
          return "-"
        }
        return Numbers.signed(found.difference, 4) + (found.direction == .worse ? " *" : "  ")
      }
      table.add(
        "\(displayText(segment.column)) = \(displayText(segment.level))",
        Numbers.count(segment.rowCount), cell(.logLoss), cell(.rocAUC))
    }
    text += table.text
    if losses.count > 8 { text += "  ... and \(losses.count - 8) more\n" }
    return text + "  * worse, the 95 % interval excluding 0\n"
  }
}

/// Every row with what both models say of it, as a CSV file.
public struct ComparisonFile: Sendable {
  /// The file's content.
  public let bytes: [UInt8]
  /// Fields that a spreadsheet would take for a formula.
  public let formulaLikeCount: Int

  /// Writes one line per row, in their order.
  public init(_ comparison: ModelComparison, _ rows: ComparedRows) {
    var writer = CSVWriter(
      header: [
        "account_id", "outcome", "probability_a", "probability_b", "rank_a", "rank_b", "flagged_a",
        "flagged_b",
      ])
    // The model at hand may know no key.
    let keyed = rows.first.ids == nil ? rows.second : rows.first
    let flagged = comparison.swapSet.flaggedCount
    for row in 0..<comparison.rowCount {
      writer.write(keyed.id(ofRow: row))
      writer.write((rows.outcomes?[row]).map { $0 ? "1" : "0" } ?? "")
      writer.write(comparison.probabilities.first[row])
      writer.write(comparison.probabilities.second[row])
      writer.write(comparison.ranks.first[row])
      writer.write(comparison.ranks.second[row])
      writer.write(comparison.ranks.first[row] <= flagged ? 1 : 0)
      writer.write(comparison.ranks.second[row] <= flagged ? 1 : 0)
      writer.endRow()
    }
    bytes = writer.bytes
    formulaLikeCount = writer.formulaLikeCount
  }
}
