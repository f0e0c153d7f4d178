import Learning

/// The histograms of one node, those of all features one after another.
struct NodeHistograms: Sendable {
  private(set) var bins: [HistogramBin]

  /// Adds up the rows of a node, feature by feature, so that threads share nothing but input.
  ///
  /// - Parameters:
  ///   - rows: The node's rows, ascending.
  ///   - pairs: Gradient and hessian of every training row, shape `[rowCount]`.
  ///   - features: The features whose histograms are wanted; the others' stay empty.
  init(
    rows: ArraySlice<UInt32>, pairs: [GradientPair], of matrix: BinnedMatrix, features: [Int],
    threads: Int
  ) {
    // Gathered once for all features: each histogram then reads them one after another.
    let nodeRows = Array(rows)
    let nodePairs = nodeRows.map { pairs[Int($0)] }
    bins = [HistogramBin](repeating: HistogramBin(), count: matrix.totalBinCount)
    // Waking a thread costs what some thousand updates do.
    let workers = nodeRows.count * features.count < 1 << 15 ? 1 : threads
    // SAFETY: features have disjoint ranges of `bins`, by the ascending `binStart`.
    unsafe bins.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let all = unsafe buffer
      Parallel.forEach(features.count, threads: workers) { index in
        let feature = features[index]
        let range = matrix.binStart[feature]..<matrix.binStart[feature + 1]
        let binOfRow = matrix.bins[feature]
        var histogram = unsafe MutableSpan(
          _unsafeElements: UnsafeMutableBufferPointer(rebasing: all[range]))
        histogram.add(binOfRow: binOfRow.span, rows: nodeRows.span, pairs: nodePairs.span)
      }
    }
  }

  /// Turns a parent's histograms into those of one child, given the other child's.
  mutating func subtract(_ sibling: NodeHistograms) {
    for index in bins.indices { bins[index] = bins[index] - sibling.bins[index] }
  }
}
