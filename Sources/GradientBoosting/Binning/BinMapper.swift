import Learning

/// How the values of one feature fall into bins.
///
/// Bins are numbered from 0; where the feature has missing cells, they have a bin of their own after
/// all others. A bin fits into a byte.
struct BinMapper: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// Bin `b` holds the values above `upperBounds[b - 1]` up to `upperBounds[b]`, inclusive; the
    /// last bin, which has no entry, holds the rest.
    case number(upperBounds: [Double])
    /// The bin of each level's code; `nil` for a level without rows in training.
    case category(binOfLevel: [UInt8?])
  }

  var kind: Kind
  /// How many bins values have, the missing bin aside.
  var valueBinCount: Int
  var hasMissing: Bool

  var binCount: Int { valueBinCount + (hasMissing ? 1 : 0) }
  /// The bin of missing cells; only where `hasMissing`.
  var missingBin: Int { valueBinCount }
  var isCategory: Bool { if case .category = kind { true } else { false } }

  /// The largest number of bins, the missing one included, that fits a byte.
  static let largestBinCount = 255

  /// Learns the bins of a column.
  init(of column: FeatureColumn, levelCount: Int, binLimit: Int) {
    switch column {
    case .number(let values): self.init(numbers: values, binLimit: binLimit)
    case .category(let codes):
      self.init(codes: codes, levelCount: levelCount, binLimit: binLimit)
    }
  }

  private init(numbers: [Double], binLimit: Int) {
    var sorted = numbers.filter { !$0.isNaN }
    hasMissing = sorted.count < numbers.count
    sorted.sort()
    let bounds = NumberBinning.upperBounds(
      ofSorted: sorted, binLimit: max(1, binLimit - (hasMissing ? 1 : 0)))
    kind = .number(upperBounds: bounds)
    valueBinCount = bounds.count + 1
  }

  /// Each level has a bin of its own; where there are too many, the rarest share one.
  private init(codes: [Int32], levelCount: Int, binLimit: Int) {
    var rowCountOfLevel = [Int](repeating: 0, count: levelCount)
    var hasMissing = false
    for code in codes {
      if code >= 0 { rowCountOfLevel[Int(code)] += 1 } else { hasMissing = true }
    }
    let levels = rowCountOfLevel.indices.filter { rowCountOfLevel[$0] > 0 }
      .sorted { (-rowCountOfLevel[$0], $0) < (-rowCountOfLevel[$1], $1) }
    let limit = max(1, binLimit - (hasMissing ? 1 : 0))
    var binOfLevel = [UInt8?](repeating: nil, count: levelCount)
    for (position, level) in levels.enumerated() {
      binOfLevel[level] = UInt8(min(position, limit - 1))
    }
    self.hasMissing = hasMissing
    kind = .category(binOfLevel: binOfLevel)
    valueBinCount = max(1, min(levels.count, limit))
  }

  /// The bin of every value of a column, shape `[rowCount]`.
  func bins(of column: FeatureColumn) -> [UInt8] {
    let missing = UInt8(missingBin)
    switch (kind, column) {
    case (.number(let upperBounds), .number(let values)):
      return values.map { value in
        value.isNaN ? missing : UInt8(Self.bin(of: value, in: upperBounds))
      }
    case (.category(let binOfLevel), .category(let codes)):
      return codes.map { code in code < 0 ? missing : binOfLevel[Int(code)]! }
    default: preconditionFailure("the column is not of the kind the bins were learned from")
    }
  }

  /// The first bin whose upper bound is at least `value`, by halving.
  static func bin(of value: Double, in upperBounds: [Double]) -> Int {
    var low = 0
    var high = upperBounds.count
    while low < high {
      let middle = (low + high) / 2
      if value <= upperBounds[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
