import Learning
import LinearAlgebra

/// Draws the inference from a fit.
struct InferenceFitting {
  let objective: LogisticObjective
  let penalty: LogisticInference.Penalty
  /// The parameters at the minimum.
  let parameters: [Double]
  /// What is minimised, there.
  let value: Double
  /// The inverse of the information with the penalty's part, both triangles.
  let covariance: [Double]
  /// What was added to the information's diagonal because it was singular; 0 as a rule.
  let addedRidge: Double

  private var layout: DesignLayout { objective.layout }

  /// How many numbers the passes of all refits may take up each: beyond, on the order of seconds,
  /// features are not tested one by one.
  private static let refitLimit = 1_000_000_000

  /// After a fit by Newton's method that has its Hessian.
  init(_ solution: NewtonSolver.Solution, of objective: LogisticObjective) {
    self.objective = objective
    penalty = objective.ridge.contains { $0 > 0 } ? .ridge : .none
    parameters = solution.point.parameters
    value = solution.point.value
    let order = objective.layout.parameterCount
    // The solver's Hessian is rounded, which an inverse feels where columns are nearly collinear.
    let inverse = solution.factor!.inverse()
    if let hessian = solution.point.hessian, solution.convergence.addedRidge == 0,
      Self.isExact(hessian, inverse, order: order, rowCount: objective.set.rowCount)
    {
      (covariance, addedRidge) = (inverse, 0)
      return
    }
    var information = ProductSums.products(of: objective, at: parameters)
    for (index, strength) in objective.ridge.enumerated() {
      information[index * order + index] += strength
    }
    (covariance, addedRidge) = Self.inverse(of: information, order: order)
  }

  /// After a fit with Firth's penalty.
  init(_ solution: FirthSolver.Solution, of objective: LogisticObjective) {
    self.objective = objective
    penalty = .firth
    parameters = solution.parameters
    value = solution.value
    covariance = solution.factor.inverse()
    addedRidge = 0
  }

  /// Whether what rounding to 21 bits changes in a matrix of sums, about `2^-21 / sqrt(rows)`, leaves
  /// its inverse right to 8 digits.
  private static func isExact(
    _ matrix: [Double], _ inverse: [Double], order: Int, rowCount: Int
  ) -> Bool {
    let rounding = 0x1p-21 / Double(rowCount).squareRoot()
    return (0..<order).allSatisfy {
      matrix[$0 * order + $0] * inverse[$0 * order + $0] * rounding < 1e-8
    }
  }

  private static func inverse(of matrix: [Double], order: Int) -> ([Double], Double) {
    let largest = (0..<order).reduce(0) { max($0, matrix[$1 * order + $1]) }
    var added = 0.0
    var mended = matrix
    while true {
      if let factor = CholeskyFactor(lower: mended, order: order),
        added > 0 || factor.smallestPivotShare(of: mended) > 1e-13
      {
        return (factor.inverse(), added)
      }
      precondition(added.isFinite, "the information holds numbers that are not finite")
      added = added == 0 ? max(largest, .leastNormalMagnitude) * 1e-12 : added * 100
      mended = matrix
      for index in 0..<order { mended[index * order + index] += added }
    }
  }

  // MARK: - The parts

  func inference() -> LogisticInference {
    let set = objective.set
    let (products, kurtoses) = designProducts()
    let collinearity = Collinearity(of: layout, products: products)
    let parameterCount = collinearity.rank + 1
    let clusters = set.scheme.groups.map {
      ClusteredScores(of: objective, at: parameters, groups: $0)
    }
    let correction = clusters?.correction(rowCount: set.rowCount, parameterCount: parameterCount)
    let effects = Effects(
      layout: layout, parameters: parameters, covariance: covariance, addedRidge: addedRidge,
      clustered: correction.map { factor in clusters!.products.map { $0 * factor } })
    var terms = layout.features.map { effects.term(ofFeature: $0) }
    for index in terms.indices {
      let feature = terms[index].feature
      let inflation = collinearity.inflation(ofFeature: feature)
      terms[index].varianceInflation = inflation.factor
      terms[index].columnCount = inflation.columnCount
      if let place = layout.quantities.firstIndex(where: { $0.feature == feature }) {
        terms[index].largestDeviation = layout.quantities[place].largest
        terms[index].kurtosis = kurtoses[place]
      }
    }
    let tests = self.tests(of: terms, collinearity)
    for index in terms.indices { terms[index].test = tests[index] }
    return LogisticInference(
      penalty: penalty, intercept: effects.intercept, terms: terms,
      deviance: 2 * objective.unpenalised(at: parameters), nullDeviance: objective.nullDeviance,
      parameterCount: parameterCount, rowCount: set.rowCount,
      groupCount: correction == nil ? nil : clusters?.groupCount,
      correlatedColumns: collinearity.groups,
      separatingFeatures: Separation.separatingFeatures(of: set))
  }

  /// The products of the design's columns by the rows' weights, and the kurtosis of each quantity.
  private func designProducts() -> (products: [Double], kurtoses: [Double]) {
    let lanes = Parallel.map(objective.lanes.count, threads: objective.threads) { lane in
      var sums = CurvatureSums(layout, blocked: false)
      var fourth = [Double](repeating: 0, count: layout.quantities.count)
      _ = objective.forEachBlock(
        ofLane: lane, at: [Double](repeating: 0, count: layout.parameterCount)
      ) { index, block in
        objective.countRows(of: block, at: index)
        for column in fourth.indices {
          fourth[column] += block.fourthMoment(ofColumn: column)
        }
        sums.add(block)
      }
      return (sums, fourth)
    }
    var (sums, fourth) = lanes[0]
    for lane in lanes.dropFirst() {
      sums.add(lane.0)
      for index in fourth.indices { fourth[index] += lane.1[index] }
    }
    let order = layout.parameterCount
    var products = sums.hessian(ofRows: 1)
    // As for the information: where columns are nearly collinear, once more to the last bits.
    let isExact = CholeskyFactor(lower: products, order: order).map {
      Self.isExact(products, $0.inverse(), order: order, rowCount: objective.set.rowCount)
    }
    if isExact != true { products = ProductSums.products(of: objective, at: nil) }
    let kurtoses = fourth.indices.map { column in
      // The spread is 1 over the cells that are there; the others are 0.
      fourth[column] / max(products[column * order + column], .leastNormalMagnitude)
    }
    return (products, kurtoses)
  }

  /// The likelihood-ratio test of each term.
  private func tests(of terms: [LogisticInference.Term], _ collinearity: Collinearity)
    -> [LogisticInference.Test?]
  {
    let columnCount = layout.denseCount + layout.groups.count
    let pass = objective.set.rowCount * columnCount
    let cost = pass * terms.count * (penalty == .firth ? layout.parameterCount : 1)
    guard cost <= Self.refitLimit else { return terms.map { _ in nil } }
    // Each refit on one thread, several side by side.
    let objective = LogisticObjective(
      set: objective.set, layout: layout, ridge: objective.ridge, offsets: objective.offsets,
      threads: 1)
    let fit = RestrictedFit(objective: objective, parameters: parameters, inverse: covariance)
    return Parallel.map(terms.count, threads: self.objective.threads) { index in
      let term = terms[index]
      let degreesOfFreedom = collinearity.freedom(ofFeature: term.feature)
      guard degreesOfFreedom > 0 else { return nil }
      let held = layout.parameters(ofFeature: term.feature)
      let restricted =
        penalty == .firth
        ? FirthSolver(objective: objective, iterationLimit: 200)
          .solve(from: parameters.zeroed(at: held), holding: held)?.value
        : fit.minimum(holding: held)
      return restricted.map {
        .init(statistic: max(0, 2 * ($0 - value)), degreesOfFreedom: degreesOfFreedom)
      }
    }
  }
}

/// From parameters and their covariance to lines of the table.
private struct Effects {
  let layout: DesignLayout
  let parameters: [Double]
  let covariance: [Double]
  let addedRidge: Double
  /// The middle of the sandwich with its factor for few groups; `nil` without groups.
  let clustered: [Double]?

  /// A combination of parameters: each one's place and factor.
  typealias Combination = [(index: Int, factor: Double)]

  private func effect(
    _ subject: LogisticInference.Subject, _ parts: Combination, deviation: Double? = nil
  ) -> LogisticInference.Effect {
    let order = parameters.count
    // The covariance with every parameter; then the variance itself.
    var column = [Double](repeating: 0, count: order)
    for part in parts {
      for row in 0..<order { column[row] += part.factor * covariance[part.index * order + row] }
    }
    let variance = parts.reduce(0) { $0 + $1.factor * column[$1.index] }
    // What only the ridge against singularity holds has a variance of about its inverse.
    let isHeld = addedRidge > 0 && variance * addedRidge > 1e-3
    let unit = deviation ?? 1
    var error: Double?
    if let clustered, !isHeld {
      error = max(0, Self.form(clustered, column)).squareRoot() / unit
    }
    return LogisticInference.Effect(
      subject: subject, estimate: parts.reduce(0) { $0 + $1.factor * parameters[$1.index] } / unit,
      standardError: isHeld ? .infinity : max(0, variance).squareRoot() / unit,
      clusteredError: error, deviation: deviation)
  }

  /// `transpose(vector) matrix vector`.
  private static func form(_ matrix: [Double], _ vector: [Double]) -> Double {
    let order = vector.count
    return vector.indices.reduce(0.0) { sum, row in
      // SAFETY: `row` is below `order`.
      let product = unsafe matrix.withUnsafeBufferPointer { matrix in
        unsafe vector.withUnsafeBufferPointer { vector in
          unsafe Vectors.dot(
            matrix.baseAddress! + row * order, vector.baseAddress!, count: order)
        }
      }
      return sum + vector[row] * product
    }
  }

  /// Of the row whose categories are at their references.
  var intercept: LogisticInference.Effect {
    effect(
      .intercept,
      [(layout.interceptIndex, 1)]
        + layout.groups.compactMap { group in
          layout.parameter(ofReference: group).map { ($0, 1) }
        })
  }

  func term(ofFeature feature: Int) -> LogisticInference.Term {
    var effects: [LogisticInference.Effect] = []
    if let index = layout.quantities.firstIndex(where: { $0.feature == feature }) {
      effects.append(
        effect(
          .quantity, [(index, 1)], deviation: layout.quantities[index].standardization.scale))
    }
    guard let group = layout.groups.first(where: { $0.feature == feature }) else {
      return LogisticInference.Term(feature: feature, effects: effects, columnCount: 1)
    }
    let reference: Combination =
      layout.parameter(ofReference: group).map { [($0, -1)] } ?? []
    func sparse(_ column: Int32) -> Int { layout.denseCount + Int(column) }
    for (level, column) in group.columnOfLevel.enumerated()
    where column >= 0 && level != Int(group.reference) {
      effects.append(effect(.level(Int32(level)), [(sparse(column), 1)] + reference))
    }
    if group.missingColumn >= 0 {
      effects.append(effect(.missing, [(sparse(group.missingColumn), 1)] + reference))
    }
    return LogisticInference.Term(
      feature: feature, effects: effects, reference: group.reference < 0 ? nil : group.reference,
      columnCount: effects.count)
  }
}

extension DesignLayout {
  /// The features that have columns, in the matrix's order.
  fileprivate var features: [Int] {
    Array(Set(quantities.map(\.feature) + groups.map(\.feature))).sorted()
  }

  /// The parameter of a category's most frequent level; `nil` where it has none.
  fileprivate func parameter(ofReference group: Group) -> Int? {
    guard group.reference >= 0 else { return nil }
    let column = group.columnOfLevel[Int(group.reference)]
    return column < 0 ? nil : denseCount + Int(column)
  }

  /// The parameters of a feature, ascending.
  fileprivate func parameters(ofFeature feature: Int) -> [Int] {
    quantities.indices.filter { quantities[$0].feature == feature }
      + groups.filter { $0.feature == feature }.flatMap { group in
        (group.columnOfLevel + [group.missingColumn]).filter { $0 >= 0 }.sorted()
          .map { denseCount + Int($0) }
      }
  }
}

extension LogisticObjective {
  /// The loss without the penalty, in nats.
  fileprivate func unpenalised(at parameters: [Double]) -> Double {
    let penalty = zip(ridge, parameters).reduce(0) { $0 + $1.0 / 2 * $1.1 * $1.1 }
    return point(at: parameters, hessian: .none).value - penalty
  }

  /// Twice the loss of the best intercept alone.
  fileprivate var nullDeviance: Double {
    var score = LogLoss.score(min(max(set.baseRate, 1e-300), 1 - 1e-16))
    // Without offsets that is the minimum; with them Newton's method finds it in a few steps.
    for _ in 0..<(offsets == nil ? 0 : 50) {
      var (slope, curvature) = (0.0, 0.0)
      for row in set.labels.indices {
        let probability = LogLoss.probability(score + offsets![row])
        slope +=
          set.weight(row) * LogLoss.gradient(probability: probability, label: set.labels[row])
        curvature += set.weight(row) * LogLoss.hessian(probability: probability)
      }
      let step = slope / max(curvature, .leastNormalMagnitude)
      score -= min(max(step, -2), 2)
      if step.magnitude < 1e-12 { break }
    }
    return 2
      * set.labels.indices.reduce(0) {
        $0 + set.weight($1)
          * LogLoss.value(score: score + (offsets?[$1] ?? 0), label: set.labels[$1])
      }
  }
}

extension DesignBlock {
  /// The sum over the rows of a dense column's fourth powers, times the curvatures.
  fileprivate func fourthMoment(ofColumn column: Int) -> Double {
    let values = unsafe dense + column * capacity
    var sum = 0.0
    for row in 0..<rowCount {
      let square = unsafe values[row] * values[row]
      unsafe sum += square * square * curvatures[row]
    }
    return sum
  }
}

extension [Double] {
  fileprivate func zeroed(at indices: [Int]) -> [Double] {
    var copy = self
    for index in indices { copy[index] = 0 }
    return copy
  }
}
