import Diagnostics
import Learning
import LogisticRegression
import ModelFormat
import Scoring
import TestSupport
import Testing

/// The section of a logistic regression's inference.
@Suite struct InferenceTests {
  /// All that an inference can hold, by hand.
  private static let inference = LogisticInference(
    penalty: .ridge, intercept: .init(subject: .intercept, estimate: -1, standardError: 0.5),
    terms: [
      .init(
        feature: 0,
        effects: [
          .init(
            subject: .quantity, estimate: 0.375, standardError: 0.0625, clusteredError: 0.125,
            deviation: 2),
          .init(subject: .missing, estimate: 0.25, standardError: .infinity),
        ], test: .init(statistic: 9, degreesOfFreedom: 2), varianceInflation: .infinity,
        columnCount: 2, largestDeviation: 4, kurtosis: 3),
      .init(
        feature: 2, effects: [.init(subject: .level(1), estimate: 1, standardError: 2)],
        reference: 0, columnCount: 1),
    ],
    deviance: 80, nullDeviance: 100, parameterCount: 4, rowCount: 100, groupCount: 50,
    correlatedColumns: [
      [.init(feature: 0, subject: .missing), .init(feature: 2, subject: .level(1))]
    ], separatingFeatures: [2])

  private func model(_ change: (inout LogisticInference) -> Void = { _ in }) -> RetentionModel {
    var logistic = TinyModel.logisticModel
    var inference = Self.inference
    change(&inference)
    logistic.inference = inference
    return TinyModel.model(learner: .logistic(logistic), calibrator: .identity)
  }

  @Test func `an inference is stored as specified`() throws {
    let bytes = ByteList()
      .u8(1).u64(100).u8(1).u64(50).u64(4).f64(80).f64(100)
      .u8(0).f64(-1).f64(0.5).u8(0).u8(0)  // the intercept
      .u32(2)  // terms
      .u32(0).u8(0).u32(2).u32(2)
      .u8(1).f64(0.375).f64(0.0625).u8(1).f64(0.125).u8(1).f64(2)
      .u8(3).f64(0.25).f64(.infinity).u8(0).u8(0)
      .u8(1).f64(9).u64(2).u8(1).f64(.infinity).u8(1).f64(4).u8(1).f64(3)
      .u32(2).u8(1).i32(0).u32(1).u32(1)
      .u8(2).i32(1).f64(1).f64(2).u8(0).u8(0)
      .u8(0).u8(0).u8(0).u8(0)
      .u32(1).u32(2).u32(0).u8(3).u32(2).u8(2).i32(1)  // what goes together
      .u32(1).u32(2)  // what separates
      .bytes
    var parts = TinyModel.parts(
      learner: TinyModel.logistic, calibration: ByteList().u8(0).f64(0.25).f64(0.5).bytes)
    parts.sections.append(.init(type: 6, content: bytes))
    #expect(try fileBytes(of: model()) == parts.bytes)
    #expect(try ModelFile(bytes: parts.bytes).model == model())
    // A reader that does not know the section still has the model.
    parts.sections.removeLast()
    guard case .logistic(let read) = try ModelFile(bytes: parts.bytes).model.learner else { return }
    #expect(read == TinyModel.logisticModel)
    // Trees have none.
    var trees = TinyModel.parts(learner: TinyModel.trees, calibration: TinyModel.platt)
    trees.sections.append(.init(type: 6, content: bytes))
    #expect(throws: Diagnostic.self) { try ModelFile(bytes: trees.bytes) }
  }

  private func expectInvalid(
    _ words: String, _ change: (inout LogisticInference) -> Void
  ) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: Diagnostic.self) {
      _ = try ModelFile.write(model(change), to: folder.path("model"))
    }
    #expect(error?.kind == .modelInvalid)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "accepted")")
  }

  @Test func `what does not fit the features, or is no number, is refused`() throws {
    try expectInvalid("a feature 3 of 3") { $0.separatingFeatures = [3] }
    try expectInvalid("a feature 7 of 3") { $0.terms[0].feature = 7 }
    try expectInvalid("not in order") { $0.terms.reverse() }
    try expectInvalid("does not fit its feature") { $0.terms[0].effects[0].subject = .level(0) }
    try expectInvalid("does not fit its feature") { $0.terms[1].effects[0].subject = .quantity }
    try expectInvalid("does not fit its feature") { $0.intercept.subject = .missing }
    try expectInvalid("a level 3 of 3") { $0.terms[1].effects[0].subject = .level(3) }
    try expectInvalid("a level -1 of 3") { $0.terms[1].reference = -1 }
    try expectInvalid("a level 0 of 0") { $0.terms[0].reference = 0 }
    try expectInvalid("no quantity") { $0.terms[0].effects[1].deviation = 1 }
    try expectInvalid("a standard error") { $0.intercept.standardError = .nan }
    try expectInvalid("a standard error") { $0.intercept.standardError = -1 }
    try expectInvalid("an estimate") { $0.intercept.estimate = 1e300 }
    try expectInvalid("a deviance") { $0.deviance = .infinity }
    try expectInvalid("degrees of freedom") { $0.terms[0].test!.degreesOfFreedom = 3 }
    try expectInvalid("no degree of freedom") { $0.terms[0].test!.degreesOfFreedom = 0 }
    try expectInvalid("parameters") { $0.parameterCount = 1 << 30 }
    try expectInvalid("one column") { $0.correlatedColumns[0].removeLast() }
  }
}
