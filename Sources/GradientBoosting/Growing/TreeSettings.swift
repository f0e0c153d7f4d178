import Learning

/// How one tree may grow.
struct TreeSettings: Sendable {
  var rules = SplitRules()
  var leafLimit = 31
  /// The most tests on a path from the root.
  var depthLimit = Tree.depthLimit
  var learningRate = 0.1
  /// +1, -1 or 0 for each feature; see ``SplitSearch``.
  var monotone: [Int]
  /// What each feature's gains are multiplied with.
  var featureWeights: [Double]
  /// Which features may meet on a path.
  var interactions = InteractionGroups()
  /// The share of a tree's features that each node may be split on.
  var nodeColumnSample = 1.0
  var seed: UInt64 = 0

  /// Settings with no feature singled out.
  init(featureCount: Int) {
    monotone = [Int](repeating: 0, count: featureCount)
    featureWeights = [Double](repeating: 1, count: featureCount)
  }

  /// Which features a node may be split on, shape `[featureCount]`.
  ///
  /// - Parameters:
  ///   - features: Those of the tree, ascending.
  ///   - path: The features tested on the way to the node.
  func features(_ features: [Int], path: Set<Int>, node: Int, round: Int) -> [Bool] {
    var chosen = interactions.allowed(features, path: path)
    if nodeColumnSample < 1, !chosen.isEmpty {
      let count = max(1, Int((Double(chosen.count) * nodeColumnSample).rounded()))
      var generator = SeededGenerator(
        seed: seed, stream: 1 << 40 | UInt64(round) << 20 | UInt64(node))
      chosen = generator.sample(count, of: chosen.count).map { chosen[$0] }
    }
    var mayTry = [Bool](repeating: false, count: monotone.count)
    for feature in chosen { mayTry[feature] = true }
    return mayTry
  }
}

/// Groups of features that may be tested on the same path (`interaction_constraints` in LightGBM).
struct InteractionGroups: Sendable, Equatable {
  /// The groups; empty where all features may meet.
  var groups: [Set<Int>] = []

  /// The features that may follow the tests of a path: those of a group that has all of them.
  func allowed(_ features: [Int], path: Set<Int>) -> [Int] {
    guard !groups.isEmpty else { return features }
    return features.filter { feature in
      groups.contains { $0.contains(feature) && path.isSubset(of: $0) }
    }
  }
}
