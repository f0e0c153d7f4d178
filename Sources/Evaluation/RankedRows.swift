import Learning

/// Rows sorted by score, kept so that they can be resampled without sorting again.
///
/// The sort is by everything that a row holds, so two orders of the same rows give the same
/// `RankedRows`, and whatever is computed from it is equal to the last bit.
struct RankedRows: Sendable {
  /// The distinct scores, best first.
  let scores: [Double]
  /// Where each row's weight goes, shape `[rowCount]`: twice the index of its score, plus 1 where
  /// the row is positive.
  private let cellOfRow: [Int]
  /// How much each row counts, shape `[rowCount]`, positive.
  private let weightOfRow: [Double]
  /// The rows of drawn unit `unit` are `unitStart[unit]..<unitStart[unit + 1]`.
  private let unitStart: [Int]
  /// What the weights were multiplied by.
  private let weightScale: Double

  /// How many units a resample draws: groups where they are given, else rows.
  var unitCount: Int { unitStart.count - 1 }
  /// How many rows have a weight above 0.
  var rowCount: Int { cellOfRow.count }

  /// Sorts rows; those of weight 0 count as absent.
  ///
  /// - Returns: `nil` where no row has weight, a score is not finite, or a weight is negative or
  ///   not finite.
  /// - Precondition: All arrays have one length.
  /// - Complexity: O(`n` log `n`).
  init?(scores: [Double], labels: [Bool], weights: [Double]?, groups: [Int]? = nil) {
    Self.checkLengths(scores.count, labels.count, weights?.count, groups?.count)
    if let weights, !weights.allSatisfy({ $0 >= 0 && $0.isFinite }) { return nil }
    let heaviest = weights?.max() ?? 1
    guard heaviest > 0 else { return nil }
    // A power of two, so that nothing is rounded, and products of sums stay within the range.
    let scale = Double(
      sign: .plus, exponent: -min(max(heaviest.exponent, -1000), 1000), significand: 1)

    var rows: [Row] = []
    rows.reserveCapacity(scores.count)
    for row in scores.indices {
      let weight = (weights?[row] ?? 1) * scale
      guard weight > 0 else { continue }
      guard scores[row].isFinite else { return nil }
      rows.append(
        Row(score: scores[row], weight: weight, group: groups?[row] ?? 0, label: labels[row]))
    }
    guard !rows.isEmpty else { return nil }
    rows.sort()

    var distinct: [Double] = []
    for index in rows.indices {
      if distinct.last != rows[index].score { distinct.append(rows[index].score) }
      rows[index].cell = 2 * (distinct.count - 1) + (rows[index].label ? 1 : 0)
    }
    unitStart = groups == nil ? Array(0...rows.count) : Self.gather(&rows)
    self.scores = distinct
    cellOfRow = rows.map(\.cell)
    weightOfRow = rows.map(\.weight)
    weightScale = scale
  }

  /// All rows, each once.
  var ranking: Ranking {
    var mass = [Double](repeating: 0, count: 2 * scores.count)
    for row in cellOfRow.indices { mass[cellOfRow[row]] += weightOfRow[row] }
    return Ranking(scores: scores, mass: mass, weightScale: weightScale)
  }

  /// As many units as there are, drawn with replacement.
  ///
  /// - Complexity: O(`rowCount`) for groups of about equal size.
  func resampled(using generator: inout SeededGenerator) -> Ranking {
    var mass = [Double](repeating: 0, count: 2 * scores.count)
    for _ in 0..<unitCount {
      let unit = generator.nextIndex(below: unitCount)
      for row in unitStart[unit]..<unitStart[unit + 1] {
        mass[cellOfRow[row]] += weightOfRow[row]
      }
    }
    return Ranking(scores: scores, mass: mass, weightScale: weightScale)
  }

  /// Puts the rows of each group side by side, keeping their order within it.
  private static func gather(_ rows: inout [Row]) -> [Int] {
    let order = rows.indices.sorted { (rows[$0].group, $0) < (rows[$1].group, $1) }
    rows = order.map { rows[$0] }
    var start = [0]
    for index in rows.indices.dropFirst() where rows[index].group != rows[index - 1].group {
      start.append(index)
    }
    return start + [rows.count]
  }

  private static func checkLengths(_ scores: Int, _ labels: Int, _ weights: Int?, _ groups: Int?) {
    precondition(scores == labels, "\(scores) scores but \(labels) labels")
    precondition(weights ?? scores == scores, "\(scores) scores but \(weights ?? 0) weights")
    precondition(groups ?? scores == scores, "\(scores) scores but \(groups ?? 0) groups")
  }
}

private struct Row: Comparable {
  var score: Double
  var weight: Double
  var group: Int
  var label: Bool
  var cell = 0

  /// The best score first; the rest only makes the order one and the same for all input orders.
  static func < (left: Row, right: Row) -> Bool {
    if left.score != right.score { return left.score > right.score }
    if left.label != right.label { return left.label }
    if left.weight != right.weight { return left.weight > right.weight }
    return left.group < right.group
  }
}
