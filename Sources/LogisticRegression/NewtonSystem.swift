import Learning
import LinearAlgebra

/// Loss, gradient and Hessian of the penalised log loss at one point: what a Newton step needs.
///
/// The objective is `sum over rows of weight * loss + l2 / 2 * sum of squares`, the intercept not
/// penalised: scikit-learn's, with `C = 1 / l2`.
struct NewtonSystem {
  /// The objective, in nats.
  var objective = 0.0
  /// Shape `[parameterCount]`.
  var gradient: [Double]
  /// Lower triangle, column by column, shape `[parameterCount, parameterCount]`.
  var hessian: [Double]
}

/// Builds Newton systems from the rows of a training set.
///
/// Rows are shared out over lanes, whose number depends on the number of rows and on nothing else;
/// a lane works through its blocks in order, and lanes are added up in order. So the bits of the
/// result are the same for any number of threads.
struct NewtonSystemBuilder {
  let set: TrainingSet
  let layout: DesignLayout
  let l2: Double
  let threads: Int

  private static let blockRowCount = 512
  private static let largestLaneCount = 8

  /// The system at `parameters`, shape `[parameterCount]`.
  func system(at parameters: [Double]) -> NewtonSystem {
    let blockCount = (set.rowCount + Self.blockRowCount - 1) / Self.blockRowCount
    let laneCount = max(1, min(Self.largestLaneCount, blockCount / 8))
    let lanes = Parallel.map(laneCount, threads: threads) { lane in
      var sums = LaneSums(layout: layout)
      for block in blockCount * lane / laneCount..<blockCount * (lane + 1) / laneCount {
        let first = block * Self.blockRowCount
        sums.add(
          rows: first..<min(first + Self.blockRowCount, set.rowCount), of: set, layout: layout,
          parameters: parameters)
      }
      return sums
    }
    var total = lanes[0]
    for lane in lanes.dropFirst() { total.add(lane) }
    return penalised(total, at: parameters)
  }

  /// The sums with the penalty added, as one system.
  private func penalised(_ sums: LaneSums, at parameters: [Double]) -> NewtonSystem {
    let count = layout.parameterCount
    let dense = layout.denseCount
    var hessian = [Double](repeating: 0, count: count * count)
    for column in 0..<dense {
      for row in column..<dense {
        hessian[column * count + row] = sums.denseDense[column * dense + row]
      }
      for row in 0..<layout.sparseCount {
        hessian[column * count + dense + row] = sums.sparseDense[row * dense + column]
      }
    }
    for column in 0..<layout.sparseCount {
      for row in column..<layout.sparseCount {
        hessian[(dense + column) * count + dense + row] =
          sums.sparseSparse[row * layout.sparseCount + column]
      }
    }
    var system = NewtonSystem(
      objective: sums.loss, gradient: sums.gradient, hessian: hessian)
    for index in 0..<count where index != layout.interceptIndex {
      system.objective += l2 / 2 * parameters[index] * parameters[index]
      system.gradient[index] += l2 * parameters[index]
      system.hessian[index * count + index] += l2
    }
    return system
  }
}

/// Sums over some rows, with the Hessian in three parts by dense and sparse columns.
private struct LaneSums: Sendable {
  var loss = 0.0
  var gradient: [Double]
  /// Lower triangle, column by column, shape `[denseCount, denseCount]`.
  var denseDense: [Double]
  /// Row by row, shape `[sparseCount, denseCount]`.
  var sparseDense: [Double]
  /// Lower triangle, row by row, shape `[sparseCount, sparseCount]`.
  var sparseSparse: [Double]

  init(layout: DesignLayout) {
    gradient = [Double](repeating: 0, count: layout.parameterCount)
    denseDense = [Double](repeating: 0, count: layout.denseCount * layout.denseCount)
    sparseDense = [Double](repeating: 0, count: layout.sparseCount * layout.denseCount)
    sparseSparse = [Double](repeating: 0, count: layout.sparseCount * layout.sparseCount)
  }

  mutating func add(_ other: LaneSums) {
    loss += other.loss
    for (target, source) in [
      (\LaneSums.gradient, other.gradient), (\.denseDense, other.denseDense),
      (\.sparseDense, other.sparseDense), (\.sparseSparse, other.sparseSparse),
    ] {
      BLAS.add(1, times: source, from: 0, to: &self[keyPath: target], from: 0, count: source.count)
    }
  }

  mutating func add(
    rows: Range<Int>, of set: TrainingSet, layout: DesignLayout, parameters: [Double]
  ) {
    var block = DesignBlock(rows: rows, of: set.matrix, layout: layout)
    let scores = block.scores(parameters: parameters, layout: layout)
    var factors = [Double](repeating: 0, count: rows.count)
    var curvatures = factors
    for (position, row) in rows.enumerated() {
      let weight = set.weight(row)
      let probability = LogLoss.probability(scores[position])
      loss += weight * LogLoss.value(score: scores[position], label: set.labels[row])
      factors[position] =
        weight * LogLoss.gradient(probability: probability, label: set.labels[row])
      curvatures[position] = weight * LogLoss.hessian(probability: probability)
    }
    let dense = layout.denseCount
    BLAS.addWeightedSum(
      rows: block.dense, rowCount: rows.count, columnCount: dense, factors: factors, to: &gradient)
    addSparse(block, layout: layout, factors: factors, curvatures: curvatures)
    block.scaleRows(by: curvatures)
    BLAS.addOuterProducts(
      rows: block.dense, rowCount: rows.count, columnCount: dense, to: &denseDense)
  }

  /// What the sparse columns contribute: one row of `sparseDense` for each column that is 1.
  private mutating func addSparse(
    _ block: DesignBlock, layout: DesignLayout, factors: [Double], curvatures: [Double]
  ) {
    let dense = layout.denseCount
    for position in 0..<block.rowCount {
      let active = block.activeColumns(ofRow: position)
      for (index, column) in active.enumerated() {
        gradient[dense + column] += factors[position]
        BLAS.add(
          curvatures[position], times: block.dense, from: position * dense, to: &sparseDense,
          from: column * dense, count: dense)
        // Active columns ascend, so that an earlier one is the column of the lower triangle.
        for other in active[...(active.startIndex + index)] {
          sparseSparse[column * layout.sparseCount + other] += curvatures[position]
        }
      }
    }
  }
}

/// Some rows in the form of the design: standardised quantities, and the sparse columns that are 1.
private struct DesignBlock {
  let rowCount: Int
  let columnCount: Int
  /// Row by row, shape `[rowCount, denseCount]`; the last column is 1.
  var dense: [Double]
  /// The sparse columns that are 1, row after row, ascending within a row.
  private var active: [Int] = []
  private var activeStart: [Int] = [0]

  init(rows: Range<Int>, of matrix: FeatureMatrix, layout: DesignLayout) {
    rowCount = rows.count
    columnCount = layout.denseCount
    dense = [Double](repeating: 1, count: rowCount * columnCount)
    for (column, quantity) in layout.quantities.enumerated() {
      guard case .number(let values) = matrix.columns[quantity.feature] else { continue }
      for (position, row) in rows.enumerated() {
        dense[position * columnCount + column] =
          quantity.standardization.standardized(values[row])
      }
    }
    activeStart.reserveCapacity(rowCount + 1)
    active.reserveCapacity(rowCount * layout.groups.count)
    for row in rows {
      for group in layout.groups {
        let column =
          switch matrix.columns[group.feature] {
          case .number(let values): values[row].isNaN ? group.missingColumn : -1
          case .category(let codes): group.column(ofCode: codes[row])
          }
        if column >= 0 { active.append(column) }
      }
      activeStart.append(active.count)
    }
  }

  func activeColumns(ofRow position: Int) -> ArraySlice<Int> {
    active[activeStart[position]..<activeStart[position + 1]]
  }

  /// The log odds of each row, shape `[rowCount]`.
  func scores(parameters: [Double], layout: DesignLayout) -> [Double] {
    var scores = [Double](repeating: 0, count: rowCount)
    BLAS.multiply(
      rows: dense, rowCount: rowCount, columnCount: columnCount, by: parameters, into: &scores)
    for position in 0..<rowCount {
      for column in activeColumns(ofRow: position) {
        scores[position] += parameters[columnCount + column]
      }
    }
    return scores
  }

  /// Multiplies each row by the square root of its factor, so that outer products carry the factor.
  mutating func scaleRows(by factors: [Double]) {
    for position in 0..<rowCount {
      let factor = factors[position].squareRoot()
      for index in position * columnCount..<(position + 1) * columnCount { dense[index] *= factor }
    }
  }
}
