import Scoring
import TestSupport
import Testing

@Suite struct ModelImportanceTests {
  @Test func `the gains of trees are shares of one, the largest first`() {
    let all = ModelImportance.of(
      SampleModels.model(.trees).learner, on: SampleModels.set.matrix)
    #expect(Swift.Set(all.map(\.feature)) == ["x", "y", "z", "level"])
    let importances = all.filter { $0.kind == .gain }
    let splits = all.filter { $0.kind == .splits }
    #expect(importances.count + splits.count == all.count && splits.count == importances.count)
    #expect(splits.allSatisfy { $0.value == $0.value.rounded() && $0.value >= 0 })
    #expect(splits.map(\.value) == splits.map(\.value).sorted(by: >))
    #expect(importances.allSatisfy { $0.kind == .gain && $0.value >= 0 })
    #expect(abs(importances.reduce(0) { $0 + $1.value } - 1) < 1e-12)
    #expect(importances.map(\.value) == importances.map(\.value).sorted(by: >))
    #expect(importances[0].feature == "x")
  }

  @Test func `the importance of a logistic term is its spread over the rows`() throws {
    let set = SampleModels.set
    let learner = SampleModels.model(.logistic).learner
    let importances = ModelImportance.of(learner, on: set.matrix)
    #expect(importances.allSatisfy { $0.kind == .coefficient })
    let attribution = learner.attribution(of: set.matrix, threads: 1)
    let contributions = (0..<set.rowCount).map { attribution.contributions(ofRow: $0) }
    for (feature, description) in set.matrix.features.enumerated() {
      let mean = contributions.reduce(0) { $0 + $1[feature] } / 1500
      #expect(abs(mean) < 1e-12)
      let variance = contributions.reduce(0) { $0 + $1[feature] * $1[feature] } / 1500
      let found = try #require(importances.first { $0.feature == description.name })
      #expect(abs(found.value - variance.squareRoot()) < 1e-12)
    }
  }
}
