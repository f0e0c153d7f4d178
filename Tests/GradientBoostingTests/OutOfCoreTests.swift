import Diagnostics
import Foundation
import GradientBoosting
import Learning
import TestSupport
import Testing

/// Bins in files: the same as bins in memory.
@Suite struct OutOfCoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [255, 2000]) func `bins in files are those in memory`(binLimit: Int) throws {
    let set = try SeededTables.mixed(rowCount: 9000, seed: 3, levelCount: 300)
    let pool = WorkerPool(threads: 3)
    let plain = BinnedMatrix(set.matrix, binLimit: binLimit, pool: pool)
    let filed = try BinnedMatrix(
      of: set.matrix, binLimit: binLimit, pool: pool, folder: folder.url.path)
    #expect(plain.mappers == filed.mappers)
    #expect(plain.usableFeatures == filed.usableFeatures)
    #expect(plain.wideFeatures == filed.wideFeatures)
    for feature in plain.mappers.indices {
      #expect(
        (0..<set.rowCount).allSatisfy {
          plain.columns.bin(feature, row: $0) == filed.columns.bin(feature, row: $0)
        })
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
  }

  @Test(arguments: [1, 2, 7]) func `trees of bins in files are the same`(threads: Int) throws {
    let set = try SeededTables.mixed(rowCount: 9000, seed: 4, levelCount: 40)
    var learner = GradientBoostingLearner()
    learner.treeCount = 30
    learner.rowSample = 0.8
    let outcomes = try TrainingSet(
      matrix: FeatureMatrix(features: [], columns: [], rowCount: set.rowCount),
      labels: set.labels)
    let model = try learner.fitted(
      to: outcomes, columns: set.matrix, folder: folder.url.path, threads: threads)
    #expect(try model == learner.fitted(to: set, threads: 1))
    let rows = Array(stride(from: 0, to: set.rowCount, by: 3))
    let some = try learner.fitted(
      to: outcomes.selecting(rows), columns: SelectedColumns(set.matrix, rows: rows),
      folder: folder.url.path, threads: threads)
    #expect(try some == learner.fitted(to: set.selecting(rows), threads: 1))
  }

  /// A source of which a column cannot be read.
  private struct Broken: ColumnSource {
    let matrix: FeatureMatrix
    var features: [Feature] { matrix.features }
    var rowCount: Int { matrix.rowCount }
    var rowsAtOnce: Int { 7 }

    func column(_ feature: Int) throws(Diagnostic) -> FeatureColumn {
      if feature > 1 { throw Diagnostic(.inputFailed, "column \(feature)") }
      return matrix.columns[feature]
    }

    func matrix(of rows: [Int]) -> FeatureMatrix { matrix.selecting(rows) }
  }

  @Test func `the first column that cannot be read is the error`() throws {
    let set = try SeededTables.mixed(rowCount: 500, seed: 5)
    let error = #expect(throws: Diagnostic.self) {
      try GradientBoostingLearner().fitted(
        to: set, columns: Broken(matrix: set.matrix), folder: nil, threads: 4)
    }
    #expect(error?.message == "column 2")
  }

  @Test func `rows that are scored a few at a time have the same scores`() throws {
    let set = try SeededTables.mixed(rowCount: 500, seed: 6)
    let model = try GradientBoostingLearner().fitted(to: set, threads: 2)
    let scores = try Broken(matrix: set.matrix).scores(of: Array(0..<500)) {
      model.scores(of: $0, threads: 1)
    }
    #expect(scores == model.scores(of: set.matrix, threads: 1))
  }

  @Test func `a folder that is not there is an error`() throws {
    let set = try SeededTables.mixed(rowCount: 500, seed: 7)
    let error = #expect(throws: Diagnostic.self) {
      try GradientBoostingLearner().fitted(
        to: set, columns: set.matrix, folder: folder.path("missing"), threads: 1)
    }
    #expect(error?.kind == .outputCannotCreate)
  }
}
