import CDesignBlock
import Learning
import LinearAlgebra

/// The Hessian of the loss, summed block by block.
///
/// Rows times the square roots of their curvatures are rounded to whole numbers of up to
/// `2^wholeBits` before a library multiplies them, so that its sums over a block are exact and do not
/// depend on its order of adding (Ozaki, Ogita, Oishi, Rump 2012, "Error-free transformations of
/// matrix multiplication", Numerical Algorithms 59, take the same way to reproducible products). Each
/// number is off by up to `2^-22` of its column's largest, which changes an element by some `1e-8` of
/// itself, and less the more rows there are: nothing that a Newton step feels. The gradient, which
/// decides where the minimum is, is not rounded.
///
/// Rough sums are of whole numbers of up to 2,047, taken anew for each 512 rows, which our own loop
/// multiplies in pairs of 16 bits: three times as fast. A step feels that where columns are nearly
/// collinear; standard errors would always.
struct CurvatureSums: Sendable {
  /// The largest whole number is 2 to the power of this, so that `2^42` times a block's 1,024 rows is
  /// below `2^53`.
  private static let wholeBits = 21

  /// Lower triangle, column by column, shape `[columnStride, columnStride]`; in units of the scales.
  private var denseDense: [Double]
  /// How far apart the columns of ``denseDense`` are.
  private let columnStride: Int
  /// Shape `[denseCount, sparseCount]`, sparse columns side by side.
  private var denseSparse: [Double]
  /// Lower triangle, row by row, shape `[sparseCount, sparseCount]`; of blocks the diagonal alone.
  private var sparseSparse: [Double]
  /// Whether products of different blocks are left out: of sparse columns with all but themselves.
  private let isBlocked: Bool
  /// The unit of each dense column: a power of two that its largest value does not exceed; 1 where
  /// the sums are rough.
  private let scales: [Double]
  /// What a library writes its sums to; empty where the sums are rough.
  private var product: [Double]
  /// Room for a block's numbers of 16 bits; empty where the sums are not rough.
  private var packed: [Int16]
  /// Room for the units of a block's columns, as above.
  private var units: [Double]
  private let layout: DesignLayout

  /// - Parameters:
  ///   - isBlocked: Whether products of different blocks are left out.
  ///   - isRough: Whether the products of dense columns may be rough.
  init(_ layout: DesignLayout, blocked isBlocked: Bool, rough isRough: Bool = false) {
    self.layout = layout
    self.isBlocked = isBlocked
    let sparse = layout.sparseCount
    let dense = layout.denseCount
    let panel = RK_DESIGN_NARROW_PANEL
    columnStride = isRough ? (dense + panel - 1) / panel * panel : dense
    denseDense = [Double](repeating: 0, count: columnStride * columnStride)
    product = isRough ? [] : denseDense
    packed =
      isRough ? [Int16](repeating: 0, count: columnStride * RK_DESIGN_NARROW_ROWS) : []
    units = [Double](repeating: 0, count: isRough ? columnStride : 0)
    denseSparse = [Double](repeating: 0, count: isBlocked ? 0 : dense * sparse)
    sparseSparse = [Double](repeating: 0, count: isBlocked ? sparse : sparse * sparse)
    scales =
      layout.quantities.map { isRough ? 1 : Self.powerOfTwo(notBelow: $0.largest) } + [1]
  }

  /// The smallest power of two that is at least `value`.
  private static func powerOfTwo(notBelow value: Double) -> Double {
    let power = Double(sign: .plus, exponent: value.exponent, significand: 1)
    return power < value ? power * 2 : power
  }

  mutating func add(_ other: CurvatureSums) {
    for index in denseDense.indices { denseDense[index] += other.denseDense[index] }
    for index in denseSparse.indices { denseSparse[index] += other.denseSparse[index] }
    for index in sparseSparse.indices { sparseSparse[index] += other.sparseSparse[index] }
  }

  /// Adds the rows of a block, whose dense columns are no longer what they were afterwards.
  mutating func add(_ block: DesignBlock) {
    if layout.sparseCount > 0 {
      if isBlocked { addSparseDiagonal(block) } else { addSparse(block) }
    }
    addDense(block)
  }

  private mutating func addDense(_ block: DesignBlock) {
    guard packed.isEmpty else { return addRoughly(block) }
    // The roots of the curvatures, as shares of a power of two that none exceeds.
    var largest = 0.0
    for row in 0..<block.paddedCount { unsafe largest = max(largest, block.curvatures[row]) }
    guard largest > 0 else { return }
    addExactly(block, root: Self.powerOfTwo(notBelow: largest.squareRoot()))
  }

  private mutating func addRoughly(_ block: DesignBlock) {
    // SAFETY: the block has `denseCount` columns and its scratch room for the padded rows; `units`,
    // `packed` and the sums have room for the filled up columns.
    unsafe units.withUnsafeMutableBufferPointer { units in
      unsafe packed.withUnsafeMutableBufferPointer { packed in
        unsafe denseDense.withUnsafeMutableBufferPointer { sums in
          unsafe rk_design_add_narrow_products(
            block.design, block.curvatures, block.scratch, units.baseAddress!,
            packed.baseAddress!, sums.baseAddress!)
        }
      }
    }
  }

  private mutating func addExactly(_ block: DesignBlock, root: Double) {
    let dense = layout.denseCount
    let count = block.paddedCount
    let whole = Double(1 << Self.wholeBits)
    precondition(BLAS.isExact(largest: whole, rowCount: count), "sums of \(count) rows are rounded")
    // SAFETY: the block has `denseCount` columns, and its scratch room for the padded rows.
    unsafe rk_design_round(
      block.design, scales.map { whole / $0 }, block.curvatures, root, block.scratch)
    for index in product.indices { product[index] = 0 }
    // SAFETY: the block has `denseCount` columns of `capacity` elements.
    unsafe product.withUnsafeMutableBufferPointer { product in
      unsafe BLAS.addOuterProducts(
        ofColumns: block.dense, rowCount: count, columnCount: dense, stride: block.capacity,
        to: product.baseAddress!)
    }
    let unit = root * root / (whole * whole)
    for column in 0..<dense {
      let start = column * dense + column
      let length = dense - column
      unsafe product.withUnsafeBufferPointer { product in
        unsafe denseDense.withUnsafeMutableBufferPointer { sums in
          unsafe Vectors.add(
            unit, times: product.baseAddress! + start, to: sums.baseAddress! + start, count: length)
        }
      }
    }
  }

  private mutating func addSparseDiagonal(_ block: DesignBlock) {
    unsafe sparseSparse.withUnsafeMutableBufferPointer { sums in
      unsafe block.addSparseSum(factors: block.curvatures, to: sums.baseAddress!)
    }
  }

  private mutating func addSparse(_ block: DesignBlock) {
    let count = block.paddedCount
    let sparse = layout.sparseCount
    let groups = layout.groups.count
    unsafe denseSparse.withUnsafeMutableBufferPointer { sums in
      for column in 0..<layout.denseCount {
        let values = unsafe block.dense + column * block.capacity
        let weighted = unsafe block.scratch
        // SAFETY: sparse columns are below `sparseCount`.
        for row in stride(from: 0, to: count, by: 8) {
          unsafe Vectors.store(
            Vectors.eight(values, row) * Vectors.eight(block.curvatures, row), weighted, row)
        }
        let own = unsafe sums.baseAddress! + column * sparse
        for group in 0..<groups {
          let active = unsafe block.active + group * block.capacity
          for row in 0..<block.rowCount {
            let place = unsafe Int(active[row])
            if place >= 0 { unsafe own[place] += weighted[row] }
          }
        }
      }
    }
    unsafe sparseSparse.withUnsafeMutableBufferPointer { sums in
      for group in 0..<groups {
        let active = unsafe block.active + group * block.capacity
        // A group's columns stand before those of the groups after it.
        for other in 0...group {
          let earlier = unsafe block.active + other * block.capacity
          for row in 0..<block.rowCount {
            let place = unsafe Int(active[row])
            let before = unsafe Int(earlier[row])
            if place >= 0, before >= 0 {
              unsafe sums[place * sparse + before] += block.curvatures[row]
            }
          }
        }
      }
    }
  }

  /// The blocks: the dense one, lower triangle, column by column, and the diagonal of the others.
  var blocks: (dense: [Double], sparseDiagonal: [Double]) {
    let dense = layout.denseCount
    var matrix = [Double](repeating: 0, count: dense * dense)
    for column in 0..<dense {
      for row in column..<dense {
        matrix[column * dense + row] =
          denseDense[column * columnStride + row] * scales[column] * scales[row]
      }
    }
    return (matrix, sparseSparse)
  }

  /// The parts as one matrix, lower triangle, column by column, multiplied with how many rows each
  /// row stands for.
  func hessian(ofRows multiple: Double) -> [Double] {
    precondition(!isBlocked, "the Hessian of blocks lacks their products")
    let count = layout.parameterCount
    let dense = layout.denseCount
    let sparse = layout.sparseCount
    var hessian = [Double](repeating: 0, count: count * count)
    for column in 0..<dense {
      for row in column..<dense {
        hessian[column * count + row] =
          denseDense[column * columnStride + row] * scales[column] * scales[row] * multiple
      }
      for row in 0..<sparse {
        hessian[column * count + dense + row] = denseSparse[column * sparse + row] * multiple
      }
    }
    for column in 0..<sparse {
      for row in column..<sparse {
        hessian[(dense + column) * count + dense + row] =
          sparseSparse[row * sparse + column] * multiple
      }
    }
    return hessian
  }
}
