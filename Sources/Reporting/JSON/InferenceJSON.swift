import Learning
import LogisticRegression
import Scoring

/// Coefficients, odds ratios and tests of a logistic regression, as
/// `retain explain --coefficients --json` prints them.
public struct InferenceJSON: Encodable {
  private let penalty: String
  private let rows: Int
  private let groups: Nullable
  private let parameters: Int
  private let deviance: Double
  private let nullDeviance: Double
  private let aic: Nullable
  private let mcfaddenR2: Nullable
  private let test: TestJSON?
  private let intercept: EffectJSON
  private let terms: [TermJSON]
  private let correlatedColumns: [[String]]
  private let separatingFeatures: [String]

  /// Takes over the inference of a model; `nil` where it has none.
  public init?(_ model: RetentionModel) {
    guard case .logistic(let fitted) = model.learner, let inference = fitted.inference else {
      return nil
    }
    let features = model.schema.features
    penalty = "\(inference.penalty)"
    rows = inference.rowCount
    groups = Nullable(inference.groupCount.map(Double.init))
    parameters = inference.parameterCount
    deviance = inference.deviance
    nullDeviance = inference.nullDeviance
    aic = Nullable(inference.aic)
    mcfaddenR2 = Nullable(inference.mcFaddenR2)
    test = inference.test.map(TestJSON.init)
    intercept = EffectJSON(inference.intercept, nil)
    terms = inference.terms.map { TermJSON($0, features[$0.feature]) }
    correlatedColumns = inference.correlatedColumns.map { columns in
      columns.map {
        inference.name(of: $0.subject, ofFeature: $0.feature, in: model.schema)
      }
    }
    separatingFeatures = inference.separatingFeatures.map { features[$0].name }
  }

  private struct TestJSON: Encodable {
    let statistic: Double
    let degreesOfFreedom: Int
    let p: Nullable

    init(_ test: LogisticInference.Test) {
      statistic = test.statistic
      degreesOfFreedom = test.degreesOfFreedom
      p = Nullable(test.p)
    }
  }

  private struct TermJSON: Encodable {
    let feature: String
    let reference: String?
    let test: TestJSON?
    let columns: Int
    let varianceInflation: Nullable
    let inflationPerColumn: Nullable
    let isCollinear: Bool
    let largestDeviation: Nullable
    let kurtosis: Nullable
    let hasFatTails: Bool
    let effects: [EffectJSON]

    init(_ term: LogisticInference.Term, _ feature: Feature) {
      self.feature = feature.name
      reference = term.reference.map(feature.levelName)
      test = term.test.map(TestJSON.init)
      columns = term.columnCount
      varianceInflation = Nullable(term.varianceInflation)
      inflationPerColumn = Nullable(term.inflationPerColumn)
      isCollinear = term.varianceInflation == .infinity
      largestDeviation = Nullable(term.largestDeviation)
      kurtosis = Nullable(term.kurtosis)
      hasFatTails = term.hasFatTails
      effects = term.effects.map { EffectJSON($0, feature) }
    }
  }

  private struct EffectJSON: Encodable {
    let subject: String
    let level: String?
    let estimate: Double
    let isEstimable: Bool
    let stdError: Nullable
    let clusteredStdError: Nullable
    let z: Nullable
    let p: Nullable
    let low: Nullable
    let high: Nullable
    let oddsRatio: RatioJSON?
    let stdDeviation: Double?
    let oddsRatioPerStdDeviation: RatioJSON?

    init(_ effect: LogisticInference.Effect, _ feature: Feature?) {
      switch effect.subject {
      case .intercept: (subject, level) = ("intercept", nil)
      case .quantity: (subject, level) = ("quantity", nil)
      case .level(let code): (subject, level) = ("level", feature?.levelName(code))
      case .missing: (subject, level) = ("missing", nil)
      }
      estimate = effect.estimate
      isEstimable = effect.isEstimable
      stdError = Nullable(effect.standardError)
      clusteredStdError = Nullable(effect.clusteredError)
      let known = effect.isEstimable ? effect : nil
      z = Nullable(known?.z)
      p = Nullable(known?.p)
      let margin = PortableMath.normal95 * effect.error
      low = Nullable(effect.estimate - margin)
      high = Nullable(effect.estimate + margin)
      // The odds of the reference row are no ratio.
      oddsRatio = effect.subject == .intercept ? nil : known.map { RatioJSON($0.oddsRatio) }
      stdDeviation = effect.deviation
      oddsRatioPerStdDeviation = known?.oddsRatioPerDeviation.map(RatioJSON.init)
    }
  }

  private struct RatioJSON: Encodable {
    let value: Nullable
    let low: Nullable
    let high: Nullable

    init(_ ratio: LogisticInference.Ratio) {
      value = Nullable(ratio.value)
      low = Nullable(ratio.low)
      high = Nullable(ratio.high)
    }
  }
}
