import Learning
import LinearAlgebra

/// The middle of the sandwich: what rows that belong together do to the errors.
struct ClusteredScores: Sendable {
  /// How many groups there are.
  let groupCount: Int
  /// The sum over groups of the outer product of the group's score (the sum of its rows' gradients)
  /// with itself, both triangles, shape `[parameterCount, parameterCount]`.
  let products: [Double]

  /// Sums the scores of `objective` at `parameters` by group.
  ///
  /// - Parameter groups: What each row belongs to, shape `[rowCount]`.
  /// - Complexity: O(rows * parameters + groups * parameters^2), and a copy of the rows where groups
  ///   do not stand together.
  init(of objective: LogisticObjective, at parameters: [Double], groups: [Int]) {
    let set = objective.set
    precondition(groups.count == set.rowCount, "\(groups.count) groups for \(set.rowCount) rows")
    // Groups one after another, in the order in which they first appear, so that one score at a
    // time is at work.
    var placeOfGroup: [Int: Int] = [:]
    var places = [Int](repeating: 0, count: groups.count)
    for (row, group) in groups.enumerated() {
      places[row] = placeOfGroup[group] ?? placeOfGroup.count
      placeOfGroup[group] = places[row]
    }
    groupCount = placeOfGroup.count
    let order = Self.order(of: places, count: groupCount)
    let sorted = objective.selecting(order)
    let count = objective.layout.parameterCount
    var sums = [Double](repeating: 0, count: count * count)
    var score = [Double](repeating: 0, count: count)
    var current = places[order[0]]
    func finishGroup() {
      for row in 0..<count where score[row] != 0 {
        // SAFETY: row `row` of the triangle has `row + 1` elements.
        unsafe sums.withUnsafeMutableBufferPointer { sums in
          unsafe score.withUnsafeBufferPointer { score in
            unsafe Vectors.add(
              score[row], times: score.baseAddress!, to: sums.baseAddress! + row * count,
              count: row + 1)
          }
        }
      }
      for index in score.indices { score[index] = 0 }
    }
    for lane in sorted.lanes {
      _ = sorted.forEachBlock(ofLane: lane, at: parameters) { index, block in
        for row in 0..<block.rowCount {
          let place = places[order[index * sorted.blockRowCount + row]]
          if place != current {
            finishGroup()
            current = place
          }
          block.add(row: row, times: unsafe block.slopes[row], to: &score)
        }
      }
    }
    finishGroup()
    for row in 0..<count {
      for column in 0..<row { sums[column * count + row] = sums[row * count + column] }
    }
    products = sums
  }

  /// Rows by place, those of one place in their order.
  private static func order(of places: [Int], count: Int) -> [Int] {
    var next = [Int](repeating: 0, count: count + 1)
    for place in places { next[place + 1] += 1 }
    for place in 0..<count { next[place + 1] += next[place] }
    var order = [Int](repeating: 0, count: places.count)
    for (row, place) in places.enumerated() {
      order[next[place]] = row
      next[place] += 1
    }
    return order
  }

  /// The factor for few groups and rows, by which the variance is multiplied:
  /// `G / (G - 1) * (n - 1) / (n - k)`; `nil` with one group or no degree of freedom left.
  func correction(rowCount: Int, parameterCount: Int) -> Double? {
    guard groupCount > 1, rowCount > parameterCount else { return nil }
    return Double(groupCount) / Double(groupCount - 1) * Double(rowCount - 1)
      / Double(rowCount - parameterCount)
  }
}

extension LogisticObjective {
  /// The objective of `rows` alone, in their order.
  fileprivate func selecting(_ rows: [Int]) -> LogisticObjective {
    guard !rows.elementsEqual(0..<set.rowCount) else { return self }
    return LogisticObjective(
      set: set.reordered(rows), layout: layout, ridge: ridge,
      offsets: offsets.map { offsets in rows.map { offsets[$0] } }, threads: threads)
  }
}

extension TrainingSet {
  /// The same rows in another order.
  fileprivate func reordered(_ rows: [Int]) -> TrainingSet {
    do {
      return try selecting(rows)
    } catch {
      preconditionFailure("an order of all rows has what all rows have: \(error)")
    }
  }
}

extension DesignBlock {
  /// Adds `factor` times a row of the block to `sums`, shape `[parameterCount]`.
  func add(row: Int, times factor: Double, to sums: inout [Double]) {
    let layout = layout
    // SAFETY: the block has `denseCount` columns, and sparse columns are below `sparseCount`.
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      for column in 0..<layout.denseCount {
        unsafe sums[column] += factor * dense[column * capacity + row]
      }
      for group in layout.groups.indices {
        let column = unsafe Int(active[group * capacity + row])
        if column >= 0 { unsafe sums[layout.denseCount + column] += factor }
      }
    }
  }
}
