import Diagnostics
import Learning

/// The bin of every value, column by column: a byte each, or two where a feature has more than 256
/// bins.
package struct BinColumns: Sendable {
  package enum Column: Sendable {
    case bytes(LargeArray<UInt8>)
    case words(LargeArray<UInt16>)
  }

  package let rowCount: Int
  /// One column per feature, shape `[featureCount][rowCount]`.
  package let columns: [Column]

  init(rowCount: Int, columns: [Column]) {
    self.rowCount = rowCount
    self.columns = columns
  }

  /// Each column at `rows`, of which any may come more than once.
  func repeating(_ rows: [UInt32], pool: WorkerPool) -> [Column] {
    @Sendable func gathered<Bin: SendableMetatype>(_ bins: LargeArray<Bin>) -> LargeArray<Bin> {
      let found = LargeArray<Bin>(count: rows.count)
      found.withMutableSpan { for row in rows.indices { $0[row] = bins[Int(rows[row])] } }
      return found
    }
    return pool.map(columns.count) { feature in
      switch columns[feature] {
      case .bytes(let bins): .bytes(gathered(bins))
      case .words(let bins): .words(gathered(bins))
      }
    }
  }

  /// Learns the bins of a table's columns and applies them, with no more columns in memory at a time
  /// than there are threads.
  ///
  /// - Parameters:
  ///   - binLimit: The most bins of a quantity.
  ///   - folder: Where the bins' files are made; `nil` for memory.
  /// - Returns: The bins, and the columns that hold their numbers.
  /// - Throws: What the source throws; `output.*` of the files.
  static func learned(
    _ source: some ColumnSource, binLimit: Int, pool: WorkerPool, folder: String?
  ) throws(Diagnostic) -> (mappers: [BinMapper], columns: BinColumns) {
    let rowCount = source.rowCount
    let results = pool.map(source.features.count) { feature in
      Result { () throws(Diagnostic) in
        let column = try source.column(feature)
        if case .number(let values) = column {
          return try Self.learned(values, binLimit: binLimit, folder: folder)
        }
        let mapper = BinMapper(
          of: column, levelCount: source.features[feature].levelCount, binLimit: binLimit)
        return (mapper, try Self.column(column, mapper, folder: folder))
      }
    }
    var mappers: [BinMapper] = []
    var columns: [Column] = []
    // The first feature's fault, whichever thread was first.
    for result in results {
      let (mapper, column) = try result.get()
      mappers.append(mapper)
      columns.append(column)
    }
    return (mappers, BinColumns(rowCount: rowCount, columns: columns))
  }

  /// Learns the bins of a quantity, and tells each value's in the same pass.
  private static func learned(_ values: [Double], binLimit: Int, folder: String?)
    throws(Diagnostic) -> (BinMapper, Column)
  {
    if let numbers = WholeNumbers(values),
      let bounds = numbers.upperBounds(
        binLimit: BinMapper.valueBinLimit(binLimit, numbers.hasMissing))
    {
      let mapper = BinMapper(upperBounds: bounds, hasMissing: numbers.hasMissing)
      guard mapper.fitsByte else {
        return (mapper, try column(.number(values), mapper, folder: folder))
      }
      let bins = try LargeArray<UInt8>(count: values.count, in: folder)
      bins.withMutableSpan { numbers.writeBins(bounds, into: &$0) }
      return (mapper, .bytes(bins))
    }
    let hasMissing = values.contains(where: \.isNaN)
    let edges = NumberBinning.edges(
      of: values, binLimit: BinMapper.valueBinLimit(binLimit, hasMissing))
    guard edges.count + 1 + (hasMissing ? 1 : 0) <= 256 else {
      let mapper = BinMapper(
        upperBounds: NumberBinning.midpoints(edges, values) { _, _ in }, hasMissing: hasMissing)
      return (mapper, try column(.number(values), mapper, folder: folder))
    }
    let bins = try LargeArray<UInt8>(count: values.count, in: folder)
    let missing = UInt8(truncatingIfNeeded: edges.count + 1)
    var bounds: [Double] = []
    bins.withMutableSpan { bins in
      bounds = NumberBinning.midpoints(edges, values) { row, bin in
        bins[row] = values[row].isNaN ? missing : UInt8(truncatingIfNeeded: bin)
      }
    }
    let mapper = BinMapper(upperBounds: bounds, hasMissing: hasMissing)
    // Where an edge had to go, numbers have moved.
    guard bounds.count != edges.count else { return (mapper, .bytes(bins)) }
    return (mapper, try column(.number(values), mapper, folder: folder))
  }

  /// The bins of a column's values.
  private static func column(_ column: FeatureColumn, _ mapper: BinMapper, folder: String?)
    throws(Diagnostic) -> Column
  {
    if mapper.fitsByte {
      let bins = try LargeArray<UInt8>(count: column.count, in: folder)
      bins.withMutableSpan { mapper.write(column, into: &$0) }
      return .bytes(bins)
    }
    let bins = try LargeArray<UInt16>(count: column.count, in: folder)
    bins.withMutableSpan { mapper.write(column, into: &$0) }
    return .words(bins)
  }

  /// The bin of one value.
  package func bin(_ feature: Int, row: Int) -> Int {
    switch columns[feature] {
    case .bytes(let bins): Int(bins[row])
    case .words(let bins): Int(bins[row])
    }
  }

  /// The features with more than one bin, without those whose column and bins equal an earlier
  /// one's: splitting on a copy is splitting on the original.
  func distinctFeatures(_ mappers: [BinMapper], pool: WorkerPool) -> [Int] {
    let digests = pool.map(columns.count) { digest($0) }
    var firstOfDigest: [UInt64: [Int]] = [:]
    var features: [Int] = []
    for feature in columns.indices where mappers[feature].binCount > 1 {
      let twins = firstOfDigest[digests[feature], default: []]
      if twins.contains(where: { mappers[$0] == mappers[feature] && isEqual($0, feature) }) {
        continue
      }
      firstOfDigest[digests[feature], default: []].append(feature)
      features.append(feature)
    }
    return features
  }

  private func digest(_ feature: Int) -> UInt64 {
    var digest: UInt64 = 0
    for row in stride(from: 0, to: rowCount, by: max(1, rowCount / 1024)) {
      digest = (digest ^ UInt64(bin(feature, row: row))) &* 0x9E37_79B9_7F4A_7C15
    }
    return digest
  }

  private func isEqual(_ first: Int, _ second: Int) -> Bool {
    (0..<rowCount).allSatisfy { bin(first, row: $0) == bin(second, row: $0) }
  }

  /// A hash of each row's bins, which goes with the row wherever it stands in the table, shape
  /// `[rowCount]`.
  ///
  /// Of quantities alone: the levels of a category are numbered as they come. The eight with the most
  /// bins tell rows apart well enough.
  func rowHashes(_ features: [Int], _ mappers: [BinMapper], pool: WorkerPool) -> LargeArray<UInt32>
  {
    let chosen = features.filter { !mappers[$0].isCategory }
      .sorted { (-mappers[$0].binCount, $0) < (-mappers[$1].binCount, $1) }.prefix(8)
    let hashes = LargeArray<UInt32>(count: rowCount)
    pool.forEachRange(of: rowCount, least: 4096, pieceLimit: 64) { _, rows in
      for row in rows { hashes[row] = Self.hashStart }
      for feature in chosen {
        for row in rows {
          let product = (hashes[row] ^ UInt32(bin(feature, row: row))) &* 0x9E37_79B1
          hashes[row] = product ^ product >> 15
        }
      }
    }
    return hashes
  }

  /// What hashes begin with. Any number does; with this one, no two splits of the stored references
  /// that gain nearly the same are told apart otherwise than there.
  private static let hashStart: UInt32 = 4
}
