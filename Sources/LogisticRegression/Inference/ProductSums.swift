import Learning
import LinearAlgebra

/// Sums over rows of the products of each two columns of the design, times a factor per row, to the
/// last bits of `Double`.
///
/// ``CurvatureSums`` rounds its factors to 21 bits, which a Newton step does not feel; an inverse
/// does where columns are nearly collinear. Sums run in a fixed order.
struct ProductSums: Sendable {
  /// Lower triangle, column by column, shape `[parameterCount, parameterCount]`.
  private(set) var products: [Double]
  private let layout: DesignLayout

  init(_ layout: DesignLayout) {
    self.layout = layout
    products = [Double](repeating: 0, count: layout.parameterCount * layout.parameterCount)
  }

  /// The sums over all rows of `objective`, by the curvatures at `parameters`; by the weights where
  /// there are none.
  static func products(of objective: LogisticObjective, at parameters: [Double]?) -> [Double] {
    let layout = objective.layout
    let start = parameters ?? [Double](repeating: 0, count: layout.parameterCount)
    let lanes = Parallel.map(objective.lanes.count, threads: objective.threads) { lane in
      var sums = ProductSums(layout)
      _ = objective.forEachBlock(ofLane: lane, at: start) { index, block in
        if parameters == nil { objective.countRows(of: block, at: index) }
        sums.add(block)
      }
      return sums
    }
    var total = lanes[0].products
    for lane in lanes.dropFirst() {
      for index in total.indices { total[index] += lane.products[index] }
    }
    return total
  }

  /// Adds the rows of a block, by its curvatures.
  mutating func add(_ block: DesignBlock) {
    let count = layout.parameterCount
    let dense = layout.denseCount
    let rowCount = block.paddedCount
    unsafe products.withUnsafeMutableBufferPointer { sums in
      // SAFETY: the block has `denseCount` columns of the padded rows, and sparse columns are below
      // `sparseCount`, so that all places are within the matrix.
      for column in 0..<dense {
        let weighted = unsafe block.scratch
        let values = unsafe block.dense + column * block.capacity
        for row in stride(from: 0, to: rowCount, by: 8) {
          unsafe Vectors.store(
            Vectors.eight(values, row) * Vectors.eight(block.curvatures, row), weighted, row)
        }
        let own = unsafe sums.baseAddress! + column * count
        for other in column..<dense {
          unsafe own[other] += Vectors.dot(
            block.dense + other * block.capacity, weighted, count: rowCount)
        }
        for group in layout.groups.indices {
          let active = unsafe block.active + group * block.capacity
          for row in 0..<block.rowCount {
            let place = unsafe Int(active[row])
            if place >= 0 { unsafe own[dense + place] += weighted[row] }
          }
        }
      }
      for group in layout.groups.indices {
        let active = unsafe block.active + group * block.capacity
        // A group's columns stand before those of the groups after it.
        for other in 0...group {
          let earlier = unsafe block.active + other * block.capacity
          for row in 0..<block.rowCount {
            let place = unsafe Int(active[row])
            let before = unsafe Int(earlier[row])
            if place >= 0, before >= 0 {
              unsafe sums[(dense + before) * count + dense + place] += block.curvatures[row]
            }
          }
        }
      }
    }
  }
}

extension LogisticObjective {
  /// Replaces the curvatures of a block, the one at `index`, by the rows' weights.
  func countRows(of block: DesignBlock, at index: Int) {
    let first = index * blockRowCount
    // SAFETY: the block's vectors have room for the padded rows.
    for row in 0..<block.paddedCount {
      unsafe block.curvatures[row] = row < block.rowCount ? set.weight(first + row) : 0
    }
  }
}
