import Learning
import LinearAlgebra

/// How far the columns of the design say the same, whatever the outcome.
struct Collinearity: Sendable {
  /// A column of the design without the intercept and without reference levels.
  struct Column: Sendable {
    var name: LogisticInference.Column
    /// Its place in the parameter vector.
    var parameter: Int
  }

  let columns: [Column]
  /// Both triangles, shape `[columns.count, columns.count]`.
  private let correlations: [Double]
  /// Of the correlations; with something added to the diagonal where they are singular.
  private let inverse: [Double]
  private let isSingular: Bool

  /// Beyond this a factor is that of columns that others give exactly, but for rounding.
  private static let infinite = 1e11
  /// The share of a pivot that is rounding alone.
  private static let pivotShare = 1e-12

  /// - Parameter products: The weighted sums of products of each two columns of the design, lower
  ///   triangle, column by column.
  init(of layout: DesignLayout, products: [Double]) {
    let columns = layout.namedColumns
    let order = layout.parameterCount
    let intercept = layout.interceptIndex
    func product(_ first: Int, _ second: Int) -> Double {
      products[min(first, second) * order + max(first, second)]
    }
    let weight = product(intercept, intercept)
    let count = columns.count
    var covariances = [Double](repeating: 0, count: count * count)
    for (row, own) in columns.enumerated() {
      for (column, other) in columns[...row].enumerated() {
        let value =
          product(own.parameter, other.parameter)
          - product(own.parameter, intercept) / weight * product(other.parameter, intercept)
        covariances[row * count + column] = value
        covariances[column * count + row] = value
      }
    }
    let deviations = (0..<count).map {
      max(covariances[$0 * count + $0], .leastNormalMagnitude).squareRoot()
    }
    for row in 0..<count {
      for column in 0..<count {
        covariances[row * count + column] /= deviations[row] * deviations[column]
      }
      covariances[row * count + row] = 1
    }
    self.columns = columns
    correlations = covariances
    if let factor = CholeskyFactor(lower: covariances, order: count),
      factor.smallestPivotShare(of: covariances) > Self.pivotShare
    {
      (inverse, isSingular) = (factor.inverse(), false)
      return
    }
    var mended = covariances
    for index in 0..<count { mended[index * count + index] += Self.pivotShare }
    inverse =
      CholeskyFactor(lower: mended, order: count)?.inverse()
      ?? [Double](repeating: .infinity, count: count * count)
    isSingular = true
  }

  /// The generalised variance inflation factor of a feature's columns: how much larger the
  /// correlations with other columns make the volume of their coefficients' confidence region,
  /// squared (Fox, Monette 1992, "Generalized collinearity diagnostics",
  /// https://doi.org/10.1080/01621459.1992.10475190).
  func inflation(ofFeature feature: Int) -> Double {
    let places = columns.indices.filter { columns[$0].name.feature == feature }
    guard let own = factor(of: correlations, places), let others = factor(of: inverse, places)
    else { return .infinity }
    let product = zip(own.diagonal, others.diagonal).reduce(1) { $0 * ($1.0 * $1.1) * ($1.0 * $1.1) }
    let isInfinite = !(product < .infinity) || isSingular && product > Self.infinite
    // Rounding may leave uncorrelated columns a little below 1.
    return isInfinite ? .infinity : max(1, product)
  }

  private func factor(of matrix: [Double], _ places: [Int]) -> CholeskyFactor? {
    let part = places.flatMap { row in places.map { matrix[row * columns.count + $0] } }
    return CholeskyFactor(lower: part, order: places.count)
  }

  /// Columns of several features that correlate by more than 0.95 in magnitude, directly or by way of
  /// others.
  var groups: [[LogisticInference.Column]] {
    var head = Array(columns.indices)
    func root(_ place: Int) -> Int {
      var place = place
      while head[place] != place { place = head[place] }
      return place
    }
    for row in columns.indices {
      for column in 0..<row
      where correlations[row * columns.count + column].magnitude > 0.95
        && columns[row].name.feature != columns[column].name.feature
      {
        let (first, second) = (root(row), root(column))
        head[max(first, second)] = min(first, second)
      }
    }
    let members = Dictionary(grouping: columns.indices, by: root)
    return members.keys.sorted().map { members[$0]! }.filter { $0.count > 1 }
      .map { $0.map { columns[$0].name } }
  }

  /// How many columns the rows can tell apart, those of one feature left out or not.
  func rank(withoutFeature feature: Int? = nil) -> Int {
    let places = columns.indices.filter { columns[$0].name.feature != feature }
    guard isSingular, !places.isEmpty else { return places.count }
    // Columns in turn, each less what those before it say; one of which nothing is left is not
    // counted.
    var part = places.map { row in places.map { correlations[row * columns.count + $0] } }
    var rank = 0
    for pivot in part.indices where part[pivot][pivot] > 1e-10 {
      rank += 1
      let own = part[pivot]
      for row in part.indices where row > pivot && own[row] != 0 {
        let factor = own[row] / own[pivot]
        for column in row..<part.count { part[row][column] -= factor * own[column] }
      }
    }
    return rank
  }
}

extension DesignLayout {
  /// The design's columns without the intercept and reference levels: quantities, then 0/1 columns.
  fileprivate var namedColumns: [Collinearity.Column] {
    var columns = quantities.enumerated().map { index, quantity in
      Collinearity.Column(
        name: .init(feature: quantity.feature, subject: .quantity), parameter: index)
    }
    for group in groups {
      for (level, column) in group.columnOfLevel.enumerated()
      where column >= 0 && level != Int(group.reference) {
        columns.append(
          .init(
            name: .init(feature: group.feature, subject: .level(Int32(level))),
            parameter: denseCount + Int(column)))
      }
      if group.missingColumn >= 0 {
        columns.append(
          .init(
            name: .init(feature: group.feature, subject: .missing),
            parameter: denseCount + Int(group.missingColumn)))
      }
    }
    return columns
  }
}
