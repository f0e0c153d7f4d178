import Evaluation
import Learning

/// The ROC AUC of the same rows with one list of scores after another.
///
/// The area is a mean over positive rows of the share of negatives below each, and over negative rows
/// of the share of positives above each. What a shuffle changes in a row's share, beside the mean
/// change, is that row's part in how unsure the fall is (DeLong, DeLong and Clarke-Pearson 1988);
/// parts of one account are added up before they are squared, as in ``AUCVariance``.
struct ShuffledAreas: Sendable {
  /// What each row counts, shape `[rowCount]`; `nil` for 1 each.
  private let weights: [Double]?
  private let labels: [Bool]
  /// Whose each row is, shape `[rowCount]`.
  private let units: [Int32]
  private let unitCounts: (positive: Int, negative: Int, all: Int)
  private let totals: (positive: Double, negative: Double)

  /// `nil` where rows have one outcome only, so that there is no area.
  ///
  /// - Precondition: Weights are positive.
  init?(labels: [Bool], weights: [Double]?, groups: [Int]?) {
    self.labels = labels
    self.weights = weights
    var units = labels.indices.map { Int32($0) }
    var count = labels.count
    if let groups {
      var unitOfGroup: [Int: Int32] = [:]
      for (row, group) in groups.enumerated() {
        let next = Int32(unitOfGroup.count)
        units[row] = unitOfGroup[group, default: next]
        unitOfGroup[group] = units[row]
      }
      count = unitOfGroup.count
    }
    self.units = units
    var (positive, negative) = (0.0, 0.0)
    var has = [[Bool]](repeating: [Bool](repeating: false, count: count), count: 2)
    for row in labels.indices {
      let weight = weights?[row] ?? 1
      if labels[row] { positive += weight } else { negative += weight }
      has[labels[row] ? 1 : 0][Int(units[row])] = true
    }
    guard positive > 0, negative > 0 else { return nil }
    totals = (positive, negative)
    unitCounts = (has[1].count(where: \.self), has[0].count(where: \.self), count)
  }

  /// Room for sorting, used again from one list to the next.
  struct Scratch {
    fileprivate var keys: [UInt64]
    fileprivate var other: [UInt64]

    init(rowCount: Int) {
      keys = [UInt64](repeating: 0, count: rowCount)
      other = keys
    }
  }

  /// Adds to each row the weight of rows of the other outcome that it is on the right side of, ties
  /// by half, and gives the area.
  func add(_ scores: Span<Int32>, to sums: inout [Double], _ scratch: inout Scratch) -> Double {
    precondition(scores.count == labels.count, "\(scores.count) scores of \(labels.count) rows")
    for row in labels.indices {
      // In ascending order as unsigned numbers; the row and its outcome travel along.
      let score = UInt64(UInt32(bitPattern: scores[row]) ^ 0x8000_0000)
      scratch.keys[row] = score << 32 | UInt64(row) << 1 | (labels[row] ? 1 : 0)
    }
    RadixSort.sortByHighHalf(&scratch.keys, &scratch.other)
    return walk(scratch.keys.span, &sums)
  }

  private func walk(_ keys: Span<UInt64>, _ sums: inout [Double]) -> Double {
    var sums = sums.mutableSpan
    var below = (positive: 0.0, negative: 0.0)
    var area = 0.0
    var start = 0
    while start < keys.count {
      let score = keys[start] >> 32
      var end = start
      var tied = (positive: 0.0, negative: 0.0)
      while end < keys.count, keys[end] >> 32 == score {
        let weight = weights.map { $0[row(keys[end])] } ?? 1
        if keys[end] & 1 == 1 { tied.positive += weight } else { tied.negative += weight }
        end += 1
      }
      let negativesBelow = below.negative + tied.negative / 2
      let positivesAbove = totals.positive - below.positive - tied.positive / 2
      for place in start..<end {
        sums[row(keys[place])] += keys[place] & 1 == 1 ? negativesBelow : positivesAbove
      }
      area += tied.positive * negativesBelow
      below.positive += tied.positive
      below.negative += tied.negative
      start = end
    }
    return area / totals.positive / totals.negative
  }

  private func row(_ key: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: key) >> 1) }

  /// How far the area falls from one list of scores to the mean over others.
  ///
  /// - Parameters:
  ///   - whole: The area and sums of the scores as they are.
  ///   - areas: The areas of shuffled scores, shape `[shuffleCount]`.
  ///   - sums: Their sums together.
  func fall(
    from whole: (area: Double, sums: [Double]), to areas: [Double], _ sums: [Double]
  ) -> ShuffleFall {
    let count = Double(areas.count)
    let mean = areas.reduce(0) { $0 + (whole.area - $1) } / count
    var excess = [[Double]](
      repeating: [Double](repeating: 0, count: unitCounts.all), count: 2)
    for row in labels.indices {
      let other = labels[row] ? totals.negative : totals.positive
      let own = labels[row] ? totals.positive : totals.negative
      let change = (whole.sums[row] - sums[row] / count) / other - mean
      excess[labels[row] ? 1 : 0][Int(units[row])] += (weights?[row] ?? 1) * change / own
    }
    let isKnown = unitCounts.positive > 1 && unitCounts.negative > 1
    return ShuffleFall(
      falls: areas.map { whole.area - $0 },
      variance: isKnown ? AUCVariance.variance(excess[1], excess[0], unitCounts) : nil,
      degreesOfFreedom: Double(min(unitCounts.positive, unitCounts.negative) - 1))
  }
}

/// How far ROC AUC falls when some columns are shuffled, and how sure that is.
package struct ShuffleFall: Sendable, Equatable {
  /// The fall of each shuffle.
  package var falls: [Double]
  /// The variance of ``mean`` over rows, or accounts, like these; `nil` for too few.
  package var variance: Double?
  /// The degrees of freedom of the variance.
  package var degreesOfFreedom: Double

  /// The mean over the shuffles.
  package var mean: Double { falls.reduce(0, +) / Double(falls.count) }

  /// Of columns that the model does not use: nothing, and surely.
  static func none(_ shuffleCount: Int) -> ShuffleFall {
    ShuffleFall(
      falls: [Double](repeating: 0, count: shuffleCount), variance: 0, degreesOfFreedom: .infinity)
  }
}

/// Sorts numbers by their upper 32 bits, those that are equal there in the order in which they were.
enum RadixSort {
  private static let digitBits = 11
  private static let digitCount = 3

  /// - Parameter other: Room of the same length; its content is lost.
  static func sortByHighHalf(_ keys: inout [UInt64], _ other: inout [UInt64]) {
    precondition(keys.count == other.count, "\(keys.count) keys, room for \(other.count)")
    let width = 1 << digitBits
    var starts = [Int](repeating: 0, count: digitCount * width)
    for key in keys {
      for digit in 0..<digitCount { starts[digit * width + value(key, digit)] += 1 }
    }
    for digit in 0..<digitCount {
      // A digit that is the same for all sorts nothing.
      if starts[digit * width..<(digit + 1) * width].contains(keys.count) { continue }
      var sum = 0
      for place in digit * width..<(digit + 1) * width {
        (starts[place], sum) = (sum, sum + starts[place])
      }
      for key in keys {
        let place = digit * width + value(key, digit)
        other[starts[place]] = key
        starts[place] += 1
      }
      swap(&keys, &other)
    }
  }

  @inline(__always) private static func value(_ key: UInt64, _ digit: Int) -> Int {
    Int(truncatingIfNeeded: key >> UInt64(32 + digit * digitBits)) & (1 << digitBits - 1)
  }
}
