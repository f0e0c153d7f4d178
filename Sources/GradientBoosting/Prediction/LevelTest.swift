import Learning

/// A test on a category, told by which codes pass it; equal tests of different trees are one.
struct LevelTest: Hashable {
  /// The levels that pass, as in ``LevelSet``, without words of no level at the end.
  private var words: [UInt64]
  private var missingGoesLeft: Bool
  private var unseenGoesLeft: Bool

  init(_ node: TreeNode, _ set: LevelSet) {
    words = set.words
    while words.last == 0 { words.removeLast() }
    missingGoesLeft = node.missingGoesLeft
    unseenGoesLeft = node.unseenGoesLeft
  }

  /// Codes from this one on are in no set.
  var codeEnd: Int { 64 * words.count }

  /// Calls `body` with the position of every code that passes; see ``CategoryPlanes/position(of:)``.
  func forEachPassing(_ body: (Int) -> Void) {
    if unseenGoesLeft { body(0) }
    if missingGoesLeft { body(1) }
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        body(2 + 64 * index + rest.trailingZeroBitCount)
        rest &= rest &- 1
      }
    }
  }
}
