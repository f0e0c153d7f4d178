import Evaluation
import HTMLReport
import Reporting

extension ReportMaterial {
  /// The top of the page: verdict, figures and what to do, without sections.
  var leadPage: ReportPage {
    let (tone, headline) = verdict
    return ReportPage(
      title: words.title, subtitle: subtitle, tone: tone, headline: headline,
      findings: report.verdict.sentences, advice: advice, figures: figures,
      footer:
        "Model \(file.id), written by retain \(model.summary.release). The same model and the "
        + "same data give the same page.")
  }

  private var subtitle: String {
    let judged =
      switch judging {
      case .heldOutTable: "judged on a table that it has not learned from"
      case .trainingRows: "shown on the very rows that it has learned from"
      case .folds(let count):
        "judged by \(Numbers.count(count, "fold")), each row by a model that has not seen it"
      }
    return "\(model.summary.learner == "gbm" ? "Boosted trees" : "Logistic regression") for "
      + "\(words.outcome), \(judged)"
  }

  // MARK: - Verdict

  private var verdict: (ReportPage.Tone, String) {
    let verdict = report.verdict
    if judging == .trainingRows {
      return (
        .unsure, "These rows taught the model, so they cannot tell what it is worth on others."
      )
    }
    guard let area = summary.rocAUC, let lift = summary.liftAt10 else {
      return (.unsure, "All rows have one outcome: whether the model is right cannot be told.")
    }
    let found =
      "the \(words.most) tenth holds \(Numbers.fixed(lift, 1)) times as many \(words.hits) as chance "
      + "would put there"
    switch (verdict.beatsBaseline, verdict.isCalibrated, verdict.hasEnoughPositives) {
    case (true?, true?, true?):
      return (.good, "Worth using: \(found), and probabilities mean what they say.")
    case (true?, true?, _):
      return (
        .unsure,
        "Promising: \(found). There are too few outcomes yet to be sure of small differences."
      )
    case (true?, _, _):
      return (
        .unsure,
        "Good for ranking, not yet for probabilities: \(found), but probabilities are off."
      )
    case (false?, _, _) where area > 0.5 && (summary.interval(of: .rocAUC)?.low ?? 0) > 0.5:
      return (
        .bad,
        "Hardly better than a simple rule: \(found), but probabilities are no better than "
          + (report.comparisons.first { $0.kind == verdict.bestBaseline }
            .map { "those of \($0.title)." } ?? "a simple rule.")
      )
    case (false?, _, _):
      return (.bad, "Not worth using: the model is no better than a simple rule.")
    case (nil, _, _):
      return (.unsure, "Too few rows to tell whether the model beats a simple rule.")
    }
  }

  private var advice: [String] {
    let verdict = report.verdict
    var advice: [String] = []
    if judging == .trainingRows {
      advice.append(
        "Make this report again on rows that the model has not learned from, or with --cv 5.")
      return advice
    }
    if let tenth = summary.gains.first, let capture = tenth.capture, verdict.beatsBaseline != false
    {
      var line =
        "\(words.contact): the \(words.most) tenth holds \(Numbers.percent(capture, 0)) of "
        + words.hits
      if let money = report.answers.money?.rows.first(where: { $0.share == 0.1 }) {
        line += " and \(Numbers.percent(money.captured, 0)) of their revenue"
      }
      advice.append(line + ".")
    }
    if verdict.isCalibrated == false {
      advice.append(
        "Go by the order of the accounts and not by the probabilities, and train again on newer "
          + "rows.")
    }
    if verdict.beatsBaseline == false {
      advice.append(
        "Do not act on this model alone: bring more history or better columns, and train again.")
    } else if verdict.hasEnoughPositives == false {
      advice.append("Make this report again when more outcomes are known; it tells more with each.")
    }
    if verdict.boostingBeatsLogistic == false, model.summary.learner == "gbm" {
      advice.append(
        "Try --learner logistic: on these rows it does as well, and is easier to explain.")
    }
    let changeable = strongestChangeable
    if !changeable.isEmpty {
      advice.append(
        "Begin with what can be changed. What counts most of that: "
          + changeable.joined(separator: "; ") + ".")
    }
    return advice
  }

  /// What the model relies on most and a team can change, in words.
  private var strongestChangeable: [String] {
    guard let kind = model.summary.importances.first?.kind else { return [] }
    return model.summary.importances.filter { $0.kind == kind && $0.value > 0 }
      .compactMap { definitions[$0.feature] }.filter(\.isActionable).prefix(3).map(\.sentence)
  }

  // MARK: - Figures

  private var figures: [ReportPage.KeyFigure] {
    typealias Figure = ReportPage.KeyFigure
    func figure(_ metric: Metric, _ note: String) -> Figure? {
      guard let value = summary[metric] else { return nil }
      return Figure(
        name: capitalised(metric.title), value: metric.shortText(value),
        interval: summary.interval(of: metric).map {
          "\(metric.shortText($0.low)) to \(metric.shortText($0.high))"
        }, note: note)
    }
    var figures = [
      Figure(
        name: definitions.isEmpty ? "Accounts judged" : "Account-days judged",
        value: Numbers.count(summary.rows),
        note: "\(Numbers.count(summary.positives)) of them with the outcome"),
      Figure(
        name: "Base rate", value: Numbers.percent(summary.baseRate),
        note: "what a guess without a model would say"),
    ]
    figures += [
      figure(.rocAUC, "0.5 is chance, 1 is perfect"),
      figure(
        .averagePrecision,
        "chance has \(Metric.averagePrecision.shortText(summary.baseRate ?? .nan))"),
      figure(.liftAt10, "times the base rate in the \(words.most) tenth"),
      figure(
        .logLoss,
        summary.baseline.map {
          "less is better; the base rate has \(Metric.logLoss.shortText($0.logLoss))"
        }
          ?? "less is better"),
      figure(
        .expectedCalibrationError,
        summary.calibrationLine?.slope.map {
          "mean distance of predicted and observed; slope \(Numbers.fixed($0.value, 2)), 1 is best"
        } ?? "mean distance of predicted and observed"),
    ].compactMap(\.self)
    if let accounts, accounts.rows.contains(where: { $0.money > 0 }) {
      let total = accounts.rows.reduce(0) { $0 + ($1.money > 0 ? $1.expected : 0) }
      figures.append(
        Figure(
          name: words.expected.prefix(1).uppercased() + words.expected.dropFirst(),
          value: Self.amount(total),
          note: "a month, of \(Numbers.count(accounts.rows.count, "account"))"
            + (accounts.asOf.map { " as of \($0)" } ?? "")))
    }
    return figures
  }

  /// An amount without its cents.
  static func amount(_ value: Double) -> String {
    value.magnitude < 1e15 ? Numbers.count(Int(value.rounded())) : "\(value)"
  }
}

extension Metric {
  /// The value with as many decimals as a card has room for.
  fileprivate func shortText(_ value: Double) -> String {
    switch self {
    case .liftAt10: Numbers.fixed(value, 2) + " x"
    case .logLoss, .brierScore, .expectedCalibrationError: Numbers.fixed(value, 4)
    case .rocAUC, .averagePrecision: Numbers.fixed(value, 3)
    }
  }
}
