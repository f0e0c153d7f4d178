import Configuration
import Diagnostics
import Learning
import Reporting

/// Looks for quantities and dates of accounts, said to be of the sign-up, that tell what came later:
/// who left, or what an account's rows add up to by the end of the data.
struct NumberAudit {
  let table: ScannedTable
  let outcomes: OutcomeDays

  /// All findings, in the order of columns.
  func findings() -> [LeakFinding] {
    let columns = table.columns.filter {
      $0.role == nil && ($0.areNumbers || $0.areDates)
        && $0.numbers.count { !$0.isNaN } >= LeakThresholds.leastCount
    }
    let thresholds = LeakThresholds(
      comparisonCount: columns.count * (OutcomeDays.totalNames.count + 1))
    return columns.compactMap { leaver($0, thresholds) ?? total($0, thresholds) }
  }

  // MARK: Who left

  /// The chance that a leaver's value is above that of an account of the same quarter of sign-up that
  /// stayed: within a quarter, so that age, which both may depend on, is alike.
  private func leaver(_ column: ScannedColumn, _ thresholds: LeakThresholds) -> LeakFinding? {
    var strata: [Int: (left: [Double], stayed: [Double])] = [:]
    for (account, value) in column.numbers.enumerated() where !value.isNaN {
      let facts = outcomes.accounts[account]
      let date = facts.first.components
      let quarter = date.year * 4 + (date.month - 1) / 3
      if facts.left != nil {
        strata[quarter, default: ([], [])].left.append(value)
      } else {
        strata[quarter, default: ([], [])].stayed.append(value)
      }
    }
    var (wins, pairs, variance) = (0.0, 0.0, 0.0)
    var leftCount = 0
    for stratum in strata.values where !stratum.left.isEmpty && !stratum.stayed.isEmpty {
      let sorted = stratum.stayed.sorted()
      for value in stratum.left {
        let below = sorted.partitioningIndex { $0 >= value }
        let above = sorted.partitioningIndex { $0 > value }
        wins += Double(below) + Double(above - below) / 2
      }
      let (m, n) = (Double(stratum.left.count), Double(sorted.count))
      pairs += m * n
      // Of the rank sum under no difference: Mann and Whitney 1947, without ties the largest.
      variance += m * n * (m + n + 1) / 12
      leftCount += stratum.left.count
    }
    guard pairs > 0, leftCount >= LeakThresholds.leastCount else { return nil }
    let area = wins / pairs
    let z = (wins - pairs / 2) / variance.squareRoot()
    guard abs(area - 0.5) > 0.4, thresholds.isBeyondChance(TailBounds.logChance(z: z)) else {
      return nil
    }
    return finding(
      .leaverNumber, column, target: "churn",
      evidence: "ROC AUC \(Numbers.fixed(max(area, 1 - area), 3)) for who left, among accounts of "
        + "one quarter of sign-up; " + TailBounds.text(logChance: TailBounds.logChance(z: z)),
      figures: ["roc_auc": area, "accounts_left": Double(leftCount), "z": z])
  }

  // MARK: Totals

  /// The rank correlation with each total, what was known at the beginning taken out of both.
  private func total(_ column: ScannedColumn, _ thresholds: LeakThresholds) -> LeakFinding? {
    let accounts = column.numbers.indices.filter { !column.numbers[$0].isNaN }
    let known = outcomes.accounts[accounts[0]].beginnings.indices.map { index in
      Self.ranks(accounts.map { outcomes.accounts[$0].beginnings[index] })
    }
    let values = Self.ranks(accounts.map { column.numbers[$0] })
    guard let value = Self.residuals(values, known) else { return nil }
    var best: (index: Int, r: Double)?
    for index in OutcomeDays.totalNames.indices {
      let totals = Self.ranks(accounts.map { outcomes.accounts[$0].totals[index] })
      guard let total = Self.residuals(totals, known) else { continue }
      let r =
        Self.dot(value, total) / (Self.dot(value, value) * Self.dot(total, total)).squareRoot()
      if abs(r) > abs(best?.r ?? 0) { best = (index, r) }
    }
    guard let best, abs(best.r) >= 0.7 else { return nil }
    // Fisher's transformation: normal with a variance of 1 / (n - covariates - 3).
    let degrees = Double(accounts.count - known.count - 3)
    let z =
      0.5 * PortableMath.log((1 + abs(best.r)) / max(1e-15, 1 - abs(best.r))) * degrees.squareRoot()
    let chance = TailBounds.logChance(z: z)
    guard degrees > 0, thresholds.isBeyondChance(chance) else { return nil }
    return finding(
      .totalAtExport, column, target: nil,
      evidence: "rank correlation \(Numbers.fixed(best.r, 3)) with "
        + "\(OutcomeDays.totalNames[best.index]) up to the end of the data, beyond what sign-up day, "
        + "first price and first seats explain; " + TailBounds.text(logChance: chance),
      figures: ["partial_rank_correlation": best.r, "accounts": Double(accounts.count), "z": z])
  }

  private func finding(
    _ kind: LeakFinding.Kind, _ column: ScannedColumn, target: String?, evidence: String,
    figures: [String: Double]
  ) -> LeakFinding {
    LeakFinding(
      kind: kind, target: target, table: table.source.rawValue, column: column.name, words: [],
      reachesFeatures: column.isAttribute, evidence: evidence, figures: figures,
      advice: column.isAttribute
        ? "take it out of sources.accounts.attributes"
        : "leave it unused; it never becomes an attribute")
  }

  /// Ranks from 1, ties with their mean.
  private static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }

  private static func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func centred(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { $0 - mean }
  }

  /// What is left of values when their projections on other ones are taken out, one after another
  /// (Gram and Schmidt); `nil` where that is next to nothing.
  private static func residuals(_ values: [Double], _ known: [[Double]]) -> [Double]? {
    var basis: [[Double]] = []
    func reduced(_ values: [Double]) -> [Double]? {
      var rest = centred(values)
      let whole = dot(rest, rest)
      for direction in basis {
        let scale = dot(rest, direction) / dot(direction, direction)
        for row in rest.indices { rest[row] -= scale * direction[row] }
      }
      return dot(rest, rest) > 1e-4 * whole && whole > 0 ? rest : nil
    }
    for column in known { if let rest = reduced(column) { basis.append(rest) } }
    return reduced(values)
  }
}

extension [Double] {
  /// The first position at which a condition holds that, once it holds, holds to the end.
  fileprivate func partitioningIndex(_ condition: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
