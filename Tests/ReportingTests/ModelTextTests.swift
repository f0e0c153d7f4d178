import Calibration
import Evaluation
import Explanation
import Learning
import LogisticRegression
import Reporting
import Scoring
import Testing

@Suite struct ModelTextTests {
  /// A model in which `name` stands wherever a model can hold a text.
  private func model(named name: String) -> RetentionModel {
    let one = Coefficient(value: 0.5, standardError: 0.25)
    return RetentionModel(
      schema: ModelSchema(
        features: [
          Feature(name: "\(name) 1", kind: .number),
          Feature(name: "\(name) 2", kind: .category(levels: [name, "b"], hasOther: true)),
        ],
        idColumn: name, target: ModelSchema.Target(column: name, positive: name, negative: name)),
      learner: .logistic(
        LogisticModel(
          intercept: one,
          terms: [
            LogisticTerm(
              form: .quantity(Standardization(center: 1, scale: 12.5), one), missing: one, mean: 0),
            LogisticTerm(form: .category([one, nil, one]), missing: nil, mean: 0),
          ],
          convergence: Convergence(
            iterationCount: 6, gradientNorm: 0, isConverged: true, addedRidge: 0))),
      calibrator: .platt(slope: 0.9, intercept: -0.125),
      bands: ScoreBands(elevated: 0.25, high: 0.5),
      summary: TrainingSummary(
        release: name, learner: "logistic", rowCount: 7043, positiveCount: 1869, fingerprint: 1,
        parameters: [.init(name, name)],
        validation: .init(
          foldCount: 5, rule: name, rowCount: 7043,
          metrics: [.init(metric: .rocAUC, value: 0.85, low: 0.84, high: 0.86)],
          baselineLogLoss: 0.5),
        contest: [.init(learner: name, logLoss: 0.4, rocAUC: 0.85)],
        importances: [Importance(feature: name, kind: .gain, value: 1, standardError: nil)],
        excludedColumns: [.init(name: name, reason: name)], warnings: [name]))
  }

  @Test func `a model is told in words`() {
    let text = model(named: "plan").text(id: "0123456789abcdef", byteCount: 2345)
    for line in [
      "model        0123456789abcdef, 2.3 kB, written by retain plan",
      "predicts     plan = plan (the alternative is plan)",
      "learner      logistic regression, 6 Newton steps, converged",
      "trained on   7,043 rows, 1,869 positive (26.5 %)",
      "calibration  Platt, log odds = 0.900 * score - 0.125",
      "bands        high from 50.0 %, elevated from 25.0 %",
      "Held-out figures, 5 folds (plan), 7,043 rows, 95 % intervals",
      "ROC AUC  0.8500  0.8400 to 0.8600", "2 columns read",
      "plan 1  numeric", "plan 2  categorical: plan, b, (other)",
      "std. deviation of 12.5", "plan 2 = plan", "plan 2 = (other)", "plan 1 missing",
      "warning: plan",
    ] {
      #expect(text.contains(line), "\(line)")
    }
    #expect(text.hasSuffix("\n"))
  }

  @Test func `each shape of a term is told in words`() {
    let one = Coefficient(value: 0.5, standardError: 0.25)
    let by = Standardization(center: 1, scale: 12.5)
    func text(_ number: LogisticTerm.Form, _ category: LogisticTerm.Form) -> String {
      var shaped = model(named: "plan")
      guard case .logistic(var logistic) = shaped.learner else { return "" }
      logistic.terms[0].form = number
      logistic.terms[1].form = category
      shaped.learner = .logistic(logistic)
      return shaped.text(id: "0", byteCount: 1)
    }
    let rare = Coefficient(value: -0.75, standardError: 0.125)
    let first = text(
      .curve(
        SplineCurve(
          spline: NaturalSpline(knots: [1, 2, 30])!, values: [one, rare, one])),
      .grouped([one, rare, nil], rare: rare))
    for line in [
      "plan 1 at 1 ", "plan 1 at 2 ", "plan 1 at 30 ", "curve, from its mean",
      "plan 2 = plan ", "plan 2 = (rare or unseen)",
    ] {
      #expect(first.contains(line), "\(line) in \(first)")
    }
    #expect(!first.contains("plan 2 = b"))
    let second = text(
      .mapped(.signedLog(unit: 4), by, one), .encoded([0.5, -0.5, 0], by, one))
    #expect(second.contains("std. deviation of 12.5 of log(1 + |value| / 4), with its sign"))
    #expect(second.contains("std. deviation of 12.5 of its levels' log odds"))
    let third = text(.mapped(.winsorized(low: -2, high: 30), by, one), .constant)
    #expect(third.contains("std. deviation of 12.5, cut to -2 ... 30"))
  }

  @Test(arguments: ["\u{1b}[2J", "\n", "\r", "\u{7}", "\u{202e}", "\u{200b}", "\u{0}", "\u{9b}1m"])
  func `no text of a model reaches the terminal as it is`(mark: String) {
    let hostile = "a\(mark)z"
    let text = model(named: hostile).text(id: "0", byteCount: 1)
    #expect(!text.contains(hostile))
    let plain = model(named: "az").text(id: "0", byteCount: 1)
    #expect(text.unicodeScalars.count { $0 == "\n" } == plain.unicodeScalars.count { $0 == "\n" })
    let scalars = text.unicodeScalars.filter { $0 != "\n" }
    #expect(!scalars.contains { scalar in mark.unicodeScalars.first == scalar })
  }

  @Test func `a model without validation says so`() {
    var unvalidated = model(named: "plan")
    unvalidated.summary.validation = nil
    #expect(unvalidated.text(id: "0", byteCount: 1).contains("Not validated"))
  }

  @Test func `a calibrator is told in words`() {
    #expect(Calibrator.identity.text == "none")
    #expect(
      Calibrator.platt(slope: 1, intercept: 0.5).text == "Platt, log odds = 1.000 * score + 0.500")
    #expect(
      Calibrator.isotonic(knots: [.init(score: 0, probability: 0.5)]).text == "isotonic, 1 knot")
    #expect(Calibrator.beta(a: 1, b: 2, c: -0.5).text == "beta, a 1.000, b 2.000, c -0.500")
  }

  @Test func `importances have bars in proportion, and the rest is counted`() {
    let importances = (1...5).reversed().map {
      Importance(feature: "f\($0)", kind: .shap, value: Double($0) / 10, standardError: 0.01)
    }
    let text = importanceText(importances, limit: 3)
    let lines = text.split(separator: "\n")
    #expect(lines[0] == "Mean size of the column's contribution to held-out scores, in log odds")
    #expect(lines[1].contains("f5  0.5000  ± 0.0100  "))
    #expect(lines[1].count { $0 == "█" } == 24)
    #expect(lines[3].count { $0 == "█" } == 14)
    #expect(lines[4] == "  ... and 2 more")
    #expect(importanceText([]).isEmpty)
    #expect(importanceText(importances, limit: 3, hint: ": --all").hasSuffix("2 more: --all\n"))
  }

  @Test func `groups are told with their members, and noise is called so`() {
    let text = importanceText([
      Importance(
        feature: "use", kind: .group, value: 0.2, standardError: 0.05,
        interval: Importance.Interval(low: 0.1, high: 0.3),
        members: [
          Importance.Member(feature: "use", share: 0.75),
          Importance.Member(feature: "events", share: 0.25),
        ]),
      Importance(
        feature: "luck", kind: .group, value: 0.01, standardError: 0.02,
        interval: Importance.Interval(low: -0.03, high: 0.05)),
    ])
    #expect(
      text == """
        Fall in held-out ROC AUC when columns that go together are shuffled together (95 % interval)
          use + 1  0.2000  0.1000 to 0.3000   ████████████████████████
          luck     0.0100  -0.0300 to 0.0500  no more than noise
        What goes together, and each one's share of the contributions to the score:
          use 75 %, events 25 %

        """)
  }
}
