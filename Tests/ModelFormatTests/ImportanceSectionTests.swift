import Diagnostics
import Explanation
import ModelFormat
import Scoring
import TestSupport
import Testing

/// The section of importances with their groups and intervals.
@Suite struct ImportanceSectionTests {
  private func model(_ change: (inout TrainingSummary, [String]) -> Void = { _, _ in })
    -> RetentionModel
  {
    var model = TinyModel.model(
      learner: .trees(TinyModel.boostedTrees), calibrator: .identity)
    change(&model.summary, model.schema.features.map(\.name))
    return model
  }

  private func measured(_ names: [String]) -> [Importance] {
    [
      Importance(
        feature: names[0], kind: .group, value: 0.25, standardError: 0.125,
        interval: Importance.Interval(low: -0.5, high: 0.75),
        members: [
          Importance.Member(feature: names[0], share: 0.75),
          Importance.Member(feature: names[1], share: nil),
        ]),
      Importance(feature: "usage", kind: .family, value: 1, standardError: nil),
      Importance(feature: names[1], kind: .permutation, value: 0.5, standardError: 0.25),
      Importance(feature: names[1], kind: .splits, value: 3, standardError: nil),
    ]
  }

  @Test func `groups, intervals and stability are stored as specified`() throws {
    let whole = model { summary, names in
      summary.importances = measured(names)
      summary.stability = ImportanceStability(
        partCount: 5, correlation: 0.5, ranksOfFirst: 1...3)
    }
    let bytes = try fileBytes(of: whole)
    #expect(try ModelFile(bytes: bytes).model == whole)
    var list = ByteList().u32(4)
    list = list.u8(0).i32(0).f64(0.25).u8(1).f64(0.125).u8(1).f64(-0.5).f64(0.75)
    list = list.u32(2).i32(0).u8(1).f64(0.75).i32(1).u8(0)
    list = list.u8(1).i32(-1).text("usage").f64(1).u8(0).u8(0).u32(0)
    list = list.u8(3).i32(1).f64(0.5).u8(1).f64(0.25).u8(0).u32(0)
    list = list.u8(6).i32(1).f64(3).u8(0).u8(0).u32(0)
    list = list.u8(1).u32(5).f64(0.5).u32(1).u32(3)
    // The section is the last of the file, before the 32 bytes of the checksum.
    #expect(Array(bytes.dropLast(32).suffix(list.bytes.count)) == list.bytes)
    // The summary has what earlier releases know.
    let plain = try fileBytes(
      of: model { summary, names in
        summary.importances = measured(names).filter { $0.kind == .permutation }
      })
    #expect(bytes.count > plain.count + list.bytes.count)
  }

  @Test func `a model with plain importances has no such section`() throws {
    let parts = TinyModel.parts(
      learner: TinyModel.trees, calibration: ByteList().u8(0).f64(0.25).f64(0.5).bytes)
    #expect(try fileBytes(of: model()) == parts.bytes)
  }

  @Test func `what makes no sense is refused`() throws {
    func expectInvalid(_ words: String, _ change: (inout Importance) -> Void) throws {
      let folder = try TemporaryFolder()
      let broken = model { summary, names in
        summary.importances = measured(names)
        change(&summary.importances[0])
      }
      let error = #expect(throws: Diagnostic.self) {
        _ = try ModelFile.write(broken, to: folder.path("model"))
      }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "accepted")")
    }
    try expectInvalid("an importance") { $0.value = .nan }
    try expectInvalid("a standard error") { $0.standardError = .infinity }
    try expectInvalid("a lower end of 2.0 above 1.0") {
      $0.interval = Importance.Interval(low: 2, high: 1)
    }
    try expectInvalid("a share") { $0.members[0].share = .nan }
  }
}
