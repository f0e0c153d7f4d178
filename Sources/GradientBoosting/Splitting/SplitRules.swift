/// What a split must satisfy, and how its worth is reckoned.
package struct SplitRules: Sendable {
  package var minimumRowsPerLeaf = 20
  package var minimumHessianPerLeaf = 1e-3
  package var l1 = 0.0
  package var l2 = 1.0
  package var minimumGain = 0.0
  package var pathSmoothing = 0.0
  package var category = CategoryRules()

  package init() {}

  /// How splits on categories are held back from fitting noise; LightGBM's defaults, but for the
  /// rows that a level needs.
  package struct CategoryRules: Sendable, Equatable {
    /// Up to so many levels, one level is split from all others (`max_cat_to_onehot`).
    package var oneAgainstRestLimit = 4
    /// The most levels on the smaller side of a split (`max_cat_threshold`).
    package var levelLimit = 32
    /// Added to the hessian when levels are sorted (`cat_smooth`).
    package var smoothing = 10.0
    /// Added to `l2` in splits on sorted levels (`cat_l2`).
    package var l2 = 10.0
    /// Levels join a side in groups of at least so many rows (`min_data_per_group`).
    package var minimumRowsPerGroup = 100.0
    /// The rows that a level needs, where they are not told from the node's.
    package var rowsPerLevel: Int?

    /// The rows that a level needs to join the sorted levels of a node.
    ///
    /// Of hundreds of small levels, those at the ends of the order are there by luck, and a split
    /// that gathers them learns nothing else. LightGBM asks for `cat_smooth` rows, 10. On Cell2Cell
    /// (`ServiceArea`, 747 levels) a twentieth of the node, up to 100, raises cross-validated ROC
    /// AUC from 0.659 to 0.679, and changes Telco and Adult by 0.0002 at most.
    package func minimumRowsPerLevel(nodeRowCount: Int) -> Double {
      Double(rowsPerLevel ?? min(100, max(10, nodeRowCount / 20)))
    }
  }

  /// Whether a split's worth is `G * G / (H + l2)` on each side and nothing else.
  package var isPlain: Bool { l1 == 0 && pathSmoothing == 0 }

  /// The leaf value that minimises the loss's quadratic model, within the node's bounds.
  ///
  /// Source: Chen, Guestrin 2016, "XGBoost", equation 5; with `l1`, its gradient is drawn towards
  /// zero first. With path smoothing, `n / (n + smoothing)` of it and the rest of the parent's.
  package func leafValue(_ sum: SideSum, l2: Double, node: NodeStatistics) -> Double {
    var value = freeValue(sum, l2: l2)
    if pathSmoothing > 0 {
      let share = sum.rowCount / (sum.rowCount + pathSmoothing)
      value = value * share + node.value * (1 - share)
    }
    return min(max(value, node.bounds.lowerBound), node.bounds.upperBound)
  }

  /// The same without bounds and without a parent to be drawn towards.
  package func freeValue(_ sum: SideSum, l2: Double) -> Double {
    let pulled = sum.gradient.magnitude - l1
    return pulled > 0 ? -(sum.gradient < 0 ? -pulled : pulled) / (sum.hessian + l2) : 0
  }

  /// How much the loss's quadratic model falls, twice over, when the rows take `value`.
  package func reduction(_ sum: SideSum, value: Double, l2: Double) -> Double {
    -(2 * sum.gradient * value + (sum.hessian + l2) * value * value + 2 * l1 * value.magnitude)
  }

  /// Whether a side may be a leaf.
  package func allows(_ sum: SideSum) -> Bool {
    sum.rowCount >= Double(minimumRowsPerLeaf) && sum.hessian >= minimumHessianPerLeaf
  }
}

/// What the rows of one side of a split add up to, in the loss's own units.
package struct SideSum: Sendable {
  package var gradient: Double
  package var hessian: Double
  /// How many rows; an estimate while splits are searched.
  package var rowCount: Double

  package init(gradient: Double, hessian: Double, rowCount: Double) {
    self.gradient = gradient
    self.hessian = hessian
    self.rowCount = rowCount
  }

  /// All rows of a node.
  package init(_ node: NodeStatistics, _ units: GradientUnits) {
    gradient = Double(node.sum.gradientSum) * units.gradient
    hessian = Double(node.sum.hessianSum) * units.hessian
    rowCount = Double(node.rowCount)
  }
}

/// What a node's split search has to know of the node.
package struct NodeStatistics: Sendable {
  /// What all its rows add up to.
  package var sum: HistogramBin
  package var rowCount: Int
  /// What the node's descendants may take as values.
  package var bounds = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  /// The value it would have as a leaf, unshrunken.
  package var value = 0.0

  package init(sum: HistogramBin, rowCount: Int) {
    self.sum = sum
    self.rowCount = rowCount
  }

  /// A value, or the nearer of the bounds.
  func within(_ value: Double) -> Double { min(max(value, bounds.lowerBound), bounds.upperBound) }

  package var isBounded: Bool {
    bounds.lowerBound > -.greatestFiniteMagnitude || bounds.upperBound < .greatestFiniteMagnitude
  }
}

/// The best split found for a node.
package struct SplitCandidate: Sendable {
  package enum Test: Sendable, Equatable {
    /// Bins up to and including this one go left.
    case upTo(bin: Int)
    /// These bins go left, ascending.
    case among(bins: [Int])
  }

  package var feature: Int
  package var test: Test
  /// `nil` where the node had no missing cell to learn from.
  package var missingGoesLeft: Bool?
  package var gain: Double
  package var left: HistogramBin
  /// Unshrunken leaf values of the two sides.
  package var leftValue: Double
  package var rightValue: Double
}
