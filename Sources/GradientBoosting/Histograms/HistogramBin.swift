/// First and second derivative of the loss at one row, by the row's score.
package struct GradientPair: Sendable, Equatable {
  package var gradient: Double
  package var hessian: Double

  package init(gradient: Double, hessian: Double) {
    self.gradient = gradient
    self.hessian = hessian
  }
}

/// What the rows of a node that fall into one bin add up to.
package struct HistogramBin: Sendable, Equatable {
  package var gradientSum = 0.0
  package var hessianSum = 0.0
  package var rowCount: UInt32 = 0

  package init() {}

  package static func + (left: HistogramBin, right: HistogramBin) -> HistogramBin {
    var sum = left
    sum.gradientSum += right.gradientSum
    sum.hessianSum += right.hessianSum
    sum.rowCount += right.rowCount
    return sum
  }

  package static func - (left: HistogramBin, right: HistogramBin) -> HistogramBin {
    var difference = left
    difference.gradientSum -= right.gradientSum
    difference.hessianSum -= right.hessianSum
    difference.rowCount -= right.rowCount
    return difference
  }
}

extension MutableSpan<HistogramBin> {
  /// Adds one node's rows to the histogram of one feature.
  ///
  /// Sums are `Double` because a sibling's histogram is later had by subtraction, which cancels.
  /// Method: Ke et al. 2017, "LightGBM", section 2.1, https://papers.nips.cc/paper/6907.
  ///
  /// - Parameters:
  ///   - binOfRow: The feature's bin of every training row, shape `[rowCount]`.
  ///   - rows: The node's rows, shape `[nodeRowCount]`, each in `0..<rowCount`.
  ///   - pairs: Gradient and hessian of those rows, shape `[nodeRowCount]`, in the same order.
  /// - Precondition: `pairs.count == rows.count`, and every bin is in `indices`.
  /// - Complexity: O(`nodeRowCount`).
  package mutating func add(
    binOfRow: Span<UInt8>, rows: Span<UInt32>, pairs: Span<GradientPair>
  ) {
    precondition(pairs.count == rows.count, "\(rows.count) rows but \(pairs.count) gradient pairs")
    for position in rows.indices {
      let bin = Int(binOfRow[Int(rows[position])])
      self[bin].gradientSum += pairs[position].gradient
      self[bin].hessianSum += pairs[position].hessian
      self[bin].rowCount &+= 1
    }
  }
}
