import Configuration

/// What becomes of the columns of a table that are none of ours.
struct ColumnUse {
  /// Columns of accounts that become features as they are.
  private(set) var attributes: [String] = []
  /// Columns that are left out although they may look useful, and why.
  private(set) var leftOut: [(column: String, reason: String)] = []
  /// What a person should look at, beside the column of ours that it concerns.
  private(set) var checks: [String: String] = [:]

  /// Judges the columns that recognition did not take, and takes back those that must not be used.
  init(_ table: inout RecognisedTable) {
    takeBack(&table)
    let mapped = Set(table.columns.values)
    for column in table.sample.columns where !mapped.contains(column.name) {
      let naming = ColumnNaming(column.name)
      if let leak = naming.leak {
        leftOut.append((column.name, leak))
      } else if table.source == .accounts {
        judgeAttribute(column, naming)
      } else if let reason = Self.reason(column, naming, table.source) {
        leftOut.append((column.name, reason))
      }
    }
    for (name, warning) in Self.warnings(of: table.source) where table.columns[name] != nil {
      checks[name] = "check: \(warning)"
    }
    for (name, column) in table.columns {
      guard let sample = table.sample[column] else { continue }
      if sample.isDateAmbiguous, sample.kind == .date {
        checks[name] = "check: day and month may be the other way round"
      } else if sample.kind == .empty {
        checks[name] = "check: no row looked at has a value"
      }
    }
  }

  /// The words of a billing period that are understood.
  private static let periods: Set<String> = [
    "monthly", "month", "quarterly", "quarter", "semiannual", "semi-annual", "half-yearly",
    "annual", "annually", "yearly", "year",
  ]

  /// Columns that are of use only if the export did not overwrite them.
  private static func warnings(of source: SourceName) -> [String: String] {
    switch source {
    case .subscriptions:
      ["renewal_date": "not if renewals overwrite it: then the date tells who stayed"]
    case .users: ["role": "not if it is the role of today"]
    default: [:]
    }
  }

  /// Columns that recognition took by their names, and that their values speak against.
  private mutating func takeBack(_ table: inout RecognisedTable) {
    if table.source == .events, let id = table.column("event_id"), !id.isUnique {
      table.columns["event_id"] = nil
      leftOut.append((id.name, "it is not unique, so it cannot tell duplicates"))
    }
    if table.source == .tickets, let sentiment = table.column("sentiment"),
      let range = sentiment.range, range.lowerBound < -1 || range.upperBound > 1
    {
      table.columns["sentiment"] = nil
      leftOut.append((sentiment.name, "it is not in -1 to 1"))
    }
    if table.source == .accounts, let segment = table.column("segment"), !segment.isSegment {
      table.columns["segment"] = nil
    }
    if let period = table.column("billing_period_months"), period.kind == .word,
      !period.words.allSatisfy({ Self.periods.contains($0.lowercased()) })
    {
      table.columns["billing_period_months"] = nil
      leftOut.append((period.name, "not all of its words are billing periods that are known"))
    }
    guard table.source == .accounts else { return }
    for (name, column) in table.columns where name == "segment" {
      if let leak = ColumnNaming(column).leak {
        table.columns[name] = nil
        leftOut.append((column, leak))
      }
    }
  }

  private mutating func judgeAttribute(_ column: ColumnSample, _ naming: ColumnNaming) {
    if naming.isContractState {
      leftOut.append(
        (column.name, "it is of the day of the export; subscriptions say it of every day"))
    } else if column.kind == .date {
      leftOut.append((column.name, "a date; derive a duration from it that was known at sign-up"))
    } else if column.kind == .number || column.kind == .flag || column.isList {
      if column.isUnique, column.valueCount > 20 {
        leftOut.append((column.name, "it names the account"))
      } else if column.counts.count > 1 {
        attributes.append(column.name)
      }
    } else if column.kind == .word {
      leftOut.append((column.name, "it names the account, or has too many words"))
    }
  }

  /// Why a column of another table is not read, where a reader may wonder.
  private static func reason(_ column: ColumnSample, _ naming: ColumnNaming, _ source: SourceName)
    -> String?
  {
    if source == .subscriptions, naming.has("flag") || naming.has("trial") {
      return "undated: nobody knows when it was written"
    }
    if source == .subscriptions, naming.has("arr") { return "twelve times mrr" }
    if source == .tickets, column.kind == .number, naming.hasStem(["response", "reply"]) {
      return "first_reply is in hours"
    }
    if source == .tickets, column.kind == .number, naming.hasStem(["resolution"]) {
      return "it follows from opened and closed"
    }
    return nil
  }
}

extension ColumnSample {
  /// Whether the values are a list of words that few accounts each could share.
  fileprivate var isSegment: Bool { kind == .word && counts.count >= 2 && counts.count <= 30 }
}
