import Learning
import Testing

@Suite struct ValidationSchemeTests {
  private func labels(_ count: Int, positiveRate: Double, seed: UInt64) -> [Bool] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in generator.nextUnit() < positiveRate }
  }

  private func spread(_ counts: [Int]) -> Int { counts.max()! - counts.min()! }

  /// Whether each row is judged once, and learned from in all other splits.
  private func isPartition(_ splits: [Split], rowCount: Int) -> Bool {
    splits.flatMap(\.validation).sorted() == Array(0..<rowCount)
      && splits.allSatisfy { split in
        split.training == (0..<rowCount).filter { !split.validation.contains($0) }
          && split.validation == split.validation.sorted()
      }
  }

  // MARK: Stratified

  @Test(arguments: [2, 3, 5, 10])
  func `stratified folds differ by one row and one positive at most`(foldCount: Int) {
    for (rowCount, rate) in [(40, 0.5), (101, 0.2), (333, 0.03), (60, 0.97)] {
      let labels = labels(rowCount, positiveRate: rate, seed: UInt64(rowCount))
      let splits = ValidationScheme(.stratified, seed: 7)
        .splits(labels: labels, foldCount: foldCount)
      #expect(splits.count == foldCount)
      #expect(isPartition(splits, rowCount: rowCount))
      #expect(spread(splits.map(\.validation.count)) <= 1)
      #expect(spread(splits.map { $0.validation.count { labels[$0] } }) <= 1)
    }
  }

  @Test func `the same seed gives the same folds, and another seed others`() {
    let labels = labels(200, positiveRate: 0.3, seed: 1)
    func splits(_ seed: UInt64) -> [Split] {
      ValidationScheme(.stratified, seed: seed).splits(labels: labels, foldCount: 5)
    }
    #expect(splits(3) == splits(3))
    #expect(splits(3) != splits(4))
  }

  @Test func `a fold that would be empty is left out`() {
    let splits = ValidationScheme(.stratified, seed: 0)
      .splits(labels: [true, false, false], foldCount: 5)
    #expect(splits.count == 3)
    #expect(isPartition(splits, rowCount: 3))
  }

  // MARK: Grouped

  @Test(arguments: 1...6) func `no group is in two folds, and folds are about equal`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    // Group g has about g rows, in no order; names are neither dense nor positive.
    var groups = (1...25).flatMap { [Int](repeating: $0 * 7 - 80, count: $0) }
    generator.shuffle(&groups)
    let labels = groups.map { _ in generator.nextUnit() < 0.4 }
    let splits = ValidationScheme(.grouped(groups), seed: seed)
      .splits(labels: labels, foldCount: 4)
    #expect(splits.count == 4)
    #expect(isPartition(splits, rowCount: groups.count))
    for split in splits {
      let learned = Set(split.training.map { groups[$0] })
      #expect(learned.isDisjoint(with: split.validation.map { groups[$0] }))
    }
    // The smallest groups come last and fill the gaps.
    #expect(spread(splits.map(\.validation.count)) <= 2)
  }

  @Test func `groups of one size are dealt out evenly, by the seed`() {
    let groups = (0..<120).map { $0 / 10 }
    let labels = groups.map { $0 % 2 == 0 }
    func splits(_ seed: UInt64) -> [Split] {
      ValidationScheme(.grouped(groups), seed: seed).splits(labels: labels, foldCount: 4)
    }
    #expect(splits(1).map(\.validation.count) == [30, 30, 30, 30])
    #expect(splits(1) == splits(1))
    #expect(splits(1) != splits(2))
  }

  @Test func `one group cannot be divided`() {
    let scheme = ValidationScheme(.grouped([9, 9, 9, 9]), seed: 0)
    let labels = [true, false, true, false]
    #expect(scheme.splits(labels: labels, foldCount: 2).isEmpty)
    #expect(scheme.holdOut(labels: labels, oneIn: 2) == nil)
  }

  // MARK: Forward

  @Test func `going forward, four rows in time give three folds`() {
    let scheme = ValidationScheme(.forward(time: [30, 10, 40, 20], groups: nil), seed: 0)
    #expect(
      scheme.splits(labels: [true, false, true, false], foldCount: 3) == [
        Split(training: [1], validation: [3]),
        Split(training: [1, 3], validation: [0]),
        Split(training: [0, 1, 3], validation: [2]),
      ])
  }

  @Test(arguments: 1...6) func `what is learned from is strictly earlier than what is judged`(
    seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed)
    // Thirty days for 300 rows: nearly every block boundary falls among ties.
    let time = (0..<300).map { _ in Double(generator.nextIndex(below: 30)) - 15 }
    let labels = time.map { _ in generator.nextUnit() < 0.4 }
    let splits = ValidationScheme(.forward(time: time, groups: nil), seed: seed)
      .splits(labels: labels, foldCount: 5)
    #expect(splits.count == 5)
    for split in splits {
      let judged = split.validation.map { time[$0] }
      #expect(split.training == time.indices.filter { time[$0] < judged.min()! })
      // Rows of one instant stay together.
      let instants = Set(judged)
      #expect(split.validation == time.indices.filter { instants.contains(time[$0]) })
    }
    let judged = splits.flatMap(\.validation)
    #expect(Set(judged).count == judged.count)
    #expect(Set(judged).union(splits[0].training) == Set(time.indices))
    #expect(spread(splits.map(\.validation.count)) < 30)
  }

  @Test(arguments: 1...4) func `a group that is judged is not learned from`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let time = (0..<200).map { _ in generator.nextUnit() }
    let groups = time.map { _ in generator.nextIndex(below: 60) }
    let labels = time.map { _ in generator.nextUnit() < 0.4 }
    let splits = ValidationScheme(.forward(time: time, groups: groups), seed: 0)
      .splits(labels: labels, foldCount: 4)
    let ungrouped = ValidationScheme(.forward(time: time, groups: nil), seed: 0)
      .splits(labels: labels, foldCount: 4)
    #expect(splits.count == 4)
    for (split, whole) in zip(splits, ungrouped) {
      let judged = Set(split.validation.map { groups[$0] })
      #expect(split.training == whole.training.filter { !judged.contains(groups[$0]) })
      #expect(split.training.count < whole.training.count)
      // New groups are all judged, of the others some.
      let known = Set(whole.training.map { groups[$0] })
      #expect(Set(split.validation).isSubset(of: whole.validation))
      #expect(
        split.validation.filter { !known.contains(groups[$0]) }
          == whole.validation.filter { !known.contains(groups[$0]) })
      #expect(split.training.count * 2 > whole.training.count)
    }
  }

  @Test func `rows whose labels were not yet known are not learned from`() {
    let time = (0..<100).map(Double.init)
    let scheme = ValidationScheme(.forward(time: time, groups: nil, embargo: 15), seed: 0)
    let splits = scheme.splits(labels: time.map { _ in true }, foldCount: 4)
    // Of the first fold's twenty earlier rows, six would be left: too few to judge by.
    #expect(splits.map(\.validation.first) == [40, 60, 80])
    #expect(splits.map(\.training.last) == [25, 45, 65])
    #expect(
      scheme.selecting(Array(0..<50)).rule
        == .forward(time: Array(time[..<50]), groups: nil, embargo: 15))
  }

  @Test func `rows of one instant have no earlier ones to learn from`() {
    let labels = [true, false, true, false]
    let scheme = ValidationScheme(.forward(time: [5, 5, 5, 5], groups: nil), seed: 0)
    #expect(scheme.splits(labels: labels, foldCount: 3).isEmpty)
    #expect(scheme.holdOut(labels: labels, oneIn: 2) == nil)
  }

  @Test func `a history of one group has nothing left to learn from`() {
    let scheme = ValidationScheme(.forward(time: [1, 2, 3, 4], groups: [8, 8, 8, 8]), seed: 0)
    #expect(scheme.splits(labels: [true, false, true, false], foldCount: 3).isEmpty)
  }

  // MARK: Held-out rows

  @Test func `held-out rows have the share of positives of the whole`() throws {
    let labels = (0..<400).map { $0 % 4 == 0 }
    let split = try #require(
      ValidationScheme(.stratified, seed: 3).holdOut(labels: labels, oneIn: 10))
    #expect(split.validation.count == 40)
    #expect(split.validation.count { labels[$0] } == 10)
    #expect((split.training + split.validation).sorted() == Array(labels.indices))
  }

  @Test func `a group is held out whole`() throws {
    let groups = (0..<400).map { $0 % 50 }
    let split = try #require(
      ValidationScheme(.grouped(groups), seed: 3)
        .holdOut(labels: groups.map { $0 < 25 }, oneIn: 10))
    #expect(split.validation.count == 40)
    #expect(Set(split.validation.map { groups[$0] }).count == 5)
    #expect((split.training + split.validation).sorted() == Array(groups.indices))
  }

  @Test func `the latest rows are held out, and their groups with them`() throws {
    let time = (0..<100).map { Double(99 - $0) }
    let labels = time.map { $0.truncatingRemainder(dividingBy: 2) == 0 }
    let split = try #require(
      ValidationScheme(.forward(time: time, groups: nil), seed: 0)
        .holdOut(labels: labels, oneIn: 10))
    #expect(split == Split(training: Array(10..<100), validation: Array(0..<10)))

    let groups = (0..<100).map { $0 % 20 }
    let purged = try #require(
      ValidationScheme(.forward(time: time, groups: groups), seed: 0)
        .holdOut(labels: labels, oneIn: 10))
    let judged = Set(purged.validation.map { $0 % 20 })
    #expect(!judged.isEmpty && judged.isSubset(of: Array(0..<10)))
    #expect(purged.training == (10..<100).filter { !judged.contains($0 % 20) })
  }

  // MARK: Rows alone

  @Test func `the scheme of some rows has their groups and times, in their order`() {
    let rows = [4, 0, 2]
    func selected(_ rule: ValidationScheme.Rule) -> ValidationScheme {
      ValidationScheme(rule, seed: 11).selecting(rows)
    }
    #expect(selected(.stratified).rule == .stratified)
    #expect(selected(.grouped([10, 11, 12, 13, 14])).rule == .grouped([14, 10, 12]))
    #expect(
      selected(.forward(time: [0, 1, 2, 3, 4], groups: nil)).rule
        == .forward(time: [4, 0, 2], groups: nil))
    #expect(
      selected(.forward(time: [0, 1, 2, 3, 4], groups: [5, 6, 7, 8, 9])).rule
        == .forward(time: [4, 0, 2], groups: [9, 5, 7]))
    #expect(selected(.stratified).seed == 11)
  }
}
