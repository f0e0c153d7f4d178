import Explanation
import GradientBoosting
import Learning
import TestSupport
import Testing

/// Curves of formulas and small trees beside scikit-learn's and PyALE's; see
/// `Scripts/make-golden-curves.py`.
@Suite struct CurveGoldenTests {
  struct Reference: Decodable {
    struct Curve: Decodable {
      var column: Int
      var grid: [Double]
      var pdp: [Double]
      var lines: [[Double]]
      var ale: [Double]
    }
    struct Surface: Decodable {
      var grids: [[Double]]
      var pdp: [Double]
      var ale: [Double]
    }
    struct Case: Decodable {
      var name: String
      var base: Double
      /// Trees of `[feature, threshold or value, left, right]`; a leaf's feature is -1.
      var trees: [[[Double]]]
      var columns: [[Double]]
      var curves: [Curve]
      var surface: Surface
      var hSquared: Double

      var matrix: FeatureMatrix {
        FeatureMatrix(
          features: ["a", "b", "c"].map { Feature(name: $0, kind: .number) },
          columns: columns.map { .number($0) }, rowCount: columns[0].count)
      }

      var model: CurveModel { trees.isEmpty ? .any(Self.formula) : .trees(boosted) }

      private var boosted: BoostedTrees {
        BoostedTrees(
          featureCount: 3, baseScore: base,
          trees: trees.map { nodes in
            Tree(
              nodes: nodes.map { node in
                node[0] < 0
                  ? .leaf(value: node[1], cover: 1)
                  : TreeNode(
                    feature: Int32(node[0]), left: Int32(node[2]), right: Int32(node[3]),
                    threshold: node[1], levelSet: -1, missingGoesLeft: false,
                    unseenGoesLeft: false, gain: 1, cover: 1, value: 0)
              }, levelSets: [])
          })
      }

      private static func formula(_ matrix: FeatureMatrix) -> [Double] {
        let columns = matrix.columns.map { column -> [Double] in
          guard case .number(let values) = column else { return [] }
          return values
        }
        return (0..<matrix.rowCount).map { row in
          let (a, b, c) = (columns[0][row], columns[1][row], columns[2][row])
          return 0.3 + 0.8 * a - 0.5 * b + 0.7 * a * b + 0.4 * c
        }
      }

      var part: CurvePart {
        let trees = boosted
        return CurvePart(
          model: model, matrix: matrix, probability: LogLoss.probability,
          score: { [isFormula = self.trees.isEmpty] matrix, threads in
            isFormula ? Self.formula(matrix) : trees.scores(of: matrix, threads: threads)
          })
      }
    }
    var tolerance: Double
    var cases: [Case]
  }

  private let reference: Reference

  init() throws {
    reference = try ReferenceFiles.golden(Reference.self, "curves.json")
    #expect(reference.cases.count == 2)
  }

  private func expectClose(_ values: [Double], _ expected: [Double], _ what: String) {
    #expect(values.count == expected.count, "\(what)")
    for (value, expected) in zip(values, expected) {
      #expect(abs(value - expected) <= reference.tolerance, "\(what): \(value), \(expected)")
    }
  }

  @Test func `partial dependence and single rows are scikit-learn's`() {
    for stored in reference.cases {
      var settings = CurveSettings(kind: .pdp)
      settings.pointCount = 12
      settings.lineCount = stored.matrix.rowCount
      let curves = FeatureCurve.curves(
        of: [0, 1, 2], parts: [stored.part], settings, threads: 2)
      for (curve, expected) in zip(curves, stored.curves) {
        let name = "\(stored.name) \(curve.feature.name)"
        #expect(curve.points.map(\.place) == expected.grid.map { .number($0) }, "\(name)")
        expectClose(curve.points.map(\.logOdds), expected.pdp, name)
        for row in expected.lines.indices {
          expectClose(curve.lines[row].logOdds, expected.lines[row], "\(name), row \(row)")
        }
      }
    }
  }

  @Test func `local effects are PyALE's estimate`() {
    for stored in reference.cases {
      var settings = CurveSettings(kind: .ale)
      settings.pointCount = 12
      let curves = FeatureCurve.curves(of: [0, 1, 2], parts: [stored.part], settings, threads: 2)
      for (curve, expected) in zip(curves, stored.curves) {
        expectClose(
          curve.points.map { $0.logOdds - curve.meanLogOdds }, expected.ale,
          "\(stored.name) \(curve.feature.name)")
      }
    }
  }

  @Test
  func `surfaces of two features are scikit-learn's, and second-order effects the definition's`() {
    for stored in reference.cases {
      for kind in [FeatureCurve.Kind.pdp, .ale] {
        var settings = CurveSettings(kind: kind)
        settings.pointCount = 6
        let surface = FeatureSurface.drawn(0, 1, parts: [stored.part], settings, threads: 2)
        #expect(surface.firstPlaces == stored.surface.grids[0].map { .number($0) })
        #expect(surface.secondPlaces == stored.surface.grids[1].map { .number($0) })
        expectClose(
          surface.logOdds, kind == .pdp ? stored.surface.pdp : stored.surface.ale,
          "\(stored.name) \(kind)")
      }
    }
  }

  @Test func `of few values the interaction is the paper's sum over rows`() throws {
    for stored in reference.cases {
      var settings = CurveSettings()
      settings.pointCount = 12
      let surface = FeatureSurface.drawn(1, 2, parts: [stored.part], settings, threads: 1)
      let share = try #require(surface.interactionShare)
      #expect(abs(share.mean - stored.hSquared) <= reference.tolerance, "\(stored.name)")
    }
  }
}
