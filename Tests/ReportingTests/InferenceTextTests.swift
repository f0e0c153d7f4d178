import Calibration
import Learning
import LogisticRegression
import Reporting
import Scoring
import Testing

@Suite struct InferenceTextTests {
  /// A model of a quantity, a yes/no and a category, called `name` wherever a model has a text.
  private func model(
    named name: String, _ change: (inout LogisticInference) -> Void = { _ in }
  ) -> RetentionModel {
    var inference = LogisticInference(
      penalty: .none, intercept: .init(subject: .intercept, estimate: 0, standardError: 0.5),
      terms: [
        .init(
          feature: 0,
          effects: [
            .init(subject: .quantity, estimate: 0.001, standardError: 0.0002, deviation: 500),
            .init(subject: .missing, estimate: -2, standardError: .infinity),
          ], test: .init(statistic: 25, degreesOfFreedom: 1), varianceInflation: 1.25,
          columnCount: 1, largestDeviation: 12.4, kurtosis: 40),
        .init(
          feature: 1,
          effects: [
            .init(subject: .quantity, estimate: -0.5, standardError: 0.25, deviation: 0.4)
          ], varianceInflation: .infinity, columnCount: 1),
        .init(
          feature: 2,
          effects: [
            .init(subject: .level(1), estimate: 1, standardError: 0.25, clusteredError: 0.5)
          ], reference: 0, test: .init(statistic: 4, degreesOfFreedom: 1), varianceInflation: 4,
          columnCount: 2),
      ],
      deviance: 80, nullDeviance: 100, parameterCount: 4, rowCount: 7043, groupCount: nil,
      correlatedColumns: [
        [.init(feature: 0, subject: .missing), .init(feature: 2, subject: .level(1))]
      ], separatingFeatures: [1])
    change(&inference)
    let one = Coefficient(value: 0.5, standardError: 0.25)
    return RetentionModel(
      schema: ModelSchema(
        features: [
          Feature(name: "\(name) 1", kind: .number), Feature(name: "\(name) 2", kind: .boolean),
          Feature(name: "\(name) 3", kind: .category(levels: ["base", name])),
        ], idColumn: nil,
        target: ModelSchema.Target(column: "churned", positive: "yes", negative: "no")),
      learner: .logistic(
        LogisticModel(
          intercept: one,
          terms: (0..<3).map { _ in LogisticTerm(form: .constant, missing: nil, mean: 0) },
          convergence: Convergence(
            iterationCount: 6, gradientNorm: 0, isConverged: true, addedRidge: 0),
          inference: inference)),
      calibrator: .identity, bands: ScoreBands(elevated: 0.25, high: 0.5),
      summary: TrainingSummary(
        release: "0", learner: "logistic", rowCount: 7043, positiveCount: 1869, fingerprint: 1,
        parameters: [], validation: nil, contest: [], importances: [], excludedColumns: [],
        warnings: []))
  }

  private func words(_ text: String?) -> String {
    (text ?? "").split(whereSeparator: { $0 == " " || $0 == "\n" }).joined(separator: " ")
  }

  @Test func `effects have ratios per unit, intervals, tests and bars, and notes what they need`() {
    let text = words(model(named: "plan").inferenceText)
    for line in [
      "Odds ratios of churned = yes, 7,043 rows",
      "per odds ratio 95 % interval per std. dev. p LR p VIF effect",
      // exp(0.001), exp(0.001 -/+ 1.96 * 0.0002), exp(0.5).
      "plan 1 1 (std. dev. 500) 1.00100 1.00061 to 1.00139 1.65 6e-7 6e-7 1.3 + ████████",
      "plan 1 missing against its mean - not estimable -",
      "plan 2 yes against no 0.61 0.37 to 0.99 0.0455 - ∞ - ███",
      // By the clustered error; the root of an inflation of two columns.
      "plan 3 = plan against base 2.72 1.02 to 7.24 0.0455 0.0455 2.0 + ████████████████",
      "the chance is 50.0 %", "Model: likelihood ratio 20.0 on 3 df, p 0.0002; McFadden R2 0.200",
      "deviance 80.0 of 100.0, AIC 88.0", "take rows as independent", "Not estimable:",
      "Go together (|r| > 0.95): plan 1 missing, plan 3 = plan.",
      "Fat tails: plan 1 has a value 12 std. deviations out, kurtosis 40",
      "plan 2 alone tells the outcomes apart",
    ] {
      #expect(text.contains(line), "\(line) in \(text)")
    }
    #expect(!text.contains("approximate") && !text.contains("Firth's penalty"))
    let clustered = words(model(named: "a") { $0.groupCount = 40 }.inferenceText)
    #expect(clustered.contains("clustered by 40 groups of rows"))
    #expect(words(model(named: "a") { $0.penalty = .ridge }.inferenceText).contains("approximate"))
    #expect(
      words(model(named: "a") { $0.penalty = .firth }.inferenceText).contains("Firth's penalty"))
  }

  @Test func `a model without inference has no table`() {
    var plain = model(named: "a")
    guard case .logistic(var logistic) = plain.learner else { return }
    logistic.inference = nil
    plain.learner = .logistic(logistic)
    #expect(plain.inferenceText == nil)
    #expect(InferenceJSON(plain) == nil)
  }

  @Test(arguments: ["\u{1b}[2J", "\n", "\r", "\u{202e}", "\u{0}"])
  func `no text of a model reaches the terminal as it is`(mark: String) throws {
    let text = try #require(model(named: "a\(mark)z").inferenceText)
    #expect(!text.contains("a\(mark)z"))
    let plain = try #require(model(named: "az").inferenceText)
    #expect(text.count { $0 == "\n" } == plain.count { $0 == "\n" })
  }

  @Test func `JSON is written whatever numbers a model holds`() throws {
    let whole = try JSONText.of(InferenceJSON(model(named: "plan")))
    for key in [
      "\"std_error\" : null", "\"is_collinear\" : true", "\"mcfadden_r2\" : 0.1999",
      "\"clustered_std_error\" : 0.5", "\"degrees_of_freedom\" : 3", "\"reference\" : \"base\"",
      "\"penalty\" : \"none\"", "\"odds_ratio_per_std_deviation\"",
    ] {
      #expect(whole.contains(key), "\(key)")
    }
    let extreme = model(named: "plan") {
      $0.intercept.estimate = 1e289
      $0.terms[0].effects[0].estimate = -1e289
      $0.terms[0].effects[0].deviation = 1e289
      $0.terms[1].effects[0].standardError = 0
      $0.terms[1].effects[0].estimate = 0
      $0.nullDeviance = 0
      $0.deviance = 1e289
      $0.terms[2].test!.statistic = 1e289
    }
    _ = try JSONText.of(InferenceJSON(extreme))
    #expect(extreme.inferenceText != nil)
  }

  @Test func `a number with a power of ten keeps its digits`() {
    #expect(Numbers.scientific(2.346e-11, 1) == "2e-11")
    #expect(Numbers.scientific(2.346e-11, 3) == "2.35e-11")
    #expect(Numbers.scientific(9.99e5, 1) == "1e6")
    #expect(Numbers.scientific(1, 2) == "1.0e0")
    #expect(Numbers.scientific(0, 2) == "0")
    #expect(Numbers.scientific(.infinity, 2) == "-")
  }
}
