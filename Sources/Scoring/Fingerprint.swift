import Learning

/// A number that recognises a table of features without telling anything about its rows.
///
/// It serves to say "this is the table the model was trained on" when a model is evaluated on it.
/// Method: FNV-1a over the bits of all values, column after column.
public struct Fingerprint {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The number of a matrix and its labels.
  public static func of(_ matrix: FeatureMatrix, labels: [Bool]) -> UInt64 {
    var fingerprint = Fingerprint()
    for column in matrix.columns { fingerprint.add(column) }
    return fingerprint.with(labels)
  }

  /// Of a table whose columns come one at a time.
  package init() {}

  /// Adds the next column.
  package mutating func add(_ column: FeatureColumn) {
    switch column {
    case .number(let values): for value in values { mix(value.bitPattern) }
    case .category(let codes): for code in codes { mix(UInt64(bitPattern: Int64(code))) }
    }
  }

  /// The number of the columns so far and their labels.
  package func with(_ labels: [Bool]) -> UInt64 {
    var all = self
    for label in labels { all.mix(label ? 1 : 2) }
    return all.hash
  }

  private mutating func mix(_ word: UInt64) {
    hash = (hash ^ word) &* 0x100_0000_01b3
    // FNV moves bits upwards only; this brings the high ones down.
    hash ^= hash >> 32
  }
}
