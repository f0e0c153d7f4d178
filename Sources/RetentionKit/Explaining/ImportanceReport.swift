import Diagnostics
import Evaluation
import Explanation
import Features
import Learning
import Reporting
import Scoring
import Tabular

/// What a model relies on: column by column, group by group, family by family.
public struct ImportanceReport: Sendable {
  /// What the importances were measured on.
  public enum Source: Sendable, Equatable {
    /// The rows that the folds of the training held out.
    case training(foldCount: Int)
    /// Labelled rows that the model was applied to.
    case rows(Int, positiveCount: Int)
    /// Rows that folds held out, each scored by a model that was fitted anew without them.
    case folds(Int, rowCount: Int, positiveCount: Int)
    /// Nothing but the model itself.
    case model
  }

  /// All importances, kind by kind, each the largest first.
  public let importances: [Importance]
  /// How far parts agree on the order of groups.
  public let stability: ImportanceStability?
  /// What they were measured on.
  public let source: Source
  /// What families of features are worth, by fitting without them; `nil` where nobody asked.
  public let ablation: FamilyAblation?
  private let definitions: [String: FeatureDefinition]

  /// What the model file holds.
  public init(_ model: RetentionModel) {
    let summary = model.summary
    let isHeldOut = summary.importances.contains { $0.kind.isHeldOut }
    self.init(
      model, summary.importances, summary.stability,
      isHeldOut ? .training(foldCount: summary.validation?.foldCount ?? 0) : .model, nil)
  }

  /// A model measured on labelled rows.
  ///
  /// - Throws: `data.no_rows` for a table without labelled rows.
  public init(
    _ model: RetentionModel, on input: ScoringInput, path: String, repeatCount: Int, seed: UInt64,
    threads: Int
  ) throws(Diagnostic) {
    let (matrix, labels) = try ModelEvaluation.judged(input, path: path)
    let part = HeldOutPart(
      learner: model.learner, calibrator: model.calibrator, matrix: matrix, labels: labels)
    let settings = ImportanceMeasurement.Settings(
      repeatCount: repeatCount, seed: seed, threads: threads)
    var measurement = ImportanceMeasurement(
      matrix, definitions: model.recipe?.features.definitions ?? [], settings: settings)
    measurement.add(part)
    self.init(
      model, measurement.importances(), measurement.stability(ofSlicesOf: part),
      .rows(labels.count, positiveCount: labels.count(where: \.self)), nil)
  }

  /// A model's recipe measured on the rows that its folds hold out.
  ///
  /// - Parameters:
  ///   - recipe: Judged by folds.
  ///   - ablation: What its families are worth, where that was asked.
  /// - Throws: What reading features throws.
  public init(
    _ model: RetentionModel, recipe: RecipeEvaluation, ablation: FamilyAblation? = nil,
    repeatCount: Int, seed: UInt64, threads: Int,
    progress: ((TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) {
    let set = recipe.table.set
    var generator = SeededGenerator(seed: seed, stream: 1320)
    let sample = generator.sample(
      min(set.rowCount, ColumnAgreement.rowLimit), of: set.rowCount)
    var measurement = ImportanceMeasurement(
      try recipe.table.source.matrix(of: sample),
      definitions: model.recipe?.features.definitions ?? [],
      settings: ImportanceMeasurement.Settings(
        repeatCount: repeatCount, seed: seed, threads: threads))
    var (rowCount, positiveCount) = (0, 0)
    let parts = try recipe.heldOutParts()
    for (fold, part) in parts.enumerated() {
      progress?(.step("shuffling columns, fold \(fold + 1) of \(parts.count)"))
      measurement.add(part)
      rowCount += part.labels.count
      positiveCount += part.labels.count(where: \.self)
    }
    self.init(
      model,
      measurement.importances(widening: recipe.folds.intervalFactor(set.scheme)),
      measurement.stability,
      .folds(parts.count, rowCount: rowCount, positiveCount: positiveCount), ablation)
  }

  private init(
    _ model: RetentionModel, _ measured: [Importance], _ stability: ImportanceStability?,
    _ source: Source, _ ablation: FamilyAblation?
  ) {
    let fitted = measured.filter { !$0.kind.isHeldOut }
    importances =
      measured.filter { $0.kind.isHeldOut }
      + (fitted.isEmpty ? model.summary.importances.filter { !$0.kind.isHeldOut } : fitted)
    self.stability = stability
    self.source = source
    self.ablation = ablation
    definitions = Dictionary(
      (model.recipe?.features.definitions ?? []).map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The importances of a kind, the largest first.
  public func importances(_ kind: Importance.Kind) -> [Importance] {
    importances.filter { $0.kind == kind }
  }

  /// The importances with what belongs beside them in a list.
  public var list: ImportanceList {
    ImportanceList(
      importances, definitions.mapValues { (family: $0.family.rawValue, $0.isActionable) })
  }

  // MARK: - Families

  /// What a family of features, or those that can be acted on, add to scores.
  public struct Share: Sendable, Equatable {
    /// The family.
    public var name: String
    /// How many of the model's features belong to it.
    public var featureCount: Int
    /// The sum of their mean absolute contributions, in log odds; `nil` where they were not measured.
    public var contribution: Double?
    /// The same as a share of that of all features.
    public var share: Double?
    /// How far ROC AUC falls when they are all shuffled; `nil` where that was not measured.
    public var fall: Importance?
  }

  /// The families of features, the largest share first; empty for a model of a plain table.
  public var families: [Share] {
    shares(.family, FeatureDefinition.Family.allCases.map(\.rawValue)) { $0.family.rawValue }
  }

  /// What a customer-success team can act on, and what it cannot; empty for a model of a plain table.
  public var actionability: [Share] {
    shares(.actionability, ["actionable", "not actionable"]) {
      $0.isActionable ? "actionable" : "not actionable"
    }
  }

  private func shares(
    _ kind: Importance.Kind, _ names: [String], _ nameOf: (FeatureDefinition) -> String
  ) -> [Share] {
    let contributions = importances(.shap)
    let total = contributions.reduce(0) { $0 + $1.value }
    // Each feature is listed once in the first kind that there is.
    let features = importances(importances.first { $0.kind == .permutation }?.kind ?? .gain)
    guard features.contains(where: { definitions[$0.feature] != nil }) else { return [] }
    return names.compactMap { name -> Share? in
      let members = Set(
        features.map(\.feature).filter { definitions[$0].map(nameOf) == name })
      guard !members.isEmpty else { return nil }
      let sum = contributions.filter { members.contains($0.feature) }.reduce(0) { $0 + $1.value }
      return Share(
        name: name, featureCount: members.count,
        contribution: contributions.isEmpty ? nil : sum,
        share: total > 0 ? sum / total : nil,
        fall: importances(kind).first { $0.feature == name })
    }.sorted {
      ($1.fall?.value ?? 0, $1.share ?? 0, $0.name) < ($0.fall?.value ?? 0, $0.share ?? 0, $1.name)
    }
  }

  /// A feature in words, where it has any.
  func sentence(of feature: String) -> String? { definitions[feature]?.sentence }
}

extension ImportanceMeasurement {
  /// How far slices of one model's rows agree on the order of groups; an account is in one slice.
  ///
  /// - Returns: `nil` for too few rows of an outcome to be shared out.
  func stability(ofSlicesOf part: HeldOutPart) -> ImportanceStability? {
    let sliceCount = 5
    let positiveCount = part.labels.count(where: \.self)
    guard min(positiveCount, part.labels.count - positiveCount) >= 20 * sliceCount else {
      return nil
    }
    var slices = emptied
    var rowsOfSlice = [[Int]](repeating: [], count: sliceCount)
    for row in part.labels.indices {
      // A unit's slice is as good as drawn, and the same for all of its rows.
      var generator = SeededGenerator(seed: 1330, stream: UInt64(part.groups?[row] ?? row))
      rowsOfSlice[generator.nextIndex(below: sliceCount)].append(row)
    }
    for rows in rowsOfSlice { slices.add(part.selecting(rows)) }
    return slices.stability
  }
}

extension HeldOutPart {
  /// The part with some of its rows.
  func selecting(_ rows: [Int]) -> HeldOutPart {
    HeldOutPart(
      learner: learner, calibrator: calibrator, matrix: matrix.selecting(rows),
      labels: rows.map { labels[$0] }, weights: weights.map { w in rows.map { w[$0] } },
      groups: groups.map { groups in rows.map { groups[$0] } })
  }
}
