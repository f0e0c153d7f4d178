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
  /// How many columns the rows can tell apart.
  let rank: Int
  /// Beyond this a column's own factor says that others give it exactly, but for rounding.
  private let infinite: Double
  /// What is left of a column beside others, as a share, where these give it exactly.
  private let nothing: Double

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
      (inverse, isSingular, rank) = (factor.inverse(), false, count)
      (infinite, nothing) = (.infinity, 0)
      return
    }
    var added = Self.pivotShare
    var factor: CholeskyFactor?
    while factor == nil {
      precondition(added < 1, "correlations that are no numbers")
      var mended = covariances
      for index in 0..<count { mended[index * count + index] += added }
      factor = CholeskyFactor(lower: mended, order: count)
      if factor == nil { added *= 100 }
    }
    let whole = factor!
    (infinite, nothing) = (0.1 / added, 100 * added)
    let limit = nothing
    inverse = whole.inverse()
    // A pivot is what is left of a column beside those before it.
    rank = whole.diagonal.count { $0 * $0 > limit }
    isSingular = true
  }

  /// The generalised variance inflation factor of a feature's columns: how much larger the
  /// correlations with other columns make the volume of their coefficients' confidence region,
  /// squared (Fox, Monette 1992, "Generalized collinearity diagnostics",
  /// https://doi.org/10.1080/01621459.1992.10475190).
  ///
  /// - Returns: The factor of the columns that others do not give exactly, and how many these are;
  ///   infinity for all of them where there are none.
  func inflation(ofFeature feature: Int) -> (factor: Double, columnCount: Int) {
    let all = columns.indices.filter { columns[$0].name.feature == feature }
    let places = all.filter { !isSingular || inverse[$0 * columns.count + $0] < infinite }
    guard !places.isEmpty, let own = factor(of: correlations, places),
      let others = factor(of: inverse, places)
    else { return (.infinity, all.count) }
    let product = zip(own.diagonal, others.diagonal).reduce(1) {
      $0 * ($1.0 * $1.1) * ($1.0 * $1.1)
    }
    // Rounding may leave uncorrelated columns a little below 1.
    return (max(1, product), places.count)
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

  /// How many columns fewer the rows can tell apart without a feature's.
  func freedom(ofFeature feature: Int) -> Int {
    let places = columns.indices.filter { columns[$0].name.feature == feature }
    // The inverse of the inverse's part is what is left of the columns beside all others.
    guard isSingular, let factor = factor(of: inverse, places) else { return places.count }
    var rest = factor.inverse()
    let count = places.count
    var freedom = 0
    for pivot in 0..<count where rest[pivot * count + pivot] > nothing {
      freedom += 1
      for row in pivot + 1..<max(count, pivot + 1) {
        let share = rest[row * count + pivot] / rest[pivot * count + pivot]
        for column in row..<count {
          rest[row * count + column] -= share * rest[pivot * count + column]
          rest[column * count + row] = rest[row * count + column]
        }
      }
    }
    return freedom
  }

  /// The features of columns that others give exactly, ascending.
  var givenFeatures: [Int] {
    guard isSingular else { return [] }
    return Set(
      columns.indices.filter { inverse[$0 * columns.count + $0] >= infinite }
        .map { columns[$0].name.feature }
    ).sorted()
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
