import Learning

/// How the values of one feature fall into bins.
///
/// Bins are numbered from 0; where the feature has missing cells, they have a bin of their own after
/// all others.
package struct BinMapper: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// Bin `b` holds the values above `upperBounds[b - 1]` up to `upperBounds[b]`, inclusive; the
    /// last bin, which has no entry, holds the rest.
    case number(upperBounds: [Double])
    /// The bin of each level's code; `nil` for a level without rows in training.
    case category(binOfLevel: [UInt16?])
  }

  package var kind: Kind
  /// How many bins values have, the missing bin aside.
  package var valueBinCount: Int
  package var hasMissing: Bool

  package var binCount: Int { valueBinCount + (hasMissing ? 1 : 0) }
  /// The bin of missing cells; only where `hasMissing`.
  package var missingBin: Int { valueBinCount }
  var isCategory: Bool { if case .category = kind { true } else { false } }
  /// Whether every bin's number fits a byte.
  var fitsByte: Bool { binCount <= 256 }

  /// The most bins of a feature, the missing one included: they are numbered in two bytes.
  static let largestBinCount = 65_535

  /// Learns the bins of a column.
  ///
  /// - Parameter binLimit: The most bins of a quantity, the missing one included; at least 2.
  package init(of column: FeatureColumn, levelCount: Int, binLimit: Int) {
    switch column {
    case .number(let values):
      let hasMissing = values.contains(where: \.isNaN)
      self.init(
        upperBounds: NumberBinning.upperBounds(
          of: values, binLimit: Self.valueBinLimit(binLimit, hasMissing)),
        hasMissing: hasMissing)
    case .category(let codes): self.init(codes: codes, levelCount: levelCount)
    }
  }

  init(upperBounds: [Double], hasMissing: Bool) {
    kind = .number(upperBounds: upperBounds)
    valueBinCount = upperBounds.count + 1
    self.hasMissing = hasMissing
  }

  /// How many bins are left for values beside that of missing cells.
  static func valueBinLimit(_ binLimit: Int, _ hasMissing: Bool) -> Int {
    max(1, binLimit - (hasMissing ? 1 : 0))
  }

  /// Each level has a bin of its own, the most frequent first; where there are too many, the rarest
  /// share one.
  private init(codes: [Int32], levelCount: Int) {
    var rowCountOfLevel = [Int](repeating: 0, count: levelCount)
    var hasMissing = false
    for code in codes {
      if code >= 0 { rowCountOfLevel[Int(code)] += 1 } else { hasMissing = true }
    }
    let levels = rowCountOfLevel.indices.filter { rowCountOfLevel[$0] > 0 }
      .sorted { (-rowCountOfLevel[$0], $0) < (-rowCountOfLevel[$1], $1) }
    let limit = Self.largestBinCount - 1
    var binOfLevel = [UInt16?](repeating: nil, count: levelCount)
    for (position, level) in levels.enumerated() {
      binOfLevel[level] = UInt16(min(position, limit - 1))
    }
    self.hasMissing = hasMissing
    kind = .category(binOfLevel: binOfLevel)
    valueBinCount = max(1, min(levels.count, limit))
  }

  /// Writes the bin of every value of a column, shape `[rowCount]`.
  func write<Bin: FixedWidthInteger & UnsignedInteger>(
    _ column: FeatureColumn, into bins: inout MutableSpan<Bin>
  ) {
    precondition(bins.count == column.count, "\(column.count) values, room for \(bins.count)")
    switch (kind, column) {
    case (.number(let upperBounds), .number(let values)):
      let missing = Bin(truncatingIfNeeded: missingBin)
      let all = values.span
      BoundSearch(upperBounds).forEachBin(of: values) { row, bin in
        bins[row] = all[row].isNaN ? missing : Bin(truncatingIfNeeded: bin)
      }
    case (.category(let binOfLevel), .category(let codes)):
      // A level that training never saw is missing to the bins.
      let table = binOfLevel.map { Bin(truncatingIfNeeded: $0.map(Int.init) ?? missingBin) }
      for row in codes.indices {
        bins[row] = codes[row] < 0 ? Bin(truncatingIfNeeded: missingBin) : table[Int(codes[row])]
      }
    default: preconditionFailure("the column is not of the kind the bins were learned from")
    }
  }
}
