import Diagnostics
import Evaluation
import Learning
import Reporting

/// What is asked of judged rows beyond the figures: parts of the customers, money, and a cut.
public struct EvaluationQuestions: Sendable {
  /// Where scores are cut in two.
  public enum OperatingPoint: Sendable, Equatable {
    /// From a probability on.
    case threshold(Double)
    /// The riskiest share of the rows.
    case top(Double)
  }

  /// Columns whose levels are judged one by one.
  public var segments: [String] = []
  /// How much a level must have.
  public var minimum = SegmentEvaluation.Minimum()
  /// The column of the money that each row stands for; `nil` for the recurring revenue of histories.
  public var moneyColumn: String?
  /// What contacting customers costs and brings; `nil` for no profit.
  ///
  /// Where a saved customer has no value of its own, it is worth twelve times its row's money.
  public var plan: ContactPlan?
  /// Where scores are cut; `nil` for nowhere.
  public var operatingPoint: OperatingPoint?

  /// No questions.
  public init() {}
}

/// What judged rows answer to questions.
public struct EvaluationAnswers: Sendable {
  /// One for each column asked for.
  public var segments: [SegmentEvaluation] = []
  /// The share of lost money that the riskiest rows hold; `nil` where rows have no money.
  public var money: MoneyCapture?
  /// What contacting the riskiest first would have brought; `nil` where nobody asked.
  public var profit: ProfitCurve?
  /// Who is called and who leaves; `nil` where nobody asked.
  public var confusion: Confusion?
  /// Where scores were cut for it.
  public var operatingPoint: EvaluationQuestions.OperatingPoint?

  /// Nothing.
  init() {}

  /// Answers questions.
  ///
  /// - Parameters:
  ///   - source: Columns that may be asked for.
  ///   - positions: The row of `source` of each judged row.
  /// - Throws: `schema.missing_column` for a column that is not there; `usage` for money in words, or
  ///   where profit needs money and there is none.
  init(
    _ questions: EvaluationQuestions, rows judged: JudgedRows, columns source: any ColumnSource,
    positions: [Int], bootstrap: Bootstrap, threads: Int
  ) throws(Diagnostic) {
    func column(_ name: String) throws(Diagnostic) -> (Feature, FeatureColumn) {
      guard let index = source.features.firstIndex(where: { $0.name == name }) else {
        throw Diagnostic(
          .schemaMissingColumn, "there is no column '\(displayText(name))' among those looked at",
          hint: nearestName(to: name, among: source.features.map(\.name))
            .map { "did you mean '\(displayText($0))'?" })
      }
      return (source.features[index], try source.column(index).selecting(positions))
    }
    for name in questions.segments {
      let (feature, values) = try column(name)
      segments.append(
        SegmentEvaluation(
          column: name, levels: Self.levels(of: values, feature),
          probabilities: judged.probabilities, labels: judged.labels, weights: judged.weights,
          groups: judged.groups, minimum: questions.minimum, bootstrap: bootstrap,
          threads: threads))
    }
    var amounts = judged.money
    if let name = questions.moneyColumn {
      guard case .number(let values) = try column(name).1 else {
        throw Diagnostic(.usage, "--money names '\(displayText(name))', which is no number")
      }
      amounts = values
    }
    // What is not known cannot be caught; credits are no revenue.
    let money = amounts.map { $0.map { $0 > 0 && $0.isFinite ? $0 : 0 } }
    self.money = money.flatMap {
      MoneyCapture(
        scores: judged.probabilities, labels: judged.labels, money: $0, weights: judged.weights,
        groups: judged.groups, bootstrap: bootstrap, threads: threads)
    }
    if let plan = questions.plan {
      guard plan.valuePerSaved > 0 || money != nil else {
        throw Diagnostic(
          .usage, "what a saved customer is worth is not known",
          hint: "give --save-value, or --money with a column of monthly revenue")
      }
      profit = ProfitCurve(
        scores: judged.probabilities, labels: judged.labels, plan: plan,
        money: plan.valuePerSaved > 0 ? nil : money.map { $0.map { $0 * 12 } },
        weights: judged.weights)
    }
    operatingPoint = questions.operatingPoint
    confusion = questions.operatingPoint.flatMap { point in
      switch point {
      case .threshold(let least):
        Confusion(
          scores: judged.probabilities, labels: judged.labels, weights: judged.weights,
          atLeast: least)
      case .top(let share):
        Confusion(
          scores: judged.probabilities, labels: judged.labels, weights: judged.weights,
          topShare: share)
      }
    }
  }

  /// The levels of a column; a quantity of more than ten values is cut into quarters.
  static func levels(of column: FeatureColumn, _ feature: Feature) -> [String?] {
    switch column {
    case .category(let codes):
      return codes.map { $0 < 0 ? nil : feature.levelName($0) }
    case .number(let values):
      let sorted = values.filter { !$0.isNaN }.sorted()
      let distinct = Set(sorted)
      if feature.kind == .boolean { return values.map { $0.isNaN ? nil : $0 == 1 ? "yes" : "no" } }
      if distinct.count <= 10 { return values.map { $0.isNaN ? nil : Numbers.quantity($0) } }
      let edges = Array(Set((1...3).map { sorted[$0 * sorted.count / 4] })).sorted()
      return values.map { value in
        guard !value.isNaN else { return nil }
        let part = edges.count { $0 <= value }
        if part == 0 { return "under \(Numbers.quantity(edges[0]))" }
        if part == edges.count { return "\(Numbers.quantity(edges[part - 1])) or more" }
        return "\(Numbers.quantity(edges[part - 1])) to under \(Numbers.quantity(edges[part]))"
      }
    }
  }
}

extension EvaluationAnswers {
  /// The answers for a terminal; empty where there are none.
  var text: String {
    (segments.map { "\n" + Self.text($0) } + [money.map { "\n" + Self.text($0) } ?? ""]
      + [profit.map { "\n" + Self.text($0) } ?? ""]
      + [confusion.map { "\n" + text($0) } ?? ""]).joined()
  }

  private static func text(_ evaluation: SegmentEvaluation) -> String {
    var lines = AlignedTable(
      [.left, .right, .right, .right, .right, .right, .right],
      header: [
        evaluation.column, "rows", "positive", "predicted", "ROC AUC", "95 % interval", "log loss",
      ])
    func add(_ title: String, _ summary: EvaluationSummary) {
      let interval = summary.interval(of: .rocAUC)
      lines.add(
        title, Numbers.count(summary.rows), Numbers.percent(summary.baseRate),
        Numbers.percent(summary.meanProbability), Metric.rocAUC.text(summary.rocAUC),
        interval.map { "\(Metric.rocAUC.text($0.low)) to \(Metric.rocAUC.text($0.high))" } ?? "-",
        Metric.logLoss.text(summary.logLoss))
    }
    for segment in evaluation.segments {
      add(segment.level.map { displayText($0) } ?? "(missing)", segment.summary)
    }
    if let others = evaluation.others { add("(the small ones)", others) }
    let small = evaluation.tooSmall.prefix(8).map {
      "\($0.level.map { displayText($0) } ?? "(missing)") (\(Numbers.count($0.rows)), "
        + "\(Numbers.count($0.positives)) positive)"
    }
    let rest = evaluation.tooSmall.count > 8 ? ", ..." : ""
    return "Customers by \(displayText(evaluation.column))\n" + lines.text
      + (small.isEmpty
        ? "" : "Too few for figures of their own: \(small.joined(separator: ", "))\(rest)\n")
  }

  private static func text(_ capture: MoneyCapture) -> String {
    var lines = AlignedTable(
      [.right, .right, .right, .right, .right],
      header: ["top", "lost money in it", "of all that was lost", "95 % interval", "lift"])
    for row in capture.rows {
      let interval =
        row.low.flatMap { low in
          row.high.map { "\(Numbers.percent(low)) to \(Numbers.percent($0))" }
        } ?? "-"
      lines.add(
        Numbers.percent(row.share, 0), Self.amount(row.money),
        Numbers.percent(row.captured), interval, Metric.liftAt10.text(row.lift))
    }
    return "Money of the customers with the outcome, the riskiest first\n" + lines.text
  }

  private static func text(_ curve: ProfitCurve) -> String {
    var lines = AlignedTable(
      [.right, .right, .right, .right], header: ["contacted", "customers", "cost", "profit"])
    for point in curve.points {
      lines.add(
        Numbers.percent(point.share, 0), Numbers.count(Int(point.contacts.rounded())),
        Self.amount(point.cost), Self.amount(point.profit))
    }
    let best = curve.best
    return "Profit of contacting the riskiest first\n" + lines.text
      + (best.contacts > 0
        ? "Best: \(Numbers.percent(best.share)) of customers, from a probability of "
          + "\(Numbers.fixed(best.lowestScore, 4)) on, bring \(Self.amount(best.profit)).\n"
        : "No contact pays at these costs.\n")
  }

  /// An amount without its cents.
  private static func amount(_ value: Double) -> String {
    value.magnitude < 1e15 ? Numbers.count(Int(value.rounded())) : "\(value)"
  }

  private func text(_ confusion: Confusion) -> String {
    let cut =
      switch operatingPoint {
      case .threshold(let least)?: "from a probability of \(Numbers.quantity(least)) on"
      case .top(let share)?: "the riskiest \(Numbers.percent(share))"
      case nil: ""
      }
    var lines = AlignedTable([.left, .right, .right], header: ["", "outcome", "none"])
    func count(_ value: Double) -> String { Numbers.count(Int(value.rounded())) }
    lines.add("called", count(confusion.truePositives), count(confusion.falsePositives))
    lines.add("not called", count(confusion.falseNegatives), count(confusion.trueNegatives))
    return "Called: \(cut)\n" + lines.text
      + "Of those called \(Numbers.percent(confusion.precision)) are right (precision); of those "
      + "with the outcome \(Numbers.percent(confusion.recall)) are called (recall); F1 "
      + "\(Numbers.fixed(confusion.f1, 3)), MCC \(Numbers.fixed(confusion.matthewsCorrelation, 3)).\n"
  }
}

/// The answers in JSON: `segments`, `money`, `profit`, `operating_point`, each where there is one.
struct EvaluationAnswersJSON: Encodable {
  let answers: EvaluationAnswers

  private enum CodingKeys: CodingKey { case segments, money, profit, operatingPoint }

  private struct SegmentJSON: Encodable {
    let level: String?
    let figures: EvaluationJSON

    private enum CodingKeys: CodingKey { case level }

    func encode(to encoder: any Encoder) throws {
      try figures.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(level, forKey: .level)
    }
  }

  private struct ColumnJSON: Encodable {
    let column: String
    let segments: [SegmentJSON]
    let tooSmall: [SegmentEvaluation.SmallLevel]

    init(_ evaluation: SegmentEvaluation) {
      column = evaluation.column
      segments = evaluation.segments.map {
        SegmentJSON(
          level: $0.level, figures: EvaluationJSON($0.summary, isTrainingTable: false))
      }
      tooSmall = evaluation.tooSmall
    }
  }

  private struct CutJSON: Encodable {
    let threshold: Double?
    let top: Double?
    let truePositives: Double
    let falsePositives: Double
    let trueNegatives: Double
    let falseNegatives: Double
    let precision: Double?
    let recall: Double?
    let specificity: Double?
    let f1: Double?
    let mcc: Double?

    init(_ confusion: Confusion, _ point: EvaluationQuestions.OperatingPoint?) {
      if case .threshold(let least)? = point { threshold = least } else { threshold = nil }
      if case .top(let share)? = point { top = share } else { top = nil }
      truePositives = confusion.truePositives
      falsePositives = confusion.falsePositives
      trueNegatives = confusion.trueNegatives
      falseNegatives = confusion.falseNegatives
      precision = confusion.precision
      recall = confusion.recall
      specificity = confusion.specificity
      f1 = confusion.f1
      mcc = confusion.matthewsCorrelation
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if !answers.segments.isEmpty {
      try container.encode(answers.segments.map(ColumnJSON.init), forKey: .segments)
    }
    try container.encodeIfPresent(answers.money, forKey: .money)
    try container.encodeIfPresent(answers.profit, forKey: .profit)
    try container.encodeIfPresent(
      answers.confusion.map { CutJSON($0, answers.operatingPoint) }, forKey: .operatingPoint)
  }
}
