import Diagnostics
import Explanation

extension Version1 {
  static func write(_ levels: ReferenceLevels, to writer: inout ByteWriter) {
    writer.write(Array(levels.scores.indices)) { writer, level in
      writer.write(levels.scores[level])
      writer.write(levels.shares[level])
      let start = level * levels.featureCount
      for value in levels.contributions[start..<start + levels.featureCount] {
        writer.write(value)
      }
    }
  }

  static func levels(_ reader: inout ByteReader, featureCount: Int) throws(Diagnostic)
    -> ReferenceLevels
  {
    var scores: [Double] = []
    var shares: [Double] = []
    var contributions: [Double] = []
    _ = try reader.readArray(
      "levels", limit: ReferenceLevels.levelLimit, smallest: 16 + 8 * featureCount
    ) { reader throws(Diagnostic) in
      scores.append(try reader.readFinite("a level's score"))
      let share = try reader.readFinite("a level's share")
      guard share > 0, share <= 1 else { throw reader.invalid("a level's share is \(share)") }
      shares.append(share)
      for _ in 0..<featureCount {
        contributions.append(try reader.readFinite("a level's contribution"))
      }
    }
    guard (shares.reduce(0, +) - 1).magnitude < 1e-6 else {
      throw reader.invalid("the shares of the levels add up to \(shares.reduce(0, +))")
    }
    return ReferenceLevels(
      featureCount: featureCount, scores: scores, shares: shares, contributions: contributions)
  }
}
