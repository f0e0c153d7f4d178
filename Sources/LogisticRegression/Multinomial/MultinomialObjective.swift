import Learning
import LinearAlgebra

/// The penalised log loss of classes as a function of the parameters of all free classes, one class
/// after another: `-sum of weight * log(probability of the row's class) + sum of ridge / 2 *
/// parameter^2`.
///
/// Sums are shared out and rounded as in ``LogisticObjective``, so that the bits depend neither on the
/// number of threads nor on the processor.
struct MultinomialObjective: Sendable {
  /// The rows and the layout; its labels say nothing here.
  let rows: LogisticObjective
  /// The class of each row, shape `[rowCount]`.
  let classOfRow: [Int]
  let classCount: Int
  /// The classes that have parameters: all, or all but the first, whose score is then 0.
  let free: Range<Int>

  private var width: Int { rows.layout.parameterCount }
  private var weight: Double { rows.totalWeight }

  struct Point: Sendable {
    var value: Double
    /// Shape `[free.count * parameterCount]`.
    var gradient: [Double]
    /// Lower triangle, column by column.
    var hessian: [Double]
  }

  func point(at parameters: [Double]) -> Point {
    let byClass = (0..<classCount).map { index in
      free.contains(index)
        ? Array(
          parameters[(index - free.lowerBound) * width..<(index - free.lowerBound + 1) * width])
        : [Double](repeating: 0, count: width)
    }
    let lanes = Parallel.map(rows.lanes.count, threads: rows.threads) {
      self.sums(ofLane: $0, at: byClass)
    }
    var total = lanes[0]
    for lane in lanes.dropFirst() { total.add(lane) }
    return penalised(total, at: parameters)
  }

  private func penalised(_ sums: LaneSums, at parameters: [Double]) -> Point {
    let order = free.count * width
    var point = Point(
      value: sums.loss, gradient: sums.gradients.flatMap(\.self),
      hessian: [Double](repeating: 0, count: order * order))
    for (place, pair) in pairs.enumerated() {
      let block = sums.curvatures[place].hessian(ofRows: 1)
      for column in 0..<width {
        for row in column..<width {
          let value = pair.isOwn ? block[column * width + row] : -block[column * width + row]
          // A pair's block is symmetric, and stands below the diagonal as a whole.
          let (low, high) = (pair.first * width, pair.second * width)
          point.hessian[(low + column) * order + high + row] += value
          if low != high, row != column {
            point.hessian[(low + row) * order + high + column] += value
          }
        }
      }
    }
    for index in 0..<order {
      let strength = rows.ridge[index % width]
      point.value += strength / 2 * parameters[index] * parameters[index]
      point.gradient[index] += strength * parameters[index]
      point.hessian[index * order + index] += strength
    }
    if free.count == classCount { pinIntercepts(&point, at: parameters) }
    return point
  }

  /// All intercepts may rise together and change no probability: their sum is held at 0, which costs
  /// nothing there.
  private func pinIntercepts(_ point: inout Point, at parameters: [Double]) {
    let order = free.count * width
    let places = free.map { $0 * width + rows.layout.interceptIndex }
    let strength = weight / Double(classCount)
    let sum = places.reduce(0) { $0 + parameters[$1] }
    point.value += strength / 2 * sum * sum
    for column in places {
      point.gradient[column] += strength * sum
      for row in places where row >= column { point.hessian[column * order + row] += strength }
    }
  }

  /// Positions among the free classes, with the products that the Hessian needs: of each class with
  /// itself by `weight * p`, and of each two, a class with itself too, by `weight * p * q`.
  private var pairs: [(first: Int, second: Int, isOwn: Bool)] {
    (0..<free.count).flatMap { first in
      [(first, first, true)] + (first..<free.count).map { (first, $0, false) }
    }
  }

  private func sums(ofLane lane: Int, at parameters: [[Double]]) -> LaneSums {
    let pairs = pairs
    var sums = LaneSums(
      loss: 0, gradients: free.map { _ in [Double](repeating: 0, count: width) },
      curvatures: pairs.map { _ in CurvatureSums(rows.layout, blocked: false) })
    // The loss that this returns is of labels, which say nothing here.
    _ = rows.forEachBlock(ofLane: lane, at: parameters[0]) { index, block in
      let first = rows.firstRow(ofBlock: index)
      let count = block.rowCount
      var scores = [[Double]](repeating: [Double](repeating: 0, count: classCount), count: count)
      for (index, own) in parameters.enumerated() {
        // SAFETY: `scores` of the block has room for its padded rows.
        unsafe block.multiply(own, into: block.scores)
        for row in 0..<count { unsafe scores[row][index] = block.scores[row] }
      }
      let soft = scores.map(MultinomialLogisticModel.softmax)
      for row in 0..<count {
        let own = classOfRow[first + row]
        sums.loss += rows.set.weight(first + row) * (soft[row].logSum - scores[row][own])
      }
      for (place, index) in free.enumerated() {
        for row in 0..<block.paddedCount {
          // SAFETY: as above; rows that pad have no slope.
          guard row < count else {
            unsafe block.slopes[row] = 0
            continue
          }
          let error = soft[row].probabilities[index] - (classOfRow[first + row] == index ? 1 : 0)
          unsafe block.slopes[row] = rows.set.weight(first + row) * error
        }
        unsafe sums.gradients[place].withUnsafeMutableBufferPointer {
          unsafe block.addWeightedSum(factors: block.slopes, to: $0.baseAddress!)
        }
      }
      for (place, pair) in pairs.enumerated() {
        // Summing a Hessian rounds the block's columns, so each starts from them anew.
        block.load(first..<first + count, of: rows.set.matrix, times: parameters[0])
        for row in 0..<block.paddedCount {
          guard row < count else {
            unsafe block.curvatures[row] = 0
            continue
          }
          let p = soft[row].probabilities[pair.first + free.lowerBound]
          let q = pair.isOwn ? 1 : soft[row].probabilities[pair.second + free.lowerBound]
          unsafe block.curvatures[row] = rows.set.weight(first + row) * p * q
        }
        sums.curvatures[place].add(block)
      }
    }
    return sums
  }

  private struct LaneSums: Sendable {
    var loss: Double
    var gradients: [[Double]]
    var curvatures: [CurvatureSums]

    mutating func add(_ other: LaneSums) {
      loss += other.loss
      for place in gradients.indices {
        for index in gradients[place].indices {
          gradients[place][index] += other.gradients[place][index]
        }
      }
      for place in curvatures.indices { curvatures[place].add(other.curvatures[place]) }
    }
  }
}
