import Diagnostics

/// What a calibrator is fitted to: the weight of positive and negative rows at each distinct score.
///
/// Gathered from sorted rows, so the order of the input changes no bit of the fit. Weights are
/// scaled to a mean of 1: only their proportions count, and their sum stays the number of rows,
/// which the smoothing of targets needs.
package struct CalibrationRows: Equatable, Sendable {
  /// The distinct scores, ascending.
  package private(set) var scores: [Double] = []
  /// The weight of positive rows at each score.
  package private(set) var positive: [Double] = []
  /// The weight of negative rows at each score.
  package private(set) var negative: [Double] = []

  /// Gathers rows; those of weight 0 count as absent.
  ///
  /// - Throws: `data.weights`, `data.no_rows` or `data.one_class` where nothing can be fitted.
  /// - Precondition: All arrays have one length, and scores of rows with weight are finite.
  package init(scores: [Double], labels: [Bool], weights: [Double]?) throws(Diagnostic) {
    let sorted = try SortedRows(scores: scores, labels: labels, weights: weights)
    self = try sorted.gathered { _ in true }
  }

  /// Gathers rows that are sorted already, each counted as often as its weight times `scale` says.
  fileprivate init(_ rows: [SortedRows.Row], scale: Double, where isWanted: (Int) -> Bool) {
    for row in rows where isWanted(row.index) { add(row.score, row.label, row.weight * scale) }
  }

  private init() {}

  private mutating func add(_ score: Double, _ label: Bool, _ weight: Double) {
    if scores.last != score {
      scores.append(score)
      positive.append(0)
      negative.append(0)
    }
    if label {
      positive[positive.count - 1] += weight
    } else {
      negative[negative.count - 1] += weight
    }
  }

  /// The rows of several sets as one; weights stay what they are.
  static func joined(_ parts: [CalibrationRows]) -> CalibrationRows {
    var points: [(score: Double, positive: Double, negative: Double)] = []
    points.reserveCapacity(parts.reduce(0) { $0 + $1.scores.count })
    for part in parts {
      for index in part.scores.indices {
        points.append((part.scores[index], part.positive[index], part.negative[index]))
      }
    }
    points.sort { ($0.score, $0.positive, $0.negative) < ($1.score, $1.positive, $1.negative) }
    var joined = CalibrationRows()
    for point in points {
      if joined.scores.last == point.score {
        joined.positive[joined.positive.count - 1] += point.positive
        joined.negative[joined.negative.count - 1] += point.negative
      } else {
        joined.scores.append(point.score)
        joined.positive.append(point.positive)
        joined.negative.append(point.negative)
      }
    }
    return joined
  }

  /// At most about `limit` scores: neighbours become one at their mean, of about equal weight each.
  func condensed(to limit: Int) -> CalibrationRows {
    guard scores.count > limit else { return self }
    let share = weights.reduce(0, +) / Double(limit)
    var condensed = CalibrationRows()
    var (positive, negative, centre) = (0.0, 0.0, 0.0)
    for index in scores.indices {
      let weight = self.positive[index] + self.negative[index]
      positive += self.positive[index]
      negative += self.negative[index]
      centre += (scores[index] - centre) * (weight / (positive + negative))
      guard positive + negative >= share || index == scores.count - 1 else { continue }
      // Rounding may move a mean, but not below the last one.
      condensed.scores.append(max(centre, condensed.scores.last?.nextUp ?? centre))
      condensed.positive.append(positive)
      condensed.negative.append(negative)
      (positive, negative, centre) = (0, 0, 0)
    }
    return condensed
  }

  /// Whether rows of both outcomes are there.
  var hasBothOutcomes: Bool { positive.contains { $0 > 0 } && negative.contains { $0 > 0 } }

  /// The weight of all rows at each score.
  var weights: [Double] { scores.indices.map { positive[$0] + negative[$0] } }

  /// The probabilities that a positive and a negative row stand for: not 1 and 0, because as many
  /// unseen rows would not all turn out alike (Platt 1999, section 2.2).
  var smoothedTargets: (negative: Double, positive: Double) {
    let positiveTotal = positive.reduce(0, +)
    let negativeTotal = negative.reduce(0, +)
    return (1 / (negativeTotal + 2), (positiveTotal + 1) / (positiveTotal + 2))
  }

  /// The mean smoothed target at each score.
  var meanTargets: [Double] {
    let targets = smoothedTargets
    return scores.indices.map {
      (positive[$0] * targets.positive + negative[$0] * targets.negative)
        / (positive[$0] + negative[$0])
    }
  }
}

/// Rows to calibrate on, ascending in score, so that parts of them need no further sorting.
struct SortedRows: Sendable {
  struct Row: Sendable {
    var score: Double
    var label: Bool
    /// Divided by the heaviest, so that sums stay finite; above 0.
    var weight: Double
    /// The row's place in the input.
    var index: Int
  }

  let rows: [Row]

  /// Sorts rows with weight that `isUsed` wants.
  ///
  /// - Throws: `data.weights`.
  /// - Precondition: All arrays have one length, and scores of rows with weight are finite.
  init(
    scores: [Double], labels: [Bool], weights: [Double]?, isUsed: (Int) -> Bool = { _ in true }
  ) throws(Diagnostic) {
    precondition(scores.count == labels.count, "\(scores.count) scores, \(labels.count) labels")
    if let weights {
      precondition(weights.count == scores.count, "\(weights.count) weights")
      guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw Diagnostic(
          .dataWeights, "a weight of a row to calibrate on is negative or not a number",
          hint: "a weight is a finite number, 0 or more")
      }
    }
    let heaviest = weights?.max() ?? 1
    var rows: [Row] = []
    rows.reserveCapacity(scores.count)
    for index in scores.indices where isUsed(index) {
      let weight = (weights?[index] ?? 1) / heaviest
      guard weight > 0 else { continue }
      precondition(scores[index].isFinite, "row \(index) has the score \(scores[index])")
      rows.append(Row(score: scores[index], label: labels[index], weight: weight, index: index))
    }
    rows.sort {
      if $0.score != $1.score { return $0.score < $1.score }
      return $0.label != $1.label ? $1.label : $0.weight < $1.weight
    }
    self.rows = rows
  }

  /// The rows whose place in the input is wanted, of mean weight 1.
  ///
  /// - Throws: `data.no_rows` or `data.one_class`.
  func gathered(where isWanted: (Int) -> Bool) throws(Diagnostic) -> CalibrationRows {
    var (count, positives, total) = (0, 0, 0.0)
    for row in rows where isWanted(row.index) {
      count += 1
      positives += row.label ? 1 : 0
      total += row.weight
    }
    guard count > 0 else {
      throw Diagnostic(.dataNoRows, "there are no rows to calibrate on")
    }
    guard positives > 0, positives < count else {
      throw Diagnostic(
        .dataOneClass,
        "all \(count) rows to calibrate on have one outcome (\(positives) positive), "
          + "expected both",
        hint: "calibrate on more rows, or choose the method none")
    }
    return CalibrationRows(rows, scale: Double(count) / total, where: isWanted)
  }

  /// The rows of each part, of mean weight 1 over all of them.
  ///
  /// - Parameter partOfRow: By a row's place in the input.
  func divided(partOfRow: [Int], partCount: Int) -> [CalibrationRows] {
    let scale = Double(rows.count) / rows.reduce(0) { $0 + $1.weight }
    var parts = [[Row]](repeating: [], count: partCount)
    for row in rows { parts[partOfRow[row.index]].append(row) }
    return parts.map { CalibrationRows($0, scale: scale) { _ in true } }
  }

  /// How many rows the rarer outcome has.
  var rarerCount: Int {
    let positives = rows.count { $0.label }
    return min(positives, rows.count - positives)
  }
}
