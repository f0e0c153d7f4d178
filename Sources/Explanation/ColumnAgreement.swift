import Learning

/// How closely the values of columns go together, whatever the outcome: between 0, not at all, and 1,
/// where each tells the other.
///
/// - Two quantities: the size of Spearman's rank correlation. Missing cells are taken for the lowest
///   values or for the highest, whichever agrees better.
/// - A category and a quantity: the correlation ratio of the ranks, without what chance alone would
///   show (epsilon, Kelley 1935).
/// - Two categories: Cramer's V, corrected in the same way (Bergsma 2013, "A bias-correction for
///   Cramer's V and Tschuprow's T"). A missing cell is a level.
package struct ColumnAgreement: Sendable {
  /// So many rows tell.
  package static let rowLimit = 2000

  private enum Column: Sendable {
    /// Twice the ranks from their mean, whole numbers, once or with missing cells at either end.
    case ranks([Ranks])
    /// Levels from 0, shape `[rowCount]`, and how many there are.
    case levels([Int32], count: Int)
  }

  private struct Ranks: Sendable {
    /// Padded with zeros to whole vectors.
    var values: [SIMD8<Int32>]
    var squareSum: Int
  }

  private let columns: [Column]
  private let rowCount: Int

  /// Ranks the values of columns.
  ///
  /// - Precondition: At most ``rowLimit`` rows, so that sums stay exact.
  package init(_ matrix: FeatureMatrix) {
    precondition(matrix.rowCount <= Self.rowLimit, "\(matrix.rowCount) rows")
    rowCount = matrix.rowCount
    columns = matrix.columns.map { column in
      switch column {
      case .number(let values):
        let highest = Self.ranks(values.map { $0.isNaN ? .infinity : $0 })
        guard values.contains(where: \.isNaN) else { return .ranks([highest]) }
        return .ranks([highest, Self.ranks(values.map { $0.isNaN ? -.infinity : $0 })])
      case .category(let codes):
        var levelOfCode: [Int32: Int32] = [:]
        let levels = codes.map { code in
          let level = levelOfCode[code, default: Int32(levelOfCode.count)]
          levelOfCode[code] = level
          return level
        }
        return .levels(levels, count: levelOfCode.count)
      }
    }
  }

  /// The agreement of every two columns, shape `[columnCount, columnCount]`; 1 on the diagonal.
  ///
  /// - Complexity: O(`columnCount^2 * rowCount`).
  package func matrix(threads: Int) -> [Float] {
    let count = columns.count
    let rows = Parallel.map(count, threads: threads) { first in
      (0..<first).map { Float(agreement(of: first, and: $0)) }
    }
    var matrix = [Float](repeating: 1, count: count * count)
    for first in 0..<count {
      for second in 0..<first {
        matrix[first * count + second] = rows[first][second]
        matrix[second * count + first] = rows[first][second]
      }
    }
    return matrix
  }

  /// The agreement of two columns.
  package func agreement(of first: Int, and second: Int) -> Double {
    guard rowCount > 2 else { return 0 }
    switch (columns[first], columns[second]) {
    case (.ranks(let one), .ranks(let other)):
      return one.reduce(0) { best, ranks in
        other.reduce(best) { max($0, Self.correlation(ranks, $1).magnitude) }
      }
    case (.levels(let levels, let count), .ranks(let ranks)),
      (.ranks(let ranks), .levels(let levels, let count)):
      return ranks.reduce(0) { max($0, correlationRatio(levels, count, $1)) }
    case (.levels(let one, let oneCount), .levels(let other, let otherCount)):
      return cramersV(one, oneCount, other, otherCount)
    }
  }

  private static func ranks(_ values: [Double]) -> Ranks {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var padded = [SIMD8<Int32>](repeating: .zero, count: (values.count + 7) / 8)
    var squareSum = 0
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // Twice the mean of the ranks start + 1 ... end, less twice the mean of all.
      let rank = start + end - values.count
      for place in start..<end { padded[order[place] / 8][order[place] % 8] = Int32(rank) }
      squareSum += (end - start) * rank * rank
      start = end
    }
    return Ranks(values: padded, squareSum: squareSum)
  }

  /// Spearman's correlation; 0 where one of the two does not vary.
  private static func correlation(_ first: Ranks, _ second: Ranks) -> Double {
    guard first.squareSum > 0, second.squareSum > 0 else { return 0 }
    // Each product is below 2000 * 2000, and a lane adds up 250 of them: within 32 bits.
    var sums = SIMD8<Int32>.zero
    let (one, other) = (first.values.span, second.values.span)
    for place in one.indices { sums &+= one[place] &* other[place] }
    let sum = (0..<8).reduce(0) { $0 + Int(sums[$1]) }
    return Double(sum) / (Double(first.squareSum) * Double(second.squareSum)).squareRoot()
  }

  private func correlationRatio(_ levels: [Int32], _ count: Int, _ ranks: Ranks) -> Double {
    guard count > 1, count < rowCount, ranks.squareSum > 0 else { return 0 }
    var sums = [Int](repeating: 0, count: count)
    var sizes = sums
    for row in levels.indices {
      sums[Int(levels[row])] += Int(ranks.values[row / 8][row % 8])
      sizes[Int(levels[row])] += 1
    }
    let between = zip(sums, sizes).reduce(0.0) { $0 + Double($1.0) * Double($1.0) / Double($1.1) }
    let within = 1 - between / Double(ranks.squareSum)
    return max(0, 1 - within * Double(rowCount - 1) / Double(rowCount - count)).squareRoot()
  }

  private func cramersV(_ one: [Int32], _ oneCount: Int, _ other: [Int32], _ otherCount: Int)
    -> Double
  {
    guard oneCount > 1, otherCount > 1 else { return 0 }
    var cells: [Int: Int] = [:]
    var (oneSizes, otherSizes) = (
      [Int](repeating: 0, count: oneCount), [Int](repeating: 0, count: otherCount)
    )
    for row in one.indices {
      cells[Int(one[row]) * otherCount + Int(other[row]), default: 0] += 1
      oneSizes[Int(one[row])] += 1
      otherSizes[Int(other[row])] += 1
    }
    // Phi squared is the sum of n_ij^2 / (n_i n_j), less 1; cells in order, so that sums round alike.
    let phi =
      cells.keys.sorted().reduce(0.0) { sum, cell in
        let size = Double(cells[cell]!)
        return sum + size * size
          / (Double(oneSizes[cell / otherCount]) * Double(otherSizes[cell % otherCount]))
      } - 1
    let n = Double(rowCount - 1)
    let (a, b) = (Double(oneCount - 1), Double(otherCount - 1))
    let corrected = max(0, phi - a * b / n)
    let smaller = min(a - a * a / n, b - b * b / n)
    return smaller > 0 ? min(1, (corrected / smaller).squareRoot()) : 0
  }
}
