/// The values of a quantity in ascending groups with their row counts: each distinct value, or, where
/// there are very many, narrow ranges of them.
///
/// Depends on what values there are, never on their order, so that shuffled rows give the same bins.
struct ValueGroups: Equatable {
  /// The largest number of each group, ascending; those of ranges need not be values.
  private(set) var upperEdges: [Double] = []
  /// How many values each group has, none 0.
  private(set) var counts: [Int] = []

  /// So few values are sorted, which costs less than buckets.
  private static let sortingLimit = 256

  /// Groups values so that no group of several distinct values has more than `grain` of them.
  ///
  /// - Parameters:
  ///   - values: In any order, none NaN.
  ///   - distinctLimit: Up to so many distinct values, each has a group.
  init(of values: [Double], distinctLimit: Int, grain: Int) {
    if let distinct = Self.distinct(values, limit: distinctLimit) {
      upperEdges = distinct.map(\.value)
      counts = distinct.map(\.count)
    } else {
      add(values, grain: grain)
    }
  }

  private mutating func add(_ values: [Double], grain: Int) {
    guard let (low, high) = Self.range(values) else { return }
    let width = high - low
    if low == high {
      append(high, values.count)
    } else if values.count <= Self.sortingLimit || !width.isFinite
      || width / Double(Buckets.limit) < Double.leastNormalMagnitude
    {
      addSorted(values)
    } else {
      addBuckets(values, low: low, high: high, grain: grain)
    }
  }

  /// The smallest and the largest value.
  private static func range(_ values: [Double]) -> (low: Double, high: Double)? {
    guard var low = values.first else { return nil }
    var high = low
    let span = values.span
    var lows = SIMD8<Double>(repeating: low)
    var highs = lows
    var row = 0
    while row &+ 8 <= span.count {
      var eight = lows
      for lane in 0..<8 { eight[lane] = span[row &+ lane] }
      lows.replace(with: eight, where: eight .< lows)
      highs.replace(with: eight, where: eight .> highs)
      row &+= 8
    }
    for lane in 0..<8 {
      low = min(low, lows[lane])
      high = max(high, highs[lane])
    }
    for row in row..<span.count {
      low = min(low, span[row])
      high = max(high, span[row])
    }
    return (low, high)
  }

  private mutating func append(_ edge: Double, _ count: Int) {
    if let last = upperEdges.last, edge <= last {
      // Edges of buckets are rounded; two that meet are one group.
      counts[counts.count - 1] += count
    } else {
      upperEdges.append(edge)
      counts.append(count)
    }
  }

  private mutating func addSorted(_ values: [Double]) {
    let sorted = values.sorted()
    var start = 0
    for index in sorted.indices where index + 1 == sorted.count || sorted[index] < sorted[index + 1]
    {
      append(sorted[index], index + 1 - start)
      start = index + 1
    }
  }

  /// Cuts the range into equal buckets; one that holds too many values is grouped by itself.
  private mutating func addBuckets(_ values: [Double], low: Double, high: Double, grain: Int) {
    let buckets = Buckets(low: low, high: high, valueCount: values.count)
    var countOfBucket = [UInt32](repeating: 0, count: buckets.count)
    for value in values { countOfBucket[buckets.bucket(of: value)] += 1 }
    let crowds = crowds(values, buckets, countOfBucket, grain: grain)
    var crowd = 0
    for (bucket, count) in countOfBucket.enumerated() where count > 0 {
      if count > grain {
        // The rounded edge before must not swallow the smallest value of a crowd.
        if let last = upperEdges.last, let smallest = crowds[crowd].min(), last >= smallest {
          upperEdges[upperEdges.count - 1] = smallest.nextDown
        }
        add(crowds[crowd], grain: grain)
        crowd += 1
      } else {
        append(buckets.upperEdge(of: bucket), Int(count))
      }
    }
  }

  /// The values of each bucket that has more than `grain`, bucket by bucket.
  private func crowds(
    _ values: [Double], _ buckets: Buckets, _ countOfBucket: [UInt32], grain: Int
  ) -> [[Double]] {
    var crowdOfBucket = [Int32](repeating: -1, count: buckets.count)
    var crowds: [[Double]] = []
    for (bucket, count) in countOfBucket.enumerated() where count > grain {
      crowdOfBucket[bucket] = Int32(crowds.count)
      crowds.append([])
      crowds[crowds.count - 1].reserveCapacity(Int(count))
    }
    if crowds.isEmpty { return [] }
    for value in values {
      let crowd = Int(crowdOfBucket[buckets.bucket(of: value)])
      if crowd >= 0 { crowds[crowd].append(value) }
    }
    return crowds
  }

  /// The distinct values and their counts, ascending; `nil` when there are more than `limit`.
  private static func distinct(_ values: [Double], limit: Int) -> [(value: Double, count: Int)]? {
    // Open addressing in a table that is at most a quarter full.
    let slotCount = 4 << (Int.bitWidth - max(1, limit).leadingZeroBitCount)
    var slots = [(value: Double, count: Int)](repeating: (0, 0), count: slotCount)
    var distinctCount = 0
    for value in values {
      // The two zeros are one value.
      let key = (value == 0 ? 0 : value).bitPattern
      var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> 40) & (slotCount - 1)
      while slots[slot].count > 0, slots[slot].value != value {
        slot = (slot + 1) & (slotCount - 1)
      }
      if slots[slot].count == 0 {
        distinctCount += 1
        if distinctCount > limit { return nil }
        slots[slot].value = value
      }
      slots[slot].count += 1
    }
    return slots.filter { $0.count > 0 }.sorted { $0.value < $1.value }
  }

  /// Whether so many whole numbers, the largest `width` above the smallest, are told apart one by one.
  static func tellsApart(valueCount: Int, width: Int) -> Bool {
    valueCount <= sortingLimit || width < Buckets.count(valueCount: valueCount)
  }
}

/// Equal cuts of a range of numbers.
private struct Buckets {
  let low: Double
  let scale: Double
  let count: Int

  static let limit = 1 << 16

  init(low: Double, high: Double, valueCount: Int) {
    self.low = low
    count = Self.count(valueCount: valueCount)
    scale = Double(count) / (high - low)
  }

  /// About one for each value, so that small crowds do not pay for many buckets.
  static func count(valueCount: Int) -> Int {
    min(limit, 1 << (Int.bitWidth - valueCount.leadingZeroBitCount))
  }

  /// Rises with `value`, because subtraction and multiplication round monotonically.
  func bucket(of value: Double) -> Int { min(Int((value - low) * scale), count - 1) }

  /// About the largest number of a bucket.
  func upperEdge(of bucket: Int) -> Double { low + Double(bucket + 1) / scale }
}
