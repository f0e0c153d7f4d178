import Learning

/// An order of the places of a category in which alike levels are neighbours.
///
/// Levels are alike whose rows have like values of the other features. The distance of two levels is
/// the sum over the other features of the Kolmogorov-Smirnov distance (quantities) or half the sum of
/// the differences of shares (categories, missing values apart); the order is that of the first axis
/// of classical scaling (Torgerson 1952).
///
/// Method: Apley, Zhu 2020, appendix E of the supplement, as in the R package `ALEPlot`.
package enum LevelSimilarity {
  /// The places in that order.
  ///
  /// - Parameter cells: The place of each row of each matrix.
  package static func order(
    of feature: Int, cells: [[Int]], count: Int, in matrices: [FeatureMatrix]
  ) -> [Int] {
    guard count > 2, let featureCount = matrices.first?.columns.count else {
      return Array(0..<count)
    }
    var distances = [Double](repeating: 0, count: count * count)
    let rows = (0..<count).map { place in
      cells.map { cells in cells.indices.filter { cells[$0] == place } }
    }
    for other in 0..<featureCount where other != feature {
      let spreads = rows.map { rows in
        Shares(zip(matrices, rows).map { $0.columns[other].selecting($1) })
      }
      for first in 0..<count {
        for second in 0..<first {
          let distance = spreads[first].distance(to: spreads[second])
          distances[first * count + second] += distance
          distances[second * count + first] += distance
        }
      }
    }
    let axis = firstAxis(distances, count)
    return (0..<count).sorted { (axis[$0], $0) < (axis[$1], $1) }
  }

  /// How the values of some rows are spread.
  private struct Shares {
    /// Ascending values of a quantity; `nil` for a category.
    var sorted: [Double]?
    /// The shares of a category's codes; of a quantity, of missing values alone.
    var ofCode: [Int32: Double] = [:]

    init(_ columns: [FeatureColumn]) {
      let one = 1 / Double(max(1, columns.reduce(0) { $0 + $1.count }))
      for column in columns {
        switch column {
        case .number(let values):
          sorted = (sorted ?? []) + values.filter { !$0.isNaN }
          ofCode[CategoryCode.missing, default: 0] += one * Double(values.count(where: \.isNaN))
        case .category(let codes):
          for code in codes { ofCode[code, default: 0] += one }
        }
      }
      sorted?.sort()
    }

    func distance(to other: Shares) -> Double {
      let codes = Set(ofCode.keys).union(other.ofCode.keys).sorted()
      var distance =
        codes.reduce(0) { $0 + abs(ofCode[$1, default: 0] - other.ofCode[$1, default: 0]) } / 2
      guard let sorted, let others = other.sorted, !sorted.isEmpty, !others.isEmpty else {
        return distance
      }
      var here = 0
      var there = 0
      var largest = 0.0
      while here < sorted.count && there < others.count {
        let value = min(sorted[here], others[there])
        while here < sorted.count && sorted[here] <= value { here += 1 }
        while there < others.count && others[there] <= value { there += 1 }
        let gap = Double(here) / Double(sorted.count) - Double(there) / Double(others.count)
        largest = max(largest, abs(gap))
      }
      distance += largest
      return distance
    }
  }

  /// Each level's place on the axis along which the levels differ most.
  private static func firstAxis(_ distances: [Double], _ count: Int) -> [Double] {
    // B = -J D^2 J / 2: products of positions about their mean.
    let squares = distances.map { $0 * $0 }
    let means = (0..<count).map { row in
      squares[row * count..<(row + 1) * count].reduce(0, +) / Double(count)
    }
    let mean = means.reduce(0, +) / Double(count)
    var products = squares
    for row in 0..<count {
      for column in 0..<count {
        products[row * count + column] =
          -(squares[row * count + column] - means[row] - means[column] + mean) / 2
      }
    }
    // The largest eigenvalue by powers; a shift keeps negative ones from being larger in magnitude.
    let shift =
      (0..<count).map { row in
        products[row * count..<(row + 1) * count].reduce(0) { $0 + $1.magnitude }
      }.max() ?? 0
    var axis = (0..<count).map { Double($0) - Double(count - 1) / 2 + ($0 == 0 ? 0.1 : 0) }
    for _ in 0..<500 {
      var next = (0..<count).map { row in
        (0..<count).reduce(shift * axis[row]) { $0 + products[row * count + $1] * axis[$1] }
      }
      let length = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { return axis }
      for row in 0..<count { next[row] /= length }
      axis = next
    }
    // The sign is anyone's: the earlier level first.
    return axis[0] <= axis[count - 1] ? axis : axis.map { -$0 }
  }
}
