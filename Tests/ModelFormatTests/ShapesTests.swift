import Diagnostics
import Learning
import LogisticRegression
import ModelFormat
import Scoring
import TestSupport
import Testing

/// The section of terms that are neither lines nor a coefficient per level.
@Suite struct ShapesTests {
  private static let one = Coefficient(value: 0.5, standardError: 0.25)
  private static let two = Coefficient(value: -2, standardError: 1)

  /// The tiny model with these terms for its number, its yes/no and its category of three codes.
  private func model(_ forms: [LogisticTerm.Form]) -> RetentionModel {
    var logistic = TinyModel.logisticModel
    for (feature, form) in forms.enumerated() { logistic.terms[feature].form = form }
    return TinyModel.model(learner: .logistic(logistic), calibrator: .identity)
  }

  private var curve: LogisticTerm.Form {
    .curve(
      SplineCurve(
        spline: NaturalSpline(knots: [0, 2, 8])!, values: [Self.one, Self.two, Self.one]))
  }

  private let by = Standardization(center: 3, scale: 2)
  private var low: LogisticTerm.Form {
    .mapped(.winsorized(low: -1, high: 4), by, Self.two)
  }

  /// A file of the tiny model whose section of shapes is `content`.
  private func fault(_ content: ByteList, forms: [LogisticTerm.Form]? = nil) throws -> Diagnostic? {
    let whole = try fileBytes(of: model(forms ?? [curve, low, .constant]))
    var parts = ModelParts(whole)
    parts.sections[4].content = content.bytes
    do throws(Diagnostic) {
      _ = try ModelFile(bytes: parts.bytes)
      return nil
    } catch {
      return error
    }
  }

  private func expectInvalid(_ error: Diagnostic?, _ words: String) {
    #expect(error?.kind == .modelInvalid)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "accepted")")
  }

  private func curveBytes(_ knots: [Double], value: Double = 1, feature: Int32 = 0) -> ByteList {
    let bytes = ByteList().u32(1).i32(feature).u8(4).u32(UInt32(knots.count))
    for knot in knots { bytes.f64(knot).f64(value).f64(1) }
    return bytes
  }

  @Test func `every form is stored as specified, beside terms of form 0`() throws {
    let cases: [([LogisticTerm.Form], [UInt8])] = [
      (
        [curve, low, .grouped([Self.one, nil, nil], rare: Self.two)],
        ByteList().u32(3)
          .i32(0).u8(4).u32(3).f64(0).f64(0.5).f64(0.25).f64(2).f64(-2).f64(1).f64(8).f64(0.5)
          .f64(0.25)
          .i32(1).u8(3).u8(0).f64(-1).f64(4).f64(3).f64(2).f64(-2).f64(1)
          .i32(2).u8(5).u32(3).u8(1).f64(0.5).f64(0.25).u8(0).u8(0).f64(-2).f64(1).bytes
      ),
      (
        [
          .mapped(.signedLog(unit: 7), by, Self.one), .constant,
          .encoded([0.5, -1, 0], by, Self.two),
        ],
        ByteList().u32(2)
          .i32(0).u8(3).u8(1).f64(7).f64(3).f64(2).f64(0.5).f64(0.25)
          .i32(2).u8(6).u32(3).f64(0.5).f64(-1).f64(0).f64(3).f64(2).f64(-2).f64(1).bytes
      ),
    ]
    for (forms, content) in cases {
      let model = model(forms)
      let bytes = try fileBytes(of: model)
      let parts = ModelParts(bytes)
      #expect(parts.sections.count == 5)
      #expect(parts.sections[4].type == 0x8000_0007)
      #expect(parts.sections[4].content == content)
      #expect(try ModelFile(bytes: bytes).model == model)
      #expect(parts.bytes == bytes)
    }
  }

  @Test func `a model without shapes has no section of them`() throws {
    let model = TinyModel.model(
      learner: .logistic(TinyModel.logisticModel), calibrator: .identity)
    #expect(ModelParts(try fileBytes(of: model)).sections.count == 4)
  }

  @Test func `knots that make no curve, and values out of range, are refused`() throws {
    #expect(try fault(curveBytes([0, 1, 2])) == nil)
    for knots in [
      [], [0, 1], [0, 0, 1], [2, 1, 0], [0, 1e-9, 1], [1e300, 1.0000001e300, 1.1e300],
    ]
      as [[Double]]
    {
      // A shape takes 30 bytes at least.
      let rest = [UInt8](repeating: 0, count: knots.isEmpty ? 30 : 0)
      expectInvalid(try fault(curveBytes(knots).raw(rest)), "knots that are too few")
    }
    expectInvalid(try fault(curveBytes([0, .nan, 1])), "a knot is not a finite number")
    expectInvalid(try fault(curveBytes([-.infinity, 0, 1])), "a knot is not a finite number")
    expectInvalid(try fault(curveBytes([0, 1, 2], value: 1e260)), "a curve's value")
    expectInvalid(try fault(curveBytes([0, 1, 2], value: .nan)), "a coefficient")
    #expect(try fault(curveBytes((0..<65).map(Double.init)))?.kind == .modelLimit)
    expectInvalid(
      try fault(ByteList().u32(1).i32(0).u8(4).u32(60).f64(0).f64(0).f64(0)), "60 knots in")
  }

  @Test func `the steepest curve that is accepted has finite scores`() throws {
    let whole = try fileBytes(of: model([curve, low, .constant]))
    var parts = ModelParts(whole)
    let bytes = ByteList().u32(1).i32(0).u8(4).u32(3)
    for (knot, value) in [(0, 9e249), (1e-6, -9e249), (1, 9e249)] {
      bytes.f64(knot).f64(value).f64(1)
    }
    parts.sections[4].content = bytes.bytes
    let model = try ModelFile(bytes: parts.bytes).model
    for x in [-Double.infinity, -1e308, 0, 5e-7, 0.5, 1e308, .infinity] {
      let matrix = FeatureMatrix(
        features: TinyModel.features,
        columns: [.number([x]), .number([1]), .category([0])], rowCount: 1)
      #expect(model.learner.scores(of: matrix, threads: 1)[0].isFinite)
      #expect(model.learner.attribution(of: matrix, threads: 1).values[0].isFinite)
    }
  }

  @Test func `maps have ends in order and a unit above 0`() throws {
    func map(_ fields: (ByteList) -> ByteList) -> ByteList {
      fields(ByteList().u32(1).i32(0).u8(3)).f64(3).f64(2).f64(1).f64(1)
    }
    #expect(try fault(map { $0.u8(0).f64(4).f64(4) }) == nil)
    expectInvalid(try fault(map { $0.u8(0).f64(5).f64(4) }), "a lower end")
    expectInvalid(try fault(map { $0.u8(0).f64(.nan).f64(4) }), "a lower end")
    expectInvalid(try fault(map { $0.u8(0).f64(0).f64(.infinity) }), "an upper end")
    #expect(try fault(map { $0.u8(1).f64(.leastNonzeroMagnitude) }) == nil)
    for unit in [0, -1, .nan, .infinity] as [Double] {
      expectInvalid(try fault(map { $0.u8(1).f64(unit) }), "a unit")
    }
    expectInvalid(try fault(map { $0.u8(2).f64(1) }), "a map of unknown kind 2")
  }

  @Test func `shapes ascend, fit their features, and stand where there is no other form`() throws {
    expectInvalid(try fault(ByteList().u32(0)), "no shapes")
    expectInvalid(try fault(curveBytes([0, 1, 2], feature: 2)), "does not fit its feature's kind")
    expectInvalid(try fault(curveBytes([0, 1, 2], feature: 3)), "a shape of feature 3")
    expectInvalid(try fault(curveBytes([0, 1, 2], feature: -1)), "a shape of feature -1")
    let twice = ByteList().u32(2).raw(Array(curveBytes([0, 1, 2]).bytes.dropFirst(4)))
      .raw(Array(curveBytes([0, 1, 2]).bytes.dropFirst(4)))
    expectInvalid(try fault(twice), "a shape of feature 0, expected 1")
    // The number is a line in the learner's section already.
    let line = TinyModel.logisticModel.terms[0].form
    expectInvalid(
      try fault(curveBytes([0, 1, 2]), forms: [line, low]), "a second form of feature 0")
    expectInvalid(
      try fault(ByteList().u32(1).i32(0).u8(7).raw([UInt8](repeating: 0, count: 40))),
      "a shape of unknown kind 7")
    expectInvalid(
      try fault(ByteList().u32(1).i32(2).u8(6).u32(2).f64(0).f64(0).f64(3).f64(2).f64(1).f64(1)),
      "2 values for 3 levels")
    expectInvalid(
      try fault(
        ByteList().u32(1).i32(2).u8(6).u32(3).f64(0).f64(.nan).f64(0).f64(3).f64(2).f64(1).f64(1)),
      "a level's value")
    expectInvalid(
      try fault(curveBytes([0, 1, 2]).u8(0)), "1 bytes too many")
  }

  @Test func `trees have no shapes, and no model has two sections of them`() throws {
    var parts = TinyModel.parts(learner: TinyModel.trees, calibration: TinyModel.platt)
    parts.sections.append(.init(type: 0x8000_0007, content: curveBytes([0, 1, 2]).bytes))
    #expect(throws: Diagnostic.self) { try ModelFile(bytes: parts.bytes) }
    var twice = ModelParts(try fileBytes(of: model([curve, low, .constant])))
    twice.sections.append(twice.sections[4])
    #expect(throws: Diagnostic.self) { try ModelFile(bytes: twice.bytes) }
  }
}
