import Learning
import Synchronization

/// Finds the best split of a leaf from its histogram, some features at a time.
struct SplitFinder: Sendable {
  let matrix: BinnedMatrix
  let settings: TreeSettings
  let builder: HistogramBuilder

  /// The bins that are worth a piece of work of their own: some microseconds of searching.
  private static let binsPerBatch = 1024

  /// How many pieces of work the features make.
  var batchCount: Int {
    WorkerPool.pieceCount(
      of: matrix.totalBinCount, least: Self.binsPerBatch, pieceLimit: matrix.usableFeatures.count)
  }

  /// The features of a piece.
  func features(_ batch: Int) -> ArraySlice<Int> {
    let (count, batchCount) = (matrix.usableFeatures.count, batchCount)
    return matrix.usableFeatures[count * batch / batchCount..<count * (batch + 1) / batchCount]
  }

  /// The bins of a piece: those of features that are left out take no room.
  func bins(of features: ArraySlice<Int>) -> Range<Int> {
    matrix.bins(of: features.first!).lowerBound..<matrix.bins(of: features.last!).upperBound
  }

  /// Whether a leaf may be split at all.
  func mayBeSplit(_ leaf: GrowingLeaf) -> Bool {
    leaf.depth < settings.depthLimit
      && leaf.statistics.rowCount >= 2 * settings.rules.minimumRowsPerLeaf
  }

  /// Replaces `best` by the leaf's best split on one feature, where that gains more.
  ///
  /// - Parameters:
  ///   - histogram: Of the leaf, all features, shape `[totalBinCount]`, with
  ///     ``ThresholdKernel/slack`` readable entries more.
  ///   - bar: What the best splits of other features gain; raised to that of this one.
  ///   - rowCountOfBin: How many of the leaf's rows are in each of the feature's bins, where they
  ///     were counted.
  func improve(
    _ best: inout SplitCandidate?, _ feature: Int, _ leaf: GrowingLeaf,
    _ histogram: UnsafeMutablePointer<HistogramBin>, _ work: TreeWork,
    bar: GainBar, rowCountOfBin: [UInt32]? = nil
  ) {
    guard leaf.mayTry[feature] else { return }
    var search = SplitSearch(
      rules: settings.rules, mapper: matrix.mappers[feature], feature: feature,
      monotone: settings.monotone[feature], node: leaf.statistics, units: work.units,
      weight: settings.featureWeights[feature], rowCountOfBin: rowCountOfBin,
      bar: bar.gain)
    let bins = matrix.bins(of: feature)
    // SAFETY: the feature's bins lie within the histogram.
    unsafe search.search(Span(_unsafeStart: histogram + bins.lowerBound, count: bins.count))
    guard let found = search.best, found.gain > best?.gain ?? 0 else { return }
    best = found
    bar.raise(to: found.gain)
  }
}

/// The most that any split of a leaf is known to gain, for all threads that search it: what gains less
/// is passed over. Which splits that are depends on who was first, but the best of all, and all that
/// gain as much, are never among them.
final class GainBar: Sendable {
  // Positive numbers are in the order of their bits.
  private let bits = Atomic<UInt64>(0)

  var gain: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  func raise(to gain: Double) { _ = bits.max(gain.bitPattern, ordering: .relaxed) }
}

extension SplitCandidate {
  /// The candidate that gains most, the first among equals.
  static func best(_ candidates: [SplitCandidate?]) -> SplitCandidate? {
    candidates.reduce(nil) { best, candidate in
      (candidate?.gain ?? 0) > (best?.gain ?? 0) ? candidate : best
    }
  }
}

/// A leaf that may be split.
struct GrowingLeaf: Sendable {
  var node: Int
  var depth: Int
  var rows: Range<Int>
  /// Where its histogram is; `nil` where there was no room to keep it.
  var histogram: HistogramStore.Slot?
  var statistics: NodeStatistics
  /// Whether it may be split on each feature, shape `[featureCount]`.
  var mayTry: [Bool]
  /// The features tested on the way to it.
  var path: Set<Int> = []
  var candidate: SplitCandidate?
  /// Whether the candidate was sought with exact counts of rows.
  var isCounted = false
}

/// What one tree is grown from.
struct TreeWork: Sendable {
  var gradients: LargeArray<PackedGradient>
  var units: GradientUnits
  var features: [Int]
  var round: Int
}
