import Learning
import Tabular

/// Which words of a column are levels of their own.
///
/// A word that few rows have says little, and in a model file it could point at somebody; such words
/// share one level, "other". Words are compared byte by byte.
public struct CategoryEncoding: Sendable {
  /// A word needs so many rows to be a level of its own.
  public static let minimumRowsPerLevel = 20

  private let codeOfLevel: [[UInt8]: Int32]
  private let otherCode: Int32

  /// Makes the encoding of a feature's levels.
  public init(levels: [String], hasOther: Bool) {
    var codes: [[UInt8]: Int32] = [:]
    for (code, level) in levels.enumerated() { codes[Array(level.utf8)] = Int32(code) }
    codeOfLevel = codes
    otherCode = hasOther ? Int32(levels.count) : CategoryCode.unseen
  }

  /// The levels of a column from which a model is to learn, in order of first appearance, and
  /// whether words are left over.
  public static func levels(of values: CategoryValues) -> (levels: [String], hasOther: Bool) {
    var rowCountOfLevel = [Int](repeating: 0, count: values.levels.count)
    for code in values.codes where code >= 0 { rowCountOfLevel[Int(code)] += 1 }
    let kept = values.levels.indices.filter { rowCountOfLevel[$0] >= minimumRowsPerLevel }
    let hasOther = values.levels.indices.contains {
      (1..<minimumRowsPerLevel).contains(rowCountOfLevel[$0])
    }
    return (kept.map { values.levels[$0] }, hasOther)
  }

  /// The codes of a column's rows, and how many rows hold a word that is not a level.
  func codes(of values: CategoryValues) -> (codes: [Int32], unknownCount: Int) {
    let codeOfWord = values.levels.map { codeOfLevel[Array($0.utf8)] ?? otherCode }
    let isKnown = values.levels.map { codeOfLevel[Array($0.utf8)] != nil }
    var unknownCount = 0
    let codes = values.codes.map { word -> Int32 in
      guard word >= 0 else { return CategoryCode.missing }
      if !isKnown[Int(word)] { unknownCount += 1 }
      return codeOfWord[Int(word)]
    }
    return (codes, unknownCount)
  }
}
