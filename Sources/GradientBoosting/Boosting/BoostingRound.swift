/// How far growing is, after a tree.
public struct BoostingRound {
  /// How many trees there are, those of a model that is continued aside, and the most there can be.
  public var treeCount: Int
  /// See ``treeCount``.
  public var limit: Int
  /// The mean loss on the rows held out for early stopping, while they decide.
  public var heldOutLoss: Double?
  /// Works out the mean loss on the rows that are learned from, which takes a pass over them.
  public var trainingLoss: () -> Double
}
