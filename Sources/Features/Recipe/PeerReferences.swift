import CivilCalendar
import Learning

/// What accounts were like on the as-of days that a recipe was fitted on: what an account is
/// compared with.
///
/// A day's reference is made of values as of that day, so of nothing that was not known before it. A
/// row is compared with the newest reference of its day or earlier, when it is trained on and when
/// it is computed again later: both give the same bits.
public struct PeerReferences: Sendable, Equatable, Codable {
  /// The fewest rows that a reference is made of; a day with fewer waits for those that follow.
  static let minimumRows = 20
  /// The fewest values of a group of its own; a smaller group is compared with all accounts.
  static let minimumGroup = 10
  /// The most values that are kept of a group.
  static let sampleCount = 101

  /// The reference of one day.
  struct Day: Sendable, Equatable, Codable {
    var day: Int32
    /// For each ``PeerMeasure`` the groups, sorted by key; the first, of key -1, is all accounts.
    var groups: [[Group]]
  }

  /// What one measure is like in one group.
  struct Group: Sendable, Equatable, Codable {
    var key: Int32
    /// Quantiles in ascending order: all values where these are few.
    var quantiles: [Double]
    var mean: Double
    /// The standard deviation of the group's values.
    var deviation: Double

    /// Where a value stands among the group, from 0 to 1; NaN where it is missing. Of equal values
    /// half count as below.
    func percentile(_ value: Double) -> Double {
      if value.isNaN { return .nan }
      let below = firstIndex { $0 >= value }
      let through = firstIndex { $0 > value }
      return Double(below + through) / 2 / Double(quantiles.count)
    }

    private func firstIndex(where holds: (Double) -> Bool) -> Int {
      var low = 0
      var high = quantiles.count
      while low < high {
        let middle = (low + high) / 2
        if holds(quantiles[middle]) { high = middle } else { low = middle + 1 }
      }
      return low
    }
  }

  /// In ascending order of days.
  var days: [Day] = []

  /// The newest reference of a day or earlier; `nil` before the first.
  func reference(asOf day: CalendarDay) -> Day? {
    var low = 0
    var high = days.count
    while low < high {
      let middle = (low + high) / 2
      if days[middle].day <= day.number { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : days[low - 1]
  }
}

extension PeerReferences.Day {
  /// Where the group of a measure is: its own where it is large enough, else all accounts; `nil`
  /// where nobody has a value.
  func groupIndex(_ measure: PeerMeasure, key: Int32) -> Int? {
    let count = groups[measure.rawValue].count
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if groups[measure.rawValue][middle].key < key { low = middle + 1 } else { high = middle }
    }
    if low < count && groups[measure.rawValue][low].key == key { return low }
    return count == 0 ? nil : 0
  }
}

extension PeerReferences {
  /// Summarises the rows of each day.
  ///
  /// - Parameters:
  ///   - days: The as-of day of each row, shape `[rowCount]`.
  ///   - columns: What ``PeerBase`` wrote, shape `[PeerBase.count, rowCount]`.
  ///   - comparisons: Which measures are of use.
  static func fitted(
    days: [CalendarDay], columns: [[Double]], comparisons: [PeerComparison], threads: Int
  ) -> PeerReferences {
    let wanted = Set(comparisons.flatMap(\.measures))
    guard !wanted.isEmpty else { return PeerReferences() }
    let references = rowsOfReference(days)
    let measures = PeerMeasure.allCases
    let groups = Parallel.map(references.count * measures.count, threads: threads) { index in
      let measure = measures[index % measures.count]
      guard wanted.contains(measure) else { return [Group]() }
      return Self.groups(
        references[index / measures.count].rows, values: columns[measure.rawValue],
        keys: columns[measure.keyColumn])
    }
    return PeerReferences(
      days: references.indices.map { index in
        let first = index * measures.count
        return Day(
          day: references[index].day.number, groups: Array(groups[first..<first + measures.count]))
      })
  }

  /// The rows behind each reference, in ascending order of days.
  private static func rowsOfReference(
    _ days: [CalendarDay]
  ) -> [(day: CalendarDay, rows: [Int])] {
    var rowsOfDay: [CalendarDay: [Int]] = [:]
    for (row, day) in days.enumerated() { rowsOfDay[day, default: []].append(row) }
    var references: [(day: CalendarDay, rows: [Int])] = []
    var waiting: [Int] = []
    for day in rowsOfDay.keys.sorted() {
      let rows = rowsOfDay[day]!
      // Where accounts have days of their own, the rows of a few days make one reference: all of
      // them were known on the last of these.
      waiting = rows.count >= minimumRows ? rows : waiting + rows
      guard waiting.count >= minimumRows else { continue }
      references.append((day, waiting))
      waiting = []
    }
    return references
  }

  private static func groups(_ rows: [Int], values: [Double], keys: [Double]) -> [Group] {
    // Sorted by key and value, so that neither depends on the order of rows.
    let known = rows.filter { !values[$0].isNaN }
    guard !known.isEmpty else { return [] }
    var groups = [Group(key: -1, sorted: known.map { values[$0] }.sorted())]
    let keyed = known.filter { keys[$0] >= 0 }
      .map { (key: Int32(keys[$0]), value: values[$0]) }.sorted { $0 < $1 }
    var first = 0
    for index in keyed.indices {
      guard index + 1 == keyed.count || keyed[index + 1].key != keyed[index].key else { continue }
      if index + 1 - first >= minimumGroup {
        groups.append(Group(key: keyed[index].key, sorted: keyed[first...index].map(\.value)))
      }
      first = index + 1
    }
    return groups
  }
}

extension PeerReferences.Group {
  /// Summarises values in ascending order, at least one.
  init(key: Int32, sorted: [Double]) {
    self.key = key
    let count = sorted.count
    let sampleCount = min(count, PeerReferences.sampleCount)
    quantiles =
      sampleCount == count
      ? sorted : (0..<sampleCount).map { sorted[$0 * (count - 1) / (sampleCount - 1)] }
    mean = sorted.reduce(0, +) / Double(count)
    var squares = 0.0
    for value in sorted { squares += (value - mean) * (value - mean) }
    deviation = count > 1 ? (squares / Double(count - 1)).squareRoot() : 0
  }
}
