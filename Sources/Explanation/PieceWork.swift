import GradientBoosting

/// Pieces whose parts are computed as they are met, for want of a table: once for each pattern that
/// rows of the block have.
struct PieceWork {
  private(set) var game: LeafGame
  /// The different patterns, shape `[patternCount, wordCount]`.
  private var words: [UInt16] = []
  private var wordCount = 1
  private(set) var patternCount = 0
  /// Which of them each row has.
  private(set) var slotOfRow: [UInt16] = []
  /// One more than the slot of a pattern of one word; 0 where it has none.
  private var slotOfPattern = [UInt16](repeating: 0, count: 1 << 16)
  private var parts: [Double] = []
  /// Shape `[features.count, patternCount]`.
  private(set) var sums: [Double] = []

  init(_ game: LeafGame) { self.game = game }

  /// One of the different patterns.
  func words(ofSlot slot: Int) -> [UInt16] {
    Array(words[slot * wordCount..<(slot + 1) * wordCount])
  }

  /// The sums of a column of the piece.
  func sums(ofColumn column: Int) -> Range<Int> {
    column * patternCount..<(column + 1) * patternCount
  }

  /// Takes up the patterns of a block's rows.
  mutating func load(
    _ block: inout PatternBlock, _ firstPattern: Int, _ wordCount: Int, _ rowCount: Int
  ) {
    self.wordCount = wordCount
    if slotOfRow.count < rowCount { slotOfRow = Array(repeating: 0, count: rowCount) }
    words.removeAll(keepingCapacity: true)
    if wordCount == 1 {
      unsafe block.withPatterns(firstPattern) { patterns in
        for row in 0..<rowCount {
          let pattern = unsafe patterns[row]
          var slot = slotOfPattern[Int(pattern)]
          if slot == 0 {
            words.append(pattern)
            slot = UInt16(words.count)
            slotOfPattern[Int(pattern)] = slot
          }
          slotOfRow[row] = slot - 1
        }
      }
      patternCount = words.count
      for pattern in words { slotOfPattern[Int(pattern)] = 0 }
      return
    }
    // Long patterns are rare: each row has its own.
    patternCount = rowCount
    words += repeatElement(0, count: rowCount * wordCount)
    for word in 0..<wordCount {
      unsafe block.withPatterns(firstPattern + word) { patterns in
        for row in 0..<rowCount { words[row * wordCount + word] = unsafe patterns[row] }
      }
    }
    for row in 0..<rowCount { slotOfRow[row] = UInt16(row) }
  }

  /// Adds up the leaves of a piece.
  mutating func evaluate(_ piece: TreePiece, _ pieces: TreePieces) {
    sums = Array(repeating: 0, count: piece.features.count * patternCount)
    for index in piece.leaves {
      let leaf = pieces.leaves[index]
      let steps = pieces.steps[leaf.steps]
      game.prepare(index, of: pieces)
      if parts.count < patternCount * steps.count {
        parts = Array(repeating: 0, count: patternCount * steps.count)
      }
      let taken =
        pieces.isLookedUp(piece) ? words.map { pieces.stepPattern(leaf, of: $0) } : words
      unsafe parts.withUnsafeMutableBufferPointer { parts in
        // SAFETY: a pattern has words for all steps, and there is a part for each.
        unsafe game.contributions(
          of: taken, wordCount: wordCount, rowCount: patternCount, to: parts.baseAddress!)
      }
      for (position, step) in steps.enumerated() {
        let first = Int(step.column) * patternCount
        for slot in 0..<patternCount {
          sums[first + slot] += parts[slot * steps.count + position]
        }
      }
    }
  }
}
