import Learning

/// What is usual among the accounts that are scored together, feature by feature: what a reason sets
/// an account's value beside.
///
/// Peers are the accounts of the same plan and segment where there are enough of them, else of the
/// same plan, else all. Nothing of it is kept in a model.
public struct PeerProfile: Sendable {
  /// The fewest accounts that are called peers.
  public static let fewest = 20
  /// The most accounts of a group that are looked at.
  static let most = 10_001

  /// What is usual of one feature in one group.
  public struct Typical: Sendable, Equatable {
    /// The quartile below which a quarter of the known values lie; of a category meaningless, as the
    /// other two.
    public var lower: Double
    /// The median of the known values.
    public var median: Double
    /// The quartile above which a quarter of the known values lie.
    public var upper: Double
    /// The mean of the known values: of a flag, the share of yes.
    public var mean: Double
    /// The most frequent level of a category, and the share of the group that has it.
    public var level: (code: Int32, share: Double)? { levelCode.map { ($0, levelShare) } }
    private var levelCode: Int32?
    private var levelShare = 0.0

    /// What is usual of a number or a flag.
    public init(lower: Double, median: Double, upper: Double, mean: Double) {
      self.lower = lower
      self.median = median
      self.upper = upper
      self.mean = mean
    }

    /// What is usual of a category.
    public init(level code: Int32, share: Double) {
      self.init(lower: .nan, median: .nan, upper: .nan, mean: .nan)
      levelCode = code
      levelShare = share
    }
  }

  /// Accounts that are alike.
  public struct Group: Sendable {
    /// Who they are, as column and level: `plan basic, segment smb`; empty for all.
    public var label: String
    /// How many there are.
    public var count: Int
    /// What is usual, by feature; `nil` where too few values are known.
    public var typical: [Typical?]
  }

  /// The groups that some account belongs to.
  public let groups: [Group]
  private let groupOfRow: [Int32]

  /// Looks at the rows of one scoring.
  ///
  /// - Parameter columns: The categories that make peers, the most telling first.
  /// - Returns: `nil` for fewer than ``fewest`` rows.
  public init?(
    of matrix: FeatureMatrix, groupedBy columns: [String] = ["plan", "segment"], threads: Int
  ) {
    guard matrix.rowCount >= Self.fewest else { return nil }
    let rows = Self.rowsOfGroups(of: matrix, groupedBy: columns)
    groupOfRow = rows.groupOfRow
    let featureCount = matrix.features.count
    let samples = rows.groups.map { Self.sample($0.rows) }
    let typical = Parallel.map(samples.count * featureCount, threads: threads) { index in
      Self.typical(of: matrix.columns[index % featureCount], rows: samples[index / featureCount])
    }
    groups = rows.groups.enumerated().map { index, group in
      Group(
        label: group.label, count: group.rows.count,
        typical: Array(typical[index * featureCount..<(index + 1) * featureCount]))
    }
  }

  /// The peers of a row.
  public func group(ofRow row: Int) -> Group { groups[Int(groupOfRow[row])] }

  /// What is usual of a feature among the peers of a row.
  public func typical(ofFeature feature: Int, row: Int) -> Typical? {
    groups[Int(groupOfRow[row])].typical[feature]
  }

  private static func rowsOfGroups(
    of matrix: FeatureMatrix, groupedBy columns: [String]
  ) -> (groups: [(label: String, rows: [Int])], groupOfRow: [Int32]) {
    let keys = columns.compactMap { name -> (feature: Feature, codes: [Int32])? in
      guard let index = matrix.features.firstIndex(where: { $0.name == name }),
        case .category(let codes) = matrix.columns[index]
      else { return nil }
      return (matrix.features[index], codes)
    }
    var groupOfRow = [Int32](repeating: -1, count: matrix.rowCount)
    var groups: [(label: String, rows: [Int])] = []
    // From the narrowest groups to all accounts; who found peers is done.
    for depth in (0...keys.count).reversed() {
      var rowsOfKey: [[Int32]: [Int]] = [:]
      for row in 0..<matrix.rowCount {
        rowsOfKey[keys[..<depth].map { $0.codes[row] }, default: []].append(row)
      }
      for key in rowsOfKey.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        let rows = rowsOfKey[key]!
        guard rows.count >= fewest, rows.contains(where: { groupOfRow[$0] < 0 }) else { continue }
        for row in rows where groupOfRow[row] < 0 { groupOfRow[row] = Int32(groups.count) }
        let words = zip(keys, key).map { "\($0.feature.name) \($0.feature.levelName($1))" }
        groups.append((words.joined(separator: ", "), rows))
      }
    }
    return (groups, groupOfRow)
  }

  /// Rows at equal distances, where there are many.
  private static func sample(_ rows: [Int]) -> [Int] {
    rows.count <= most ? rows : (0..<most).map { rows[$0 * (rows.count - 1) / (most - 1)] }
  }

  private static func typical(of column: FeatureColumn, rows: [Int]) -> Typical? {
    switch column {
    case .number(let values):
      let known = rows.map { values[$0] }.filter { !$0.isNaN }.sorted()
      guard known.count >= fewest else { return nil }
      func quantile(_ quarter: Int) -> Double { known[(known.count - 1) * quarter / 4] }
      return Typical(
        lower: quantile(1), median: quantile(2), upper: quantile(3),
        mean: known.reduce(0, +) / Double(known.count))
    case .category(let codes):
      var counts: [Int32: Int] = [:]
      for row in rows { counts[codes[row], default: 0] += 1 }
      guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else {
        return nil
      }
      return Typical(level: most.key, share: Double(most.value) / Double(rows.count))
    }
  }
}
