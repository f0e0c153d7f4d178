import Learning
import LinearAlgebra

extension ColumnTreatment {
  /// The treatment with a shape for each quantity, decided by `set` where it is not given.
  func decided(by set: TrainingSet, l2: Double, threads: Int) -> ColumnTreatment {
    guard decidesShapes else { return self }
    var decided = self
    decided.decidesShapes = false
    guard let decision = ShapeDecision(on: set, columns: decided, l2: l2, threads: threads) else {
      return decided
    }
    let features = set.matrix.features
    let shapes = Parallel.map(features.count, threads: threads) { feature in
      self.shapes[features[feature].name] == nil && features[feature].kind == .number
        ? decision.shape(of: feature) : nil
    }
    for (feature, shape) in zip(features, shapes) {
      if let shape { decided.shapes[feature.name] = shape }
    }
    return decided
  }
}

/// Decides whether a quantity enters as a curve: where that lowers the log loss of rows held out by
/// more than the standard error of the difference.
///
/// One fit with lines gives each row its score. What a curve would add is then asked of each quantity
/// by itself: a fit of the intercept, its line and its bends beside that score, to the rows of a fold
/// that are learned from, judged on the rows held out. So all quantities cost about as much as one more fit
/// does. A sample of the rows is enough.
private struct ShapeDecision: Sendable {
  private static let rowLimit = 20_000
  private static let foldCount = 5

  private let set: TrainingSet
  private let splits: [Split]
  private let l2: Double
  private let scores: [Double]
  /// Each row's weighted loss there, and its derivatives by the score.
  private let losses: [Double]
  private let slopes: [Double]
  private let curvatures: [Double]

  /// `nil` where the rows cannot be divided.
  init?(on whole: TrainingSet, columns: ColumnTreatment, l2: Double, threads: Int) {
    var set = whole
    if whole.rowCount > Self.rowLimit {
      var generator = SeededGenerator(seed: whole.scheme.seed, stream: 90)
      let rows = generator.sample(Self.rowLimit, of: whole.rowCount).sorted()
      guard whole.hasBothOutcomes(rows), let sample = try? whole.selecting(rows) else { return nil }
      set = sample
    }
    guard set.matrix.features.contains(where: { $0.kind == .number }) else { return nil }
    splits = set.scheme.splits(labels: set.labels, foldCount: Self.foldCount).filter {
      set.hasBothOutcomes($0.training) && set.hasBothOutcomes($0.validation)
    }
    guard splits.count > 1 else { return nil }
    self.set = set
    self.l2 = l2
    scores = Self.scores(of: set, columns: columns, l2: l2, threads: threads)
    let derivatives = scores.indices.map { [scores] row in
      Derivatives(at: scores[row], label: set.labels[row], weight: set.weight(row))
    }
    losses = derivatives.map(\.loss)
    slopes = derivatives.map(\.slope)
    curvatures = derivatives.map(\.curvature)
  }

  /// The scores of a fit that is near enough its end.
  private static func scores(
    of set: TrainingSet, columns: ColumnTreatment, l2: Double, threads: Int
  ) -> [Double] {
    let layout = DesignLayout(of: set, columns: columns, threads: threads)
    let objective = LogisticObjective(
      set: set, layout: layout, ridge: layout.ridge(l2), threads: threads)
    let solver = NewtonSolver(
      objective: objective, iterationLimit: 20, tolerance: 1e-5 * objective.totalWeight)
    let solution = solver.solve(from: layout.start(for: set))
    return Parallel.map(objective.lanes.count, threads: threads) { lane in
      var scores: [Double] = []
      _ = objective.forEachBlock(ofLane: lane, at: solution.point.parameters) { _, block in
        for row in 0..<block.rowCount { unsafe scores.append(block.scores[row]) }
      }
      return scores
    }.flatMap(\.self)
  }

  /// The shape of a quantity; `nil` for a line.
  func shape(of feature: Int) -> ColumnTreatment.Shape? {
    guard case .number(let values) = set.matrix.columns[feature],
      let spline = NaturalSpline(quantilesOf: values)
    else { return nil }
    let columns = standardizedColumns(values, spline)
    guard columns.count > 2 else { return nil }
    return gain(of: columns).isClear ? .spline : nil
  }

  /// Ones where a value is present, the standardised values, and the bends; 0 where missing.
  private func standardizedColumns(_ values: [Double], _ spline: NaturalSpline) -> [[Double]] {
    let raw =
      [values]
      + spline.allBends.map { bend in
        values.map { $0.isNaN ? $0 : spline.value(bend, at: $0) }
      }
    return [values.map { $0.isNaN ? 0 : 1 }]
      + raw.compactMap { column in
        ColumnSummary(of: column, weights: set.weights).standardization.map {
          column.map($0.standardized)
        }
      }
  }

  /// How much lower the loss of held-out rows is with all of `columns` than with the first two.
  private func gain(of columns: [[Double]]) -> (mean: Double, isClear: Bool) {
    var count = 0.0
    var sum = 0.0
    var squares = 0.0
    for split in splits {
      let start = sums(of: columns, over: split.training, at: [])
      let curve = change(of: columns, over: split.training, order: columns.count, from: start)
      let line = change(of: columns, over: split.training, order: 2, from: start)
      for row in split.validation {
        func loss(_ change: [Double]) -> Double {
          set.weight(row)
            * LogLoss.value(score: score(of: row, columns, change), label: set.labels[row])
        }
        let difference = loss(line) - loss(curve)
        count += 1
        sum += difference
        squares += difference * difference
      }
    }
    let mean = sum / count
    let variance = max(0, squares / count - mean * mean)
    return (mean, mean > (variance / count).squareRoot() && mean > 0)
  }

  /// How the parameters of the first `order` columns change where they are learned from `rows`,
  /// penalised as coefficients are.
  ///
  /// Mostly one step, since the loss is all but a parabola where little is to be gained.
  private func change(
    of columns: [[Double]], over rows: [Int], order: Int, from start: Sums
  ) -> [Double] {
    var change = [Double](repeating: 0, count: order)
    var sums = start
    for _ in 0..<Self.stepLimit {
      var gradient = Array(sums.gradient[..<order])
      var lower = [Double](repeating: 0, count: order * order)
      for one in 0..<order {
        // The constant is free.
        let penalty = one == 0 ? 0 : l2
        gradient[one] += penalty * change[one]
        for other in one..<order {
          lower[one * order + other] = sums.hessian[one * columns.count + other]
        }
        // Columns that no penalty tells apart get the least one that does.
        lower[one * order + one] += penalty + 1e-9 * lower[one * order + one] + 1e-30
      }
      guard let factor = CholeskyFactor(lower: lower, order: order) else { break }
      var step = factor.solve(gradient)
      let promised = zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      if promised < Self.smallGain {
        return zip(change, step).map { $0 - $1 }
      }
      // Far from a parabola, half a step or less may be right.
      var next = sums
      for _ in 0..<Self.stepLimit {
        next = self.sums(of: columns, over: rows, at: zip(change, step).map { $0 - $1 })
        if next.loss < sums.loss { break }
        step = step.map { $0 / 2 }
      }
      guard next.loss < sums.loss else { break }
      change = zip(change, step).map { $0 - $1 }
      sums = next
    }
    return change
  }

  private static let stepLimit = 6
  /// In nats, twice over: where a step promises no more than this, it is the last.
  private static let smallGain = 10.0

  /// The loss of some rows and its derivatives by the parameters.
  private struct Sums {
    var loss = 0.0
    var gradient: [Double]
    /// Row by row, of which the upper triangle is set.
    var hessian: [Double]
  }

  /// - Parameter change: Of the first columns' parameters, from the fit with lines.
  private func sums(of columns: [[Double]], over rows: [Int], at change: [Double]) -> Sums {
    var loss = 0.0
    var slopes: [Double] = []
    var curvatures: [Double] = []
    slopes.reserveCapacity(rows.count)
    curvatures.reserveCapacity(rows.count)
    for row in rows {
      if change.isEmpty {
        slopes.append(self.slopes[row])
        curvatures.append(self.curvatures[row])
        loss += losses[row]
        continue
      }
      let derivatives = Derivatives(
        at: score(of: row, columns, change), label: set.labels[row], weight: set.weight(row))
      slopes.append(derivatives.slope)
      curvatures.append(derivatives.curvature)
      loss += derivatives.loss
    }
    let order = columns.count
    var sums = Sums(
      loss: loss, gradient: [Double](repeating: 0, count: order),
      hessian: [Double](repeating: 0, count: order * order))
    var weighted = curvatures
    for one in 0..<order {
      let first = columns[one]
      var gradient = 0.0
      for (position, row) in rows.enumerated() {
        gradient += slopes[position] * first[row]
        weighted[position] = curvatures[position] * first[row]
      }
      sums.gradient[one] = gradient
      for other in one..<order {
        let second = columns[other]
        var sum = 0.0
        for (position, row) in rows.enumerated() { sum += weighted[position] * second[row] }
        sums.hessian[one * order + other] = sum
      }
    }
    return sums
  }

  private func score(of row: Int, _ columns: [[Double]], _ change: [Double]) -> Double {
    var score = scores[row]
    for index in change.indices { score += change[index] * columns[index][row] }
    return score
  }

  /// A row's weighted loss, and its derivatives by the score.
  private struct Derivatives {
    var loss: Double
    var slope: Double
    var curvature: Double

    init(at score: Double, label: Bool, weight: Double) {
      let probability = LogLoss.probability(score)
      loss = weight * LogLoss.value(score: score, label: label)
      slope = weight * (probability - (label ? 1 : 0))
      curvature = weight * probability * (1 - probability)
    }
  }
}
