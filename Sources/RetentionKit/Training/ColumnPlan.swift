import Diagnostics
import Learning
import Scoring
import Tabular

/// What each column of a training table is used for, and why.
public struct ColumnPlan: Sendable {
  /// What a column is used for.
  public enum Use: String, Sendable {
    /// The outcome.
    case label
    /// Names the account.
    case id
    /// Says how much a row counts.
    case weight
    /// Says which rows belong together.
    case group
    /// Says when a row was.
    case time
    /// Learned from.
    case feature
    /// Not used.
    case excluded
  }

  /// A column, what it is used for, and what it looks like.
  public struct Entry: Sendable {
    /// The column's name.
    public var name: String
    /// What it is used for.
    public var use: Use
    /// What it looks like: a role, or a reason for leaving it out.
    public var note: String
  }

  /// The columns in the order of the file.
  public var entries: [Entry] = []
  /// The features, in the order of the file.
  public var features: [Feature] = []
  /// The column that names the account.
  public var idColumn: String?
  /// What the one who trains should know of single columns.
  public var warnings: [String] = []

  /// Decides by options and looks, column by column, so that no two need be in memory.
  ///
  /// - Parameters:
  ///   - names: The columns in the order of the file.
  ///   - ignored: Columns that were not read.
  ///   - column: One of them; asked for once each, in order.
  ///   - take: Is handed the columns to learn from, each with its position.
  /// - Throws: `data.no_features` where nothing is left to learn from; what the two throw.
  init(
    names: [String], ignored: [String], options: TrainingOptions,
    column: (Int) throws(Diagnostic) -> TableColumn,
    take: (Int, Feature, TableColumn) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let special: [(String?, Use, String)] = [
      (options.label, .label, "the outcome"), (options.id, .id, "names the account"),
      (options.weight, .weight, "row weights"),
      (options.group, .group, "rows that belong together"),
      (options.time, .time, "when each row was"),
    ]
    idColumn = options.id
    for (index, name) in names.enumerated() {
      let column = try column(index)
      if let (_, use, note) = special.first(where: { $0.0 == name }) {
        entries.append(Entry(name: name, use: use, note: note))
      } else {
        let featureCount = features.count
        if let start = options.start {
          try add(column, from: start, file: options.table)
        } else {
          add(
            column,
            isForced: options.categorical.contains(column.name)
              || options.numeric.contains(column.name))
        }
        if features.count > featureCount { try take(index, features[featureCount], column) }
      }
    }
    for name in ignored {
      entries.append(Entry(name: name, use: .excluded, note: "dropped by --drop"))
    }
    let passedOver = entries.filter { $0.use == .excluded || $0.name == idColumn }.prefix(5)
      .map { "\(displayText($0.name)): \($0.note)" }
    guard !features.isEmpty else {
      throw Diagnostic(
        .dataNoFeatures, "no column is left to learn from", file: options.table,
        hint: passedOver.isEmpty
          ? "add columns that describe the customers" : passedOver.joined(separator: "; "))
    }
  }

  /// Takes a column as the model reads it that a training begins with.
  ///
  /// - Throws: `usage` for one that differs.
  private mutating func add(_ column: TableColumn, from start: WarmStart, file: String)
    throws(Diagnostic)
  {
    guard let feature = start.feature(column.name) else {
      if let reason = start.exclusion(column.name) {
        entries.append(
          Entry(
            name: column.name, use: .excluded, note: "\(start.name) left it out (\(reason))"))
        return
      }
      add(column, isForced: false)
      guard features.last?.name == column.name else { return }
      throw start.differing(
        column.name, "\(start.name) knows no such column", file: file,
        hint: "leave it out with --drop, or train anew without \(start.option)")
    }
    func use(_ kind: Feature.Kind, _ note: String) {
      entries.append(Entry(name: column.name, use: .feature, note: note))
      features.append(Feature(name: column.name, kind: kind))
    }
    switch (feature.kind, column.values) {
    case (.number, .number): use(.number, "numeric")
    case (.boolean, .boolean): use(.boolean, "yes/no")
    case (.category(let known, let hadOther), .category(let values)):
      let (found, hasOther) = CategoryEncoding.levels(of: values)
      let isKnown = Set(known.map { Array($0.utf8) })
      guard
        values.codes.allSatisfy({ $0 < 0 }) || known.isEmpty
          || values.levels.contains(where: { isKnown.contains(Array($0.utf8)) })
      else {
        throw start.differing(
          column.name, "not one row has a level that \(start.name) knows", file: file,
          hint: "it should hold words like '\(displayText(known[0]))'; if it means something else "
            + "now, train anew without \(start.option)")
      }
      let new = found.filter { !isKnown.contains(Array($0.utf8)) }
      // Words that are rare here may be levels of the model.
      let hasRareWord =
        hasOther
        && values.levels.contains { word in
          !isKnown.contains(Array(word.utf8)) && !new.contains { $0.utf8.elementsEqual(word.utf8) }
        }
      use(
        .category(levels: known + new, hasOther: hadOther || hasRareWord),
        "categorical, \(known.count) levels of \(start.name)"
          + (new.isEmpty ? "" : " and \(new.count) new"))
    default:
      throw start.differing(
        column.name,
        "\(start.name) reads it as \(WarmStart.noun(feature.kind)), which it is not here",
        file: file)
    }
  }

  private mutating func add(_ column: TableColumn, isForced: Bool) {
    let finding = column.assessedRole()
    func exclude(_ reason: String) {
      entries.append(Entry(name: column.name, use: .excluded, note: reason))
    }
    func use(_ kind: Feature.Kind, _ note: String) {
      entries.append(Entry(name: column.name, use: .feature, note: note))
      features.append(Feature(name: column.name, kind: kind))
    }
    // Yes and no with a third word between them is a category like others; a quantity that a stray
    // word has made a category is seldom meant.
    if let contradiction = column.contradiction, contradiction.expected != .boolean {
      warnings.append(
        "column '\(displayText(column.name))' holds \(contradiction.expected)s up to line "
          + "\(contradiction.line), where something else stands: it is read as words"
          + (contradiction.expected == .number ? "; --numeric makes such cells errors" : ""))
    }
    switch finding.role {
    case .idLike where !isForced:
      // Every row of a key column must have a key.
      if idColumn == nil, !column.hasMissingCells {
        idColumn = column.name
        entries.append(
          Entry(name: column.name, use: .id, note: "names the account: \(finding.reason)"))
      } else {
        exclude("looks like an id: \(finding.reason)")
      }
    case .constant, .empty: exclude(finding.reason)
    case .date: exclude("dates are no features; derive a duration from them")
    case .text: exclude(finding.reason)
    default:
      switch column.values {
      case .number: use(.number, "numeric")
      case .boolean: use(.boolean, "yes/no")
      case .category(let values):
        let (levels, hasOther) = CategoryEncoding.levels(of: values)
        guard !levels.isEmpty else {
          return exclude(
            "no level has \(CategoryEncoding.minimumRowsPerLevel) rows or more")
        }
        let rare = values.levels.count - levels.count
        use(
          .category(levels: levels, hasOther: hasOther),
          "categorical, \(levels.count) levels"
            + (hasOther ? " and \(rare) rare ones as other" : ""))
      default: exclude(finding.reason)
      }
    }
  }

  /// The columns that are not used, for the record in the model.
  var excluded: [TrainingSummary.ExcludedColumn] {
    entries.filter { $0.use == .excluded }.map {
      TrainingSummary.ExcludedColumn(name: $0.name, reason: $0.note)
    }
  }
}

extension TableColumn {
  /// Whether a row has no value.
  fileprivate var hasMissingCells: Bool {
    switch values {
    case .number(let values), .boolean(let values), .date(let values):
      values.contains(where: \.isNaN)
    case .category(let values): values.codes.contains { $0 < 0 }
    case .text(let summary): summary.missingCount > 0
    case .identifier: false
    case .empty: true
    }
  }
}
