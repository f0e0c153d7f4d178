import Diagnostics
import Learning
import LogisticRegression
import Scoring

extension RetentionModel {
  /// The coefficients of a logistic regression as odds ratios with intervals and tests, for a slide;
  /// `nil` for a model without inference.
  public var inferenceText: String? {
    guard case .logistic(let model) = learner, let inference = model.inference else { return nil }
    return InferenceText(inference, schema: schema).text
  }

  /// Why a logistic regression has no ``inferenceText``, in a line; `nil` for one that has it, and for
  /// trees.
  public var missingInferenceText: String? {
    guard case .logistic(let model) = learner, model.inference == nil else { return nil }
    let reason =
      if model.terms.contains(where: \.isShaped) {
        "columns enter as curves, maps, encoded or rare levels, which have no ratio of their own"
      } else if summary.parameters.contains(where: \.choosesCoefficients) {
        "a penalty on magnitudes, a path or signs chose coefficients as tests would not know"
      } else {
        "the training was to leave tests out, or has more coefficients than are tested"
      }
    return "no odds ratios: \(reason); retain inspect lists the coefficients"
  }
}

extension LogisticTerm {
  /// Whether it is neither a line nor a coefficient for each level.
  fileprivate var isShaped: Bool {
    switch form {
    case .constant, .quantity, .category: false
    case .grouped, .mapped, .curve, .encoded: true
    }
  }
}

extension TrainingSummary.Setting {
  /// Whether it decides which coefficients may differ from 0.
  fileprivate var choosesCoefficients: Bool {
    switch name {
    case "penalty-path", "monotone": true
    case "l1": Double(value) != 0
    default: false
    }
  }
}

/// The table of odds ratios, and what there is to know of it in words.
private struct InferenceText {
  let inference: LogisticInference
  let schema: ModelSchema

  init(_ inference: LogisticInference, schema: ModelSchema) {
    (self.inference, self.schema) = (inference, schema)
  }

  var text: String {
    let target =
      "\(displayText(schema.target.column)) = \(displayText(schema.target.positive))"
    return "Odds ratios of \(target), \(Numbers.count(inference.rowCount, "row"))\n" + table + "\n"
      + notes.map { "  \($0)\n" }.joined()
  }

  // MARK: The table

  private var table: String {
    var table = AlignedTable(
      [.left, .left, .right, .left, .right, .right, .right, .right, .left],
      header: [
        "", "per", "odds ratio", "95 % interval", "per std. dev.", "p", "LR p", "VIF", "effect",
      ])
    let strengths = inference.terms.flatMap(\.effects).filter(\.isEstimable).map(strength)
    let largest = strengths.max() ?? 0
    for term in inference.terms {
      let shown = shownEffects(of: term)
      for (index, effect) in shown.enumerated() {
        let name = inference.name(of: effect.subject, ofFeature: term.feature, in: schema)
        let ofTerm =
          index > 0
          ? ("", "")
          : (
            term.test.map { Self.p($0.p) } ?? "-", Self.inflation(term.inflationPerColumn)
          )
        guard effect.isEstimable else {
          table.add(name, unit(of: effect, term), "-", "not estimable", "", "-", ofTerm.0, ofTerm.1)
          continue
        }
        let ratio = effect.oddsRatio
        let decimals = Self.decimals(ratio)
        table.add(
          name, unit(of: effect, term), Self.ratio(ratio.value, decimals),
          "\(Self.ratio(ratio.low, decimals)) to \(Self.ratio(ratio.high, decimals))",
          isYesNo(term) ? "" : effect.oddsRatioPerDeviation.map { Self.ratio($0.value, 2) } ?? "",
          Self.p(effect.p), ofTerm.0, ofTerm.1,
          (effect.estimate < 0 ? "- " : "+ ") + bar(strength(effect), of: largest, width: 16))
      }
      let rest = term.effects.count - shown.count
      if rest > 0 {
        table.add(
          "\(displayText(schema.features[term.feature].name)): "
            + "\(Numbers.count(rest)) more, of which one is less sure")
      }
    }
    return table.text
  }

  /// Of many levels those of which one can be surest, in their order.
  private func shownEffects(of term: LogisticInference.Term) -> [LogisticInference.Effect] {
    guard term.effects.count > Self.levelLimit else { return term.effects }
    func sureness(_ place: Int) -> Double {
      let effect = term.effects[place]
      return effect.isEstimable && effect.error > 0 ? effect.z.magnitude : 0
    }
    return term.effects.indices.sorted { (sureness($1), $0) < (sureness($0), $1) }
      .prefix(Self.levelLimit).sorted().map { term.effects[$0] }
  }

  private static let levelLimit = 12

  /// Log odds per standard deviation, or against the reference: what bars compare.
  private func strength(_ effect: LogisticInference.Effect) -> Double {
    (effect.estimate * (effect.deviation ?? 1)).magnitude
  }

  private func isYesNo(_ term: LogisticInference.Term) -> Bool {
    schema.features[term.feature].kind == .boolean
  }

  private func unit(of effect: LogisticInference.Effect, _ term: LogisticInference.Term) -> String {
    let feature = schema.features[term.feature]
    switch effect.subject {
    case .intercept: return ""
    case .quantity:
      return isYesNo(term)
        ? "yes against no" : "1 (std. dev. \(Numbers.quantity(effect.deviation ?? .nan)))"
    case .level, .missing:
      guard let reference = term.reference else { return "against its mean" }
      return "against \(displayText(feature.levelName(reference)))"
    }
  }

  // MARK: Notes

  private var notes: [String] {
    var notes: [String] = []
    let chance = Numbers.percent(LogLoss.probability(inference.intercept.estimate))
    notes.append(
      "At means and the levels that others are held against, the chance is \(chance).")
    if let test = inference.test {
      notes.append(
        "Model: likelihood ratio \(Numbers.fixed(test.statistic, 1)) on "
          + "\(test.degreesOfFreedom) df, p \(Self.p(test.p)); "
          + "McFadden R2 \(Numbers.fixed(inference.mcFaddenR2, 3)), "
          + "deviance \(Numbers.fixed(inference.deviance, 1)) of "
          + "\(Numbers.fixed(inference.nullDeviance, 1)), AIC \(Numbers.fixed(inference.aic, 1)).")
    }
    if let count = inference.groupCount {
      notes.append("Intervals and p are clustered by \(Numbers.count(count, "group")) of rows.")
    } else {
      notes.append("Intervals and p take rows as independent.")
    }
    switch inference.penalty {
    case .none: break
    case .ridge:
      notes.append(
        "The penalty --l2 draws ratios towards 1: intervals and p are approximate. With --l2 0 they "
          + "are the classical ones.")
    case .firth: notes.append("Fitted with Firth's penalty; LR p is of the penalised likelihood.")
    }
    if inference.terms.contains(where: { $0.test == nil && $0.varianceInflation != .infinity }) {
      notes.append("LR p '-': refits without each feature would take too long, or did not end.")
    }
    let effects = inference.terms.flatMap(\.effects)
    if effects.contains(where: { !$0.isEstimable }) {
      notes.append(
        "Not estimable: other columns say exactly the same (leave one of each group out), or all rows "
          + "of it have one outcome (--firth has an estimate).")
    }
    for columns in inference.correlatedColumns {
      let names = columns.prefix(12).map {
        inference.name(of: $0.subject, ofFeature: $0.feature, in: schema)
      }
      let rest = columns.count - names.count
      notes.append(
        "Go together (|r| > 0.95): \(names.joined(separator: ", "))"
          + (rest > 0 ? " and \(rest) more" : "") + ".")
    }
    for term in inference.terms where term.hasFatTails {
      notes.append(
        "Fat tails: \(displayText(schema.features[term.feature].name)) has a value "
          + "\(Numbers.fixed(term.largestDeviation, 0)) std. deviations out, kurtosis "
          + "\(Numbers.fixed(term.kurtosis, 0)): single rows pull at its ratio.")
    }
    for feature in inference.separatingFeatures {
      notes.append(
        "\(displayText(schema.features[feature].name)) alone tells the outcomes apart: its ratio is "
          + "as large as the penalty lets it be.")
    }
    return notes
  }

  // MARK: Numbers

  /// As many decimals as show two digits of half the interval, 2 to 6.
  private static func decimals(_ ratio: LogisticInference.Ratio) -> Int {
    let width = (ratio.high - ratio.low) / 2
    var decimals = 2
    var unit = 0.1
    while decimals < 6, width < unit {
      decimals += 1
      unit /= 10
    }
    return decimals
  }

  private static func ratio(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "∞" }
    return value < 1e-4 || value >= 1e5
      ? Numbers.scientific(value, 2) : Numbers.fixed(value, decimals)
  }

  private static func p(_ value: Double) -> String {
    value < 1e-99
      ? "< 1e-99" : value < 1e-4 ? Numbers.scientific(value, 1) : Numbers.fixed(value, 4)
  }

  private static func inflation(_ value: Double?) -> String {
    guard let value else { return "-" }
    return value.isFinite ? Numbers.fixed(value, value < 100 ? 1 : 0) : "∞"
  }
}

extension LogisticInference {
  /// A line's name, as people read it.
  package func name(of subject: Subject, ofFeature feature: Int, in schema: ModelSchema) -> String {
    let feature = schema.features[feature]
    let name = displayText(feature.name)
    return switch subject {
    case .intercept: "(intercept)"
    case .quantity: name
    case .level(let code): "\(name) = \(displayText(feature.levelName(code)))"
    case .missing: "\(name) missing"
    }
  }
}
