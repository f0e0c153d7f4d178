/// The test of a node, on bins.
struct BinTest: Sendable, Equatable {
  var feature: Int
  /// 1 for each bin that goes left, else 0, shape `[binCount]`.
  var goesLeft: [UInt8]

  init(_ candidate: SplitCandidate, _ mapper: BinMapper) {
    feature = candidate.feature
    goesLeft = [UInt8](repeating: 0, count: mapper.binCount)
    switch candidate.test {
    case .upTo(let bin):
      for bin in 0...bin { goesLeft[bin] = 1 }
      if mapper.hasMissing, candidate.missingGoesLeft == true { goesLeft[mapper.missingBin] = 1 }
    case .among(let bins):
      for bin in bins { goesLeft[bin] = 1 }
    }
  }

  /// The test as rows take it that the node did not learn from: missing cells follow the tree.
  func following(_ node: TreeNode, _ mapper: BinMapper) -> BinTest {
    var test = self
    if mapper.hasMissing { test.goesLeft[mapper.missingBin] = node.missingGoesLeft ? 1 : 0 }
    return test
  }
}

extension Tree {
  /// Turns a leaf into a test on raw values, with two leaves of no value yet.
  ///
  /// - Parameter levelCount: Of the feature, where it is a category.
  mutating func split(
    _ leaf: Int, _ candidate: SplitCandidate, _ mapper: BinMapper, leftCount: Int,
    rightCount: Int, levelCount: Int
  ) {
    let leftIsLarger = leftCount >= rightCount
    var node = TreeNode(
      feature: Int32(candidate.feature), left: Int32(nodes.count), right: Int32(nodes.count + 1),
      threshold: 0, levelSet: -1, missingGoesLeft: candidate.missingGoesLeft ?? leftIsLarger,
      unseenGoesLeft: leftIsLarger, gain: candidate.gain,
      cover: Double(leftCount + rightCount), value: 0)
    switch (mapper.kind, candidate.test) {
    case (.number(let upperBounds), .upTo(let bin)):
      // Splitting off the missing cells alone: every value passes.
      node.threshold = bin < upperBounds.count ? upperBounds[bin] : .greatestFiniteMagnitude
    case (.category(let binOfLevel), .among(let bins)):
      var isChosen = [Bool](repeating: false, count: mapper.binCount)
      for bin in bins { isChosen[bin] = true }
      let levels = binOfLevel.indices.filter { level in
        // A level that no training row held goes where unseen levels go.
        binOfLevel[level].map { isChosen[Int($0)] } ?? node.unseenGoesLeft
      }
      node.levelSet = Int32(levelSets.count)
      levelSets.append(LevelSet(levels, levelCount: levelCount))
      if !mapper.hasMissing { node.missingGoesLeft = node.unseenGoesLeft }
    default: preconditionFailure("a test of the wrong kind for feature \(candidate.feature)")
    }
    nodes[leaf] = node
    nodes.append(.leaf(value: 0, cover: Double(leftCount)))
    nodes.append(.leaf(value: 0, cover: Double(rightCount)))
  }
}
