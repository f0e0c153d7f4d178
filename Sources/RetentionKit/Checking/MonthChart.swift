/// Rows by month, as a line of blocks in which holes are seen.
enum MonthChart {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The month as `2024-05`.
  static func name(_ month: Int) -> String {
    let number = month % 12 + 1
    return "\(month / 12)-\(number < 10 ? "0" : "")\(number)"
  }

  /// One sign per month, or per as many months as fit into 60 signs; a dot where there is no row.
  static func text(_ counts: [Int: Int], months: ClosedRange<Int>) -> String {
    let step = (months.count + 59) / 60
    let sums = stride(from: months.lowerBound, through: months.upperBound, by: step).map { start in
      (start..<start + step).reduce(0) { $0 + (counts[$1] ?? 0) }
    }
    let most = Double(max(1, sums.max() ?? 1))
    return String(
      sums.map { count in
        count == 0 ? "·" : blocks[min(7, Int(Double(count) / most * 7.999))]
      })
  }

  /// Months without a row between months with rows.
  static func holes(_ counts: [Int: Int]) -> [Int] {
    guard let first = counts.keys.min(), let last = counts.keys.max(), last - first < 1200 else {
      return []
    }
    return (first...last).filter { counts[$0] == nil }
  }

  /// Rows behind a gap of more than a year, where they are at most one in a hundred.
  static func strayMonths(_ counts: [Int: Int]) -> Int {
    let all = counts.values.reduce(0, +)
    var sum = 0
    var last: Int?
    for month in counts.keys.sorted() {
      if let last, month > last + 12, (all - sum) * 100 <= all { return all - sum }
      sum += counts[month]!
      last = month
    }
    return 0
  }
}
