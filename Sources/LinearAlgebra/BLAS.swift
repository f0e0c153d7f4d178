#if canImport(Accelerate)
  import Accelerate
#else
  import COpenBLAS
  import Glibc
#endif

/// The few vector operations that the learners ask of BLAS, each behind a checked entry.
///
/// OpenBLAS gives different last bits for different thread counts of its own, so it is held to one
/// thread, and callers share out fixed blocks of rows instead.
public enum BLAS {
  /// Done once, before the first call.
  private static let isSingleThreaded: Void = {
    #if !canImport(Accelerate)
      openblas_set_num_threads(1)
    #endif
  }()

  /// Ends the threads that OpenBLAS starts when it is loaded.
  ///
  /// They ask for work a tenth of a second long before they sleep, and take a core from those who
  /// have some. The library starts them anew if it is ever to use several.
  public static func endIdleThreads() {
    #if !canImport(Accelerate)
      // Not every build of the library has threads, nor this function.
      typealias Shutdown = @convention(c) () -> Int32
      guard let address = unsafe dlsym(nil, "blas_thread_shutdown_") else { return }
      // SAFETY: the library declares it so, and calls it itself before a process forks.
      _ = unsafe unsafeBitCast(address, to: Shutdown.self)()
    #endif
  }

  /// Adds `alpha * x[xStart..<xStart + count]` to the same count of `y` from `yStart` on.
  public static func add(
    _ alpha: Double, times x: [Double], from xStart: Int, to y: inout [Double], from yStart: Int,
    count: Int
  ) {
    precondition(
      xStart >= 0 && yStart >= 0 && count >= 0 && xStart + count <= x.count
        && yStart + count <= y.count, "\(count) elements do not fit")
    // SAFETY: both ranges are inside their arrays by the check above.
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard count > 0 else { return }
        let source = unsafe x.baseAddress! + xStart
        let target = unsafe y.baseAddress! + yStart
        for index in 0..<count { unsafe target[index] += alpha * source[index] }
      }
    }
  }

  /// The products of `rows` (row by row, shape `[rowCount, columnCount]`) with `vector`, shape
  /// `[columnCount]`, written to the first `rowCount` elements of `result`.
  public static func multiply(
    rows: [Double], rowCount: Int, columnCount: Int, by vector: [Double],
    into result: inout [Double]
  ) {
    _ = isSingleThreaded
    check(rows, rowCount, columnCount)
    precondition(
      vector.count >= columnCount && result.count >= rowCount,
      "\(vector.count) factors for \(columnCount) columns, \(result.count) results")
    guard rowCount > 0, columnCount > 0 else { return }
    // SAFETY: the shapes are checked above; with beta = 0 dgemv writes `rowCount` results, reads none.
    unsafe cblas_dgemv(
      CblasRowMajor, CblasNoTrans, dimension(rowCount), dimension(columnCount), 1, rows,
      dimension(columnCount), vector, 1, 0, &result, 1)
  }

  /// Adds the sum over `rows` of `factors[row] * row` to the first `columnCount` elements of `sum`.
  public static func addWeightedSum(
    rows: [Double], rowCount: Int, columnCount: Int, factors: [Double], to sum: inout [Double]
  ) {
    _ = isSingleThreaded
    check(rows, rowCount, columnCount)
    precondition(
      factors.count >= rowCount && sum.count >= columnCount,
      "\(factors.count) factors for \(rowCount) rows, \(sum.count) sums")
    guard rowCount > 0, columnCount > 0 else { return }
    // SAFETY: the shapes are checked above.
    unsafe cblas_dgemv(
      CblasRowMajor, CblasTrans, dimension(rowCount), dimension(columnCount), 1, rows,
      dimension(columnCount), factors, 1, 1, &sum, 1)
  }

  /// Adds the sum over `rows` of the outer product of each row with itself to the lower triangle of
  /// `sum`, which is stored column by column, shape `[columnCount, columnCount]`.
  public static func addOuterProducts(
    rows: [Double], rowCount: Int, columnCount: Int, to sum: inout [Double]
  ) {
    _ = isSingleThreaded
    check(rows, rowCount, columnCount)
    precondition(
      sum.count == columnCount * columnCount, "\(sum.count) elements for order \(columnCount)")
    guard rowCount > 0, columnCount > 0 else { return }
    // Rows stored one after another are, read column by column, the transpose.
    // SAFETY: the shapes are checked above.
    unsafe cblas_dsyrk(
      CblasColMajor, CblasLower, CblasNoTrans, dimension(columnCount), dimension(rowCount), 1,
      rows, dimension(columnCount), 1, &sum, dimension(columnCount))
  }

  private static func check(_ rows: [Double], _ rowCount: Int, _ columnCount: Int) {
    precondition(
      rowCount >= 0 && columnCount >= 0 && rows.count >= rowCount * columnCount,
      "\(rows.count) elements for \(rowCount) rows of \(columnCount)")
  }

  /// BLAS counts in 32 bits; a larger block is a mistake of the caller.
  static func dimension(_ count: Int) -> Int32 { Int32(count) }
}
