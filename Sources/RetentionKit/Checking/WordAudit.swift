import CivilCalendar
import Configuration
import Diagnostics
import Reporting

/// Looks for words that only accounts have whose outcome has come, or is sure to come.
///
/// In tables whose rows are dated, an account counts from its first row with the word on: did the
/// outcome follow within the label window? In tables that say how things are on the day of the
/// export, it counts by whether it left at all. `Docs/Methods/LeakAudit.md` has the reasons.
struct WordAudit {
  let tables: [ScannedTable]
  let outcomes: OutcomeDays
  let configuration: RetentionConfiguration

  /// One word and what became of the accounts that have it.
  private struct Case {
    let table: Int
    let column: Int
    let word: Int
    let target: TargetName
    let hits: Int
    let count: Int
    let rate: Double
    let days: Int?
  }

  /// All findings, by table and column.
  func findings() -> [LeakFinding] {
    var cases: [Case] = []
    let windows = targetWindows
    for (tableIndex, table) in tables.enumerated() {
      for (columnIndex, column) in table.columns.enumerated() where column.role != "account_id" {
        for word in column.words.indices where isWorthCounting(column, word) {
          if table.source.isDatedLog {
            for (target, days, rate) in windows {
              let (hits, count) = followed(column.firstDays[word], target, within: days)
              cases.append(
                Case(
                  table: tableIndex, column: columnIndex, word: word, target: target, hits: hits,
                  count: count, rate: rate, days: days))
            }
          } else {
            let (hits, count) = left(column.firstDays[word])
            let rate = Double(outcomes.leftCount) / Double(max(1, outcomes.accounts.count))
            cases.append(
              Case(
                table: tableIndex, column: columnIndex, word: word, target: .churn, hits: hits,
                count: count, rate: rate, days: nil))
          }
        }
      }
    }
    let thresholds = LeakThresholds(comparisonCount: cases.count)
    let telling = cases.filter { isTelling($0, thresholds) }
    let groups = Dictionary(grouping: telling) { [$0.table, $0.column] }
    return groups.keys.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }.flatMap { key in
      Dictionary(grouping: groups[key]!, by: \.target).sorted { $0.key.rawValue < $1.key.rawValue }
        .map { finding($0.value) }
    }
  }

  /// The targets, their windows in days from the as-of day, and how often an outcome follows within
  /// them by itself.
  private var targetWindows: [(target: TargetName, days: Int, rate: Double)] {
    TargetName.allCases.compactMap { target in
      guard target == .churn || configuration.targets[target]?.source == .subscriptions else {
        return nil
      }
      let definition = configuration.targets[target] ?? TargetDefinition(target)
      let days = definition.leadDays + definition.horizonDays
      return (target, days, outcomes.baseRate(of: target, within: days))
    }
  }

  /// The pseudo-word of any value says something only where some rows have none.
  private func isWorthCounting(_ column: ScannedColumn, _ word: Int) -> Bool {
    word > 0 || column.missingCount > 0 && column.role == nil
  }

  /// Of the accounts whose first day with a word has a whole window of data behind it, those whose
  /// outcome came in the window.
  private func followed(
    _ firstDays: [Int32], _ target: TargetName, within days: Int
  ) -> (hits: Int, count: Int) {
    let last = outcomes.lastDay.number - Int32(days)
    var (hits, count) = (0, 0)
    for (account, day) in firstDays.enumerated() where day <= last {
      count += 1
      let isHit = outcomes.accounts[account].days[target]?.contains {
        $0.number >= day && $0.number <= day + Int32(days)
      }
      if isHit == true { hits += 1 }
    }
    return (hits, count)
  }

  private func left(_ firstDays: [Int32]) -> (hits: Int, count: Int) {
    var (hits, count) = (0, 0)
    for (account, day) in firstDays.enumerated() where day != .max {
      guard !outcomes.accounts[account].isUnclear else { continue }
      count += 1
      if outcomes.accounts[account].left != nil { hits += 1 }
    }
    return (hits, count)
  }

  private func isTelling(_ word: Case, _ thresholds: LeakThresholds) -> Bool {
    guard word.count >= LeakThresholds.leastCount,
      Double(word.hits) >= LeakThresholds.leastShare * Double(word.count)
    else { return false }
    let exceptions = TailBounds.highestRate(hits: word.count - word.hits, of: word.count)
    guard exceptions * LeakThresholds.rarity <= 1 - word.rate else { return false }
    return thresholds.isBeyondChance(
      TailBounds.logChance(ofAtLeast: word.hits, of: word.count, rate: word.rate))
  }

  /// The words of one column as one finding.
  private func finding(_ cases: [Case]) -> LeakFinding {
    let table = tables[cases[0].table]
    let column = table.columns[cases[0].column]
    // That a value is there at all says more than each of the values.
    let best = cases.first { $0.word == 0 } ?? cases.max { $0.hits < $1.hits }!
    let words =
      best.word == 0
      ? []
      : cases.map { shown(column.words[$0.word]) }
    let share = Numbers.percent(Double(best.hits) / Double(best.count))
    let chance = TailBounds.logChance(ofAtLeast: best.hits, of: best.count, rate: best.rate)
    let base = Numbers.percent(best.rate)
    let what = best.target == .churn ? "left" : best.target.rawValue
    let evidence =
      if let days = best.days {
        "of \(Numbers.count(best.count)) accounts with it, \(Numbers.count(best.hits)) (\(share)) "
          + "had their \(best.target.rawValue) within \(days) days; \(base) on any other day; "
          + TailBounds.text(logChance: chance)
      } else {
        "of \(Numbers.count(best.count)) accounts with it, \(Numbers.count(best.hits)) (\(share)) "
          + "\(what); \(base) of all did; " + TailBounds.text(logChance: chance)
      }
    let reaches = reachesFeatures(table.source, column, words)
    return LeakFinding(
      kind: best.days == nil ? .leaverWord : .outcomeWord, target: best.target.rawValue,
      table: table.source.rawValue, column: column.name, words: words, reachesFeatures: reaches,
      evidence: evidence,
      figures: [
        "accounts": Double(best.count), "outcomes": Double(best.hits), "base_rate": best.rate,
        "log10_p": max(-1e4, chance / TailBounds.naturalLog(10)),
      ], advice: advice(table.source, column, words, reaches: reaches))
  }

  private func shown(_ word: String) -> String {
    word.count > 40 ? displayText(word.prefix(40)) + "..." : displayText(word)
  }

  private func reachesFeatures(
    _ source: SourceName, _ column: ScannedColumn, _ words: [String]
  ) -> Bool {
    switch source {
    case .events where column.role == "event":
      words.contains { word in
        !configuration.events.ignored.contains { EventWord.matches(word, $0) }
      }
    case .users where column.role == "role":
      // Roles are read only where the table says from when on they hold.
      configuration.sources[.users]?.columns["available_at"] != nil
    default: column.isAttribute || column.role != nil
    }
  }

  private func advice(
    _ source: SourceName, _ column: ScannedColumn, _ words: [String], reaches: Bool
  ) -> String {
    let list = words.joined(separator: ", ")
    if source == .events, column.role == "event" {
      let text = "events: {ignore: [\(list)]}"
      return reaches ? text : "keep it in " + text
    }
    if source == .users, column.role == "role", !reaches {
      return "it is of the day of the export: do not give it an available_at that it did not have"
    }
    guard reaches else { return "leave it unused; it never becomes an attribute" }
    if source == .accounts {
      return column.isAttribute
        ? "take it out of sources.accounts.attributes"
        : "take it out of sources.accounts.columns, or export it as it was at sign-up"
    }
    if source.isDatedLog {
      return
        "export \(source.rawValue) without these rows, or give the day on which they were known "
        + "as available_at"
    }
    return "take it out of sources.\(source.rawValue).columns"
  }
}
