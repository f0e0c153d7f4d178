import LinearAlgebra

/// The Hessian without the products of different blocks, as if the centred columns of different
/// blocks were uncorrelated: the dense columns are one block, each group of sparse columns another.
///
/// What the columns of all blocks share is the mean, which is why sparse columns are centred first:
/// in the parameters `(dense, intercept + sum of share * sparse, sparse)` the blocks' products are
/// those of deviations from the mean, which are small for categories that have little to do with each
/// other.
struct BlockPreconditioner: Sendable {
  private let layout: DesignLayout
  private let factor: CholeskyFactor
  /// The sum of all curvatures.
  private let total: Double
  /// What was added to the dense block's diagonal because it was singular.
  let addedRidge: Double
  /// The weighted share of rows in which each sparse column is 1, by curvature.
  private let shares: [Double]
  /// Of each sparse column: its sum of curvatures, the ridge included.
  private let diagonal: [Double]
  /// Of each group: the sum of all curvatures less what its columns take of it; positive.
  private let rests: [Double]
  private let groupOfColumn: [Int32]

  init(
    _ blocks: (dense: [Double], sparseDiagonal: [Double]), layout: DesignLayout, ridge: [Double]
  ) {
    self.layout = layout
    let dense = layout.denseCount
    var matrix = blocks.dense
    for index in 0..<dense { matrix[index * dense + index] += ridge[index] }
    (factor, addedRidge) = CholeskyFactor.mended(lower: matrix, order: dense)
    let total = max(
      blocks.dense[layout.interceptIndex * dense + layout.interceptIndex], .leastNormalMagnitude)
    self.total = total
    let sums = blocks.sparseDiagonal
    shares = sums.map { $0 / total }
    // A column whose rows are all decided, under no ridge, must not divide by 0.
    let least = 1e-10 * total
    let diagonal = sums.indices.map { max(sums[$0] + ridge[dense + $0], least) }
    self.diagonal = diagonal
    var groupOfColumn = [Int32](repeating: 0, count: sums.count)
    for (index, group) in layout.groups.enumerated() {
      for column in group.columnOfLevel + [group.missingColumn] where column >= 0 {
        groupOfColumn[Int(column)] = Int32(index)
      }
    }
    self.groupOfColumn = groupOfColumn
    var rests = [Double](repeating: total, count: layout.groups.count)
    for column in sums.indices {
      rests[Int(groupOfColumn[column])] -= sums[column] * sums[column] / diagonal[column]
    }
    self.rests = rests.map { max($0, least) }
  }

  /// The solution `x` of `M x = gradient`, shape `[parameterCount]`, `M` being the Hessian of the
  /// blocks.
  func solve(_ gradient: [Double]) -> [Double] {
    let dense = layout.denseCount
    // Into the centred columns' parameters: the intercept's slope goes with each sparse column.
    let own = factor.solve(Array(gradient[..<dense]))
    let slope = gradient[layout.interceptIndex]
    var sparse = shares.indices.map { (gradient[dense + $0] - shares[$0] * slope) / diagonal[$0] }
    // Sherman and Morrison: a group's block is its diagonal less the product of its means.
    var products = [Double](repeating: 0, count: rests.count)
    for column in sparse.indices {
      products[Int(groupOfColumn[column])] += shares[column] * sparse[column]
    }
    var mean = 0.0
    for column in sparse.indices {
      let group = Int(groupOfColumn[column])
      let sum = shares[column] * total
      sparse[column] += sum / diagonal[column] * products[group] * total / rests[group]
      mean += shares[column] * sparse[column]
    }
    var solution = own + sparse
    solution[layout.interceptIndex] -= mean
    return solution
  }

  /// The diagonal of the inverse of `M`, shape `[parameterCount]`.
  func inverseDiagonal() -> [Double] {
    let dense = layout.denseCount
    let inverse = factor.inverse()
    var diagonal = (0..<dense).map { inverse[$0 * dense + $0] }
    // The intercept is the centred one less the sum of share * sparse, which the blocks take to be
    // independent of it and, group by group, of each other.
    var products = [Double](repeating: 0, count: rests.count)
    for column in shares.indices {
      let own = shares[column] * shares[column] / self.diagonal[column]
      diagonal[layout.interceptIndex] += own
      products[Int(groupOfColumn[column])] += own * total
    }
    for (group, product) in products.enumerated() {
      diagonal[layout.interceptIndex] += product * product / rests[group]
    }
    return diagonal
      + shares.indices.map { column in
        let ratio = shares[column] * total / self.diagonal[column]
        return 1 / self.diagonal[column] + ratio * ratio / rests[Int(groupOfColumn[column])]
      }
  }
}
