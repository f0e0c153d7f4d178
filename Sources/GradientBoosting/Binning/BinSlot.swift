import Diagnostics

/// A byte per row that tells the bin of one feature, or the bins of several features at once, while
/// they occur in no more than 256 combinations.
///
/// Features of few bins, and features that are hardly ever set together, so share one update of a
/// histogram. Related to the exclusive feature bundling of Ke et al. 2017, "LightGBM", section 4, but
/// exact: each feature's own histogram is had from that of the combinations.
struct BinSlot: Sendable {
  /// The features that share the slot.
  private(set) var features: [Int]
  /// The combinations that occur: the bin of each feature, shape `[codeCount][features.count]`.
  private(set) var combinations: [[UInt8]]
  /// The code of each row, shape `[rowCount]`.
  private(set) var codes: LargeArray<UInt8>

  /// A feature may share where it has at most so many bins.
  private static let sharingLimit = 64
  /// So many slots are tried before a feature gets one of its own.
  private static let tryCount = 8

  /// Puts features into as few slots as a simple search finds.
  ///
  /// - Parameters:
  ///   - features: Features whose bins fit a byte.
  ///   - folder: Where the codes of features that share are kept in files; `nil` for memory.
  /// - Throws: `output.*` of the files.
  static func slots(
    of features: [Int], _ mappers: [BinMapper], _ columns: BinColumns, folder: String? = nil
  ) throws(Diagnostic) -> [BinSlot] {
    var slots: [BinSlot] = []
    // Few bins first: they fit together most often.
    let order = features.sorted { (mappers[$0].binCount, $0) < (mappers[$1].binCount, $1) }
    for feature in order {
      guard case .bytes(let bins) = columns.columns[feature] else { continue }
      let binCount = mappers[feature].binCount
      var isPlaced = false
      if binCount <= Self.sharingLimit {
        for index in slots.indices.suffix(Self.tryCount) where !isPlaced {
          isPlaced = try slots[index].join(feature, bins, folder)
        }
      }
      if !isPlaced {
        slots.append(
          BinSlot(
            features: [feature], combinations: (0..<binCount).map { [UInt8($0)] }, codes: bins))
      }
    }
    return slots
  }

  /// Takes a feature in, unless that makes too many combinations.
  private mutating func join(_ feature: Int, _ bins: LargeArray<UInt8>, _ folder: String?)
    throws(Diagnostic) -> Bool
  {
    guard combinations.count < 256 else { return false }
    var occurs = [Bool](repeating: false, count: 1 << 16)
    var count = 0
    let (codes, bins) = (self.codes, bins)
    for row in 0..<bins.count {
      let pair = Int(codes[row]) << 8 | Int(bins[row])
      if !occurs[pair] {
        count += 1
        if count > 256 { return false }
        occurs[pair] = true
      }
    }
    var codeOfPair = [UInt8](repeating: 0, count: 1 << 16)
    var joined: [[UInt8]] = []
    for pair in occurs.indices where occurs[pair] {
      codeOfPair[pair] = UInt8(joined.count)
      joined.append(combinations[pair >> 8] + [UInt8(pair & 255)])
    }
    // The codes of a single feature are its column, which others read.
    let joinedCodes =
      features.count > 1 ? codes : try LargeArray<UInt8>(count: bins.count, in: folder)
    for row in 0..<bins.count {
      joinedCodes[row] = codeOfPair[Int(codes[row]) << 8 | Int(bins[row])]
    }
    features.append(feature)
    combinations = joined
    self.codes = joinedCodes
    return true
  }
}
