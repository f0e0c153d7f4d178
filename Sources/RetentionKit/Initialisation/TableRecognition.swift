import Configuration

/// A table of the folder, taken for one of ours.
struct RecognisedTable {
  let source: SourceName
  let sample: TableSample
  /// The file's column by ours.
  var columns: [String: String]
  /// How sure it is; only good for comparison.
  var score: Int
  var layout = SubscriptionLayout.spells
  var endedPlans: [String] = []

  /// The sample of one of our columns.
  func column(_ name: String) -> ColumnSample? { columns[name].flatMap { sample[$0] } }
}

/// Finds out which table a file is.
enum TableRecognition {
  /// The tables that a file may be, the likeliest first.
  ///
  /// - Parameter account: The column that names the account, where it is known by its values.
  static func candidates(for sample: TableSample, account: String? = nil) -> [RecognisedTable] {
    SourceName.allCases.compactMap { candidate(sample, as: $0, account: account) }
      .sorted { $0.score > $1.score }
  }

  /// Assigns tables: the surest first, each source once.
  ///
  /// What is left is looked at once more: a column that shares its values with the ids of accounts
  /// names the account, whatever it is called.
  static func assign(_ samples: [TableSample]) -> (tables: [RecognisedTable], rest: [TableSample]) {
    var tables: [RecognisedTable] = []
    let rest = take(samples.map { ($0, candidates(for: $0)) }, into: &tables)
    guard let accounts = tables.first(where: { $0.source == .accounts })?.column("account_id")
    else {
      return (tables, rest)
    }
    let second = rest.map { sample -> (TableSample, [RecognisedTable]) in
      guard let key = sample.columns.first(where: { sharesKeys($0, with: accounts) }) else {
        return (sample, [])
      }
      return (sample, candidates(for: sample, account: key.name))
    }
    let unrecognised = take(second, into: &tables)
    return (tables, unrecognised)
  }

  private static func take(
    _ samples: [(sample: TableSample, candidates: [RecognisedTable])],
    into tables: inout [RecognisedTable]
  ) -> [TableSample] {
    var left = samples
    while true {
      let open = left.indices.compactMap { index in
        left[index].candidates.first { candidate in
          !tables.contains { $0.source == candidate.source }
        }.map { (index: index, table: $0) }
      }
      guard let best = open.max(by: { $0.table.score < $1.table.score }) else { break }
      tables.append(best.table)
      left.remove(at: best.index)
    }
    return left.map(\.sample)
  }

  /// Whether at least half of a column's values are values of another column.
  private static func sharesKeys(_ column: ColumnSample, with keys: ColumnSample) -> Bool {
    guard column.counts.count >= 2, [.word, .number].contains(column.kind) else { return false }
    return column.counts.keys.count { keys.counts[$0] != nil } * 2 >= column.counts.count
  }

  // MARK: One file as one table

  private static func candidate(_ sample: TableSample, as source: SourceName, account: String?)
    -> RecognisedTable?
  {
    var columns: [String: String] = [:]
    if source != .tiers { columns["account_id"] = account }
    var taken = Set(columns.values)
    for entry in ColumnVocabulary.entries(of: source) where columns[entry.column] == nil {
      guard let column = match(entry, in: sample, but: taken) else { continue }
      columns[entry.column] = column
      taken.insert(column)
    }
    if source == .tiers {
      for column in sample.columns where column.name.hasPrefix("limit_") && column.name != "limit_"
      {
        columns[column.name] = column.name
      }
    }
    let isComplete = source.requiredColumns.allSatisfy { choices in
      choices.contains { columns[$0] != nil }
    }
    guard isComplete else { return nil }
    var table = RecognisedTable(
      source: source, sample: sample, columns: columns,
      score: columns.count * 2 + 3 * fileHint(sample.files[0], source))
    guard shapeFits(&table) else { return nil }
    return table
  }

  private static func match(
    _ entry: ColumnVocabulary.Entry, in sample: TableSample, but taken: Set<String>
  ) -> String? {
    for name in entry.names {
      let found = sample.columns.first { column in
        !taken.contains(column.name) && ColumnNaming(column.name).joined == name
          && entry.content.fits(column)
      }
      if let found { return found.name }
    }
    return nil
  }

  /// 2 where the last word of the file's name is one of the table's, 1 where another is.
  private static func fileHint(_ file: String, _ source: SourceName) -> Int {
    let name = file.split(separator: "/").last ?? ""
    let words = ColumnNaming(name).words.filter { !["csv", "tsv", "txt", "gz"].contains($0) }
      .filter { !$0.allSatisfy(\.isNumber) }
    let known = ColumnVocabulary.fileWords(of: source)
    func isKnown(_ word: String) -> Bool {
      known.contains { word == $0 || word == $0 + "s" || word.hasSuffix($0 + "s") }
    }
    if let last = words.last, isKnown(last) {
      return words.dropLast().contains(where: isKnown) ? 3 : 2
    }
    return words.contains(where: isKnown) ? 1 : 0
  }

  /// Whether the rows are of the shape that such a table has.
  private static func shapeFits(_ table: inout RecognisedTable) -> Bool {
    let found = Set(table.columns.keys)
    func has(_ name: String) -> Bool { found.contains(name) }
    let hint = fileHint(table.sample.files[0], table.source)
    let looksLikeOutcome = table.sample.columns.contains {
      $0.kind == .date && ColumnNaming($0.name).hasStem(["churn", "cancel"])
    }
    switch table.source {
    case .accounts:
      return table.column("account_id")!.isUnique && (has("created_at") || hint > 0)
        && !table.sample.columns.contains { ColumnNaming($0.name).has("observation") }
    case .subscriptions:
      if isLedger(table.sample), !has("end") {
        table.layout = .changes
        table.score += 10
        table.endedPlans = endedPlans(table.column("plan"))
        table.columns["sub_id"] = table.columns["sub_id"].flatMap {
          ColumnNaming($0).hasStem(["sub", "contract"]) ? $0 : nil
        }
      }
      return has("mrr") || has("plan") && (has("end") || has("sub_id") || hint > 0)
    case .events:
      return !isLedger(table.sample) && (has("event") || has("user_id") || has("value") || hint > 0)
    case .tickets: return has("ticket_id") && (has("severity") || has("closed") || hint > 0)
    case .payments: return has("amount") && (has("status") || hint > 0)
    case .users:
      return table.column("user_id")!.isUnique && (has("role") || has("department") || hint > 0)
    case .tiers:
      return table.sample.rowCount <= 200 && table.column("tier")!.isUnique
        && (has("price") || has("rank") || has("features"))
        && table.sample.columns.allSatisfy { $0.kind != .date }
    case .campaigns: return true
    case .outcomes:
      return (looksLikeOutcome || hint > 0)
        && !table.sample.columns.contains { ColumnNaming($0.name).hasStem(["mrr"]) }
    }
  }

  /// Whether each row says what the plan or the price was changed to.
  private static func isLedger(_ sample: TableSample) -> Bool {
    sample.columns.contains { column in
      ["planafter", "newplan", "toplan", "mrrafter", "newmrr"]
        .contains(ColumnNaming(column.name).joined)
    }
  }

  /// The plans that mean that there is no plan any more.
  private static func endedPlans(_ plan: ColumnSample?) -> [String] {
    (plan?.words ?? []).filter { word in
      ColumnNaming(word).hasStem(["cancel", "churn", "ended", "terminat", "closed", "inactive"])
        || ["none", "expired"].contains(word.lowercased())
    }
  }
}
