import Explanation
import Foundation
import GradientBoosting
import Learning
import LogisticRegression
import TestSupport
import Testing

/// Rows of columns, some of them categories, and a score of them.
private struct Sample {
  var features: [Feature]
  var columns: [FeatureColumn]

  init(_ numbers: [[Double]]) {
    features = numbers.indices.map { Feature(name: "x\($0)", kind: .number) }
    columns = numbers.map { .number($0) }
  }

  var matrix: FeatureMatrix {
    FeatureMatrix(features: features, columns: columns, rowCount: columns[0].count)
  }

  func part(
    weights: [Double]? = nil, groups: [Int]? = nil,
    _ score: @escaping @Sendable ([Double]) -> Double
  ) -> CurvePart {
    let scores: @Sendable (FeatureMatrix) -> [Double] = { matrix in
      let block = RowBlock(matrix, rows: 0..<matrix.rowCount)
      return (0..<matrix.rowCount).map { row in
        block.withRow(row) { span in score(span.indices.map { span[$0] }) }
      }
    }
    return CurvePart(
      model: .any(scores), matrix: matrix, weights: weights, groups: groups,
      probability: LogLoss.probability, score: { matrix, _ in scores(matrix) })
  }
}

@Suite struct FeatureCurveTests {
  private func numbers(_ count: Int, seed: UInt64, stream: UInt64 = 0) -> [Double] {
    var generator = SeededGenerator(seed: seed, stream: stream)
    return (0..<count).map { _ in generator.nextUnit() * 4 - 2 }
  }

  private func curve(
    _ feature: Int = 0, _ parts: [CurvePart], kind: FeatureCurve.Kind = .pdp, threads: Int = 1,
    _ change: (inout CurveSettings) -> Void = { _ in }
  ) -> FeatureCurve {
    var settings = CurveSettings(kind: kind)
    settings.resampleCount = 40
    change(&settings)
    return FeatureCurve.curves(of: [feature], parts: parts, settings, threads: threads)[0]
  }

  private func value(_ point: FeatureCurve.Point) -> Double {
    guard case .number(let value) = point.place else { return .nan }
    return value
  }

  private func matrix(of set: TrainingSet, _ model: BoostedTrees) -> CurvePart {
    CurvePart(
      model: .trees(model), matrix: set.matrix, probability: LogLoss.probability,
      score: { model.scores(of: $0, threads: $1) },
      attribution: { matrix, threads in
        let explainer = TreeSHAP(model)
        return Attribution(
          meanScore: explainer.meanScore, featureCount: model.featureCount,
          values: explainer.contributions(of: matrix, threads: threads))
      })
  }

  private func fitted(_ set: TrainingSet, signs: [Int: Int] = [:]) throws -> BoostedTrees {
    var learner = GradientBoostingLearner()
    learner.treeCount = 30
    learner.earlyStoppingPatience = nil
    learner.monotone = signs
    return try learner.fitted(to: set, threads: 2)
  }

  // MARK: What curves say

  @Test(arguments: [FeatureCurve.Kind.pdp, .ale])
  func `the curve of a sum is the term itself`(kind: FeatureCurve.Kind) {
    let (x, z) = (numbers(400, seed: 1), numbers(400, seed: 2))
    let drawn = curve(
      0, [Sample([x, z]).part { $0[0] * $0[0] * $0[0] - 2 * $0[1] }], kind: kind)
    #expect(drawn.points.count == 40)
    let shift =
      drawn.points[0].logOdds - value(drawn.points[0]) * value(drawn.points[0])
      * value(drawn.points[0])
    for point in drawn.points {
      let x = value(point)
      #expect(abs(point.logOdds - x * x * x - shift) < 1e-12)
    }
    #expect(abs(drawn.points.reduce(0) { $0 + $1.rowShare } - 1) < 1e-12)
    #expect(drawn.missing == nil)
  }

  @Test func `local effects stay with the rows that there are, partial dependence does not`() {
    // The second column nearly follows the first. What the model does where they differ no row
    // has ever shown, and only partial dependence asks for it.
    let x = numbers(2000, seed: 3)
    let z = zip(x, numbers(2000, seed: 4)).map { $0 + 0.05 * $1 }
    let part = Sample([x, z]).part { row in
      row[0] + (abs(row[0] - row[1]) > 0.5 ? 10 * row[0] : 0)
    }
    let local = curve(0, [part], kind: .ale)
    let shift = local.points[0].logOdds - value(local.points[0])
    #expect(local.points.allSatisfy { abs($0.logOdds - value($0) - shift) < 1e-9 })
    let partial = curve(0, [part])
    let slope =
      (partial.points.last!.logOdds - partial.points[0].logOdds)
      / (value(partial.points.last!) - value(partial.points[0]))
    #expect(slope > 5)
  }

  @Test func `a missing value has a point of its own, apart from the others`() {
    let x = numbers(300, seed: 5).enumerated().map { $0 % 5 == 0 ? Double.nan : $1 }
    let part = Sample([x, numbers(300, seed: 6)]).part { row in
      (row[0].isNaN ? 3 : row[0]) + row[1]
    }
    for kind in [FeatureCurve.Kind.pdp, .ale] {
      let drawn = curve(0, [part], kind: kind)
      let missing = drawn.missing!
      #expect(missing.place == .missing)
      #expect(abs(missing.rowShare - 0.2) < 1e-12)
      #expect(drawn.points.allSatisfy { !value($0).isNaN })
      #expect(abs(drawn.points.reduce(missing.rowShare) { $0 + $1.rowShare } - 1) < 1e-12)
      // 3 where 0 would add nothing, whichever way it is measured.
      let atZero = drawn.points.min { abs(value($0)) < abs(value($1)) }!
      if kind == .pdp {
        #expect(abs(missing.logOdds - atZero.logOdds - 3 + value(atZero)) < 1e-9)
      } else {
        #expect(missing.logOdds - drawn.meanLogOdds > 2.5)
      }
    }
  }

  @Test func `levels stand in their order, and unseen ones have no point`() {
    let codes: [Int32] = (0..<300).map {
      [2, 0, CategoryCode.missing, 1, CategoryCode.unseen][$0 % 5]
    }
    var sample = Sample([numbers(300, seed: 7)])
    sample.features.append(
      Feature(name: "plan", kind: .category(levels: ["free", "team", "scale", "never"])))
    sample.columns.append(.category(codes))
    let part = sample.part { row in
      row[0] + ([0: 1.0, 1: -1, 2: 0.5][row[1]] ?? 0.25)
    }
    for kind in [FeatureCurve.Kind.pdp, .ale] {
      let drawn = curve(1, [part], kind: kind)
      #expect(
        drawn.points.map(\.place) == [
          .level(code: 0, name: "free"), .level(code: 1, name: "team"),
          .level(code: 2, name: "scale"),
        ])
      #expect(drawn.monotone == nil)
      #expect(abs(drawn.points[0].logOdds - drawn.points[1].logOdds - 2) < 1e-12)
      #expect(abs(drawn.points[2].logOdds - drawn.points[1].logOdds - 1.5) < 1e-12)
      #expect(drawn.points.map(\.rowShare) == [0.2, 0.2, 0.2])
      #expect(abs(drawn.missing!.rowShare - 0.2) < 1e-12)
    }
  }

  @Test func `levels whose rows are alike become neighbours`() {
    // The levels' rows lie at 0, 10 and 5 in another column.
    let codes = (0..<300).map { Int32($0 % 3) }
    let other = zip(codes, numbers(300, seed: 8)).map { [0.0, 10, 5][Int($0)] + 2.5 * $1 }
    let matrix = FeatureMatrix(
      features: [
        Feature(name: "level", kind: .category(levels: ["a", "b", "c"])),
        Feature(name: "other", kind: .number),
      ], columns: [.category(codes), .number(other)], rowCount: 300)
    #expect(
      LevelSimilarity.order(of: 0, cells: [codes.map(Int.init)], count: 3, in: [matrix])
        == [0, 2, 1])
  }

  @Test func `contributions are averaged where their rows stand`() throws {
    let set = try SeededTables.mixed(rowCount: 600, seed: 10)
    let model = try fitted(set)
    let drawn = curve(3, [matrix(of: set, model)], kind: .shap) { $0.lineCount = 50 }
    #expect(drawn.points.count == 6)
    #expect(drawn.contributions.count == 50)
    #expect(drawn.lines.isEmpty)
    let explainer = TreeSHAP(model)
    let values = explainer.contributions(of: set.matrix, threads: 1)
    guard case .category(let codes) = set.matrix.columns[3] else { return }
    for (level, point) in drawn.points.enumerated() {
      let rows = codes.indices.filter { codes[$0] == Int32(level) }
      let mean = rows.reduce(0) { $0 + values[$1 * 4 + 3] } / Double(rows.count)
      #expect(abs(point.logOdds - explainer.meanScore - mean) < 1e-12)
    }
  }

  @Test func `weights count as rows do`() {
    let x = numbers(100, seed: 11)
    let z = numbers(100, seed: 12)
    let weights = (0..<100).map { Double($0 % 3) }
    let rows = (0..<100).flatMap { [Int](repeating: $0, count: $0 % 3) }
    let score: @Sendable ([Double]) -> Double = { $0[0] * $0[1] }
    for kind in [FeatureCurve.Kind.pdp, .ale] {
      let weighted = curve(0, [Sample([x, z]).part(weights: weights, score)], kind: kind) {
        $0.pointCount = 200
      }
      let repeated = curve(
        0, [Sample([rows.map { x[$0] }, rows.map { z[$0] }]).part(score)], kind: kind
      ) { $0.pointCount = 200 }
      // Values of weightless rows are places too, at which nobody stands.
      for point in repeated.points {
        let other = weighted.points.first { $0.place == point.place }!
        if kind == .pdp {
          #expect(abs(point.logOdds - other.logOdds) < 1e-12)
        }
        #expect(abs(point.rowShare - other.rowShare) < 1e-12)
      }
      #expect(abs(weighted.meanLogOdds - repeated.meanLogOdds) < 1e-12)
    }
  }

  // MARK: How sure they are

  @Test func `several models give their mean, and a band from the lowest to the highest`() {
    let x = numbers(200, seed: 13)
    let slopes = [1.0, 1.2, 0.8]
    let parts = slopes.map { slope in Sample([x]).part { slope * $0[0] } }
    let drawn = curve(0, parts)
    #expect(drawn.partCount == 3)
    #expect(drawn.rowCount == 600)
    #expect(drawn.band == .parts)
    // The curves turn about the mean over the rows, so that the band is of slopes alone.
    let centre = drawn.points.reduce(0) { $0 + $1.rowShare * value($1) }
    for point in drawn.points {
      let x = value(point)
      let turn = 0.2 * abs(x - centre)
      #expect(abs(point.logOdds - x) < 1e-12)
      #expect(abs(point.logOddsLow - (x - turn)) < 1e-12)
      #expect(abs(point.logOddsHigh - (x + turn)) < 1e-12)
      #expect(point.low <= point.probability && point.probability <= point.high)
    }
    // The mean slope squared over the mean of the squares: 3 / (1 + 1.44 + 0.64).
    #expect(abs(drawn.agreement! - 3 / 3.08) < 1e-9)
  }

  @Test func `models that differ by a constant have no band`() {
    let parts = [0.0, 1, -2].map { base in Sample([numbers(200, seed: 19)]).part { $0[0] + base } }
    for kind in [FeatureCurve.Kind.pdp, .ale] {
      let drawn = curve(0, parts, kind: kind)
      #expect(drawn.points.allSatisfy { $0.logOddsHigh - $0.logOddsLow < 1e-12 })
      #expect(abs(drawn.agreement! - 1) < 1e-12)
    }
  }

  @Test func `models that know nothing of each other agree by one in their number`() {
    let x = (0..<360).map { Double($0) * .pi / 180 }
    let parts = (1...4).map { wave in
      Sample([x]).part { row in sin(Double(wave) * row[0]) }
    }
    let drawn = curve(0, parts) { $0.pointCount = 400 }
    #expect(abs(drawn.agreement! - 0.25) < 1e-3)
    let flat = curve(0, (0..<2).map { _ in Sample([x]).part { _ in 0.5 } })
    #expect(flat.agreement == nil)
  }

  @Test func `one model has the band of rows drawn anew, and rows of a group are drawn together`() {
    let (x, z) = (numbers(400, seed: 14), numbers(400, seed: 15))
    let score: @Sendable ([Double]) -> Double = { $0[0] + 3 * $0[1] }
    let alone = curve(0, [Sample([x, z]).part(score)]) { $0.resampleCount = 400 }
    #expect(alone.band == .rows)
    #expect(alone.agreement == nil)
    // The standard deviation of 3 z is 3 * 4 / sqrt(12).
    let expected = 2 * 1.96 * 3 * (4 / 12.0.squareRoot()) / 400.0.squareRoot()
    for point in alone.points {
      let width = point.logOddsHigh - point.logOddsLow
      #expect(abs(width / expected - 1) < 0.2)
      #expect(point.logOddsLow < point.logOdds && point.logOdds < point.logOddsHigh)
    }
    // Four copies of each row say no more than one.
    let copies = curve(
      0,
      [
        Sample([x + x + x + x, z + z + z + z]).part(
          groups: (0..<1600).map { 7 * ($0 % 400) }, score)
      ]
    ) { $0.resampleCount = 400 }
    let width = copies.points[9].logOddsHigh - copies.points[9].logOddsLow
    #expect(abs(width / expected - 1) < 0.2)
  }

  @Test(arguments: FeatureCurve.Kind.allCases)
  func `threads never change a bit, and the order of rows nothing that can be seen`(
    kind: FeatureCurve.Kind
  ) throws {
    let set = try SeededTables.mixed(rowCount: 700, seed: 16)
    let model = try fitted(set)
    var settings = CurveSettings(kind: kind)
    settings.resampleCount = 20
    settings.lineCount = 5
    let parts = [matrix(of: set, model), matrix(of: set, model)]
    let once = FeatureCurve.curves(of: [0, 1, 2, 3], parts: parts, settings, threads: 1)
    for threads in [2, 3, 8] {
      #expect(
        FeatureCurve.curves(of: [0, 1, 2, 3], parts: parts, settings, threads: threads) == once)
    }
    let turned = try set.selecting(Array((0..<700).reversed()))
    let other = FeatureCurve.curves(
      of: [0, 1, 2, 3], parts: [matrix(of: turned, model), matrix(of: turned, model)], settings,
      threads: 2)
    for (curve, other) in zip(once, other) {
      #expect(curve.points.map(\.place) == other.points.map(\.place))
      for (point, other) in zip(curve.points, other.points) {
        #expect(abs(point.logOdds - other.logOdds) < 1e-12)
        #expect(abs(point.probability - other.probability) < 1e-12)
      }
      #expect(curve.monotone == nil || curve.monotone!.verdict == other.monotone!.verdict)
    }
  }

  @Test func `lines begin at 0 where they are asked to`() {
    let part = Sample([numbers(50, seed: 17), numbers(50, seed: 18)]).part { $0[0] * $0[1] }
    let plain = curve(0, [part]) { $0.lineCount = 8 }
    let centred = curve(0, [part]) {
      $0.lineCount = 8
      $0.isCentred = true
    }
    #expect(plain.lines.count == 8)
    #expect(centred.lines == plain.lines.map(\.centred))
    #expect(centred.lines.allSatisfy { $0.logOdds[0] == 0 && $0.probability[0] == 0 })
    #expect(plain.lines.contains { $0.logOdds[0] != 0 })
  }
}

@Suite struct MonotoneCheckTests {
  /// One tree per step: `heights[i]` is added above threshold `i`.
  private func staircase(_ heights: [Double]) -> BoostedTrees {
    BoostedTrees(
      featureCount: 2, baseScore: 0,
      trees: heights.enumerated().map { threshold, height in
        Tree(
          nodes: [
            TreeNode(
              feature: 0, left: 1, right: 2, threshold: Double(threshold), levelSet: -1,
              missingGoesLeft: true, unseenGoesLeft: true, gain: 1, cover: 2, value: 0),
            .leaf(value: 0, cover: 1), .leaf(value: height, cover: 1),
          ], levelSets: [])
      })
  }

  private func check(_ trees: BoostedTrees, _ matrix: FeatureMatrix, demanded: Int? = nil)
    -> MonotoneCheck
  {
    var settings = CurveSettings()
    settings.pointCount = 3
    settings.resampleCount = 0
    if let demanded { settings.demanded = [matrix.features[0].name: demanded] }
    return FeatureCurve.curves(
      of: [0],
      parts: [
        CurvePart(
          model: .trees(trees), matrix: matrix, probability: LogLoss.probability,
          score: { trees.scores(of: $0, threads: $1) })
      ], settings, threads: 1)[0].monotone!
  }

  private let rows = FeatureMatrix(
    features: ["x", "z"].map { Feature(name: $0, kind: .number) },
    columns: [.number([0, 5, 9, 2]), .number([0, 1, 0, 1])], rowCount: 4)

  @Test func `a planted dent is found with its size and its place, though no point lies in it`() {
    // Up by 1 past 0, 1, 2, down by 0.75 past 6, up again past 7.
    let check = check(staircase([1, 1, 1, 0, 0, 0, -0.75, 0.75]), rows, demanded: 1)
    #expect(check.verdict == .both)
    #expect(check.isExact)
    #expect(check.fallingShare == 1)
    #expect(check.risingShare == 1)
    #expect(check.largestFall == MonotoneCheck.Move(size: 0.75, from: 6, to: 6))
    #expect(check.largestRise == MonotoneCheck.Move(size: 3, from: 0, to: 2))
    #expect(abs(check.upwardShare - 3.75 / 4.5) < 1e-15)
    #expect(check.keepsDemand == false)
  }

  @Test func `stairs that only rise are rising, and those that only fall falling`() {
    let rising = check(staircase([0.1, 0.2, 0.3]), rows, demanded: 1)
    #expect(rising.verdict == .rising)
    #expect(rising.largestFall == nil)
    #expect(rising.fallingShare == 0)
    #expect(rising.keepsDemand == true)
    let falling = check(staircase([-0.1, -0.2, -0.3]), rows, demanded: 1)
    #expect(falling.verdict == .falling)
    #expect(falling.keepsDemand == false)
    #expect(check(staircase([0, 0]), rows).verdict == .flat)
    #expect(check(staircase([]), rows).verdict == .flat)
    #expect(check(staircase([0, 0]), rows).keepsDemand == nil)
  }

  @Test(arguments: 1...4) func `a model trained to rise only does so to the last bit`(
    seed: UInt64
  ) throws {
    let set = try SeededTables.mixed(rowCount: 1500, seed: seed)
    var learner = GradientBoostingLearner()
    learner.treeCount = 60
    learner.minimumRowsPerLeaf = 3
    learner.earlyStoppingPatience = nil
    #expect(check(try learner.fitted(to: set, threads: 2), set.matrix).verdict == .both)
    learner.monotone = [0: 1]
    let kept = check(try learner.fitted(to: set, threads: 2), set.matrix, demanded: 1)
    #expect(kept.verdict == .rising)
    #expect(kept.keepsDemand == true)
    #expect(kept.risingShare > 0.99)
  }

  @Test func `only rows that fall are counted`() {
    // Past 3 the score falls by 1, but only where z is at most 0.
    let tree = Tree(
      nodes: [
        TreeNode(
          feature: 1, left: 1, right: 2, threshold: 0, levelSet: -1, missingGoesLeft: true,
          unseenGoesLeft: true, gain: 1, cover: 4, value: 0),
        TreeNode(
          feature: 0, left: 3, right: 4, threshold: 3, levelSet: -1, missingGoesLeft: true,
          unseenGoesLeft: true, gain: 1, cover: 2, value: 0),
        .leaf(value: 0.5, cover: 2), .leaf(value: 1, cover: 1), .leaf(value: 0, cover: 1),
      ], levelSets: [])
    let check = check(BoostedTrees(featureCount: 2, baseScore: 0, trees: [tree]), rows)
    #expect(check.verdict == .falling)
    #expect(check.fallingShare == 0.5)
    #expect(check.largestFall == MonotoneCheck.Move(size: 1, from: 3, to: 3))
  }
}

@Suite struct FeatureSurfaceTests {
  private func values(_ seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<500).map { _ in generator.nextUnit() * 2 - 1 }
  }

  private func surface(
    kind: FeatureCurve.Kind, _ score: @escaping @Sendable ([Double]) -> Double
  ) -> FeatureSurface {
    FeatureSurface.drawn(
      0, 1, parts: [Sample([values(1), values(2)]).part(score)], CurveSettings(kind: kind),
      threads: 2)
  }

  @Test func `features that add up do not interact`() {
    let partial = surface(kind: .pdp) { 2 * $0[0] - $0[1] * $0[1] }
    #expect(partial.interactionShare!.mean < 1e-20)
    #expect(partial.interaction.allSatisfy { abs($0) < 1e-12 })
    #expect(abs(partial.rowShare.reduce(0, +) - 1) < 1e-12)
    let local = surface(kind: .ale) { 2 * $0[0] - $0[1] * $0[1] }
    #expect(local.interactionShare == nil)
    #expect(local.logOdds.allSatisfy { abs($0) < 1e-12 })
  }

  @Test func `a product of centred features is nearly all interaction`() {
    let partial = surface(kind: .pdp) { $0[0] * $0[1] }
    #expect(partial.interactionShare!.mean > 0.97)
    let sum = surface(kind: .pdp) { $0[0] + $0[1] + $0[0] * $0[1] }
    #expect((0.05...0.3).contains(sum.interactionShare!.mean))
    // The second-order effect of a product is the product of the distances from the means.
    let local = surface(kind: .ale) { 5 * $0[0] + $0[0] * $0[1] }
    let corner = local.logOdds[0] - local.logOdds[39] - local.logOdds[39 * 40] + local.logOdds[1599]
    #expect(abs(corner - 4) < 0.1)
  }

  @Test func `a model that ignores both has a flat surface`() {
    let flat = surface(kind: .pdp) { _ in 0.7 }
    #expect(flat.interactionShare == nil)
    #expect(flat.logOdds.allSatisfy { abs($0 - 0.7) < 1e-12 })
  }
}
