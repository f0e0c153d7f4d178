import Diagnostics

/// What a calibrator is fitted to: the weight of positive and negative rows at each distinct score.
///
/// Gathered from sorted rows, so the order of the input changes no bit of the fit. Weights are
/// scaled to a mean of 1: only their proportions count, and their sum stays the number of rows,
/// which the smoothing of targets needs.
package struct CalibrationRows: Sendable {
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
    precondition(scores.count == labels.count, "\(scores.count) scores, \(labels.count) labels")
    if let weights {
      precondition(weights.count == scores.count, "\(weights.count) weights")
      guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw Diagnostic(
          .dataWeights, "a weight of a row to calibrate on is negative or not a number",
          hint: "a weight is a finite number, 0 or more")
      }
    }
    // Divided by the heaviest first, so that the sum stays finite.
    let heaviest = weights?.max() ?? 1
    let used = scores.indices.filter { (weights?[$0] ?? 1) / heaviest > 0 }
    guard !used.isEmpty else {
      throw Diagnostic(.dataNoRows, "there are no rows to calibrate on")
    }
    let positives = used.count { labels[$0] }
    guard positives > 0, positives < used.count else {
      throw Diagnostic(
        .dataOneClass,
        "all \(used.count) rows to calibrate on have one outcome (\(positives) positive), "
          + "expected both",
        hint: "calibrate on more rows, or choose the method none")
    }
    let sorted = used.map { row in
      precondition(scores[row].isFinite, "row \(row) has the score \(scores[row])")
      return (score: scores[row], label: labels[row], weight: (weights?[row] ?? 1) / heaviest)
    }.sorted {
      if $0.score != $1.score { return $0.score < $1.score }
      return $0.label != $1.label ? $1.label : $0.weight < $1.weight
    }
    let scale = Double(used.count) / sorted.reduce(0) { $0 + $1.weight }
    for row in sorted {
      if self.scores.last != row.score {
        self.scores.append(row.score)
        positive.append(0)
        negative.append(0)
      }
      if row.label {
        positive[positive.count - 1] += row.weight * scale
      } else {
        negative[negative.count - 1] += row.weight * scale
      }
    }
  }

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
