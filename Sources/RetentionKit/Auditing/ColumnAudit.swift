import Diagnostics
import Learning
import LogisticRegression
import Reporting

/// Looks at every column that is to be learned from, one at a time, for what tells the outcome and
/// can hardly have been known before it.
///
/// `Docs/Methods/LeakAudit.md` has the rules and their reasons.
public struct ColumnAudit: Sendable {
  /// What was noticed, by column in the order of the table.
  public private(set) var suspicions: [ColumnSuspicion] = []
  /// How well each column ranks by itself, the strongest first; known when all were looked at.
  public private(set) var strengths: [ColumnStrength] = []

  private let labels: [Bool]
  private let columnCount: Int
  private let positiveCount: Int
  /// The rows on which areas are taken, and their outcomes.
  private let sample: [Int]
  private let sampledLabels: [Bool]

  /// Areas are taken on so many rows of each outcome: their standard error is then below 0.007, and
  /// half of that where they are high.
  static let sampledRowLimit = 4000

  /// Prepares the audit of columns of rows with these outcomes.
  ///
  /// - Parameters:
  ///   - columnCount: How many columns there are, of which any may look odd by chance.
  ///   - seed: What the sample of large tables depends on.
  package init(labels: [Bool], columnCount: Int, seed: UInt64) {
    self.labels = labels
    self.columnCount = columnCount
    positiveCount = labels.count { $0 }
    sample = Self.sample(of: labels, seed: seed)
    sampledLabels = sample.map { labels[$0] }
  }

  /// All rows, or so many of each outcome as are enough; areas do not depend on their shares.
  private static func sample(of labels: [Bool], seed: UInt64) -> [Int] {
    guard labels.count > 2 * sampledRowLimit else { return Array(labels.indices) }
    return [true, false].flatMap { outcome in
      let rows = labels.indices.filter { labels[$0] == outcome }
      var generator = SeededGenerator(seed: seed, stream: outcome ? 91 : 92)
      return generator.sample(min(sampledRowLimit, rows.count), of: rows.count).map { rows[$0] }
    }.sorted()
  }

  /// Looks at a column.
  ///
  /// - Complexity: O(n log n) for a sample of n rows; O(`rowCount`) where the sample looks odd.
  package mutating func look(at name: String, _ column: FeatureColumn) {
    let sampled = sample.count == labels.count ? column : column.selecting(sample)
    let area = SingleColumnArea.area(of: sampled, labels: sampledLabels)
    let positives = sampledLabels.count { $0 }
    let error = SingleColumnArea.standardError(
      area, positives: positives, negatives: sample.count - positives)
    strengths.append(ColumnStrength(column: name, rocAUC: area, standardError: error))
    let found = [
      oneOutcome(name, column, sampled), separation(name, column), alone(name, area, error),
    ].compactMap(\.self)
    if let first = found.first(where: \.isRefused) ?? found.first {
      suspicions.append(first)
    } else if case .number(let values) = column, case .number(let some) = sampled {
      if let found = key(name, values, some) ?? rowOrder(name, some) { suspicions.append(found) }
    }
  }

  /// Adds what shows only beside all other columns.
  package mutating func finish() {
    strengths.sort { ($1.rocAUC, $0.column) < ($0.rocAUC, $1.column) }
    guard hasEnough, strengths.count > 1 else { return }
    let (first, second) = (strengths[0], strengths[1])
    guard first.rocAUC > 0.9, first.rocAUC - 3 * first.standardError > second.rocAUC + 0.1,
      !suspicions.contains(where: { $0.column == first.column })
    else { return }
    suspicions.append(
      ColumnSuspicion(
        column: first.column, kind: .farAhead, isRefused: false,
        evidence: Self.areaText(first.rocAUC, first.standardError) + "; the next best has "
          + Numbers.fixed(second.rocAUC, 3),
        figures: ["roc_auc": first.rocAUC, "std_error": first.standardError]))
  }

  private var negativeCount: Int { labels.count - positiveCount }
  private var rarerCount: Int { min(positiveCount, negativeCount) }
  private var hasEnough: Bool { rarerCount >= LeakThresholds.leastCount }

  // MARK: - What divides the outcomes

  /// A column that divides the outcomes without an error; a warning where that may be chance.
  private func separation(_ name: String, _ column: FeatureColumn) -> ColumnSuspicion? {
    guard Separation.separates(column, labels) else { return nil }
    let evidence: String
    // With a threshold there are two ways to divide the rows, with k levels 2^k, of all the ways in
    // which m of n rows may have the outcome, which are (n / m)^m or more.
    var logWays = 2 * TailBounds.naturalLog(2)
    switch column {
    case .number: evidence = "a threshold divides the outcomes without an error"
    case .category(let codes):
      logWays = Double(Set(codes).count) * TailBounds.naturalLog(2)
      evidence = "each of its values goes with one outcome only"
    }
    let m = Double(rarerCount)
    let chance = logWays - m * TailBounds.naturalLog(Double(labels.count) / max(1, m))
    let thresholds = LeakThresholds(comparisonCount: columnCount)
    return ColumnSuspicion(
      column: name, kind: .separates, isRefused: hasEnough && thresholds.isBeyondChance(chance),
      evidence: evidence + ", in \(Numbers.count(labels.count, "row"))",
      figures: ["rows": Double(labels.count)])
  }

  // MARK: - What only one outcome has

  /// Rows that have something in common, and how many of them have the rarer outcome.
  private struct Part {
    var count = 0
    var hits = 0
  }

  /// A column that is filled, empty, or holds certain values almost only where the rarer outcome came.
  private func oneOutcome(_ name: String, _ column: FeatureColumn, _ sampled: FeatureColumn)
    -> ColumnSuspicion?
  {
    guard hasEnough else { return nil }
    let mode = Self.mode(of: sampled)
    let isWhole = sample.count == labels.count
    guard isWhole || looksOdd(parts(of: sampled, sampledLabels, mode)) else { return nil }
    let parts = parts(of: column, labels, mode)
    let rate = Double(rarerCount) / Double(labels.count)
    let thresholds = LeakThresholds(comparisonCount: columnCount * max(1, parts.count))
    var telling = parts.indices.filter { isTelling(parts[$0], rate, thresholds) }
    guard !telling.isEmpty else { return nil }
    // Rare words that say the same belong to them, whatever chance could do to each.
    telling = parts.indices.filter {
      telling.contains($0) || parts[$0].count > 0 && parts[$0].hits == parts[$0].count
    }
    let hits = telling.reduce(0) { $0 + parts[$1].hits }
    let count = telling.reduce(0) { $0 + parts[$1].count }
    let coverage = Double(hits) / Double(rarerCount)
    guard coverage >= 0.1 else { return nil }
    return ColumnSuspicion(
      column: name, kind: .oneOutcome,
      isRefused: coverage >= 0.5 && Double(hits) >= 0.99 * Double(count),
      evidence: Self.partText(parts, telling, of: column)
        + " \(Numbers.count(count, "row")), of which \(Numbers.count(hits)) had the "
        + "\(positiveCount <= negativeCount ? "outcome" : "other outcome"), and "
        + "\(Numbers.percent(Double(rarerCount - hits) / Double(labels.count - count))) of all others",
      figures: [
        "rows": Double(count), "outcomes": Double(hits), "share_of_outcomes": coverage,
      ])
  }

  /// The first part is that of the rows without a value; of a quantity the second has its most
  /// frequent value, and the third all others; of a category there is one for each level.
  private func parts(of column: FeatureColumn, _ labels: [Bool], _ mode: Double?) -> [Part] {
    let isRarer = positiveCount <= negativeCount
    switch column {
    case .category(let codes):
      var parts = [Part](repeating: Part(), count: Int(codes.max() ?? 0) + 3)
      for (row, code) in codes.enumerated() {
        // Missing is -1, unseen -2: they come first, and missing at 0.
        let place = code == CategoryCode.missing ? 0 : code < 0 ? 1 : Int(code) + 2
        parts[place].count += 1
        if labels[row] == isRarer { parts[place].hits += 1 }
      }
      return parts
    case .number(let values):
      var parts = [Part](repeating: Part(), count: 3)
      for (row, value) in values.enumerated() {
        let place = value.isNaN ? 0 : value == mode ? 1 : 2
        parts[place].count += 1
        if labels[row] == isRarer { parts[place].hits += 1 }
      }
      return parts
    }
  }

  /// The value that a fifth of the rows or more have, if there is one: zeros of what most never did.
  private static func mode(of sampled: FeatureColumn) -> Double? {
    guard case .number(let values) = sampled else { return nil }
    // A value that so many have is among a few drawn at random, or all but surely.
    var counts: [Double: Int] = [:]
    for place in stride(from: 0, to: values.count, by: max(1, values.count / 1000))
    where !values[place].isNaN { counts[values[place], default: 0] += 1 }
    guard let best = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      best.value * 5 >= counts.values.reduce(0, +)
    else { return nil }
    return best.key
  }

  /// Whether parts of the sample could be telling on all rows, with a good margin: few columns are
  /// then counted whole.
  private func looksOdd(_ parts: [Part]) -> Bool {
    let sampledPositives = sampledLabels.count { $0 }
    let sampledRarer =
      positiveCount <= negativeCount
      ? sampledPositives : sample.count - sampledPositives
    // What a row of the sample stands for.
    let hitWeight = Double(rarerCount) / Double(sampledRarer)
    let restWeight =
      Double(labels.count - rarerCount) / Double(sample.count - sampledRarer)
    var hits = 0.0
    for part in parts {
      let own = Double(part.hits) * hitWeight
      if own >= 9 * Double(part.count - part.hits) * restWeight { hits += own }
    }
    return hits >= 0.05 * Double(rarerCount)
  }

  private func isTelling(_ part: Part, _ rate: Double, _ thresholds: LeakThresholds) -> Bool {
    guard part.count >= LeakThresholds.leastCount,
      Double(part.hits) >= LeakThresholds.leastShare * Double(part.count)
    else { return false }
    let exceptions = TailBounds.highestRate(hits: part.count - part.hits, of: part.count)
    return exceptions * LeakThresholds.rarity <= 1 - rate
      && thresholds.isBeyondChance(
        TailBounds.logChance(ofAtLeast: part.hits, of: part.count, rate: rate))
  }

  private static func partText(_ parts: [Part], _ telling: [Int], of column: FeatureColumn)
    -> String
  {
    let filled = parts.indices.dropFirst().filter { parts[$0].count > 0 }
    if telling == [0] { return "it is empty in" }
    if telling == Array(filled), parts[0].count > 0 { return "it is filled in" }
    if case .number = column {
      return telling == [1]
        ? "its most frequent value is that of"
        : "another value than the most frequent have"
    }
    return "\(telling.count) of its \(filled.count) values are those of"
  }

  // MARK: - What ranks almost alone

  private func alone(_ name: String, _ area: Double, _ error: Double) -> ColumnSuspicion? {
    guard hasEnough, area - 3 * error > 0.95 else { return nil }
    return ColumnSuspicion(
      column: name, kind: .alone, isRefused: true, evidence: Self.areaText(area, error),
      figures: ["roc_auc": area, "std_error": error])
  }

  private static func areaText(_ area: Double, _ error: Double) -> String {
    "ROC AUC \(Numbers.fixed(area, 3)) by itself, standard error \(Numbers.fixed(error, 3))"
  }

  // MARK: - What names the row

  /// The fewest rows by which a key is told from a quantity.
  private static let leastKeyCount = 100

  private func key(_ name: String, _ values: [Double], _ sampled: [Double]) -> ColumnSuspicion? {
    func isKey(_ values: [Double]) -> Bool {
      guard values.allSatisfy({ $0.isNaN || $0 == $0.rounded(.towardZero) }) else {
        return false
      }
      let present = values.filter { !$0.isNaN }
      return present.count >= Self.leastKeyCount
        && Self.distinctCount(present) * 100 >= present.count * 99
    }
    // Few columns pass on a sample, so few are sorted whole.
    guard isKey(sampled), sampled.count == values.count || isKey(values) else { return nil }
    return ColumnSuspicion(
      column: name, kind: .key, isRefused: false,
      evidence: "nearly every row has a whole number of its own, as a key would", figures: [:])
  }

  private func rowOrder(_ name: String, _ sampled: [Double]) -> ColumnSuspicion? {
    let present = sampled.filter { !$0.isNaN }
    var (rises, falls) = (0, 0)
    for (before, after) in zip(present, present.dropFirst()) {
      if after > before { rises += 1 } else if after < before { falls += 1 }
    }
    guard present.count >= Self.leastKeyCount, (rises + falls) * 2 > present.count,
      min(rises, falls) * 100 <= rises + falls
    else { return nil }
    return ColumnSuspicion(
      column: name, kind: .rowOrder, isRefused: false,
      evidence:
        "it \(rises > falls ? "rises" : "falls") with the number of the row, as a key or the "
        + "time of the export would", figures: [:])
  }

  private static func distinctCount(_ values: [Double]) -> Int {
    let sorted = values.sorted()
    return zip(sorted, sorted.dropFirst()).count { $0 != $1 } + 1
  }
}
