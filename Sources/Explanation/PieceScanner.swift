import GradientBoosting
import Learning

/// The pieces of a model, prepared to find the patterns of many rows.
struct PieceScanner: Sendable {
  let scanner: PatternScanner
  /// Where the patterns of each piece begin among the scanner's; one more than there are pieces.
  let firstPattern: [Int]
  /// The features that the model tests, ascending.
  let usedFeatures: [Int]
  /// Where each feature of a piece stands among them.
  let places: [[Int]]

  /// The most rows that are worked on together. More have more patterns in common; a feature's sums
  /// and a column of a table should stay in the innermost caches.
  private static let blockRowLimit = 2048
  /// How many sums of a block there should be at most: 4 MB.
  private static let blockSumLimit = 512 << 10

  init(_ model: BoostedTrees, _ pieces: TreePieces) {
    var firstPattern = [0]
    var conditions: [[[SideTest]]] = []
    for piece in pieces.pieces {
      for start in stride(from: 0, to: piece.bits.count, by: 16) {
        conditions.append(Array(piece.bits[start..<min(start + 16, piece.bits.count)]))
      }
      firstPattern.append(conditions.count)
    }
    self.firstPattern = firstPattern
    let used = Set(pieces.pieces.flatMap(\.features)).sorted()
    var placeOfFeature = [Int](repeating: 0, count: model.featureCount)
    for (place, feature) in used.enumerated() { placeOfFeature[feature] = place }
    usedFeatures = used
    places = pieces.pieces.map { $0.features.map { placeOfFeature[$0] } }
    let fitting = Self.blockSumLimit / max(1, used.count) / 64 * 64
    let blockRowCount = min(max(fitting, 64), Self.blockRowLimit)
    scanner = PatternScanner(model, conditions: conditions, blockRowCount: blockRowCount)
  }
}
