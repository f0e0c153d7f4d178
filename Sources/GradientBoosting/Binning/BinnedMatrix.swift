import Learning

/// A feature matrix in bytes: the bin of every value, column by column.
struct BinnedMatrix: Sendable {
  let mappers: [BinMapper]
  /// The bin of every row, one array per feature, shape `[featureCount][rowCount]`.
  let bins: [[UInt8]]
  let rowCount: Int
  /// Where each feature's bins begin in a histogram of all features; the last entry is the total.
  let binStart: [Int]

  /// Learns the bins of `matrix` and applies them.
  init(_ matrix: FeatureMatrix, binLimit: Int, threads: Int) {
    let binned = Parallel.map(matrix.columns.count, threads: threads) { feature in
      let column = matrix.columns[feature]
      let mapper = BinMapper(
        of: column, levelCount: matrix.features[feature].levelCount, binLimit: binLimit)
      return (mapper, mapper.bins(of: column))
    }
    mappers = binned.map(\.0)
    bins = binned.map(\.1)
    rowCount = matrix.rowCount
    binStart = mappers.reduce(into: [0]) { $0.append($0.last! + $1.binCount) }
  }

  var featureCount: Int { mappers.count }
  var totalBinCount: Int { binStart.last! }
}
