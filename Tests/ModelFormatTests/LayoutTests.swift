import Calibration
import Evaluation
import Explanation
import GradientBoosting
import Learning
import LogisticRegression
import ModelFormat
import Scoring
import Testing

/// The layout of version 1, field by field as `Docs/Formats/Model.md` gives it: a change of any of
/// these bytes is a new format.
@Suite struct LayoutTests {
  @Test func `trees with a Platt line are stored as specified`() throws {
    let parts = TinyModel.parts(learner: TinyModel.trees, calibration: TinyModel.platt)
    let model = TinyModel.model(
      learner: .trees(TinyModel.boostedTrees), calibrator: .platt(slope: 1.5, intercept: -0.25))
    #expect(try fileBytes(of: model) == parts.bytes)
    #expect(try ModelFile(bytes: parts.bytes).model == model)
  }

  @Test func `logistic regression with an isotonic curve is stored as specified`() throws {
    let parts = TinyModel.parts(learner: TinyModel.logistic, calibration: TinyModel.isotonic)
    let model = TinyModel.model(
      learner: .logistic(TinyModel.logisticModel),
      calibrator: .isotonic(knots: [
        .init(score: -1, probability: 0.25), .init(score: 2, probability: 0.75),
      ]))
    #expect(try fileBytes(of: model) == parts.bytes)
    #expect(try ModelFile(bytes: parts.bytes).model == model)
  }

  @Test func `the remaining calibrators are stored as specified`() throws {
    let beta = ByteList().u8(3).f64(1.25).f64(0.75).f64(-0.5).f64(0.25).f64(0.5).bytes
    let none = ByteList().u8(0).f64(0.25).f64(0.5).bytes
    for (bytes, calibrator) in [
      (beta, Calibrator.beta(a: 1.25, b: 0.75, c: -0.5)), (none, .identity),
    ] {
      let model = TinyModel.model(
        learner: .trees(TinyModel.boostedTrees), calibrator: calibrator)
      let parts = TinyModel.parts(learner: TinyModel.trees, calibration: bytes)
      #expect(try fileBytes(of: model) == parts.bytes)
    }
  }
}

/// A model small enough to be written out by hand, and its bytes.
enum TinyModel {
  static let features = [
    Feature(name: "a", kind: .number), Feature(name: "b", kind: .boolean),
    Feature(name: "c", kind: .category(levels: ["p", "q"], hasOther: true)),
  ]

  static let boostedTrees = BoostedTrees(
    featureCount: 3, baseScore: -0.5,
    trees: [
      Tree(
        nodes: [
          TreeNode(
            feature: 2, left: 1, right: 2, threshold: 0, levelSet: 0, missingGoesLeft: true,
            unseenGoesLeft: false, gain: 4, cover: 10, value: 0),
          .leaf(value: 0.5, cover: 6),
          TreeNode(
            feature: 0, left: 3, right: 4, threshold: 2.5, levelSet: -1, missingGoesLeft: false,
            unseenGoesLeft: true, gain: 1.5, cover: 4, value: 0),
          .leaf(value: -0.25, cover: 3), .leaf(value: 1, cover: 1),
        ], levelSets: [LevelSet(words: [0b101])])
    ])

  static let logisticModel = LogisticModel(
    intercept: Coefficient(value: -1, standardError: 0.5),
    terms: [
      LogisticTerm(
        form: .quantity(
          Standardization(center: 3, scale: 2), Coefficient(value: 0.75, standardError: 0.125)),
        missing: Coefficient(value: 0.25, standardError: 0.5), mean: 0.0625),
      LogisticTerm(form: .constant, missing: nil, mean: 0),
      LogisticTerm(
        form: .category([Coefficient(value: 1, standardError: 2), nil, nil]), missing: nil,
        mean: -0.5),
    ],
    convergence: Convergence(
      iterationCount: 7, gradientNorm: 1e-9, isConverged: true, addedRidge: 0))

  static func model(learner: FittedModel, calibrator: Calibrator) -> RetentionModel {
    RetentionModel(
      schema: ModelSchema(
        features: features, idColumn: "id",
        target: ModelSchema.Target(column: "left", positive: "yes", negative: "no")),
      learner: learner, calibrator: calibrator, bands: ScoreBands(elevated: 0.25, high: 0.5),
      summary: TrainingSummary(
        release: "0.1.0", learner: "gbm", rowCount: 100, positiveCount: 20,
        fingerprint: 0x0123_4567_89ab_cdef, parameters: [.init("seed", "0")],
        validation: TrainingSummary.Validation(
          foldCount: 5, rule: "stratified", rowCount: 100,
          metrics: [.init(metric: .rocAUC, value: 0.75, low: 0.5, high: 1)], baselineLogLoss: 0.5),
        contest: [.init(learner: "gbm", logLoss: 0.25, rocAUC: 0.75)],
        importances: [
          Importance(feature: "a", kind: .permutation, value: 0.125, standardError: 0.0625),
          Importance(feature: "b", kind: .gain, value: 1, standardError: nil),
        ],
        excludedColumns: [.init(name: "note", reason: "free text")], warnings: ["careful"]))
  }

  static func parts(learner: [UInt8], calibration: [UInt8]) -> ModelParts {
    ModelParts(sections: [
      .init(type: 0x8000_0001, content: schema), .init(type: 0x8000_0002, content: learner),
      .init(type: 0x8000_0003, content: calibration), .init(type: 0x8000_0004, content: summary),
    ])
  }

  static let schema = ByteList()
    .u32(3)  // features
    .text("a").u8(0).text("b").u8(1)
    .text("c").u8(2).u8(1).u32(2).text("p").text("q")
    .u8(1).text("id")  // the key
    .text("left").text("yes").text("no")
    .bytes

  static let trees = ByteList()
    .u8(1).f64(-0.5)
    .u32(1)  // trees
    .u32(1).u32(1).u64(0b101)  // one level set of one word
    .u32(5)  // nodes: feature, cover; then a leaf's value or a test
    .i32(2).f64(10).i32(1).i32(2).i32(0).f64(0).u8(1).f64(4)
    .i32(-1).f64(6).f64(0.5)
    .i32(0).f64(4).i32(3).i32(4).i32(-1).f64(2.5).u8(2).f64(1.5)
    .i32(-1).f64(3).f64(-0.25)
    .i32(-1).f64(1).f64(1)
    .bytes

  static let logistic = ByteList()
    .u8(0).f64(-1).f64(0.5)  // the intercept
    .i32(7).f64(1e-9).u8(1).f64(0)  // the fit
    .u32(3)  // terms
    .u8(1).f64(3).f64(2).f64(0.75).f64(0.125).u8(1).f64(0.25).f64(0.5).f64(0.0625)
    .u8(0).u8(0).f64(0)
    .u8(2).u32(3).u8(1).f64(1).f64(2).u8(0).u8(0).u8(0).f64(-0.5)
    .bytes

  static let platt = ByteList().u8(1).f64(1.5).f64(-0.25).f64(0.25).f64(0.5).bytes

  static let isotonic = ByteList()
    .u8(2).u32(2).f64(-1).f64(0.25).f64(2).f64(0.75).f64(0.25).f64(0.5)
    .bytes

  static let summary = ByteList()
    .text("0.1.0").text("gbm").u64(100).u64(20).u64(0x0123_4567_89ab_cdef)
    .u32(1).text("seed").text("0")
    .u8(1).u32(5).text("stratified").u64(100).f64(0.5)
    .u32(1).text("roc_auc").f64(0.75).f64(0.5).f64(1)
    .u32(1).text("gbm").f64(0.25).f64(0.75)
    .u32(2).text("a").text("permutation").f64(0.125).u8(1).f64(0.0625)
    .text("b").text("gain").f64(1).u8(0)
    .u32(1).text("note").text("free text")
    .u32(1).text("careful")
    .bytes
}
