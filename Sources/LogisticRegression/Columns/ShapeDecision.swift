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
/// by itself: one Newton step of the intercept, its line and its bends, from the rows of a fold that
/// are learned from, judged on the rows held out. So all quantities cost about as much as one more fit
/// does. A sample of the rows is enough.
private struct ShapeDecision: Sendable {
  private static let rowLimit = 20_000
  private static let foldCount = 5

  private let set: TrainingSet
  private let splits: [Split]
  private let l2: Double
  private let scores: [Double]
  /// Derivatives of each row's weighted loss by its score.
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
    var slopes: [Double] = []
    var curvatures: [Double] = []
    for row in scores.indices {
      let probability = LogLoss.probability(scores[row])
      slopes.append(set.weight(row) * (probability - (set.labels[row] ? 1 : 0)))
      curvatures.append(set.weight(row) * probability * (1 - probability))
    }
    self.slopes = slopes
    self.curvatures = curvatures
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
      let (gradient, hessian) = sums(of: columns, over: split.training)
      let curve = step(gradient, hessian, order: columns.count, of: columns.count)
      let line = step(gradient, hessian, order: 2, of: columns.count)
      for row in split.validation {
        func loss(_ steps: [Double]) -> Double {
          let score = steps.indices.reduce(scores[row]) { $0 - steps[$1] * columns[$1][row] }
          return set.weight(row) * LogLoss.value(score: score, label: set.labels[row])
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

  /// The Newton step of the first `order` of `count` columns, penalised as coefficients are.
  private func step(_ gradient: [Double], _ hessian: [Double], order: Int, of count: Int)
    -> [Double]
  {
    var lower = [Double](repeating: 0, count: order * order)
    for one in 0..<order {
      for other in one..<order { lower[one * order + other] = hessian[one * count + other] }
      // Columns that no penalty tells apart get the least one that does.
      lower[one * order + one] += (one == 0 ? 0 : l2) + 1e-9 * hessian[one * count + one] + 1e-30
    }
    guard let factor = CholeskyFactor(lower: lower, order: order) else {
      return [Double](repeating: 0, count: order)
    }
    return factor.solve(Array(gradient[..<order]))
  }

  private func sums(of columns: [[Double]], over rows: [Int]) -> ([Double], [Double]) {
    let order = columns.count
    var gradient = [Double](repeating: 0, count: order)
    var hessian = [Double](repeating: 0, count: order * order)
    for one in 0..<order {
      let first = columns[one]
      for row in rows { gradient[one] += slopes[row] * first[row] }
      for other in one..<order {
        let second = columns[other]
        var sum = 0.0
        for row in rows { sum += curvatures[row] * first[row] * second[row] }
        hessian[one * order + other] = sum
      }
    }
    return (gradient, hessian)
  }
}
