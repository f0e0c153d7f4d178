import Learning
import Scoring
import TestSupport
import Testing

@Suite struct FingerprintTests {
  @Test func `a change of any cell or label changes the fingerprint`() throws {
    let set = try SeededTables.mixed(rowCount: 60, seed: 5)
    let original = Fingerprint.of(set.matrix, labels: set.labels)
    #expect(original == Fingerprint.of(set.matrix, labels: set.labels))
    var found: Swift.Set = [original]
    var tried = 1
    for feature in set.matrix.columns.indices {
      for row in 0..<set.rowCount {
        let changed: FeatureColumn
        switch set.matrix.columns[feature] {
        case .number(var values):
          values[row] = values[row].isNaN ? 0 : values[row].nextUp
          changed = .number(values)
        case .category(var codes):
          codes[row] = codes[row] < 0 ? 0 : CategoryCode.missing
          changed = .category(codes)
        }
        found.insert(
          Fingerprint.of(set.matrix.replacing(feature, with: changed), labels: set.labels))
        tried += 1
      }
    }
    for row in 0..<set.rowCount {
      var labels = set.labels
      labels[row].toggle()
      found.insert(Fingerprint.of(set.matrix, labels: labels))
      tried += 1
    }
    // None equals the original, nor any other.
    #expect(found.count == tried)
  }

  @Test func `rows in another order are another table`() throws {
    let set = try SeededTables.mixed(rowCount: 60, seed: 5)
    let rows = Array((0..<60).reversed())
    #expect(
      Fingerprint.of(set.matrix.selecting(rows), labels: rows.map { set.labels[$0] })
        != Fingerprint.of(set.matrix, labels: set.labels))
  }

  @Test func `the number of a known table stays what it is`() {
    let matrix = FeatureMatrix(
      features: [
        Feature(name: "a", kind: .number), Feature(name: "b", kind: .category(levels: ["p"])),
      ],
      columns: [.number([1, 2.5]), .category([0, CategoryCode.missing])], rowCount: 2)
    #expect(Fingerprint.of(matrix, labels: [true, false]) == fingerprintByHand)
  }

  /// The definition once more, written out: FNV-1a on words, the high half folded down.
  private var fingerprintByHand: UInt64 {
    var hash: UInt64 = 14_695_981_039_346_656_037
    let words: [UInt64] = [(1.0).bitPattern, (2.5).bitPattern, 0, .max, 1, 2]
    for word in words {
      hash = (hash ^ word) &* 1_099_511_628_211
      hash ^= hash >> 32
    }
    return hash
  }
}
