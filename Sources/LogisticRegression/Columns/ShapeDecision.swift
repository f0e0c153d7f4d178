import CDesignBlock
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
/// by itself: a fit of the intercept, its line and its bends beside that score, from whose minimum one
/// Newton step leads to that of the rows without a fold (the approximation of Pregibon 1981, "Logistic
/// regression diagnostics", Annals of Statistics 9(4), section 4), which the fold then judges. A
/// sample of the rows is enough.
private struct ShapeDecision: Sendable {
  private static let rowLimit = 20_000
  private static let foldCount = 5

  private let set: TrainingSet
  private let splits: [Split]
  private let l2: Double
  private let scores: [Double]
  private let start: Derivatives

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
    start = Derivatives(at: scores, of: set)
  }

  /// The scores of a fit that is near enough its end.
  private static func scores(
    of set: TrainingSet, columns: ColumnTreatment, l2: Double, threads: Int
  ) -> [Double] {
    let layout = DesignLayout(of: set, columns: columns, threads: threads)
    let objective = LogisticObjective(
      set: set, layout: layout, ridge: layout.ridge(l2), threads: threads)
    let tolerance = 1e-5 * objective.totalWeight
    let parameters =
      layout.sparseCount > LogisticRegressionLearner.sparseCountOfNewton
      ? QuasiNewtonSolver(objective: objective, iterationLimit: 50, tolerance: tolerance)
        .solve(from: layout.start(for: set)).point.parameters
      : NewtonSolver(
        objective: objective, iterationLimit: 20, tolerance: tolerance, needsHessian: false
      ).solve(from: layout.start(for: set)).point.parameters
    return Parallel.map(objective.lanes.count, threads: threads) { lane in
      var scores: [Double] = []
      _ = objective.forEachBlock(ofLane: lane, at: parameters) { _, block in
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
    return lowersLoss(columns) ? .spline : nil
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

  /// Whether held-out rows have a lower loss with all of `columns` than with the first two, by more
  /// than the standard error of the difference.
  private func lowersLoss(_ columns: [[Double]]) -> Bool {
    let lineSums = sums(of: columns, start, over: nil)
    let line = step(lineSums, order: 2)
    let curve = step(lineSums, order: columns.count)
    // Each bend is expected to gain one nat of the rows that it is learned from, and to lose one of
    // others, where there is nothing to be gained: most quantities are done with here.
    guard curve.promise - line.promise > 2 * Double(columns.count - 2) else { return false }
    let (change, derivatives) = minimum(of: columns, firstStep: curve, from: lineSums)
    let curveSums = sums(of: columns, derivatives, over: nil)
    var count = 0.0
    var sum = 0.0
    var squares = 0.0
    for split in splits {
      let line = step(training(split, columns, start, lineSums), order: 2).step
      let curve = step(
        training(split, columns, derivatives, curveSums), order: columns.count, at: change
      ).step
      let rest = zip(change, curve).map { $0 - $1 }
      for row in split.validation {
        let difference =
          loss(of: row, columns, line.map { -$0 }) - loss(of: row, columns, rest)
        count += 1
        sum += difference
        squares += difference * difference
      }
    }
    let mean = sum / count
    let variance = max(0, squares / count - mean * mean)
    return mean > (variance / count).squareRoot()
  }

  /// The change of the parameters that makes the loss of all rows least, and each row's derivatives
  /// there.
  private func minimum(
    of columns: [[Double]], firstStep: (step: [Double], promise: Double), from first: Sums
  ) -> ([Double], Derivatives) {
    var change = [Double](repeating: 0, count: columns.count)
    var derivatives = start
    var (step, promise) = firstStep
    for _ in 0..<Self.stepLimit {
      // Half a step or less may be right where the loss is far from a parabola.
      var next = derivatives
      var point = change
      for _ in 0..<Self.stepLimit {
        point = zip(change, step).map { $0 - $1 }
        next = Derivatives(
          at: scores.indices.map { score(of: $0, columns, point) }, of: set)
        if next.loss < derivatives.loss { break }
        step = step.map { $0 / 2 }
      }
      guard next.loss < derivatives.loss else { break }
      (change, derivatives) = (point, next)
      // The next step would be the square of this one.
      if promise < Self.smallPromise { break }
      (step, promise) = self.step(
        sums(of: columns, derivatives, over: nil), order: columns.count, at: change)
    }
    return (change, derivatives)
  }

  private static let stepLimit = 6
  /// Half of it in nats.
  private static let smallPromise = 10.0

  /// The Newton step of the first `order` columns' parameters, penalised as coefficients are, to be
  /// subtracted; and twice the nats that it promises.
  private func step(_ sums: Sums, order: Int, at change: [Double]? = nil)
    -> (step: [Double], promise: Double)
  {
    let count = sums.gradient.count
    var gradient = Array(sums.gradient[..<order])
    var lower = [Double](repeating: 0, count: order * order)
    for one in 0..<order {
      // The constant is free.
      let penalty = one == 0 ? 0 : l2
      gradient[one] += penalty * (change?[one] ?? 0)
      for other in one..<order { lower[one * order + other] = sums.hessian[one * count + other] }
      // Columns that no penalty tells apart get the least one that does.
      lower[one * order + one] += penalty + 1e-9 * lower[one * order + one] + 1e-30
    }
    guard let factor = CholeskyFactor(lower: lower, order: order) else {
      return ([Double](repeating: 0, count: order), 0)
    }
    let step = factor.solve(gradient)
    return (step, zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// The sums over the rows that a split learns from; `all` are those over all rows.
  private func training(
    _ split: Split, _ columns: [[Double]], _ derivatives: Derivatives, _ all: Sums
  ) -> Sums {
    if split.training.count + split.validation.count < set.rowCount {
      return sums(of: columns, derivatives, over: split.training)
    }
    var rest = all
    rest.subtract(sums(of: columns, derivatives, over: split.validation))
    return rest
  }

  /// Derivatives of the loss of some rows by the parameters.
  private struct Sums {
    var gradient: [Double]
    /// Row by row, of which the upper triangle is set.
    var hessian: [Double]

    mutating func subtract(_ other: Sums) {
      for index in gradient.indices { gradient[index] -= other.gradient[index] }
      for index in hessian.indices { hessian[index] -= other.hessian[index] }
    }
  }

  /// - Parameter rows: `nil` for all.
  private func sums(of columns: [[Double]], _ derivatives: Derivatives, over rows: [Int]?) -> Sums {
    func chosen(_ values: [Double]) -> [Double] {
      guard let rows else { return values }
      return rows.map { values[$0] }
    }
    let columns = columns.map(chosen)
    let slopes = chosen(derivatives.slopes)
    let curvatures = chosen(derivatives.curvatures)
    let order = columns.count
    var sums = Sums(
      gradient: [Double](repeating: 0, count: order),
      hessian: [Double](repeating: 0, count: order * order))
    for one in 0..<order {
      sums.gradient[one] = Self.dot(slopes, columns[one])
      let weighted = zip(curvatures, columns[one]).map { $0 * $1 }
      for other in one..<order {
        sums.hessian[one * order + other] = Self.dot(weighted, columns[other])
      }
    }
    return sums
  }

  private static func dot(_ first: [Double], _ second: [Double]) -> Double {
    // Four sums side by side: one would wait for itself.
    var sums = SIMD4<Double>.zero
    let whole = first.count & ~3
    for row in stride(from: 0, to: whole, by: 4) {
      let one = SIMD4<Double>(first[row], first[row + 1], first[row + 2], first[row + 3])
      let other = SIMD4<Double>(second[row], second[row + 1], second[row + 2], second[row + 3])
      sums += one * other
    }
    for row in whole..<first.count { sums[0] += first[row] * second[row] }
    return (sums[0] + sums[1]) + (sums[2] + sums[3])
  }

  private func score(of row: Int, _ columns: [[Double]], _ change: [Double]) -> Double {
    var score = scores[row]
    for index in change.indices { score += change[index] * columns[index][row] }
    return score
  }

  private func loss(of row: Int, _ columns: [[Double]], _ change: [Double]) -> Double {
    set.weight(row)
      * LogLoss.value(score: score(of: row, columns, change), label: set.labels[row])
  }

  /// The weighted loss at some scores, and each row's derivatives by its score.
  private struct Derivatives {
    var loss = 0.0
    var slopes: [Double] = []
    var curvatures: [Double] = []

    init(at scores: [Double], of set: TrainingSet) {
      let count = scores.count
      let padding = [Double](repeating: 0, count: -count & 7)
      let padded = scores + padding
      slopes = [Double](repeating: 0, count: padded.count)
      curvatures = slopes
      let vectors = DesignBlock.widestVectors
      // SAFETY: scores, slopes and curvatures are padded to a multiple of eight; labels and weights
      // have a place for each row.
      unsafe set.labels.withUnsafeBufferPointer { labels in
        if let weights = set.weights {
          loss = unsafe rk_design_differentiate(
            Int64(count), vectors, padded, labels.baseAddress!, weights, &slopes, &curvatures)
        } else {
          loss = unsafe rk_design_differentiate(
            Int64(count), vectors, padded, labels.baseAddress!, nil, &slopes, &curvatures)
        }
      }
      slopes.removeLast(padding.count)
      curvatures.removeLast(padding.count)
    }
  }
}
