import Diagnostics
import Learning

/// A number that recognises a table of features without telling anything about its rows.
///
/// It serves to say "this is the table the model was trained on" when a model is evaluated on it.
/// Method: FNV-1a over the bits of all values, column after column.
public enum Fingerprint {
  /// The number of a matrix and its labels.
  public static func of(_ matrix: FeatureMatrix, labels: [Bool]) -> UInt64 {
    // A matrix throws nothing.
    try! of(columns: matrix, labels: labels)
  }

  /// The number of a table whose columns are had one at a time.
  ///
  /// - Throws: What the source throws.
  package static func of(columns source: some ColumnSource, labels: [Bool]) throws(Diagnostic)
    -> UInt64
  {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x100_0000_01b3
      // FNV moves bits upwards only; this brings the high ones down.
      hash ^= hash >> 32
    }
    for feature in source.features.indices {
      switch try source.column(feature) {
      case .number(let values): for value in values { mix(value.bitPattern) }
      case .category(let codes):
        for code in codes { mix(UInt64(bitPattern: Int64(code))) }
      }
    }
    for label in labels { mix(label ? 1 : 2) }
    return hash
  }
}
