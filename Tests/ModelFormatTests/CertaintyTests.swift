import Calibration
import Diagnostics
import ModelFormat
import Scoring
import TestSupport
import Testing

/// The section of what held-out rows say of calibration.
@Suite struct CertaintyTests {
  private static let certainty = ScoreCertainty(
    band: ConformalBand(level: 0.75, lowestOfPositives: -1.5, highestOfNegatives: nil),
    interval: VennAbers(
      lower: [.init(score: -1, value: 0.125), .init(score: 1, value: 0.5)],
      upper: [.init(score: 0, value: 0.25), .init(score: 2, value: 0.625)]))
  private static let choice = CalibrationChoice(
    method: .platt,
    candidates: [
      .init(method: .none, logLoss: 0.75), .init(method: .temperature, logLoss: 0.625),
      .init(method: .platt, logLoss: 0.5), .init(method: .beta, logLoss: 0.5),
      .init(method: .isotonic, logLoss: 0.5625),
    ])

  private func model(_ change: (inout RetentionModel) -> Void = { _ in }) -> RetentionModel {
    var model = TinyModel.model(
      learner: .trees(TinyModel.boostedTrees), calibrator: .identity)
    model.certainty = Self.certainty
    model.summary.calibration = Self.choice
    change(&model)
    return model
  }

  @Test func `certainty and choice are stored as specified`() throws {
    let bytes = ByteList()
      .u8(1).f64(0.75).u8(1).f64(-1.5).u8(0)
      .u32(2).f64(-1).f64(0.125).f64(1).f64(0.5)
      .u32(2).f64(0).f64(0.25).f64(2).f64(0.625)
      .u8(1).u8(1).u32(5).u8(0).f64(0.75).u8(4).f64(0.625).u8(1).f64(0.5).u8(3).f64(0.5)
      .u8(2).f64(0.5625)
      .bytes
    var parts = TinyModel.parts(
      learner: TinyModel.trees, calibration: ByteList().u8(0).f64(0.25).f64(0.5).bytes)
    parts.sections.append(.init(type: 8, content: bytes))
    #expect(try fileBytes(of: model()) == parts.bytes)
    #expect(try ModelFile(bytes: parts.bytes).model == model())
    // A reader that does not know the section still has the model.
    parts.sections[parts.sections.count - 1].type = 0x77
    let plain = model {
      $0.certainty = nil
      $0.summary.calibration = nil
    }
    #expect(try ModelFile(bytes: parts.bytes).model == plain)
  }

  @Test func `either is stored without the other`() throws {
    for change: (inout RetentionModel) -> Void in [
      { $0.certainty = nil }, { $0.summary.calibration = nil },
      { $0.certainty!.interval = VennAbers(lower: [], upper: []) },
    ] {
      let model = model(change)
      #expect(try ModelFile(bytes: fileBytes(of: model)).model == model)
    }
  }

  @Test func `what makes no sense is refused`() throws {
    func expectInvalid(_ words: String, _ change: @escaping (inout RetentionModel) -> Void) throws {
      let folder = try TemporaryFolder()
      let error = #expect(throws: Diagnostic.self) {
        _ = try ModelFile.write(model(change), to: folder.path("model"))
      }
      #expect(error?.kind == .modelInvalid)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "accepted")")
    }
    try expectInvalid("a level is not") { $0.certainty!.band.level = .nan }
    try expectInvalid("a level of 1.0") { $0.certainty!.band.level = 1 }
    try expectInvalid("a threshold") { $0.certainty!.band.lowestOfPositives = .infinity }
    try expectInvalid("a score is not") { $0.certainty!.interval.upper[0].score = .nan }
    try expectInvalid("a rate is not") { $0.certainty!.interval.lower[0].value = .nan }
    try expectInvalid("do not ascend") { $0.certainty!.interval.upper.reverse() }
    try expectInvalid("wrong way round") { $0.certainty!.interval.lower[0].value = 0.375 }
    try expectInvalid("a log loss") { $0.summary.calibration!.candidates[0].logLoss = .infinity }
    try expectInvalid("not among those") { $0.summary.calibration!.candidates.remove(at: 2) }
    let bytes = ByteList().u8(0).u8(1).u8(1).u32(1).u8(5).f64(0.5).bytes
    var parts = TinyModel.parts(learner: TinyModel.trees, calibration: TinyModel.platt)
    parts.sections.append(.init(type: 8, content: bytes))
    let error = #expect(throws: Diagnostic.self) { try ModelFile(bytes: parts.bytes) }
    #expect(error?.message.contains("unknown kind 5") == true)
  }
}
