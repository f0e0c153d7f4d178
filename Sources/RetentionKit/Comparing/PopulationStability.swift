import Learning

/// How far a distribution has moved from another: the population stability index.
///
/// Bins are those of the tenths of the first values; values that are missing have a bin of their own.
/// The index is the sum of `(q - p) log(q / p)` over the bins, p and q the shares of the first and of
/// the second values (the symmetric divergence of Jeffreys 1946). A bin that is empty on one side
/// counts as a share of ``leastShare``.
public enum PopulationStability {
  /// The share that an empty bin is taken for.
  public static let leastShare = 1e-4

  /// The index; 0 where both are distributed alike, `nil` where either has no values.
  public static func index(from first: [Double], to second: [Double]) -> Double? {
    guard !first.isEmpty, !second.isEmpty else { return nil }
    let bounds = bounds(first)
    let (p, q) = (shares(first, bounds), shares(second, bounds))
    return zip(p, q).reduce(0) { sum, shares in
      guard shares.0 > 0 || shares.1 > 0 else { return sum }
      let (p, q) = (max(leastShare, shares.0), max(leastShare, shares.1))
      return sum + (q - p) * PortableMath.log(q / p)
    }
  }

  /// The least values of the second to the last tenth, each once.
  static func bounds(_ values: [Double]) -> [Double] {
    let sorted = values.filter { !$0.isNaN }.sorted()
    guard !sorted.isEmpty else { return [] }
    var bounds: [Double] = []
    for tenth in 1..<10 {
      let bound = sorted[tenth * sorted.count / 10]
      if bound > bounds.last ?? sorted[0] { bounds.append(bound) }
    }
    return bounds
  }

  /// The share of each bin, that of missing values last.
  private static func shares(_ values: [Double], _ bounds: [Double]) -> [Double] {
    var counts = [Int](repeating: 0, count: bounds.count + 2)
    for value in values {
      counts[value.isNaN ? bounds.count + 1 : bounds.count { $0 <= value }] += 1
    }
    return counts.map { Double($0) / Double(values.count) }
  }
}
