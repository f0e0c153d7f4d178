import Diagnostics
import Explanation
import Learning
import LogisticRegression
import Scoring

extension FittedModel {
  /// The model as curves see it.
  package var curveModel: CurveModel {
    switch self {
    case .trees(let trees): .trees(trees)
    case .logistic(let model):
      .additive(
        rest: { feature, matrix in
          var rest = model
          rest.terms[feature].form = .constant
          rest.terms[feature].missing = nil
          return rest.scores(of: matrix, threads: 1)
        },
        term: { feature, column in
          var term = model
          term.intercept.value = 0
          term.terms = [model.terms[feature]]
          return term.scores(of: column, threads: 1)
        })
    }
  }
}

extension CurvePart {
  /// A fitted model, and rows to draw its curves on.
  package init(_ learner: FittedModel, _ calibrator: Calibrator, on matrix: FeatureMatrix) {
    self.init(
      model: learner.curveModel, matrix: matrix,
      probability: { calibrator.probability($0) },
      score: { learner.scores(of: $0, threads: $1) },
      attribution: { learner.attribution(of: $0, threads: $1) })
  }
}

extension HeldOutPart {
  /// The part as curves see it: outcomes have no say in them.
  package var curvePart: CurvePart {
    var part = CurvePart(learner, calibrator, on: matrix)
    part.weights = weights
    part.groups = groups
    return part
  }
}

extension CurveSettings {
  /// Curves of a model's features: what they are in words, and which way they were to go.
  public init(for model: RetentionModel, kind: FeatureCurve.Kind = .pdp) {
    self.init(kind: kind)
    for setting in model.summary.parameters where setting.name == "monotone" {
      guard let equals = setting.value.lastIndex(of: "="),
        let sign = Int(setting.value[setting.value.index(after: equals)...]), sign != 0
      else { continue }
      demanded[String(setting.value[..<equals])] = sign
    }
    for definition in model.recipe?.features.definitions ?? [] {
      descriptions[definition.name] = FeatureCurve.Description(
        words: definition.sentence, unit: definition.unit)
    }
  }
}

extension RetentionModel {
  /// The features that the model relies on most, as positions in its schema, the strongest first: by
  /// importance on held-out rows, or for want of them by what training gained from them.
  public func strongestFeatures(_ limit: Int) -> [Int] {
    let held = summary.importances.filter { $0.kind == .permutation }
    let ranked = (held.isEmpty ? summary.importances : held).filter { $0.value > 0 }
      .sorted { ($1.value, $0.feature) < ($0.value, $1.feature) }
    return Array(
      ranked.compactMap { importance in
        schema.features.firstIndex { $0.name == importance.feature }
      }.prefix(limit))
  }

  /// The position of a feature.
  ///
  /// - Throws: `schema.missing_column` for a name that the model does not read.
  package func position(ofFeature name: String) throws(Diagnostic) -> Int {
    if let index = schema.features.firstIndex(where: { $0.name == name }) { return index }
    throw Diagnostic(
      .schemaMissingColumn, "the model reads no column '\(displayText(name))'",
      hint: nearestName(to: name, among: schema.features.map(\.name))
        .map { "did you mean '\(displayText($0))'?" })
  }
}

extension FeatureCurve {
  /// The curves of a model's strongest features: the mean of the models of its folds, each on rows
  /// that it has not learned from, with the band from the lowest to the highest of them.
  ///
  /// - Parameter limit: The most features.
  /// - Returns: The strongest feature's first; the same bits for any `threads`.
  package static func strongest(
    _ limit: Int, of model: RetentionModel, on parts: [HeldOutPart], _ settings: CurveSettings,
    threads: Int
  ) -> [FeatureCurve] {
    curves(
      of: model.strongestFeatures(limit), parts: parts.map(\.curvePart), settings,
      threads: threads)
  }
}
