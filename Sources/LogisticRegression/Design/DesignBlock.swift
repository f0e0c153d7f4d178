import CDesignBlock
import Learning
import LinearAlgebra

/// Some rows in the form of the design, and what is computed of them on one pass: a desk that one
/// thread fills again and again, so that the design as a whole is never in memory.
///
/// Columns lie one after another, `capacity` elements apart; behind the last row they are filled up
/// to a multiple of eight with rows of weight 0.
@safe final class DesignBlock {
  /// How many rows there are.
  private(set) var rowCount = 0
  /// `rowCount`, and the rows that fill it up to a multiple of eight.
  var paddedCount: Int { (rowCount + 7) & ~7 }
  let capacity: Int

  /// Standardised quantities and the ones of the intercept, shape `[denseCount, capacity]`.
  let dense: UnsafeMutablePointer<Double>
  /// The sparse column of each group that is 1, or -1; shape `[groupCount, capacity]`.
  let active: UnsafeMutablePointer<Int32>
  /// Log odds, shape `[capacity]`.
  let scores: UnsafeMutablePointer<Double>
  /// The derivative of each row's loss by its score, times its weight.
  let slopes: UnsafeMutablePointer<Double>
  /// The second derivative of each row's loss by its score, times its weight.
  let curvatures: UnsafeMutablePointer<Double>
  /// Room for a column of intermediate results.
  let scratch: UnsafeMutablePointer<Double>

  /// Columns that are derived from a feature's values, before they are standardised; shape
  /// `[derivedCount, capacity]`. None where all quantities enter as they are.
  private let derived: UnsafeMutablePointer<Double>

  /// Where the quantities' values of the rows are, if ``dense`` is not filled; else empty. They stay
  /// there as long as the matrix, which outlives the pass.
  private var values: [UnsafePointer<Double>] = unsafe []

  let layout: DesignLayout
  private let standardizations: [rk_standardization]
  private let vectors: rk_design_vectors

  /// A block for up to `capacity` rows, a multiple of eight.
  init(
    layout: DesignLayout, capacity: Int, vectors: rk_design_vectors = DesignBlock.widestVectors
  ) {
    precondition(capacity > 0 && capacity % 8 == 0, "\(capacity) rows")
    self.layout = layout
    self.capacity = capacity
    self.vectors = vectors
    standardizations = layout.quantities.map(\.standardization.plain)
    unsafe dense = .allocate(capacity: layout.denseCount * capacity)
    let derivedCount = layout.quantities.count { $0.isDerived }
    unsafe derived = .allocate(capacity: max(1, derivedCount * capacity))
    unsafe active = .allocate(capacity: max(1, layout.groups.count * capacity))
    unsafe scores = .allocate(capacity: capacity)
    unsafe slopes = .allocate(capacity: capacity)
    unsafe curvatures = .allocate(capacity: capacity)
    unsafe scratch = .allocate(capacity: capacity)
  }

  /// The widest vectors of this processor; the results do not depend on it.
  static let widestVectors = rk_design_best()

  deinit {
    unsafe dense.deallocate()
    unsafe derived.deallocate()
    unsafe active.deallocate()
    unsafe scores.deallocate()
    unsafe slopes.deallocate()
    unsafe curvatures.deallocate()
    unsafe scratch.deallocate()
  }

  /// Takes up `rows` of `matrix`, and sets the scores to their products with `parameters`, shape
  /// `[parameterCount]`.
  ///
  /// - Parameter keepsColumns: Whether ``dense`` is filled. If not, scores and weighted sums are the
  ///   same, and take less time, but nothing else may be asked for.
  func load(
    _ rows: Range<Int>, of matrix: FeatureMatrix, times parameters: [Double],
    keepsColumns: Bool = true
  ) {
    precondition(rows.count <= capacity, "\(rows.count) rows in a block of \(capacity)")
    rowCount = rows.count
    let ones = unsafe dense + layout.interceptIndex * capacity
    for row in 0..<paddedCount { unsafe ones[row] = row < rowCount ? 1 : 0 }
    let sources = unsafe self.sources(rows, of: matrix)
    // SAFETY: `rows` are within the matrix, whose columns have its row count; the block has room for
    // `denseCount` columns and the padded rows.
    if keepsColumns {
      unsafe values = []
      unsafe rk_design_fill(quantities, sources, standardizations, parameters, scores)
    } else {
      unsafe values = sources
      unsafe rk_design_fill_scores(quantities, sources, standardizations, parameters, scores)
    }
    let intercept = parameters[layout.interceptIndex]
    for row in 0..<rowCount { unsafe scores[row] += intercept }
    for (index, group) in layout.groups.enumerated() {
      unsafe load(group, rows, of: matrix, into: active + index * capacity)
    }
    unsafe addSparseProducts(parameters, to: scores)
  }

  /// Where the values of each quantity begin: in the matrix for one that enters as it is, else in
  /// ``derived``, which is filled here.
  private func sources(_ rows: Range<Int>, of matrix: FeatureMatrix) -> [UnsafePointer<Double>] {
    // SAFETY: the matrix outlives the pass, and its arrays do not move while it is not changed;
    // `derived` has a column of `capacity` elements for each quantity that is written there.
    var next = unsafe derived
    return unsafe layout.quantities.map { quantity -> UnsafePointer<Double> in
      if case .encoded(let values, _) = quantity.source {
        return unsafe values.withUnsafeBufferPointer { unsafe $0.baseAddress! + rows.lowerBound }
      }
      guard case .number(let values) = matrix.columns[quantity.feature] else {
        preconditionFailure("a quantity whose column holds codes")
      }
      let own = unsafe values.withUnsafeBufferPointer { unsafe $0.baseAddress! + rows.lowerBound }
      let column = unsafe next
      switch quantity.source {
      case .values, .encoded: return unsafe own
      case .mapped(let transform):
        for row in 0..<rowCount { unsafe column[row] = transform.value(of: own[row]) }
      case .bend(let spline, let bend):
        // A curve's columns stand side by side, and are written together.
        if bend == 0 {
          let columns = layout.splines[spline]
          unsafe columns.spline.write(
            columns.bends, at: own, count: rowCount, to: column, stride: capacity)
        }
      }
      unsafe next += capacity
      return unsafe UnsafePointer(column)
    }
  }

  /// The block without the intercept, as the loops in C know it.
  private var quantities: rk_design_block {
    var quantities = unsafe design
    unsafe quantities.column_count = Int64(layout.quantities.count)
    return unsafe quantities
  }

  /// The block as the loops in C know it.
  var design: rk_design_block {
    unsafe rk_design_block(
      columns: dense, stride: Int64(capacity), column_count: Int64(layout.denseCount),
      row_count: Int64(rowCount), vectors: vectors)
  }

  private func load(
    _ group: DesignLayout.Group, _ rows: Range<Int>, of matrix: FeatureMatrix,
    into target: UnsafeMutablePointer<Int32>
  ) {
    // SAFETY: as in `load`; a code is below the count of levels by the matrix' own check.
    switch matrix.columns[group.feature] {
    case .number(let values):
      unsafe values.withUnsafeBufferPointer { values in
        for (position, row) in rows.enumerated() {
          unsafe target[position] = values[row].isNaN ? group.missingColumn : -1
        }
      }
    case .category(let codes):
      unsafe codes.withUnsafeBufferPointer { codes in
        unsafe group.columnOfLevel.withUnsafeBufferPointer { columns in
          for (position, row) in rows.enumerated() {
            let code = unsafe codes[row]
            unsafe target[position] =
              code >= 0
              ? columns[Int(code)]
              : (code == CategoryCode.missing ? group.missingColumn : group.rareColumn)
          }
        }
      }
    }
    for position in rowCount..<paddedCount { unsafe target[position] = -1 }
  }

  // MARK: - Products

  /// Writes the products of the rows with `parameters`, shape `[parameterCount]`, to `target`.
  func multiply(_ parameters: [Double], into target: UnsafeMutablePointer<Double>) {
    for row in 0..<paddedCount { unsafe target[row] = 0 }
    // SAFETY: the block has `denseCount` columns, and `target` room for the padded rows.
    unsafe rk_design_add_products(design, parameters, target)
    unsafe addSparseProducts(parameters, to: target)
  }

  private func addSparseProducts(_ parameters: [Double], to target: UnsafeMutablePointer<Double>) {
    let rowCount = rowCount
    // SAFETY: sparse columns are below `sparseCount`.
    unsafe parameters.withUnsafeBufferPointer { parameters in
      let sparse = unsafe parameters.baseAddress! + layout.denseCount
      for group in layout.groups.indices {
        let active = unsafe active + group * capacity
        for row in 0..<rowCount {
          let column = unsafe Int(active[row])
          if column >= 0 { unsafe target[row] += sparse[column] }
        }
      }
    }
  }

  /// Adds the sum over the rows of `factors[row] * row` to `sums`, shape `[parameterCount]`.
  func addWeightedSum(
    factors: UnsafeMutablePointer<Double>, to sums: UnsafeMutablePointer<Double>
  ) {
    // SAFETY: as in `multiply`; `values` is empty or has a pointer for each quantity.
    if unsafe values.isEmpty {
      unsafe rk_design_add_weighted_sums(design, factors, sums)
    } else {
      unsafe rk_design_add_weighted_sums_of_values(
        quantities, values, standardizations, factors, sums)
      var ones = unsafe design
      unsafe ones.columns = dense + layout.interceptIndex * capacity
      unsafe ones.column_count = 1
      unsafe rk_design_add_weighted_sums(ones, factors, sums + layout.interceptIndex)
    }
    unsafe addSparseSum(factors: factors, to: sums + layout.denseCount)
  }

  /// As ``addWeightedSum(factors:to:)`` for the sparse columns alone, shape `[sparseCount]`.
  func addSparseSum(factors: UnsafeMutablePointer<Double>, to sums: UnsafeMutablePointer<Double>) {
    let rowCount = rowCount
    for group in layout.groups.indices {
      let active = unsafe active + group * capacity
      for row in 0..<rowCount {
        let column = unsafe Int(active[row])
        if column >= 0 { unsafe sums[column] += factors[row] }
      }
    }
  }
}
