import Calibration
import Diagnostics
import Foundation
import Learning
import LogisticRegression
import ModelFormat
import Scoring
import TestSupport
import Testing

@Suite struct RoundTripTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: SampleLearner.allCases, [CalibrationMethod.none, .platt, .isotonic, .beta])
  func `a model read back is the model that was written, and scores the same bits`(
    learner: SampleLearner, calibration: CalibrationMethod
  ) throws {
    let model = SampleModels.model(learner, calibration: calibration)
    let path = folder.path("model.retain")
    let (written, bytes) = try bytesAfterWriting(model, to: path)
    let read = try ModelFile(path: path)
    #expect(read.model == model)
    #expect(written.model == model)
    #expect(read.id == written.id)
    #expect(read.byteCount == bytes.count)

    let matrix = SampleModels.set.matrix
    let before = model.probabilities(of: matrix, threads: 1)
    let after = read.model.probabilities(of: matrix, threads: 2)
    #expect(before.map(\.bitPattern) == after.map(\.bitPattern))
    let reasons = model.learner.attribution(of: matrix, threads: 1).values
    #expect(read.model.learner.attribution(of: matrix, threads: 2).values == reasons)
  }

  @Test(arguments: SampleLearner.allCases)
  func `a model with certainty says the same of every row when it is read back`(
    learner: SampleLearner
  ) throws {
    let model = SampleModels.certainModel(learner)
    #expect(model.certainty != nil && model.summary.calibration != nil)
    let read = try ModelFile(bytes: try fileBytes(of: model)).model
    #expect(read == model)
    let table = ProbeTable.encoded(for: model)
    let scores = model.scores(of: table, threads: 1)
    // Values of reasons may be missing, which equals nothing.
    let again = read.scores(of: table, threads: 1)
    #expect(scores.map(\.certainty) == again.map(\.certainty))
    #expect(scores.map(\.probability) == again.map(\.probability))
    #expect(scores.allSatisfy { $0.certainty != nil })
  }

  @Test(arguments: SampleLearner.allCases)
  func `one model has one file and one id, and another model another`(learner: SampleLearner) throws
  {
    let model = SampleModels.model(learner)
    let (first, bytes) = try bytesAfterWriting(model, to: folder.path("a"))
    let (second, again) = try bytesAfterWriting(model, to: folder.path("b"))
    #expect(bytes == again)
    #expect(first.id == second.id)
    #expect(first.id.count == 16)
    #expect(first.id.allSatisfy { "0123456789abcdef".contains($0) })

    // Written, read and written once more: still the same bytes.
    #expect(try fileBytes(of: first.model) == bytes)

    var other = model
    other.bands.high = other.bands.high.nextUp
    #expect(try bytesAfterWriting(other, to: folder.path("c")).file.id != first.id)
  }

  @Test func `a model without standard errors is read back without them`() throws {
    var learner = LogisticRegressionLearner()
    learner.inference = .none
    var model = SampleModels.model(.logistic)
    let fitted = try learner.fitted(to: SampleModels.set, threads: 1)
    #expect(fitted.intercept.standardError == nil)
    model.learner = .logistic(fitted)
    let (_, bytes) = try bytesAfterWriting(model, to: folder.path("bare"))
    let read = try ModelFile(path: folder.path("bare")).model
    #expect(read == model)
    #expect(try fileBytes(of: read) == bytes)
  }

  @Test func `a sparse summary and a schema with an other level survive as well`() throws {
    var model = SampleModels.model(.logistic)
    model.summary.validation = nil
    model.summary.contest = []
    model.summary.importances = []
    model.summary.parameters = []
    model.summary.excludedColumns = []
    model.summary.warnings = []
    model.schema.idColumn = "key\u{301} \"quoted\",\n"
    model.schema.features[3].kind = .category(
      levels: ["", "caf\u{e9}", "cafe\u{301}", "d", "e"], hasOther: true)
    let bytes = try fileBytes(of: model)
    let read = try ModelFile(bytes: bytes).model
    #expect(read == model)
    // `==` finds the two spellings equal; the bytes must differ all the same.
    guard case .category(let levels, true) = read.schema.features[3].kind else {
      return #expect(Bool(false), "the category did not stay one")
    }
    #expect(levels.map { Array($0.utf8).count } == [0, 5, 6, 1, 1])
  }

  @Test func `only the owner may read a model`() throws {
    let path = folder.path("private")
    _ = try ModelFile.write(SampleModels.model(.trees), to: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }

  @Test func `a model that no reader would accept is not written, and the old file stays`() throws {
    let path = folder.path("kept")
    let (_, bytes) = try bytesAfterWriting(SampleModels.model(.trees), to: path)
    var unsound = SampleModels.model(.trees)
    unsound.bands.elevated = .nan
    let error = #expect(throws: Diagnostic.self) { try ModelFile.write(unsound, to: path) }
    #expect(error?.kind == .modelInvalid)
    #expect(Array(try Data(contentsOf: URL(filePath: path))) == bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["kept"])
  }

  @Test func `a fault of a file names the file`() throws {
    let path = try folder.write("a,b\n1,2\n", to: "table.csv")
    let error = #expect(throws: Diagnostic.self) { try ModelFile(path: path) }
    #expect(error?.file == path)
    let missing = #expect(throws: Diagnostic.self) { try ModelFile(path: folder.path("none")) }
    #expect(missing?.kind == .inputMissing)
  }
}
