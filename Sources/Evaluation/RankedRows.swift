import Learning

/// Rows sorted by score, kept so that they can be resampled without sorting again.
///
/// The sort is by everything that a row holds, so two orders of the same rows give the same
/// `RankedRows`, and whatever is computed from it is equal to the last bit.
///
/// A resample draws units: rows, or groups of rows where those are given. It is no copy of rows but
/// the number of times that each unit was drawn.
package struct RankedRows: Sendable {
  /// The distinct scores, best first.
  let scores: [Double]
  /// Where each row's weight goes, shape `[rowCount]`, ascending: twice the index of its score, plus
  /// 1 where the row is positive.
  let cellOfRow: [Int32]
  /// How much each row counts, shape `[rowCount]`, positive; `nil` where all count alike.
  let weightOfRow: [Double]?
  /// What each row is worth, shape `[rowCount]`; `nil` where nothing was said of it.
  let moneyOfRow: [Double]?
  /// The unit of each row, shape `[rowCount]`; `nil` where each row is a unit of its own, in order.
  let unitOfRow: [Int32]?
  /// How many units a resample draws: groups where they are given, else rows.
  package let unitCount: Int
  /// What the weights were multiplied by.
  let weightScale: Double

  /// How many rows have a weight above 0.
  var rowCount: Int { cellOfRow.count }

  /// Sorts rows; those of weight 0 count as absent.
  ///
  /// - Returns: `nil` where no row has weight, a score is not finite, or a weight is negative or
  ///   not finite.
  /// - Precondition: All arrays have one length.
  /// - Complexity: O(`n` log `n`).
  package init?(
    scores: [Double], labels: [Bool], weights: [Double]?, groups: [Int]? = nil,
    money: [Double]? = nil
  ) {
    Self.checkLengths(scores.count, labels.count, weights?.count, groups?.count, money?.count)
    if let money, !money.allSatisfy({ $0 >= 0 && $0.isFinite }) { return nil }
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
        Row(
          score: scores[row], weight: weight, money: money?[row] ?? 0, group: groups?[row] ?? 0,
          label: labels[row]))
    }
    guard !rows.isEmpty else { return nil }
    rows.sort()

    var distinct: [Double] = []
    cellOfRow = rows.map { row in
      if distinct.last != row.score { distinct.append(row.score) }
      return Int32(2 * (distinct.count - 1) + (row.label ? 1 : 0))
    }
    self.scores = distinct
    let isWeighted = rows.contains { $0.weight != rows[0].weight } || rows[0].weight != 1
    weightOfRow = isWeighted ? rows.map(\.weight) : nil
    moneyOfRow = money == nil ? nil : rows.map(\.money)
    weightScale = scale
    let units = groups == nil ? nil : Self.ranks(rows.map(\.group))
    unitOfRow = units?.rank
    unitCount = units?.count ?? rows.count
  }

  /// All rows, each once.
  package var ranking: Ranking {
    ranking(unitCounts: [UInt8](repeating: 1, count: unitCount))
  }

  /// The rows of drawn units, each as often as its unit was drawn.
  ///
  /// - Parameter unitCounts: How often each unit was drawn, shape `[unitCount]`.
  package func ranking(unitCounts: [UInt8]) -> Ranking {
    precondition(unitCounts.count == unitCount, "\(unitCounts.count) counts of \(unitCount) units")
    var mass = [Double](repeating: 0, count: 2 * scores.count)
    for row in cellOfRow.indices {
      mass[Int(cellOfRow[row])] += Double(unitCounts[unit(of: row)]) * weight(of: row)
    }
    return Ranking(scores: scores, mass: mass, weightScale: weightScale)
  }

  /// The money of positive rows at each distinct score, times their weight.
  var positiveMoney: [Double] {
    positiveMoney(unitCounts: [UInt8](repeating: 1, count: unitCount))
  }

  /// The same of drawn units.
  func positiveMoney(unitCounts: [UInt8]) -> [Double] {
    var sums = [Double](repeating: 0, count: scores.count)
    guard let moneyOfRow else { return sums }
    for row in cellOfRow.indices where cellOfRow[row] & 1 == 1 {
      sums[Int(cellOfRow[row]) / 2] +=
        Double(unitCounts[unit(of: row)]) * (weight(of: row) * moneyOfRow[row])
    }
    return sums
  }

  /// How many units have a positive row, and how many a negative one.
  package var outcomeUnitCounts: (positive: Int, negative: Int) {
    var has = [[Bool]](repeating: [Bool](repeating: false, count: unitCount), count: 2)
    for row in cellOfRow.indices { has[Int(cellOfRow[row] & 1)][unit(of: row)] = true }
    return (has[1].count(where: \.self), has[0].count(where: \.self))
  }

  /// The unit of a row.
  func unit(of row: Int) -> Int { unitOfRow.map { Int($0[row]) } ?? row }

  /// How much a row counts.
  func weight(of row: Int) -> Double { weightOfRow?[row] ?? 1 }

  /// The place of each value among the distinct values, and how many those are.
  static func ranks(_ values: [Int]) -> (rank: [Int32], count: Int) {
    var rank = [Int32](repeating: 0, count: values.count)
    var count = 0
    var previous: Int?
    for index in values.indices.sorted(by: { values[$0] < values[$1] }) {
      if values[index] != previous { count += 1 }
      previous = values[index]
      rank[index] = Int32(count - 1)
    }
    return (rank, count)
  }

  private static func checkLengths(
    _ scores: Int, _ labels: Int, _ weights: Int?, _ groups: Int?, _ money: Int?
  ) {
    precondition(money ?? scores == scores, "\(scores) scores but \(money ?? 0) sums of money")
    precondition(scores == labels, "\(scores) scores but \(labels) labels")
    precondition(weights ?? scores == scores, "\(scores) scores but \(weights ?? 0) weights")
    precondition(groups ?? scores == scores, "\(scores) scores but \(groups ?? 0) groups")
  }
}

private struct Row: Comparable {
  var score: Double
  var weight: Double
  var money: Double
  var group: Int
  var label: Bool

  /// The best score first; the rest only makes the order one and the same for all input orders.
  static func < (left: Row, right: Row) -> Bool {
    if left.score != right.score { return left.score > right.score }
    if left.label != right.label { return right.label }
    if left.weight != right.weight { return left.weight > right.weight }
    if left.money != right.money { return left.money > right.money }
    return left.group < right.group
  }
}
