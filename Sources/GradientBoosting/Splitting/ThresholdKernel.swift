import CTreeScan

/// The scan over a feature's thresholds by the plain rules, for vectors of some width; all find the
/// same bits.
///
/// The vectors are written in C for the reasons that ``ScanKernel`` gives.
package enum ThresholdKernel: Sendable, CaseIterable {
  /// In Swift, threshold by threshold: the readable twin of the others.
  case readable
  /// Vectors of 16 bytes, which every processor has.
  case baseline
  /// x86-64 with vectors of 32 bytes.
  case avx2
  /// x86-64 with vectors of 64 bytes.
  case avx512

  /// The loops that this processor can run.
  package static let supported: [ThresholdKernel] = {
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

  /// How many entries behind the last bin must be readable.
  package static let slack = 7

  /// The threshold with the largest sum of `G * G / (H + l2)` over both sides, the first among
  /// equals.
  ///
  /// - Parameters:
  ///   - bins: `thresholdCount` bins at least, with ``slack`` readable entries behind them.
  ///   - start: What is on the left beside the bins up to a threshold.
  ///   - sum: What a sum has to exceed; replaced by the largest.
  /// - Returns: `nil` where no threshold has such a sum.
  @inline(__always)
  func bestThreshold(
    _ bins: Span<HistogramBin>, thresholdCount: Int, from start: HistogramBin,
    _ scanned: ScannedNode, _ sum: inout Double
  ) -> Int? {
    precondition(thresholdCount <= bins.count, "\(thresholdCount) of \(bins.count) bins")
    guard thresholdCount > 0 else { return nil }
    if self == .readable {
      return readable(bins, thresholdCount: thresholdCount, from: start, scanned, &sum)
    }
    let found = unsafe bins.withUnsafeBufferPointer { buffer in
      // SAFETY: a bin is its 64 bits; the caller has made sure of the entries behind.
      let bins = unsafe UnsafeRawPointer(buffer.baseAddress!).assumingMemoryBound(to: Int64.self)
      let count = Int64(thresholdCount)
      return unsafe withUnsafePointer(to: scanned.node) { node in
        switch self {
        #if arch(x86_64)
          case .avx512:
            unsafe rk_best_threshold_avx512(bins, count, start.lanes, node, &sum)
          case .avx2: unsafe rk_best_threshold_avx2(bins, count, start.lanes, node, &sum)
        #endif
        default: unsafe rk_best_threshold(bins, count, start.lanes, node, &sum)
        }
      }
    }
    return found < 0 ? nil : Int(found)
  }

  private func readable(
    _ bins: Span<HistogramBin>, thresholdCount: Int, from start: HistogramBin,
    _ scanned: ScannedNode, _ sum: inout Double
  ) -> Int? {
    let node = scanned.node
    var best: Int?
    var left = start
    for threshold in 0..<thresholdCount {
      left = left + bins[threshold]
      let gradient = Double(left.gradientSum) * node.gradient_unit
      let hessian = Double(left.hessianSum) * node.hessian_unit
      let otherGradient = node.gradient - gradient
      let otherHessian = node.hessian - hessian
      guard hessian >= node.least_hessian, otherHessian >= node.least_hessian else { continue }
      let found =
        gradient * gradient / (hessian + node.l2)
        + otherGradient * otherGradient / (otherHessian + node.l2)
      if found > sum { (sum, best) = (found, threshold) }
    }
    return best
  }
}

/// What a scan of thresholds by the plain rules has to know of the node.
struct ScannedNode: Sendable {
  let node: rk_scanned_node
  /// The reduction of the node itself.
  let wholeReduction: Double

  init(_ statistics: NodeStatistics, _ rules: SplitRules, _ units: GradientUnits) {
    let whole = SideSum(statistics, units)
    let rowsPerHessian = Double(statistics.rowCount) / Double(max(1, statistics.sum.hessianSum))
    node = rk_scanned_node(
      gradient_unit: units.gradient, hessian_unit: units.hessian, gradient: whole.gradient,
      hessian: whole.hessian,
      // A lower bound on hessians says both: enough hessian, and enough rows at the node's average.
      least_hessian: max(
        rules.minimumHessianPerLeaf,
        Double(rules.minimumRowsPerLeaf) / rowsPerHessian * units.hessian),
      l2: rules.l2)
    wholeReduction = whole.gradient * whole.gradient / (whole.hessian + rules.l2)
  }

  /// A sum over both sides that any split of more than this gain exceeds, and one of as much reaches;
  /// rounding taken into account.
  func sum(atGain gain: Double) -> Double {
    gain > 0 ? (gain + wholeReduction) * (1 - 1e-12) : -1
  }
}
