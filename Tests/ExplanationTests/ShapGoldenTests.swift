import Explanation
import GradientBoosting
import Learning
import LogisticRegression
import TestSupport
import Testing

/// What LightGBM and shap say of the same trees and rows; `Scripts/make-golden-shap.py`.
@Suite struct ShapGoldenTests {
  private struct Reference: Decodable {
    struct Node: Decodable {
      var value: Double?
      var cover: Double
      var feature: Int?
      var threshold: Double?
      var levels: [Int]?
      var missingLeft: Bool?
      var left: Int?
      var right: Int?

      enum CodingKeys: String, CodingKey {
        case value, cover, feature, threshold, levels, left, right
        case missingLeft = "missing_left"
      }
    }
    struct Case: Decodable {
      var trees: [[Node]]
      var rows: [[Double?]]
      var values: [[Double]]
      var mean: Double
    }
    struct Background: Decodable {
      var rows: [[Double?]]
      var values: [[Double]]
      var shap: [[Double]]
      var mean: Double
    }
    struct Linear: Decodable {
      var rows: [[Double?]]
      var labels: [Int]
      var coefficients: [Double]
      var values: [[Double]]
      var mean: Double
    }
    var mixed: Case
    var numeric: Case
    var background: Background
    var interactions: [[Double]]
    var linear: Linear
    var tolerance: Double
  }

  private let reference: Reference

  init() throws { reference = try ReferenceFiles.golden(Reference.self, "shap.json") }

  private func model(_ stored: Reference.Case, featureCount: Int) -> BoostedTrees {
    BoostedTrees(
      featureCount: featureCount, baseScore: 0,
      trees: stored.trees.map { stored in
        var levelSets: [LevelSet] = []
        let nodes = stored.map { node in
          guard let feature = node.feature else {
            return TreeNode.leaf(value: node.value!, cover: node.cover)
          }
          if let levels = node.levels {
            var words = [UInt64](repeating: 0, count: 2)
            for level in levels { words[level / 64] |= 1 << UInt64(level % 64) }
            levelSets.append(LevelSet(words: words))
          }
          return TreeNode(
            feature: Int32(feature), left: Int32(node.left!), right: Int32(node.right!),
            threshold: node.threshold ?? 0,
            levelSet: node.levels == nil ? -1 : Int32(levelSets.count - 1),
            missingGoesLeft: node.missingLeft!, unseenGoesLeft: false, gain: 0, cover: node.cover,
            value: 0)
        }
        return Tree(nodes: nodes, levelSets: levelSets)
      })
  }

  /// The stored rows; codes beyond `levelCount` were never seen.
  private func matrix(_ rows: [[Double?]], levelCounts: [Int: Int] = [:]) -> FeatureMatrix {
    let width = rows[0].count
    return FeatureMatrix(
      features: (0..<width).map { feature in
        let kind = levelCounts[feature].map { count in
          Feature.Kind.category(levels: (0..<count).map { "\($0)" })
        }
        return Feature(name: "x\(feature)", kind: kind ?? .number)
      },
      columns: (0..<width).map { feature in
        guard let count = levelCounts[feature] else {
          return .number(rows.map { $0[feature] ?? .nan })
        }
        return .category(
          rows.map { row in
            guard let code = row[feature] else { return CategoryCode.missing }
            return Int(code) < count ? Int32(code) : CategoryCode.unseen
          })
      }, rowCount: rows.count)
  }

  private func furthest(_ found: [Double], _ stored: [[Double]]) -> Double {
    let expected = stored.flatMap(\.self)
    #expect(found.count == expected.count)
    return zip(found, expected).map { abs($0 - $1) }.max()!
  }

  @Test func `trees with gaps and categories are explained as LightGBM explains them`() {
    let model = model(reference.mixed, featureCount: 6)
    #expect(model.trees.contains { !$0.levelSets.isEmpty })
    let explainer = TreeSHAP(model)
    let matrix = matrix(reference.mixed.rows, levelCounts: [4: 8, 5: 40])
    let found = explainer.contributions(of: matrix, threads: 2)
    #expect(furthest(found, reference.mixed.values) < reference.tolerance)
    #expect(abs(explainer.meanScore - reference.mixed.mean) < reference.tolerance)
  }

  @Test func `trees of quantities are explained as LightGBM explains them`() {
    let explainer = TreeSHAP(model(reference.numeric, featureCount: 4))
    let found = explainer.contributions(of: matrix(reference.numeric.rows), threads: 1)
    #expect(furthest(found, reference.numeric.values) < reference.tolerance)
    #expect(abs(explainer.meanScore - reference.numeric.mean) < reference.tolerance)
  }

  @Test func `against a background, contributions are LightGBM's scores shared out, and shap's`() {
    let explainer = TreeSHAP(
      model(reference.numeric, featureCount: 4), background: matrix(reference.background.rows))
    let found = explainer.contributions(of: matrix(reference.numeric.rows), threads: 1)
    #expect(furthest(found, reference.background.values) < reference.tolerance)
    // shap has the weights of coalitions in 32 bits.
    #expect(furthest(found, reference.background.shap) < 1e-6)
    #expect(abs(explainer.meanScore - reference.background.mean) < reference.tolerance)
    #expect(furthest(found, reference.numeric.values) > 0.01)
  }

  @Test func `interactions are shap's`() {
    let explainer = TreeSHAP(model(reference.numeric, featureCount: 4))
    let rows = matrix(reference.numeric.rows)
    let found = explainer.interactions(of: rows, rows: 0..<10, threads: 2)
    #expect(furthest(found, reference.interactions) < reference.tolerance)
  }

  @Test func `the terms of a logistic regression are those of shap's LinearExplainer`() throws {
    let stored = reference.linear
    var learner = LogisticRegressionLearner()
    learner.l2 = 0
    let rows = matrix(stored.rows)
    let model = try learner.fitted(
      to: TrainingSet(matrix: rows, labels: stored.labels.map { $0 == 1 }), threads: 1)
    let found = model.contributions(of: rows)
    #expect(
      furthest(Array(found.prefix(stored.values.count * 4)), stored.values) < reference.tolerance)
    #expect(abs(model.meanScore - stored.mean) < reference.tolerance)
  }
}
