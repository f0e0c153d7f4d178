import Diagnostics
import Explanation
import GradientBoosting
import Learning
import TestSupport
import Testing

/// Many rows at a time and row by row must give the same bits.
@Suite struct TreeSHAPScanTests {
  /// A tree grown by chance, with all that a tree may hold: features met again, level sets, NaN for a
  /// threshold, both ways for gaps, and nodes that no training row has reached.
  private func tree(_ generator: inout SeededGenerator, leafCount: Int, isChain: Bool) -> Tree {
    var nodes = [TreeNode.leaf(value: 1, cover: 4096)]
    var levelSets: [LevelSet] = []
    var open = [0]
    for _ in 1..<leafCount {
      let index = open.remove(
        at: isChain ? open.count - 1 : generator.nextIndex(below: open.count))
      let feature = generator.nextIndex(below: Self.featureCount)
      let isCategory = feature % 5 == 4
      if isCategory { levelSets.append(LevelSet(words: [generator.next() & 0xFF])) }
      let cover = nodes[index].cover
      let left = (cover * (isChain ? 0.1 : generator.nextUnit())).rounded()
      nodes[index] = TreeNode(
        feature: Int32(feature), left: Int32(nodes.count), right: Int32(nodes.count + 1),
        threshold: generator.nextUnit() < 0.02 ? .nan : generator.nextUnit(),
        levelSet: isCategory ? Int32(levelSets.count - 1) : -1,
        missingGoesLeft: generator.nextUnit() < 0.5, unseenGoesLeft: generator.nextUnit() < 0.5,
        gain: 1, cover: cover, value: 0)
      for part in [left, cover - left] {
        open.append(nodes.count)
        nodes.append(.leaf(value: generator.nextUnit() - 0.5, cover: part))
      }
    }
    return Tree(nodes: nodes, levelSets: levelSets)
  }

  private static let featureCount = 30

  private func model(seed: UInt64) -> BoostedTrees {
    var generator = SeededGenerator(seed: seed)
    let shapes = [(1, false), (2, false), (31, false), (60, false), (40, true), (12, true)]
    return BoostedTrees(
      featureCount: Self.featureCount, baseScore: 0.25,
      trees: shapes.map { tree(&generator, leafCount: $0.0, isChain: $0.1) })
  }

  private func matrix(rowCount: Int, seed: UInt64) -> FeatureMatrix {
    var generator = SeededGenerator(seed: seed, stream: 1)
    let levels = (0..<8).map { "level\($0)" }
    return FeatureMatrix(
      features: (0..<Self.featureCount).map {
        Feature(name: "x\($0)", kind: $0 % 5 == 4 ? .category(levels: levels) : .number)
      },
      columns: (0..<Self.featureCount).map { feature in
        if feature % 5 == 4 {
          return .category((0..<rowCount).map { _ in Int32(generator.nextIndex(below: 10)) - 2 })
        }
        return .number(
          (0..<rowCount).map { _ in
            generator.nextUnit() < 0.1 ? .nan : generator.nextUnit()
          })
      }, rowCount: rowCount)
  }

  private func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

  @Test(arguments: 1...4, [1, 63, 64, 65, 5000])
  func `many rows at a time have the bits of one after another`(seed: UInt64, rowCount: Int) {
    let matrix = matrix(rowCount: rowCount, seed: seed)
    let model = model(seed: seed)
    // Row by row that many take long; some from each end will do.
    let checked = rowCount <= 65 ? [0..<rowCount] : [0..<70, rowCount - 70..<rowCount]
    let explainers = [
      TreeSHAP(model), TreeSHAP(model, background: self.matrix(rowCount: 40, seed: seed + 100)),
    ]
    for explainer in explainers {
      let all = bits(explainer.contributions(of: matrix, threads: 1))
      #expect(all.count == rowCount * Self.featureCount)
      #expect(Set(all).count > rowCount)
      for threads in [2, 3, 8] {
        // A new one, so that nothing is at hand from the first.
        let other = seed % 2 == 0 ? explainer : TreeSHAP(model)
        guard other.meanScore == explainer.meanScore else { continue }
        #expect(bits(other.contributions(of: matrix, threads: threads)) == all)
      }
      for rows in checked {
        let walked = bits(explainer.walkedContributions(of: matrix, rows: rows, threads: 2))
        let scanned = bits(explainer.scannedContributions(of: matrix, rows: rows, threads: 2))
        #expect(scanned == walked)
        let width = Self.featureCount
        #expect(Array(all[rows.lowerBound * width..<rows.upperBound * width]) == walked)
        #expect(bits(explainer.contributions(of: matrix, rows: rows, threads: 1)) == walked)
      }
    }
  }

  @Test(arguments: 1...4) func `leaves may be divided in any way`(seed: UInt64) {
    let model = model(seed: seed)
    let matrix = matrix(rowCount: 300, seed: seed)
    let expected = TreeSHAP(model).contributions(of: matrix, threads: 1)
    for bitLimit in [1, 2, 5, 14, 16] {
      let found = TreeSHAP(model, bitLimit: bitLimit).contributions(of: matrix, threads: 1)
      // Leaves are added in another order.
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-13 })
    }
  }

  @Test(arguments: 1...4) func `contributions add up, whatever trees hold`(seed: UInt64) {
    let model = model(seed: seed)
    let matrix = matrix(rowCount: 500, seed: seed)
    let scores = model.scores(of: matrix, threads: 1)
    let background = self.matrix(rowCount: 30, seed: seed + 50)
    for explainer in [TreeSHAP(model), TreeSHAP(model, background: background)] {
      let found = explainer.contributions(of: matrix, threads: 1)
      for row in 0..<matrix.rowCount {
        let width = Self.featureCount
        let sum = found[row * width..<(row + 1) * width].reduce(explainer.meanScore, +)
        #expect(abs(sum - scores[row]) < 1e-12)
      }
    }
  }

  @Test func `no rows have no contributions`() {
    let explainer = TreeSHAP(model(seed: 1))
    #expect(explainer.contributions(of: matrix(rowCount: 0, seed: 1), threads: 2) == [])
    let rows = matrix(rowCount: 40, seed: 1)
    #expect(explainer.scannedContributions(of: rows, rows: 7..<7, threads: 2) == [])
    #expect(explainer.interactions(of: rows, rows: 7..<7, threads: 2) == [])
  }
}
