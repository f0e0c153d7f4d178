import Learning

/// Gradient-based one-side sampling: a tree learns from the rows with the largest gradients and from
/// a few of the others, which then count for all others.
///
/// Method: Ke et al. 2017, "LightGBM", section 3, by the magnitude of the gradient as there; LightGBM
/// itself takes gradient times hessian. As in LightGBM, the first `1 / learningRate` trees learn from
/// all rows, since their gradients tell rows apart by outcome alone.
public struct GradientSampling: Sendable, Equatable {
  /// The share of rows that are taken for their gradients (`top_rate`).
  public var topShare: Double
  /// The share of all rows that are drawn from the others (`other_rate`).
  public var otherShare: Double

  /// LightGBM's shares, or others.
  public init(topShare: Double = 0.2, otherShare: Double = 0.1) {
    self.topShare = topShare
    self.otherShare = otherShare
  }

  /// Draws one tree's rows, and makes those that stand for others count for them.
  ///
  /// A row that stands for `factor` rows keeps its whole numbers, and a unit becomes `factor` times as
  /// large; the numbers of the top rows become as much smaller, rounded by chance, so that sums are
  /// right on average. Nothing overflows, however large the factor.
  ///
  /// - Parameters:
  ///   - rows: The rows to draw from, ascending; `nil` for all.
  ///   - gradients: Of every row; those of the drawn rows are changed.
  /// - Returns: The drawn rows, ascending.
  func draw(
    _ rows: [UInt32]?, of gradients: LargeArray<PackedGradient>, units: inout GradientUnits,
    generator: SeededGenerator
  ) -> [UInt32] {
    let available = rows ?? (0..<UInt32(gradients.count)).map(\.self)
    let topCount = min(available.count, max(1, Int(Double(available.count) * topShare)))
    let otherCount = min(
      available.count - topCount, max(1, Int(Double(available.count) * otherShare)))
    guard otherCount > 0 else { return available }
    let factor = Double(available.count - topCount) / Double(otherCount)
    units.gradient *= factor
    units.hessian *= factor

    // Rows of equal gradients are drawn as well: their order in the table must not decide.
    let bar = Bar(topCount, of: available, gradients)
    var generator = generator
    var ties = Drawing(bar.topTieCount, of: bar.tieCount)
    var others = Drawing(otherCount, of: available.count - topCount)
    var chosen: [UInt32] = []
    chosen.reserveCapacity(topCount + otherCount)
    for row in available {
      let gradient = gradients[Int(row)]
      let isTop =
        gradient.magnitudeOfGradient > bar.magnitude
        || gradient.magnitudeOfGradient == bar.magnitude && ties.takesNext(&generator)
      if isTop {
        gradients[Int(row)] = gradient.divided(by: factor, &generator)
        chosen.append(row)
      } else if others.takesNext(&generator) {
        chosen.append(row)
      }
    }
    return chosen
  }

  /// The magnitude from which on rows are taken for their gradients.
  private struct Bar {
    var magnitude = Int(PackedGradient.gradientLimit + 8) >> 4
    /// How many rows have exactly this magnitude, and how many of them are taken.
    var tieCount = 0
    var topTieCount = 0

    init(_ topCount: Int, of rows: [UInt32], _ gradients: LargeArray<PackedGradient>) {
      var rowCounts = [Int](repeating: 0, count: magnitude + 2)
      for row in rows { rowCounts[gradients[Int(row)].magnitudeOfGradient] += 1 }
      var above = 0
      while above + rowCounts[magnitude] < topCount {
        above += rowCounts[magnitude]
        magnitude -= 1
      }
      tieCount = rowCounts[magnitude]
      topTieCount = topCount - above
    }
  }

  /// Takes so many of so many, each as likely as any other (Knuth, volume 2, section 3.4.2,
  /// algorithm S).
  private struct Drawing {
    private var wanted: Int
    private var left: Int

    init(_ count: Int, of total: Int) {
      wanted = count
      left = total
    }

    mutating func takesNext(_ generator: inout SeededGenerator) -> Bool {
      let takes = generator.nextIndex(below: left) < wanted
      left -= 1
      if takes { wanted -= 1 }
      return takes
    }
  }
}

extension PackedGradient {
  /// The magnitude of the gradient in 16 of its units, at most 2,048: rows that differ by rounding
  /// alone count as equal.
  fileprivate var magnitudeOfGradient: Int {
    Int((Int32(bitPattern: self) >> 16).magnitude + 8) >> 4
  }

  /// Both numbers, smaller by a factor of at least 1.
  fileprivate func divided(by factor: Double, _ generator: inout SeededGenerator) -> PackedGradient
  {
    let gradient = Double(Int32(bitPattern: self) >> 16) / factor + generator.nextUnit()
    let hessian = Double(self & 0xFFFF) / factor + generator.nextUnit()
    return UInt32(bitPattern: Int32(gradient.rounded(.down))) << 16
      | UInt32(hessian.rounded(.down))
  }
}
