import CivilCalendar
import Configuration
import Diagnostics
import Learning
import Scoring
import Tabular

/// The rows on which two models are compared, as each of them reads them.
public struct ComparedRows: Sendable {
  /// The rows as the first model reads them.
  public let first: EncodedTable
  /// The same rows, in the same order, as the second reads them.
  public let second: EncodedTable
  /// What happened, `nil` where that is not known; `nil` where the rows have no outcome at all.
  public let outcomes: [Bool?]?
  /// Ways of dividing the rows, in the order in which they are told.
  public let segmentations: [Segmentation]
  /// What the rows were read from.
  public let path: String
  /// How many rows there were, and how many of them were left out as bad.
  public let rowCounts: RowCounts
  /// What the one who runs it should know.
  public let warnings: [String]

  /// How many rows there are.
  public var count: Int { first.matrix.rowCount }

  /// A column that divides rows.
  public struct Segmentation: Sendable {
    /// The column.
    public var column: String
    /// The words that rows may have.
    public var levels: [String]
    /// The word of each row; a row below 0 has none.
    public var codes: [Int32]
  }

  /// Columns of more words are no segments, unless they were asked for.
  static let segmentLevelLimit = 10

  /// Makes sure that two models predict the same.
  ///
  /// - Throws: `model.wrong_task`.
  static func check(_ first: RetentionModel, _ second: RetentionModel) throws(Diagnostic) {
    func fault(_ message: String) -> Diagnostic {
      Diagnostic(
        .modelWrongTask, message, hint: "compare models of one outcome; 'retain inspect' tells it")
    }
    let (one, other) = (first.schema.target, second.schema.target)
    guard (first.recipe == nil) == (second.recipe == nil) else {
      throw fault("one of the models was trained on a plain table, the other on histories")
    }
    guard one.column == other.column else {
      throw fault(
        "A predicts '\(displayText(one.column))', B '\(displayText(other.column))'")
    }
    guard one == other else {
      throw fault(
        "A tells '\(displayText(one.positive))' from '\(displayText(one.negative))', B "
          + "'\(displayText(other.positive))' from '\(displayText(other.negative))'")
    }
    if let one = first.recipe, let other = second.recipe {
      guard one.target == other.target, one.definition == other.definition else {
        throw fault("the models' targets '\(one.target.rawValue)' have other rules")
      }
    }
  }
}

extension HistoryRecipe {
  /// The rule of the target's outcomes.
  fileprivate var definition: TargetDefinition {
    configuration.targets[target] ?? TargetDefinition(target)
  }
}

extension ComparedRows {
  // MARK: - Plain tables

  /// Reads a table for two models.
  ///
  /// - Parameter segments: Columns that divide the rows; empty for all features of few words.
  /// - Throws: `model.wrong_task` for models of other outcomes; `usage` for a segment that is no column
  ///   of words; what reading the table throws.
  public init(
    _ first: RetentionModel, _ second: RetentionModel, table path: String, segments: [String] = [],
    options: TableReader.Options = TableReader.Options(), progress: ((Int) -> Void)? = nil
  ) throws(Diagnostic) {
    try Self.check(first, second)
    for model in [first, second] where model.recipe != nil {
      throw Diagnostic(
        .modelWrongTask, "the models were trained on histories, and this is a plain table",
        file: path, hint: "name the histories: --config FILE --as-of DAY")
    }
    let models = [first, second]
    var types = models.map { $0.schema.declaredTypes }
    let target = first.schema.target
    for index in types.indices {
      // Rows may well have no outcome yet: what the header lacks is of no consequence.
      types[index][target.column] = .category
      for name in segments where types[index][name] == nil { types[index][name] = .category }
    }
    let needed = models.map { model in
      (model.schema.features.map(\.name) + [model.schema.idColumn].compactMap(\.self) + segments)
        .uniqued
    }
    var tables: [Table]
    if let joint = Self.joint(types) {
      let read = try TableReader.read(
        path: path, declared: joint, undeclared: .ignored,
        required: (needed[0] + needed[1]).uniqued, options: options, progress: progress)
      tables = [read, read]
    } else {
      try Self.checkTwoReadings(path, options)
      tables = []
      for (types, needed) in zip(types, needed) {
        tables.append(
          try TableReader.read(
            path: path, declared: types, undeclared: .ignored, required: needed, options: options,
            progress: progress))
      }
      guard tables[0].rowCount == tables[1].rowCount else {
        throw Diagnostic(.inputChanged, "changed while it was read", file: path)
      }
    }
    guard tables[0].rowCount > 0 else {
      throw Diagnostic(.dataNoRows, "has a header but no rows", file: path)
    }
    let inputs = (
      try ScoringInput(tables[0], model: first), try ScoringInput(tables[1], model: second)
    )
    var outcomes: [Bool?]?
    if case .category(let values)? = tables[0][target.column]?.values {
      outcomes = try target.outcomes(of: values, file: path)
    }
    self.first = inputs.0.table
    self.second = inputs.1.table
    self.outcomes = outcomes.flatMap { $0.allSatisfy { $0 == nil } ? nil : $0 }
    self.path = path
    rowCounts = inputs.0.rowCounts
    warnings = (inputs.0.warnings + inputs.1.warnings).uniqued
    segmentations =
      segments.isEmpty
      ? Self.usual(inputs.0.table.matrix, inputs.1.table.matrix)
      : try segments.map { (name) throws(Diagnostic) in
        try Self.segmentation(tables[0][name] ?? tables[1][name], name, path)
      }
  }

  /// How all columns are to be read where the models agree.
  private static func joint(_ types: [[String: DeclaredType]]) -> [String: DeclaredType]? {
    var joint = types[0]
    for (name, type) in types[1] {
      if let other = joint.updateValue(type, forKey: name), other != type { return nil }
    }
    return joint
  }

  private static func checkTwoReadings(_ path: String, _ options: TableReader.Options)
    throws(Diagnostic)
  {
    let reason = "the models read a column of the table in two ways, so it is read twice"
    guard TableReader.canReadTwice(path) else {
      throw Diagnostic(
        .usage, reason + ", which a pipe cannot be", file: path, hint: "name a file")
    }
    guard case .stop = options.onBadRow else {
      throw Diagnostic(
        .usage, reason + ", and other rows may be bad for each", file: path,
        hint: "mend the rows, or leave out --on-bad-row skip")
    }
  }

  private static func segmentation(_ column: TableColumn?, _ name: String, _ path: String)
    throws(Diagnostic) -> Segmentation
  {
    switch column?.values {
    case .category(let values)?:
      return Segmentation(column: name, levels: values.levels, codes: values.codes)
    case .boolean(let values)?: return Segmentation(name, isYes: values)
    default:
      throw Diagnostic(
        .usage, "--segment names a column that is read as numbers or keys", file: path,
        column: name, hint: "name a column of words")
    }
  }

  // MARK: - Histories

  /// Reads raw tables for two models, as of a day.
  ///
  /// Outcomes are known where the label windows are over by the last day of the data; else all
  /// eligible accounts are compared without.
  ///
  /// - Parameter segments: Features that divide the accounts; empty for all of few words.
  /// - Throws: `model.wrong_task` for models of other outcomes; `usage` for a segment that is no
  ///   feature of words; what ``HistoryScoring`` throws.
  public init(
    _ first: RetentionModel, _ second: RetentionModel, configuration: RetentionConfiguration,
    asOf: CalendarDay, segments: [String] = [], threads: Int,
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws(Diagnostic) {
    try Self.check(first, second)
    let inputs: (ScoringInput, ScoringInput)
    do {
      func held(_ model: RetentionModel) throws(Diagnostic) -> ScoringInput {
        try HistoryEvaluation(
          model, configuration: configuration, asOf: asOf, threads: threads, progress: progress
        ).input
      }
      inputs = (try held(first), try held(second))
    } catch {
      guard error.kind == .dataNoEligibleRows else { throw error }
      func scored(_ model: RetentionModel) throws(Diagnostic) -> ScoringInput {
        try HistoryScoring(
          model, configuration: configuration, asOf: asOf, threads: threads, progress: progress
        ).input
      }
      inputs = (try scored(first), try scored(second))
    }
    guard inputs.0.table.matrix.rowCount > 0 else {
      throw Diagnostic(
        .dataNoEligibleRows, "no account is eligible as of \(asOf)", file: configuration.path)
    }
    guard inputs.0.table.ids == inputs.1.table.ids, inputs.0.outcomes == inputs.1.outcomes else {
      throw Diagnostic(
        .modelWrongTask, "the models look at other accounts as of \(asOf)",
        file: configuration.path, hint: "compare models of one target and one meaning of columns")
    }
    self.first = inputs.0.table
    self.second = inputs.1.table
    outcomes = inputs.0.outcomes
    path = configuration.path
    rowCounts = inputs.0.rowCounts
    warnings = (inputs.0.warnings + inputs.1.warnings).uniqued
    let matrices = [inputs.0.table.matrix, inputs.1.table.matrix]
    segmentations =
      segments.isEmpty
      ? Self.usual(matrices[0], matrices[1])
      : try segments.map { (name) throws(Diagnostic) in
        for matrix in matrices {
          if let place = matrix.features.firstIndex(where: { $0.name == name }),
            let found = Segmentation(matrix.features[place], matrix.columns[place])
          {
            return found
          }
        }
        throw Diagnostic(
          .usage, "--segment names '\(displayText(name))', which is no feature of words",
          hint: "'retain inspect' lists a model's features")
      }
  }

  /// The features of few words, those of the first model first.
  private static func usual(_ first: FeatureMatrix, _ second: FeatureMatrix) -> [Segmentation] {
    var found: [Segmentation] = []
    for matrix in [first, second] {
      for (feature, column) in zip(matrix.features, matrix.columns)
      where feature.levelCount <= segmentLevelLimit
        && !found.contains(where: { $0.column == feature.name })
      {
        if let segmentation = Segmentation(feature, column) { found.append(segmentation) }
      }
    }
    return found
  }
}

extension ComparedRows.Segmentation {
  /// Divides rows by a feature; `nil` for a quantity.
  init?(_ feature: Feature, _ values: FeatureColumn) {
    switch (feature.kind, values) {
    case (.boolean, .number(let values)): self.init(feature.name, isYes: values)
    case (.category, .category(let codes)):
      let levels = (0..<feature.levelCount).map { feature.levelName(Int32($0)) }
      self.init(column: feature.name, levels: levels, codes: codes)
    default: return nil
    }
  }

  fileprivate init(_ column: String, isYes: [Double]) {
    self.init(
      column: column, levels: ["no", "yes"], codes: isYes.map { $0.isNaN ? -1 : $0 == 0 ? 0 : 1 })
  }
}

extension [String] {
  /// The texts, each once, in the order of their first appearance.
  fileprivate var uniqued: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
