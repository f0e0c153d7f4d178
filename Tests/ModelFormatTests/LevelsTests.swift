import Diagnostics
import Explanation
import ModelFormat
import Scoring
import TestSupport
import Testing

/// The section of what accounts are explained against.
@Suite struct LevelsTests {
  private func model(_ levels: ReferenceLevels?) -> RetentionModel {
    var model = TinyModel.model(
      learner: .trees(TinyModel.boostedTrees), calibrator: .identity)
    model.levels = levels
    return model
  }

  private func levels(
    _ scores: [Double] = [-1, 1.5], _ shares: [Double] = [0.25, 0.75], last: Double = 0.125
  ) -> ReferenceLevels {
    let count = model(nil).schema.features.count
    var contributions = (0..<scores.count * count).map { Double($0) / 8 }
    contributions[contributions.count - 1] = last
    return ReferenceLevels(
      featureCount: count, scores: scores, shares: shares, contributions: contributions)
  }

  @Test func `levels are stored as specified`() throws {
    let levels = levels()
    var list = ByteList().u32(2)
    for level in 0..<2 {
      list = list.f64(levels.scores[level]).f64(levels.shares[level])
      for feature in 0..<levels.featureCount {
        list = list.f64(levels.contributions[level * levels.featureCount + feature])
      }
    }
    var parts = TinyModel.parts(
      learner: TinyModel.trees, calibration: ByteList().u8(0).f64(0.25).f64(0.5).bytes)
    parts.sections.append(.init(type: 9, content: list.bytes))
    #expect(try fileBytes(of: model(levels)) == parts.bytes)
    #expect(try ModelFile(bytes: parts.bytes).model == model(levels))
    // A reader that does not know the section still has the model.
    parts.sections[parts.sections.count - 1].type = 0x77
    #expect(try ModelFile(bytes: parts.bytes).model == model(nil))
  }

  @Test func `what makes no sense is refused`() throws {
    func expectInvalid(_ words: String, _ levels: ReferenceLevels) throws {
      let folder = try TemporaryFolder()
      let error = #expect(throws: Diagnostic.self) {
        _ = try ModelFile.write(model(levels), to: folder.path("model"))
      }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "accepted")")
    }
    try expectInvalid("a level's score", levels([.nan, 1]))
    try expectInvalid("a level's share is 0", levels([-1, 1], [0, 1]))
    try expectInvalid("a level's share is 1.5", levels([-1, 1], [1.5, 0.5]))
    try expectInvalid("add up to 0.75", levels([-1, 1], [0.25, 0.5]))
    try expectInvalid("add up to 0.0", levels([0], [0.5]).withoutLevels)
    try expectInvalid("a level's contribution", levels(last: .infinity))
    try expectInvalid(
      "33 levels", levels((0..<33).map(Double.init), [Double](repeating: 1 / 33, count: 33)))
  }
}

extension ReferenceLevels {
  fileprivate var withoutLevels: ReferenceLevels {
    ReferenceLevels(featureCount: featureCount, scores: [], shares: [], contributions: [])
  }
}
