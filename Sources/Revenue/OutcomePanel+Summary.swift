import CivilCalendar
import Diagnostics

extension Exclusion {
  /// The reason in a few words.
  public var text: String {
    switch self {
    case .noAsOfDay: "without an as-of day"
    case .noSubscription: "without a subscription"
    case .notPaying: "not paying"
    case .tooYoung: "customers for too short a time"
    case .inactive: "inactive"
    case .highestTier: "at the highest tier"
    case .alreadyInLead: "decided before the label window"
    }
  }
}

extension OutcomePanel.DayCounts {
  /// Why accounts have no label, in words: `12 not paying, 3 inactive`.
  var reasonsText: String {
    var parts = Exclusion.allCases.compactMap { reason in
      excludedCounts[reason].map { "\($0) \(reason.text)" }
    }
    if censoredCount > 0 { parts.append("\(censoredCount) censored") }
    return parts.joined(separator: ", ")
  }
}

extension OutcomePanel {
  /// The counts in words, and a table of the as-of days where there are `dayLimit` at most; lines
  /// end in a line feed.
  public func summary(dayLimit: Int = 60) -> String {
    let total = total
    let dated = days.filter { $0.asOf != nil }
    var text =
      "\(target.rawValue): \(total.eligibleCount) rows of \(accountCount) accounts on "
      + "\(dated.count) as-of \(dated.count == 1 ? "day" : "days"), \(total.positiveCount) positive"
      + " (\(Self.percent(total.positiveCount, of: total.eligibleCount)))\n"
    if !total.reasonsText.isEmpty { text += "without a label: \(total.reasonsText)\n" }
    if total.censoredCount > 0 {
      text += "censored: outcomes are not yet known on \(lastDay), the last day of the data\n"
    }
    let mended = [
      (overlapCount, "overlapping"), (reversedCount, "ending before they start"),
      (neverStartedCount, "ending on the day of their start"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    if !mended.isEmpty { text += "subscription rows: \(mended.joined(separator: ", "))\n" }
    guard dated.count <= dayLimit else { return text }
    text += Self.line(["as of", "rows", "positive", "left out", "censored"])
    for day in dated {
      text += Self.line(
        ["\(day.asOf!)"]
          + [day.eligibleCount, day.positiveCount, day.excludedCount, day.censoredCount].map {
            String($0)
          })
    }
    return text
  }

  /// A line of the table: a date, then numbers set right.
  private static func line(_ cells: [String]) -> String {
    let first = cells[0] + String(repeating: " ", count: max(0, 10 - cells[0].count))
    let rest = cells.dropFirst().map { cell in
      String(repeating: " ", count: max(1, 11 - cell.count)) + cell
    }
    return first + rest.joined() + "\n"
  }

  private static func percent(_ part: Int, of whole: Int) -> String {
    var text: [UInt8] = []
    FixedDecimal(whole == 0 ? 0 : Double(part) / Double(whole) * 100, decimalCount: 1)
      .append(to: &text)
    return String(decoding: text, as: UTF8.self) + " %"
  }
}
