#if canImport(Accelerate)
  import Accelerate
#else
  import COpenBLAS
#endif

/// The one operation that is left to a BLAS: sums of outer products.
///
/// Libraries, and the kernels that one library picks on different processors, add in different
/// orders, so that the last bits of a sum differ. Callers that pass whole numbers small enough for
/// every sum to be exact (below `2^53`) get the same bits from all of them; see
/// ``isExact(largest:rowCount:)``. So a model does not depend on the processor that it was fitted on.
public enum BLAS {
  /// Adds `transpose(columns) * columns` to the lower triangle of `sum`.
  ///
  /// - Parameters:
  ///   - columns: Column by column, each of `stride` elements of which the first `rowCount` count.
  ///   - sum: Column by column, shape `[columnCount, columnCount]`; the strict upper triangle is left
  ///     as it is.
  public static func addOuterProducts(
    ofColumns columns: UnsafePointer<Double>, rowCount: Int, columnCount: Int, stride: Int,
    to sum: UnsafeMutablePointer<Double>
  ) {
    precondition(stride >= rowCount, "\(rowCount) rows in columns of \(stride)")
    guard rowCount > 0, columnCount > 0 else { return }
    #if canImport(Accelerate)
      // SAFETY: the shapes are the caller's promise.
      unsafe cblas_dsyrk(
        CblasColMajor, CblasLower, CblasTrans, Int32(columnCount), Int32(rowCount), 1, columns,
        Int32(stride), 1, sum, Int32(columnCount))
    #else
      guard let dsyrk = unsafe library.dsyrk else {
        unsafe addOuterProductsPlainly(
          ofColumns: columns, rowCount: rowCount, columnCount: columnCount, stride: stride, to: sum)
        return
      }
      // SAFETY: as above; the words are those of the reference BLAS.
      unsafe dsyrk(
        Int32(rk_column_major), Int32(rk_lower), Int32(rk_transposed),
        Int32(columnCount), Int32(rowCount), 1, columns, Int32(stride), 1, sum, Int32(columnCount))
    #endif
  }

  /// The readable twin of ``addOuterProducts(ofColumns:rowCount:columnCount:stride:to:)``, and what
  /// stands in where no library is found.
  package static func addOuterProductsPlainly(
    ofColumns columns: UnsafePointer<Double>, rowCount: Int, columnCount: Int, stride: Int,
    to sum: UnsafeMutablePointer<Double>
  ) {
    for column in 0..<columnCount {
      for other in column..<columnCount {
        // SAFETY: both columns are below `columnCount`.
        unsafe sum[column * columnCount + other] += Vectors.dot(
          columns + column * stride, columns + other * stride, count: rowCount)
      }
    }
  }

  /// Whether sums of `rowCount` products of two whole numbers of at most `largest` are exact.
  public static func isExact(largest: Double, rowCount: Int) -> Bool {
    largest * largest * Double(rowCount) <= 0x1p53
  }

  /// Whose kernels do the work, for people: "OpenBLAS 0.3.21, SkylakeX kernels".
  public static var name: String {
    #if canImport(Accelerate)
      return "Accelerate"
    #else
      guard unsafe library.dsyrk != nil else {
        return "none found, plain loops instead (install libopenblas0)"
      }
      let version = text(library.config).split(separator: " ").prefix(2)
      let chosen = library.is_core_ours != 0 ? ", chosen for this processor" : ""
      return version.joined(separator: " ") + ", \(text(library.core)) kernels\(chosen)"
    #endif
  }

  #if !canImport(Accelerate)
    /// Loaded at its first use.
    private static let library = rk_openblas_load()

    /// The characters of a C array up to its closing zero.
    private static func text<Characters>(_ characters: Characters) -> String {
      unsafe withUnsafeBytes(of: characters) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
  #endif
}
