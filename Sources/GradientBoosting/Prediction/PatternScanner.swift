import CTreeScan
import Learning

/// One test that a row may pass: that it goes to a certain side at a node.
package struct SideTest: Sendable, Hashable {
  /// The tree, by its position among the model's.
  package var tree: Int
  /// The node, by its position in the tree.
  package var node: Int
  /// The side asked for.
  package var goesRight: Bool

  /// Names a test.
  package init(tree: Int, node: Int, goesRight: Bool) {
    self.tree = tree
    self.node = node
    self.goesRight = goesRight
  }

  /// Whether a row passes.
  ///
  /// - Parameter values: The row's values, shape `[featureCount]`; see ``RowBlock``.
  package func isPassed(by values: Span<Double>, in trees: [Tree]) -> Bool {
    let tree = trees[tree]
    let node = tree.nodes[node]
    return tree.goesLeft(node, values[Int(node.feature)]) != goesRight
  }
}

/// Conditions on rows, prepared to be tried on many rows: each asks for some tests, and those that a
/// row meets are the bits of a number, its pattern.
///
/// Rows are tested in the bytes of their ranks; see ``BytePlanes``.
package struct PatternScanner: Sendable {
  /// Where the tests of a pattern lie, and the bits that have any.
  fileprivate struct Pattern {
    var tests: Range<Int>
    var lowCount: Int
    var start: UInt16
  }

  let planes: BytePlanes
  let kernel: ScanKernel
  let featureCount: Int
  /// How many rows a block has: a multiple of 64.
  package let blockRowCount: Int
  fileprivate private(set) var patterns: [Pattern] = []
  fileprivate private(set) var tests: [rk_pattern_test] = []

  /// Prepares patterns.
  ///
  /// - Parameter conditions: For each pattern the tests of each of its bits, at most 16: a bit is 1
  ///   where a row passes them all.
  package init(
    _ model: BoostedTrees, conditions: some Sequence<[[SideTest]]>, blockRowCount: Int,
    kernel: ScanKernel = .fastest
  ) {
    precondition(blockRowCount > 0 && blockRowCount % 64 == 0, "blocks of \(blockRowCount) rows")
    let builder = PlaneBuilder(model.trees, featureCount: model.featureCount)
    planes = builder.planes
    self.kernel = kernel
    featureCount = model.featureCount
    self.blockRowCount = blockRowCount
    for bits in conditions {
      precondition(bits.count <= 16, "a pattern of \(bits.count) bits")
      let first = tests.count
      var lowCount = 0
      for (bit, asked) in bits.enumerated() {
        for test in asked {
          let tree = model.trees[test.tree]
          let put = builder.test(of: tree.nodes[test.node], in: tree)
          tests.append(
            rk_pattern_test(
              plane: UInt32(put.plane * blockRowCount), threshold: put.threshold, mask: put.mask,
              bit: UInt8(bit), flip: test.goesRight ? 0 : .max))
        }
        if bit < 8 { lowCount = tests.count - first }
      }
      patterns.append(
        Pattern(
          tests: first..<tests.count, lowCount: lowCount,
          start: UInt16(truncatingIfNeeded: (1 << bits.count) - 1)))
    }
  }
}

/// A block of rows whose patterns are asked for.
@safe package struct PatternBlock: ~Copyable {
  private let scanner: PatternScanner
  private var planes: PlaneBlock
  private var patterns: UnsafeMutablePointer<UInt16>

  /// Makes room for a block.
  package init(_ scanner: PatternScanner) {
    self.scanner = scanner
    planes = PlaneBlock(scanner.planes, capacity: scanner.blockRowCount, kernel: scanner.kernel)
    unsafe patterns = .zeros(scanner.blockRowCount)
  }

  deinit { unsafe patterns.deallocate() }

  /// Takes up rows of a matrix, at most ``PatternScanner/blockRowCount``.
  package mutating func load(_ matrix: FeatureMatrix, rows: Range<Int>) {
    precondition(
      matrix.columns.count == scanner.featureCount,
      "the matrix has \(matrix.columns.count) features; the model \(scanner.featureCount)")
    planes.load(matrix, rows: rows)
  }

  /// Hands over one pattern of all rows, padded to a multiple of 64.
  package mutating func withPatterns<Result>(
    _ index: Int, _ body: (UnsafeBufferPointer<UInt16>) -> Result
  ) -> Result {
    let pattern = scanner.patterns[index]
    // SAFETY: tests name planes of the block, each with room for its groups; so has `patterns`.
    unsafe scanner.tests.withUnsafeBufferPointer { tests in
      unsafe scanner.kernel.patterns(
        tests.baseAddress.map { unsafe $0 + pattern.tests.lowerBound },
        lowCount: pattern.lowCount, count: pattern.tests.count, start: pattern.start,
        planes: planes.start, groups: planes.groups, into: patterns)
    }
    return unsafe body(UnsafeBufferPointer(start: patterns, count: 64 * planes.groups))
  }
}

extension ScanKernel {
  /// The patterns of rows; see ``PatternScanner``.
  ///
  /// - Parameters:
  ///   - tests: `count` tests, of which the first `lowCount` have bits below 8.
  ///   - start: The pattern of a row that passes all tests.
  ///   - patterns: `64 * groups` patterns to write.
  @unsafe func patterns(
    _ tests: UnsafePointer<rk_pattern_test>?, lowCount: Int, count: Int, start: UInt16,
    planes: UnsafePointer<Int8>, groups: Int, into patterns: UnsafeMutablePointer<UInt16>
  ) {
    switch self {
    case .readable:
      for row in 0..<64 * groups {
        var pattern = start
        for index in 0..<count {
          let test = unsafe tests![index]
          let byte = unsafe planes[Int(test.plane) + row] & Int8(bitPattern: test.mask)
          if (byte > test.threshold) == (test.flip != 0) { pattern &= ~(1 << UInt16(test.bit)) }
        }
        unsafe patterns[row] = pattern
      }
    case .baseline:
      unsafe rk_patterns(
        tests, Int64(lowCount), Int64(count), start, planes, Int64(groups), patterns)
    #if arch(x86_64)
      case .avx2:
        unsafe rk_patterns_avx2(
          tests, Int64(lowCount), Int64(count), start, planes, Int64(groups), patterns)
      case .avx512:
        unsafe rk_patterns_avx512(
          tests, Int64(lowCount), Int64(count), start, planes, Int64(groups), patterns)
    #else
      case .avx2, .avx512: preconditionFailure("\(self) on a processor without it")
    #endif
    }
  }
}
