import CTreeScan

/// The loops over a block of rows, for vectors of some width; all compute the same bits.
///
/// A group is 64 rows. The vectors are written in C: Swift's compare byte by byte, and only C can ask
/// for wider ones than a package is built for. The processor is asked once which it has.
package enum ScanKernel: Sendable, CaseIterable {
  /// In Swift, row by row: the readable twin of the others.
  case readable
  /// Vectors of 16 bytes, which every processor has.
  case baseline
  /// x86-64 with vectors of 32 bytes.
  case avx2
  /// x86-64 with vectors of 64 bytes.
  case avx512

  /// The loops that this processor can run.
  package static let supported: [ScanKernel] = {
    let widest = rk_widest_vectors()
    return allCases.filter {
      switch $0 {
      case .readable, .baseline: true
      case .avx2: widest >= Int32(RK_VECTORS_AVX2)
      case .avx512: widest >= Int32(RK_VECTORS_AVX512)
      }
    }
  }()

  /// The fastest of them.
  package static let fastest = supported.last!

  /// Ranks values among keys; see ``RankPlanes``.
  ///
  /// - Parameters:
  ///   - values: `64 * groups` values.
  ///   - keys: `2^steps` keys, of which the last is not compared.
  ///   - missingRight: `64 * groups` bytes to write, or nil; as `missingLeft`.
  @unsafe func rank(
    _ values: UnsafePointer<Double>, groups: Int, among keys: UnsafePointer<Double>, steps: Int,
    missingRight: UnsafeMutablePointer<Int8>?, missingLeft: UnsafeMutablePointer<Int8>?
  ) {
    switch self {
    case .readable:
      for row in 0..<64 * groups {
        let value = unsafe values[row]
        var rank = 0
        while unsafe rank < (1 << steps) - 1 && keys[rank] < value { rank += 1 }
        let byte = Int8(rank - 127)
        unsafe missingRight?[row] = value.isNaN ? .max : byte
        unsafe missingLeft?[row] = value.isNaN ? .min : byte
      }
    case .baseline:
      unsafe rk_ranks(values, Int64(groups), keys, Int64(steps), missingRight, missingLeft)
    #if arch(x86_64)
      case .avx2:
        unsafe rk_ranks_avx2(
          values, Int64(groups), keys, Int64(steps), missingRight, missingLeft)
      case .avx512:
        unsafe rk_ranks_avx512(
          values, Int64(groups), keys, Int64(steps), missingRight, missingLeft)
    #else
      case .avx2, .avx512: preconditionFailure("\(self) on a processor without it")
    #endif
    }
  }

  /// The leaf at which each row ends; see ``CompiledTrees``.
  ///
  /// - Parameters:
  ///   - planes: The first plane; each test's plane has `64 * groups` bytes to read.
  ///   - leaves: `64 * groups` bytes to write.
  @unsafe func leaves(
    _ tests: UnsafePointer<rk_tree_test>, count: Int, planes: UnsafePointer<Int8>, groups: Int,
    into leaves: UnsafeMutablePointer<UInt8>
  ) {
    switch self {
    case .readable:
      for row in 0..<64 * groups {
        var leaf: UInt8 = 0
        for index in 0..<count {
          let test = unsafe tests[index]
          let byte = unsafe planes[Int(test.plane) + row] & Int8(bitPattern: test.mask)
          if leaf == test.first && byte > test.threshold { leaf += test.step }
        }
        unsafe leaves[row] = leaf
      }
    case .baseline: unsafe rk_leaves(tests, Int64(count), planes, Int64(groups), leaves)
    #if arch(x86_64)
      case .avx2: unsafe rk_leaves_avx2(tests, Int64(count), planes, Int64(groups), leaves)
      case .avx512: unsafe rk_leaves_avx512(tests, Int64(count), planes, Int64(groups), leaves)
    #else
      case .avx2, .avx512: preconditionFailure("\(self) on a processor without it")
    #endif
    }
  }

  /// Adds the values of leaves to scores.
  ///
  /// - Parameters:
  ///   - leaves: `64 * groups` leaves, each below `leafCount`.
  ///   - values: ``CompiledTrees/vectorLeafLimit`` values, or `leafCount` where there are more.
  ///   - scores: `64 * groups` scores.
  @unsafe func add(
    _ leaves: UnsafePointer<UInt8>, groups: Int, values: UnsafePointer<Double>, leafCount: Int,
    to scores: UnsafeMutablePointer<Double>
  ) {
    #if arch(x86_64)
      if self == .avx512, leafCount <= CompiledTrees.vectorLeafLimit {
        return unsafe rk_add_avx512(leaves, Int64(groups), values, scores)
      }
    #endif
    for row in 0..<64 &* groups {
      unsafe scores[row] += values[Int(leaves[row])]
    }
  }
}
