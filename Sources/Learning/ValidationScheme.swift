/// Rows to learn from and rows to be judged on, which share none.
public struct Split: Sendable, Equatable {
  /// The rows to learn from, ascending.
  public var training: [Int]
  /// The rows to be judged on, ascending.
  public var validation: [Int]

  /// Puts the two together.
  public init(training: [Int], validation: [Int]) {
    self.training = training
    self.validation = validation
  }
}

/// How rows are divided for validation; one scheme serves cross-validation, early stopping and
/// calibration, so that an inner division keeps the rules of the outer one.
public struct ValidationScheme: Sendable {
  /// The rule of the division.
  public enum Rule: Sendable, Equatable {
    /// Each fold has the share of positives of the whole.
    case stratified
    /// Rows of one group (shape `[rowCount]`) are in one fold.
    case grouped([Int])
    /// A fold's training rows are earlier than its validation rows (time: shape `[rowCount]`), by
    /// more than `embargo` where one is given: the labels of rows nearer than that are not yet known
    /// at the time of the validation rows.
    ///
    /// Where groups are given too, a group that is judged is not learned from: of the groups that
    /// have earlier rows a quarter is judged, another one in each fold, and the others are learned
    /// from. Judging them all would leave only groups to learn from that are no more.
    case forward(time: [Double], groups: [Int]?, embargo: Double = 0)
  }

  /// The rule of the division.
  public var rule: Rule
  /// What the shuffling depends on.
  public var seed: UInt64

  /// Makes a scheme.
  public init(_ rule: Rule, seed: UInt64) {
    self.rule = rule
    self.seed = seed
  }

  /// What the rows belong to, shape `[rowCount]`; `nil` where each stands alone.
  public var groups: [Int]? {
    switch rule {
    case .stratified: nil
    case .grouped(let groups): groups
    case .forward(_, let groups, _): groups
    }
  }

  /// Whether a fold's rows are later than those of the folds before it.
  public var goesForward: Bool {
    if case .forward = rule { true } else { false }
  }

  /// The rule in a word.
  public var name: String {
    switch rule {
    case .stratified: "stratified"
    case .grouped: "grouped"
    case .forward: "forward"
    }
  }

  /// The scheme for `rows` alone, in their order.
  public func selecting(_ rows: [Int]) -> ValidationScheme {
    let selected: Rule =
      switch rule {
      case .stratified: .stratified
      case .grouped(let groups): .grouped(rows.map { groups[$0] })
      case .forward(let time, let groups, let embargo):
        .forward(
          time: rows.map { time[$0] }, groups: groups.map { groups in rows.map { groups[$0] } },
          embargo: embargo)
      }
    return ValidationScheme(selected, seed: seed)
  }

  /// Divides rows into `foldCount` folds, and learns and judges on each in turn.
  ///
  /// Going forward in time, the first of `foldCount + 1` blocks is only learned from.
  ///
  /// - Precondition: `foldCount` is at least 2 (forward: at least 1).
  /// - Returns: At most `foldCount` splits; one with an empty side is left out.
  public func splits(labels: [Bool], foldCount: Int) -> [Split] {
    switch rule {
    case .stratified:
      return Self.splits(foldOfRow: stratifiedFolds(labels, foldCount), foldCount: foldCount)
    case .grouped(let groups):
      return Self.splits(foldOfRow: groupedFolds(groups, foldCount), foldCount: foldCount)
    case .forward(let time, let groups, let embargo):
      let blockOfRow = Self.timeBlocks(time, foldCount + 1)
      return (1...foldCount).compactMap { block in
        let split = forwardSplit(
          blockOfRow, block: block, time: time, groups: groups, embargo: embargo)
        // The embargo may leave the first folds all but nothing to learn from; what they learn says
        // little of the model.
        let isThin = split.map { $0.training.count * 2 * (foldCount + 1) < time.count } ?? true
        return embargo > 0 && isThin ? nil : split
      }
    }
  }

  /// One split that holds out about one row in `holdOutOneIn`, for early stopping.
  ///
  /// Going forward in time, the latest rows are held out. `nil` where a side would be empty.
  public func holdOut(labels: [Bool], oneIn holdOutOneIn: Int) -> Split? {
    if case .forward(let time, let groups, let embargo) = rule {
      let blockOfRow = Self.timeBlocks(time, holdOutOneIn)
      return forwardSplit(
        blockOfRow, block: blockOfRow.max() ?? 0, time: time, groups: groups, embargo: embargo)
    }
    return splits(labels: labels, foldCount: holdOutOneIn).first
  }

  private func stratifiedFolds(_ labels: [Bool], _ foldCount: Int) -> [Int] {
    var generator = SeededGenerator(seed: seed, stream: 1)
    var foldOfRow = [Int](repeating: 0, count: labels.count)
    var dealt = 0
    for positive in [true, false] {
      var rows = labels.indices.filter { labels[$0] == positive }
      generator.shuffle(&rows)
      // Dealing goes on where the other class ended, so that folds differ by one row at most.
      for row in rows {
        foldOfRow[row] = dealt % foldCount
        dealt += 1
      }
    }
    return foldOfRow
  }

  private func groupedFolds(_ groups: [Int], _ foldCount: Int) -> [Int] {
    var rowCountOfGroup: [Int: Int] = [:]
    for group in groups { rowCountOfGroup[group, default: 0] += 1 }
    var generator = SeededGenerator(seed: seed, stream: 2)
    var order = rowCountOfGroup.keys.sorted()
    generator.shuffle(&order)
    // The largest first, each to the fold with the fewest rows: folds end up about equal.
    let shuffled = order.enumerated().sorted {
      (-rowCountOfGroup[$0.element]!, $0.offset) < (-rowCountOfGroup[$1.element]!, $1.offset)
    }
    var rowCountOfFold = [Int](repeating: 0, count: foldCount)
    var foldOfGroup: [Int: Int] = [:]
    for (_, group) in shuffled {
      let fold = rowCountOfFold.indices.min { rowCountOfFold[$0] < rowCountOfFold[$1] }!
      foldOfGroup[group] = fold
      rowCountOfFold[fold] += rowCountOfGroup[group]!
    }
    return groups.map { foldOfGroup[$0]! }
  }

  private static func splits(foldOfRow: [Int], foldCount: Int) -> [Split] {
    (0..<foldCount).compactMap { fold in
      let split = Split(
        training: foldOfRow.indices.filter { foldOfRow[$0] != fold },
        validation: foldOfRow.indices.filter { foldOfRow[$0] == fold })
      return split.training.isEmpty || split.validation.isEmpty ? nil : split
    }
  }

  /// Blocks of about equal size, in the order of time; rows of one instant are in one block.
  private static func timeBlocks(_ time: [Double], _ blockCount: Int) -> [Int] {
    let order = time.indices.sorted { (time[$0], $0) < (time[$1], $1) }
    var blockOfRow = [Int](repeating: 0, count: time.count)
    for (position, row) in order.enumerated() {
      let isTied = position > 0 && time[order[position - 1]] == time[row]
      blockOfRow[row] =
        isTied ? blockOfRow[order[position - 1]] : position * blockCount / time.count
    }
    return blockOfRow
  }

  private func forwardSplit(
    _ blockOfRow: [Int], block: Int, time: [Double], groups: [Int]?, embargo: Double
  ) -> Split? {
    var validation = blockOfRow.indices.filter { blockOfRow[$0] == block }
    guard let first = validation.lazy.map({ time[$0] }).min() else { return nil }
    var training = blockOfRow.indices.filter {
      blockOfRow[$0] < block && time[$0] + embargo <= first
    }
    if let groups {
      let earlier = Set(training.lazy.map { groups[$0] })
      validation = validation.filter {
        !earlier.contains(groups[$0]) || part(of: groups[$0]) == block % Self.partCount
      }
      let judged = Set(validation.lazy.map { groups[$0] })
      training = training.filter { !judged.contains(groups[$0]) }
    }
    return training.isEmpty || validation.isEmpty
      ? nil : Split(training: training, validation: validation)
  }

  /// Into how many parts groups are dealt, one of which a fold judges.
  private static let partCount = 4

  /// The part that a group belongs to.
  private func part(of group: Int) -> Int {
    var generator = SeededGenerator(seed: seed, stream: UInt64(bitPattern: Int64(group)))
    return generator.nextIndex(below: Self.partCount)
  }
}
