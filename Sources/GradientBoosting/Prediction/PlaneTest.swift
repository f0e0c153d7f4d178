/// A node's test, put to a plane: a row goes right where its byte, under the mask, exceeds the
/// threshold.
struct PlaneTest {
  var plane: Int
  var mask: UInt8
  var threshold: Int8
}

/// Finds the planes that trees test, and puts their nodes to them.
struct PlaneBuilder {
  /// All thresholds on a feature, ascending.
  private var thresholds: [[Double]]
  private var directions: [(right: Bool, left: Bool)]
  private var numberOfTest: [[LevelTest: Int]]
  private var firstRanks: [Int]
  private var categoryOfFeature: [Int]
  private(set) var planes = BytePlanes()

  init(_ trees: [Tree], featureCount: Int) {
    thresholds = Array(repeating: [], count: featureCount)
    directions = Array(repeating: (false, false), count: featureCount)
    numberOfTest = Array(repeating: [:], count: featureCount)
    firstRanks = Array(repeating: -1, count: featureCount)
    categoryOfFeature = Array(repeating: -1, count: featureCount)
    for tree in trees {
      for node in tree.nodes where !node.isLeaf { collect(node, of: tree) }
    }
    for feature in 0..<featureCount {
      addRanks(feature)
      addCategory(feature)
    }
  }

  private mutating func collect(_ node: TreeNode, of tree: Tree) {
    let feature = Int(node.feature)
    if node.levelSet >= 0 {
      let test = LevelTest(node, tree.levelSets[Int(node.levelSet)])
      let next = numberOfTest[feature].count
      if numberOfTest[feature][test] == nil { numberOfTest[feature][test] = next }
      return
    }
    // No value is compared with NaN; see RankPlanes.belowAll.
    if !node.threshold.isNaN { thresholds[feature].append(node.threshold) }
    if node.missingGoesLeft { directions[feature].left = true }
    if !node.missingGoesLeft { directions[feature].right = true }
  }

  private mutating func nextPlane(if isNeeded: Bool) -> Int? {
    guard isNeeded else { return nil }
    defer { planes.planeCount += 1 }
    return planes.planeCount
  }

  private mutating func addRanks(_ feature: Int) {
    guard directions[feature].left || directions[feature].right else { return }
    thresholds[feature].sort()
    var distinct: [Double] = []
    for threshold in thresholds[feature] where threshold != distinct.last {
      distinct.append(threshold)
    }
    thresholds[feature] = distinct
    firstRanks[feature] = planes.ranks.count
    // More thresholds than a byte can tell apart take more planes.
    var start = 0
    repeat {
      let end = min(start + RankPlanes.keyLimit, distinct.count)
      let steps = Int.bitWidth - (end - start).leadingZeroBitCount
      planes.ranks.append(
        RankPlanes(
          feature: feature, keyStart: planes.keys.count, steps: steps,
          missingRight: nextPlane(if: directions[feature].right),
          missingLeft: nextPlane(if: directions[feature].left)))
      planes.keys += distinct[start..<end]
      planes.keys += repeatElement(.infinity, count: 1 << steps - (end - start))
      start = end
    } while start < distinct.count
  }

  private mutating func addCategory(_ feature: Int) {
    let tests = numberOfTest[feature]
    guard !tests.isEmpty else { return }
    let planeCount =
      (tests.count + CategoryPlanes.testsPerPlane - 1) / CategoryPlanes.testsPerPlane
    let category = CategoryPlanes(
      feature: feature, firstPlane: planes.planeCount, planeCount: planeCount,
      byteStart: planes.bytesOfCodes.count,
      // One more for codes that are in no set.
      positionCount: 2 + tests.keys.reduce(0) { max($0, $1.codeEnd) } + 1)
    // All tests go right, until one passes.
    planes.bytesOfCodes += repeatElement(.max, count: category.positionCount * planeCount)
    for (test, number) in tests {
      let plane = number / CategoryPlanes.testsPerPlane
      let bit = Int8(1) << Int8(number % CategoryPlanes.testsPerPlane)
      test.forEachPassing {
        planes.bytesOfCodes[category.byteStart + $0 * planeCount + plane] &= ~bit
      }
    }
    categoryOfFeature[feature] = planes.categories.count
    planes.categories.append(category)
    planes.planeCount += planeCount
  }

  /// A node's test as a test of a plane.
  func test(of node: TreeNode, in tree: Tree) -> PlaneTest {
    let feature = Int(node.feature)
    if node.levelSet >= 0 {
      let number = numberOfTest[feature][LevelTest(node, tree.levelSets[Int(node.levelSet)])]!
      let category = planes.categories[categoryOfFeature[feature]]
      return PlaneTest(
        plane: category.firstPlane + number / CategoryPlanes.testsPerPlane,
        mask: 1 << UInt8(number % CategoryPlanes.testsPerPlane), threshold: 0)
    }
    let position = node.threshold.isNaN ? 0 : position(of: node.threshold, on: feature)
    let ranks = planes.ranks[firstRanks[feature] + position / RankPlanes.keyLimit]
    return PlaneTest(
      plane: (node.missingGoesLeft ? ranks.missingLeft : ranks.missingRight)!, mask: .max,
      threshold: node.threshold.isNaN
        ? RankPlanes.belowAll : RankPlanes.threshold(position % RankPlanes.keyLimit))
  }

  /// The category tested by a node, as its place in ``BytePlanes/categories``.
  func category(of node: TreeNode) -> Int { categoryOfFeature[Int(node.feature)] }

  private func position(of threshold: Double, on feature: Int) -> Int {
    var low = 0
    var count = thresholds[feature].count
    while count > 0 {
      let half = count / 2
      if thresholds[feature][low + half] < threshold {
        low += half + 1
        count -= half + 1
      } else {
        count = half
      }
    }
    return low
  }
}
