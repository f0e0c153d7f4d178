import Diagnostics
import GradientBoosting
import Learning
import ModelFormat
import Scoring

/// A model that a training begins with, and what is made of its trees.
public struct WarmStart: Sendable {
  /// What is made of the trees.
  public enum Way: Sendable, Equatable {
    /// They stay, and more are grown on the errors that they leave.
    case continued
    /// Their tests stay; a leaf keeps `decay` of its value and takes the rest from the rows at hand.
    case refitted(decay: Double)
  }

  /// The model.
  public var model: RetentionModel
  /// See ``ModelFile/id``.
  public var id: String
  /// What is made of its trees.
  public var way: Way

  /// Begins with the model of a file.
  public init(_ file: ModelFile, _ way: Way) {
    model = file.model
    id = file.id
    self.way = way
  }

  /// The option that asks for it.
  var option: String { way == .continued ? "--continue" : "--refit" }

  /// What it is called in messages.
  var name: String { "model \(id)" }

  /// Makes sure that it goes with the options.
  ///
  /// - Throws: `usage`.
  func check(_ options: TrainingOptions) throws(Diagnostic) {
    guard case .trees = model.learner else {
      throw Diagnostic(
        .usage, "\(option) begins with trees, but \(name) is a logistic regression",
        hint: "name a model that was trained with --learner gbm, or train anew without \(option)")
    }
    let target = model.schema.target
    guard target.column == options.label else {
      throw Diagnostic(
        .usage,
        "\(name) predicts '\(displayText(target.column))', but the outcome here is "
          + "'\(displayText(options.label))'",
        hint: "name the same outcome, or train anew without \(option)")
    }
    for (given, kind) in [("--categorical", options.categorical), ("--numeric", options.numeric)] {
      for column in kind {
        guard let feature = feature(column), (feature.levelCount > 0) != (given == "--categorical")
        else { continue }
        throw Diagnostic(
          .usage,
          "\(given) names '\(displayText(column))', which \(name) reads as "
            + "\(Self.noun(feature.kind))",
          hint: "leave it out of \(given): columns are read as the model reads them")
      }
    }
    for column in options.drop where feature(column) != nil {
      throw Diagnostic(
        .usage, "--drop names '\(displayText(column))', which \(name) reads",
        hint: "leave it out of --drop, or train anew without \(option)")
    }
    guard case .refitted(let decay) = way else { return }
    guard (0...1).contains(decay) else {
      throw Diagnostic(
        .usage, "--refit-decay is \(decay), expected 0 (forget the old values) to 1 (keep them)")
    }
    for (other, isGiven) in [
      ("--trees", options.boosting.treeCount != nil),
      ("--leaves", options.boosting.leafCount != nil),
      ("--row-sample", options.boosting.rowSample != nil),
      ("--goss", options.boosting.gradientSampling != nil),
    ] where isGiven {
      throw Diagnostic(
        .usage, "\(other) is for growing trees, and --refit grows none",
        hint: "leave out \(other), or grow more trees with --continue")
    }
    if options.outOfCore != nil {
      throw Diagnostic(
        .usage, "--refit takes all rows at once, but --out-of-core is given",
        hint: "leave out --out-of-core, or grow more trees with --continue")
    }
    _ = try learningRates(options)
  }

  /// Makes sure that the model comes from the same kind of input.
  ///
  /// - Throws: `model.wrong_task`.
  func check(isOfHistories: Bool) throws(Diagnostic) {
    guard (model.recipe != nil) != isOfHistories else { return }
    throw isOfHistories
      ? Diagnostic(
        .modelWrongTask, "\(name) was trained on a plain table and knows no histories",
        hint: "give it a table: --table FILE")
      : Diagnostic(
        .modelWrongTask, "\(name) was trained on histories, and this is a plain table",
        hint: "give it histories: --config FILE --target "
          + displayText(model.schema.target.column))
  }

  /// The options with what the model decides where they leave it open.
  func completed(_ options: TrainingOptions) -> TrainingOptions {
    var options = options
    if options.id == nil { options.id = model.schema.idColumn }
    if options.positive == nil { options.positive = model.schema.target.positive }
    return options
  }

  // MARK: - Columns

  /// The model's feature of a name.
  func feature(_ name: String) -> Feature? {
    model.schema.features.first { $0.name == name }
  }

  /// Why training left out a column, if it did.
  func exclusion(_ name: String) -> String? {
    model.summary.excludedColumns.first { $0.name == name }?.reason
  }

  /// Makes sure that there is a feature for each of the model's, and an outcome of the same words.
  ///
  /// - Throws: `usage` that names the first column that differs.
  func check(_ schema: ModelSchema, _ plan: ColumnPlan, file: String) throws(Diagnostic) {
    for feature in model.schema.features
    where !schema.features.contains(where: {
      $0.name == feature.name
    }) {
      let note = plan.entries.first { $0.name == feature.name }?.note
      throw differing(
        feature.name,
        "\(name) reads it as \(Self.noun(feature.kind)), and here it is not learned from"
          + (note.map { " (\($0))" } ?? ": there is no such column"), file: file)
    }
    let (old, new) = (model.schema.target, schema.target)
    guard old.positive == new.positive, old.negative == new.negative else {
      throw differing(
        new.column,
        "\(name) tells '\(displayText(old.positive))' from '\(displayText(old.negative))', this table "
          + "'\(displayText(new.positive))' from '\(displayText(new.negative))'", file: file)
    }
  }

  /// A column that is not what the model takes it for.
  func differing(_ column: String, _ message: String, file: String, hint: String? = nil)
    -> Diagnostic
  {
    Diagnostic(
      .usage, message, file: file, column: column,
      hint: hint
        ?? "\(option) needs the columns that the model was trained on; else train without it")
  }

  static func noun(_ kind: Feature.Kind) -> String {
    switch kind {
    case .number: "a number"
    case .boolean: "yes or no"
    case .category: "a category"
    }
  }

  // MARK: - Trees

  /// The model's trees for these features, with the scores that they always had.
  ///
  /// - Precondition: There is a feature of the same name and kind for each of the model's; levels of
  ///   a category begin with those of the model.
  func trees(for features: [Feature]) -> BoostedTrees {
    guard case .trees(var trees) = model.learner else { preconditionFailure("no trees") }
    let old = model.schema.features
    let place = old.map { feature in features.firstIndex { $0.name == feature.name }! }
    let haveLevelsGrown = zip(old, place).contains { $0.levelCount != features[$1].levelCount }
    for index in trees.trees.indices {
      let tree = trees.trees[index]
      var levelSets: [LevelSet] = []
      for (position, node) in tree.nodes.enumerated() where !node.isLeaf {
        let feature = Int(node.feature)
        trees.trees[index].nodes[position].feature = Int32(place[feature])
        guard haveLevelsGrown, node.levelSet >= 0 else { continue }
        trees.trees[index].nodes[position].levelSet = Int32(levelSets.count)
        levelSets.append(
          Self.set(
            tree.levelSets[Int(node.levelSet)], unseen: node.unseenGoesLeft, old: old[feature],
            new: features[place[feature]]))
      }
      if haveLevelsGrown { trees.trees[index].levelSets = levelSets }
    }
    trees.featureCount = features.count
    return trees
  }

  /// The levels that pass a test: a new level goes where its rows went before it was one.
  private static func set(_ set: LevelSet, unseen: Bool, old: Feature, new: Feature) -> LevelSet {
    guard case .category(let oldLevels, let hadOther) = old.kind else { return set }
    let rest = hadOther ? set.contains(oldLevels.count) : unseen
    var words = [UInt64](repeating: 0, count: (new.levelCount + 63) / 64)
    for code in 0..<new.levelCount where code < oldLevels.count ? set.contains(code) : rest {
      words[code / 64] |= 1 << UInt64(code % 64)
    }
    return LevelSet(words: words)
  }

  /// The learning rate of each tree of the model: what its file says, or else the option.
  ///
  /// - Throws: `usage` where neither tells.
  func learningRates(_ options: TrainingOptions) throws(Diagnostic) -> [Double] {
    let count = model.learner.treeCount
    if let rate = options.boosting.learningRate { return [Double](repeating: rate, count: count) }
    if let rates = TreeRates.rates(of: model) { return rates }
    throw Diagnostic(
      .usage, "\(name) does not say at which learning rate its trees were grown",
      hint: "name it: --learning-rate X")
  }
}

extension WarmStart {
  /// The parameters for the record in the new model: what it was made from, and what counted.
  ///
  /// - Parameters:
  ///   - growing: Those by which trees are grown.
  ///   - newTreeCount: How many trees it has beyond those of the model.
  func settings(
    _ growing: [TrainingSummary.Setting], _ options: TrainingOptions, rateOfNewTrees: Double,
    newTreeCount: Int
  ) -> [TrainingSummary.Setting] {
    typealias Setting = TrainingSummary.Setting
    switch way {
    case .continued:
      let old = TreeRates.rates(of: model)
      let new = [Double](repeating: rateOfNewTrees, count: newTreeCount)
      // Where one rate holds for all, the usual setting tells it.
      let rates =
        old.map { $0.allSatisfy { $0 == rateOfNewTrees } ? nil : TreeRates.text($0 + new) }
        ?? "unknown"
      return growing + [Setting("continue", id)]
        + (rates.map { [Setting(TreeRates.setting, $0)] } ?? [])
    case .refitted(let decay):
      let rates = (try? learningRates(options)) ?? []
      let isOne = rates.allSatisfy { $0 == rates.first }
      return [
        Setting("refit", id), Setting("refit-decay", "\(decay)"),
        isOne
          ? Setting("learning-rate", "\(rates.first ?? rateOfNewTrees)")
          : Setting(TreeRates.setting, TreeRates.text(rates)),
        Setting("l2", "\(options.boosting.l2)"),
      ]
    }
  }
}

/// The learning rates of a model's trees, in its file: `120*0.05,40*0.1`.
enum TreeRates {
  /// What the setting is called that holds them, where trees were continued.
  static let setting = "tree-rates"

  /// The rate of each tree; `nil` where the file does not say.
  static func rates(of model: RetentionModel) -> [Double]? {
    func value(_ name: String) -> String? {
      model.summary.parameters.first { $0.name == name }?.value
    }
    let treeCount = model.learner.treeCount
    guard let text = value(setting) else {
      return value("learning-rate").flatMap { Double($0) }
        .map { [Double](repeating: $0, count: treeCount) }
    }
    var rates: [Double] = []
    for run in text.split(separator: ",") {
      let parts = run.split(separator: "*")
      guard parts.count == 2, let count = Int(parts[0]), let rate = Double(parts[1]),
        (0...treeCount - rates.count).contains(count)
      else { return nil }
      rates += [Double](repeating: rate, count: count)
    }
    return rates.count == treeCount ? rates : nil
  }

  /// Neighbours of one rate are a run.
  static func text(_ rates: [Double]) -> String {
    var runs: [(count: Int, rate: Double)] = []
    for rate in rates {
      if runs.last?.rate == rate { runs[runs.count - 1].count += 1 } else { runs.append((1, rate)) }
    }
    return runs.map { "\($0.count)*\($0.rate)" }.joined(separator: ",")
  }
}
