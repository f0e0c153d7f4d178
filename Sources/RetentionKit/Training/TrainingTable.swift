import Diagnostics
import Files
import GradientBoosting
import Learning
import Scoring
import Tabular

/// A labelled table, read and ready to learn from.
public struct TrainingTable: Sendable {
  /// What each column is used for.
  public let plan: ColumnPlan
  /// What a model of this table will expect.
  public private(set) var schema: ModelSchema
  /// The rows that have a label; their features are in the matrix only where logistic regression is
  /// to learn from them.
  public private(set) var set: TrainingSet
  /// The features of these rows.
  package private(set) var source: any ColumnSource
  /// The number by which the features and labels are known again.
  private(set) var fingerprint: UInt64
  /// The row of the file, from 0, that each row of `set` was; none without folds, where nobody asks.
  public private(set) var rowOfFile: [Int]
  /// The account of each row of `set`; none without folds.
  public private(set) var accountIDs: [String]
  /// How many rows the file has, and how many of them were left out as bad.
  public let rowCounts: RowCounts
  /// The trees that training begins with, for these features.
  private(set) var start: BoostedTrees?
  /// Whether the times of the rows, where there are any, are dates: seconds since 1970.
  let timesAreDates: Bool
  /// What the columns tell of the outcome, each by itself.
  public let audit: ColumnAudit
  /// What the one who trains should know.
  public let warnings: [String]

  /// The smallest number of rows from which anything is learned.
  static let minimumRowCount = 10

  /// Reads a table onto a shelf as the options say.
  static func shelf(_ options: TrainingOptions, progress: ((Int) -> Void)?) throws(Diagnostic)
    -> any ColumnShelf
  {
    let (declared, required) = declaration(options)
    let shelf = try TableReader.shelved(
      path: options.table, declared: declared, required: required, options: options.reading,
      folder: options.outOfCore, progress: progress)
    guard shelf.outline.rowCount > 0 else { throw noRows(options) }
    return shelf
  }

  /// What the options say of columns, and those that there must be.
  static func declaration(_ options: TrainingOptions) -> (
    declared: [String: DeclaredType], required: [String]
  ) {
    // What the model that training begins with reads is read as it reads it.
    var declared: [String: DeclaredType] = [:]
    if let schema = options.start?.model.schema {
      declared = schema.declaredTypes
      // Another column may name the account by now.
      if let id = schema.idColumn { declared[id] = nil }
    }
    for name in options.numeric { declared[name] = .number }
    for name in options.categorical { declared[name] = .category }
    for name in options.drop { declared[name] = .ignored }
    if let weight = options.weight { declared[weight] = .number }
    if let offset = options.offset { declared[offset] = .number }
    if let group = options.group { declared[group] = .category }
    if let id = options.id { declared[id] = .identifier }
    declared[options.label] = .category
    let named =
      [options.label]
      + [options.id, options.weight, options.group, options.time, options.offset]
      .compactMap(\.self) + options.numeric + options.categorical + options.drop + options.allow
      + options.monotone.keys.sorted() + options.featureWeights.keys.sorted()
      + options.interactions.joined() + options.logistic.columns.shapes.keys.sorted()
      + options.logistic.columns.encoded.keys.sorted() + options.unpenalised
      + (options.start?.model.schema.features.map(\.name) ?? [])
    var required: [String] = []
    for name in named where !required.contains(name) { required.append(name) }
    return (declared, required)
  }

  static func noRows(_ options: TrainingOptions) -> Diagnostic {
    Diagnostic(.dataNoRows, "has a header but no rows", file: options.table)
  }

  /// Takes what is learned from off a shelf, column by column; out of core, features go to files.
  init(_ shelf: any ColumnShelf, options: TrainingOptions) throws(Diagnostic) {
    let outline = shelf.outline
    let special = try Self.special(shelf, options: options)
    guard case .category(let labelValues)? = special[options.label]?.values else {
      preconditionFailure("the label column was not read as a category")
    }
    let target = try LabelReading.target(of: labelValues, options: options)
    let outcomes = try target.outcomes(of: labelValues, file: options.table)
    let rows = outcomes.indices.filter { outcomes[$0] != nil }
    try Self.check(rowCount: rows.count, options)

    let labels = rows.map { outcomes[$0]! }
    let isWhole = rows.count == outcomes.count

    let features = FeatureShelf(rowCount: rows.count, folder: options.outOfCore)
    var fingerprint = Fingerprint()
    var audit = ColumnAudit(labels: labels, columnCount: shelf.names.count, seed: options.seed)
    var noted: [TableColumn] = []
    let plan = try ColumnPlan(
      names: shelf.names, ignored: outline.ignoredColumns, options: options,
      column: { (index) throws(Diagnostic) in
        let column =
          if let found = special[shelf.names[index]] { found } else { try shelf.column(index) }
        noted.append(TableColumn(name: column.name, values: .empty, notes: column.notes))
        return column
      },
      take: { (index, feature, column) throws(Diagnostic) in
        let all = feature.encoded(column.values).column
        let labelled = isWhole ? all : all.selecting(rows)
        // Whatever is asked of every value is asked while the column is at hand.
        fingerprint.add(labelled)
        audit.look(at: feature.name, labelled)
        var packed = shelf.takePacked(index)
        if packed != nil, !isWhole, case .number(let values) = labelled {
          packed = PackedNumbers(values)
        }
        try features.append(feature, labelled, packed: packed)
      })
    try shelf.checkUnchanged()
    audit.finish()
    let suspicions =
      options.auditsColumns ? try audit.warnings(allowed: options.allow, file: options.table) : []
    self.audit = audit
    var warnings = Table(
      columns: noted, rowCount: outline.rowCount, warnings: outline.warnings
    ).warningSentences
    warnings += outline.rowCounts.sentences + plan.warnings
    if rows.count < outcomes.count { warnings.append(Self.unlabelled(rows.count, outcomes.count)) }
    rowCounts = outline.rowCounts
    schema = ModelSchema(features: plan.features, idColumn: plan.idColumn, target: target)
    // Logistic regression reads row by row.
    let matrix =
      options.learner == .gbm
      ? FeatureMatrix(features: [], columns: [], rowCount: rows.count) : features.unpacked()
    set = try Self.set(matrix, labels: labels, of: special, rows: rows, options: options)
    timesAreDates = options.time.map { special[$0]?.isOfDates ?? false } ?? false
    source = features
    self.fingerprint = fingerprint.with(labels)
    self.plan = plan
    var ids: TextValues?
    if let idColumn = plan.idColumn, case .identifier(let found)? = special[idColumn]?.values {
      ids = found
    }
    if options.foldCount == nil {
      (rowOfFile, accountIDs) = ([], [])
    } else {
      let keys = try Self.keys(
        of: EncodedTable(matrix: set.matrix, ids: ids), found: plan.idColumn, in: outline, options)
      rowOfFile = rows
      accountIDs = rows.map { keys.id(ofRow: $0) }
    }
    try Self.checkNamedFeatures(plan, options)
    start = try Self.start(options, schema, plan)
    self.warnings = warnings + suspicions
  }

  /// The features of all rows of `set`, in memory at once.
  ///
  /// - Throws: What reading them throws.
  package func matrix() throws(Diagnostic) -> FeatureMatrix {
    try source.matrix(of: Array(0..<set.rowCount))
  }

  /// The same rows with some of their features, to be learned from anew.
  ///
  /// - Parameters:
  ///   - features: Positions in the schema.
  ///   - inMemory: Whether logistic regression is to learn from them.
  /// - Throws: What reading them throws.
  package func choosing(_ features: [Int], inMemory: Bool) throws(Diagnostic) -> TrainingTable {
    var table = self
    table.schema.features = features.map { schema.features[$0] }
    table.source = ChosenColumns(source, features: features)
    table.start = nil
    var columns: [FeatureColumn] = []
    if inMemory {
      for feature in features { columns.append(try source.column(feature)) }
    }
    table.set = try TrainingSet(
      matrix: FeatureMatrix(
        features: inMemory ? table.schema.features : [], columns: columns, rowCount: set.rowCount),
      labels: set.labels, weights: set.weights, scheme: set.scheme)
    return table
  }

  /// The table with some of its rows, ascending.
  ///
  /// - Throws: `data.one_class` where all of them have one outcome; what reading features throws.
  package func selecting(_ rows: [Int]) throws(Diagnostic) -> TrainingTable {
    var table = self
    table.source = SelectedColumns(source, rows: rows)
    table.set = try set.selecting(rows)
    if !rowOfFile.isEmpty {
      table.rowOfFile = rows.map { rowOfFile[$0] }
      table.accountIDs = rows.map { accountIDs[$0] }
    }
    var fingerprint = Fingerprint()
    for feature in source.features.indices {
      fingerprint.add(try source.column(feature).selecting(rows))
    }
    table.fingerprint = fingerprint.with(table.set.labels)
    return table
  }

  private static func check(rowCount: Int, _ options: TrainingOptions) throws(Diagnostic) {
    guard rowCount >= minimumRowCount else {
      throw Diagnostic(
        .dataTooFewRows,
        "\(rowCount) rows with a label, expected at least \(minimumRowCount)",
        file: options.table)
    }
  }

  private static func start(
    _ options: TrainingOptions, _ schema: ModelSchema, _ plan: ColumnPlan
  ) throws(Diagnostic) -> BoostedTrees? {
    guard let start = options.start else { return nil }
    try start.check(schema, plan, file: options.table)
    return start.trees(for: schema.features)
  }

  private static func checkNamedFeatures(_ plan: ColumnPlan, _ options: TrainingOptions)
    throws(Diagnostic)
  {
    for (feature, sign) in options.monotone where sign != 0 {
      guard let found = plan.features.first(where: { $0.name == feature }), found.levelCount == 0
      else {
        throw Diagnostic(
          .usage, "--monotone names '\(displayText(feature))', which is no numeric feature",
          hint: "it holds for numbers and yes/no columns that are learned from")
      }
    }
    for (option, names, kind, isMeant) in [
      (
        "--transform", options.logistic.columns.shapes.keys.sorted(), "numeric feature",
        { $0.levelCount == 0 }
      ),
      (
        "--encode", options.logistic.columns.encoded.keys.sorted(), "category",
        { $0.levelCount > 0 }
      ),
    ] as [(String, [String], String, (Feature) -> Bool)] {
      for name in names where !plan.features.contains(where: { $0.name == name && isMeant($0) }) {
        throw Diagnostic(
          .usage, "\(option) names '\(displayText(name))', which is no \(kind)",
          hint: "it holds for columns that are learned from; --numeric and --categorical say which "
            + "is which")
      }
    }
    if let offset = options.offset {
      guard let found = plan.features.first(where: { $0.name == offset }), found.levelCount == 0
      else {
        throw Diagnostic(
          .usage, "--offset names '\(displayText(offset))', which is no numeric feature",
          hint: "an offset is a column of log odds")
      }
    }
    for (option, names) in [
      ("--unpenalised", options.unpenalised),
      ("--feature-weight", options.featureWeights.keys.sorted()),
      ("--interaction", Array(options.interactions.joined())),
    ] {
      for name in names where !plan.features.contains(where: { $0.name == name }) {
        throw Diagnostic(
          .usage, "\(option) names '\(displayText(name))', which is no feature",
          hint: "it holds for columns that are learned from")
      }
    }
  }

  /// - Parameter table: Has the columns of weights, groups and times at least.
  private static func set(
    _ matrix: FeatureMatrix, labels: [Bool], of table: Table, rows: [Int],
    options: TrainingOptions
  ) throws(Diagnostic) -> TrainingSet {
    do {
      return try TrainingSet(
        matrix: matrix, labels: labels,
        weights: try weights(table, rows: rows, options: options),
        scheme: try scheme(table, rows: rows, options: options))
    } catch {
      throw Diagnostic(
        error.kind, error.message, file: error.file ?? options.table, line: error.line,
        column: error.column ?? (error.kind == .dataOneClass ? options.label : nil),
        hint: error.hint)
    }
  }

  /// The columns that are no features.
  private static func special(_ shelf: any ColumnShelf, options: TrainingOptions)
    throws(Diagnostic) -> Table
  {
    let names = Set(
      [options.label, options.id, options.weight, options.group, options.time].compactMap(\.self))
    var columns: [TableColumn] = []
    for (index, name) in shelf.names.enumerated() where names.contains(name) {
      columns.append(try shelf.column(index))
    }
    return Table(columns: columns, rowCount: shelf.outline.rowCount)
  }

  private static func unlabelled(_ labelled: Int, _ all: Int) -> String {
    "\(all - labelled) of \(all) rows have no label and are left out"
  }

  // MARK: - Keys, weights, folds

  /// The table with the key of every row.
  ///
  /// A key column that was found, not named, was read as what its cells look like; its texts, byte by
  /// byte as scoring gives them, take another reading. From a pipe there is none, and rows go by
  /// their numbers.
  private static func keys(
    of encoded: EncodedTable, found idColumn: String?, in read: Table, _ options: TrainingOptions
  ) throws(Diagnostic) -> EncodedTable {
    guard encoded.ids == nil, let idColumn, TableReader.canReadTwice(options.table) else {
      return encoded
    }
    let table = try TableReader.reread(
      path: options.table, for: read, declared: [idColumn: .identifier], options: options.reading)
    guard case .identifier(let ids)? = table[idColumn]?.values else {
      preconditionFailure("the key column was not read as identifiers")
    }
    var keyed = encoded
    keyed.ids = ids
    return keyed
  }

  private static func weights(_ table: Table, rows: [Int], options: TrainingOptions)
    throws(Diagnostic) -> [Double]?
  {
    guard let name = options.weight else { return nil }
    guard case .number(let values)? = table[name]?.values else { return nil }
    if let row = rows.first(where: { !(values[$0] >= 0 && values[$0].isFinite) }) {
      throw Diagnostic(
        .dataWeights, "row \(row + 1) of the data has a weight that is missing or negative",
        file: options.table, column: name, hint: "a weight is a finite number, 0 or more")
    }
    return rows.map { values[$0] }
  }

  private static func scheme(_ table: Table, rows: [Int], options: TrainingOptions)
    throws(Diagnostic) -> ValidationScheme
  {
    var groups: [Int]?
    switch options.group.flatMap({ table[$0]?.values }) {
    case .category(let values)?:
      // A row without a group is a group of its own.
      groups = rows.map { values.codes[$0] < 0 ? values.levels.count + $0 : Int(values.codes[$0]) }
    case .identifier(let keys)?:
      // The account is the group.
      var groupOfKey: [[UInt8]: Int] = [:]
      groups = rows.map { row in
        let key = Array(keys.bytes[keys.range(at: row)])
        if let group = groupOfKey[key] { return group }
        groupOfKey[key] = groupOfKey.count
        return groupOfKey.count - 1
      }
    default: break
    }
    guard let name = options.time else {
      return ValidationScheme(groups.map { .grouped($0) } ?? .stratified, seed: options.seed)
    }
    switch table[name]?.values {
    case .number(let values)?, .date(let values)?:
      guard let row = rows.first(where: { values[$0].isNaN }) else {
        let secondsOrUnits = table[name]!.isOfDates ? 86_400.0 : 1
        return ValidationScheme(
          .forward(
            time: rows.map { values[$0] }, groups: groups,
            embargo: options.embargo * secondsOrUnits),
          seed: options.seed)
      }
      throw Diagnostic(
        .valueTimestamp, "row \(row + 1) of the data has no time", file: options.table,
        column: name)
    default:
      throw Diagnostic(
        .valueTimestamp, "is neither dates nor numbers throughout", file: options.table,
        column: name, hint: "--time takes ISO 8601 dates (2026-11-22) or numbers")
    }
  }
}

extension TableColumn {
  /// Whether the values are dates, in seconds.
  fileprivate var isOfDates: Bool { if case .date = values { true } else { false } }
}

/// Finds the two outcomes in a label column.
enum LabelReading {
  /// Words that say "it happened", in the order in which they are looked for.
  static let usualPositives = [
    "1", "yes", "true", "y", "t", "churned", "churn", "positive", "1.0",
  ]

  static func target(of values: CategoryValues, options: TrainingOptions) throws(Diagnostic)
    -> ModelSchema.Target
  {
    var rowCounts = [Int](repeating: 0, count: values.levels.count)
    for code in values.codes where code >= 0 { rowCounts[Int(code)] += 1 }
    let levels = values.levels
    func fault(_ kind: Diagnostic.Kind, _ message: String, hint: String) -> Diagnostic {
      Diagnostic(kind, message, file: options.table, column: options.label, hint: hint)
    }
    guard !levels.isEmpty else {
      throw fault(.dataOneClass, "the label is empty in all rows", hint: "check --label")
    }
    if let positive = options.positive, !levels.contains(positive) {
      throw fault(
        .dataOneClass, "no row has the positive value '\(displayText(positive))'",
        hint: "the label holds \(listed(levels))")
    }
    guard levels.count > 1 else {
      throw fault(
        .dataOneClass,
        "all \(rowCounts[0]) labelled rows are '\(displayText(levels[0]))', expected two outcomes",
        hint: "a model needs customers who left and customers who stayed")
    }
    guard levels.count == 2 else {
      throw fault(
        .dataLabelValues,
        "the label has \(levels.count == 3 ? "three" : "\(levels.count)") values "
          + "(\(listed(levels))), expected two",
        hint: "make the label yes or no, or choose another column with --label")
    }
    let usual = usualPositives.lazy.compactMap { word in
      levels.first { $0.lowercased() == word }
    }.first
    guard let positive = options.positive ?? usual else {
      throw Diagnostic(
        .usage,
        "--positive is needed: the label '\(displayText(options.label))' holds "
          + listed(levels),
        hint: "say which of the two is the outcome, for instance --positive '"
          + "\(displayText(levels[0]))'")
    }
    let negative = levels.first { $0 != positive }!
    return ModelSchema.Target(column: options.label, positive: positive, negative: negative)
  }

  /// The words of a label; not those of a column that is no label at all, which may be names.
  private static func listed(_ levels: [String]) -> String {
    guard levels.count <= 5 else { return "too many values for a label" }
    return levels.map { "'\(displayText($0))'" }.joined(separator: ", ")
  }
}
