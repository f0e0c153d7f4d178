import Configuration
import Diagnostics
import Evaluation
import Reporting

extension Backtest {
  /// The tables for a terminal, each with a line that says what it shows.
  public var text: String {
    var parts = [head, leadTime.text(target)]
    if let contractMonths { parts.append(contractMonths.text(target)) }
    parts.append(stability.text)
    if let ablation { parts.append(ablation.text) }
    return parts.joined(separator: "\n")
  }

  private var head: String {
    var table = AlignedTable([.left, .right], header: ["models of", "rows known by then"])
    for (cutoff, count) in zip(cutoffs, knownRowCounts) {
      table.add("\(cutoff)", Numbers.count(count))
    }
    return
      "Looking back: every account is scored by models of the past of the day, fitted without it\n"
      + "(in each of \(partCount) parts of the accounts, one that learned from the others)\n"
      + table.text
  }
}

extension TargetName {
  /// What accounts did, in one word.
  var pastTense: String {
    switch self {
    case .churn: "churned"
    case .contraction: "contracted"
    case .expansion: "expanded"
    }
  }
}

extension LeadTime {
  /// Who is flagged, in words.
  var ruleText: String {
    switch rule {
    case .top(let share):
      "among the riskiest \(Numbers.percent(share, share < 0.01 ? 1 : 0)) of the day"
    case .probability(let least): "of probability \(Numbers.fixed(least, 3)) or more"
    }
  }

  /// The tables, and what they show.
  func text(_ target: TargetName) -> String {
    var text = "Lead time: of what \(target.pastTense), the share that was flagged so long before\n"
    text += "flagged: \(ruleText)\n"
    guard outcomeCount > 0, let first = days.first else {
      return text + "none \(target.pastTense) at least 13 weeks after "
        + "\(days.first.map { "\($0)" } ?? "the first models"): nothing to be judged\n"
    }
    text +=
      "\(Numbers.count(outcomeCount, "account")) \(target.pastTense) from \(first + Self.weekDays[0])"
      + (mrr > 0 ? ", with \(Numbers.count(Int(mrr.rounded()))) a month" : "")
      + (tooEarlyCount > 0 ? "; \(tooEarlyCount) before, too early to be judged" : "") + "\n"
    text += milestoneTable(target, hasMRR: mrr > 0) + reading(target) + "\n"
    text += "Week by week\n" + weekTable(target, hasMRR: mrr > 0)
    var columns: [String] = []
    for segment in segments where !columns.contains(segment.column) {
      columns.append(segment.column)
    }
    for column in columns {
      text +=
        "\nBy \(displayText(column)), the share of the \(mrr > 0 ? "MRR" : "accounts") that was flagged\n"
      text += segmentTable(segments.filter { $0.column == column }, target, hasMRR: mrr > 0)
    }
    return text
  }

  private static func shareText(_ share: Share?) -> String { Numbers.percent(share?.value) }

  private static func intervalText(_ share: Share?) -> String {
    guard let low = share?.low, let high = share?.high else { return "-" }
    return "\(Numbers.fixed(low * 100, 1)) to \(Numbers.percent(high))"
  }

  private func milestoneTable(_ target: TargetName, hasMRR: Bool) -> String {
    let money: [AlignedTable.Alignment] = hasMRR ? [.right, .right, .right] : []
    var table = AlignedTable(
      [.right] + money + [.right, .right, .right, .right],
      header: ["days before"]
        + (hasMRR ? ["MRR that \(target.pastTense)", "95 % interval", "all MRR"] : [])
        + ["accounts that did", "95 % interval", "all accounts", "not yet customers"])
    for row in milestones {
      let money =
        hasMRR
        ? [
          Self.shareText(row.shareOfMRR), Self.intervalText(row.shareOfMRR),
          Numbers.percent(row.shareOfAllMRR),
        ] : []
      table.add(
        ["\(row.days)"] + money + [
          Self.shareText(row.shareOfAccounts), Self.intervalText(row.shareOfAccounts),
          Numbers.percent(row.shareOfAllAccounts), Numbers.count(row.unscoredCount),
        ])
    }
    return table.text
  }

  private func weekTable(_ target: TargetName, hasMRR: Bool) -> String {
    var table = AlignedTable(
      [.right, .right, .right, .left],
      header: [
        "weeks before", "\(hasMRR ? "MRR" : "accounts") that \(target.pastTense)",
        hasMRR ? "flagged by then" : "", "",
      ])
    for row in weeks {
      let share = hasMRR ? row.shareOfMRR : row.shareOfAccounts
      table.add(
        "\(row.days / 7)", Self.shareText(share),
        hasMRR ? Numbers.percent(row.everShareOfMRR) : "", bar(share?.value ?? 0, of: 1))
    }
    return table.text
  }

  private func segmentTable(_ segments: [Segment], _ target: TargetName, hasMRR: Bool) -> String {
    var table = AlignedTable(
      [.left, .right, .right] + Self.milestoneDays.map { _ in .right },
      header: ["", target.pastTense, "MRR"] + Self.milestoneDays.map { "\($0) days" })
    for segment in segments {
      let shares =
        segment.rows.isEmpty
        ? Self.milestoneDays.map { _ in "too few" }
        : segment.rows.map { Self.shareText(hasMRR ? $0.shareOfMRR : $0.shareOfAccounts) }
      table.add(
        [
          segment.level.map(displayText) ?? "(unknown)", Numbers.count(segment.outcomeCount),
          hasMRR ? Numbers.count(Int(segment.mrr.rounded())) : "-",
        ] + shares)
    }
    return table.text
  }

  /// What the milestones show, in a sentence.
  func reading(_ target: TargetName) -> String {
    func share(_ row: Row) -> Share? { mrr > 0 ? row.shareOfMRR : row.shareOfAccounts }
    func chance(_ row: Row) -> Double? { mrr > 0 ? row.shareOfAllMRR : row.shareOfAllAccounts }
    let what =
      mrr > 0 ? "the MRR that \(target.pastTense)" : "the accounts that \(target.pastTense)"
    guard milestones.contains(where: { share($0)?.low != nil }) else {
      return "fewer than \(Self.minimumOutcomes) outcomes: too few to tell\n"
    }
    let early = milestones.first { row in
      guard let low = share(row)?.low, let chance = chance(row) else { return false }
      return low > chance
    }
    guard let early, let found = share(early) else {
      return
        "at no time was more of \(what) flagged than of all the others: the scores give no warning\n"
    }
    return
      "\(early.days) days before, \(Numbers.percent(found.value, 0)) of \(what) was flagged, against "
      + "\(Numbers.percent(chance(early), 0)) of all"
      + (milestones.last.flatMap { last in
        last.days == early.days
          ? nil : share(last).map { "; \(last.days) days before, \(Numbers.percent($0.value, 0))" }
      } ?? "") + "\n"
  }
}

extension ContractMonths {
  /// The table, and what it shows.
  func text(_ target: TargetName) -> String {
    var text =
      "By age: what can be seen of who \(target.pastTense) by the end of month \(Self.lastMonth)\n"
    var table = AlignedTable(
      [.right, .right, .right, .right, .right, .right, .right],
      header: [
        "months", "accounts", target.pastTense, "ROC AUC", "95 % interval", "lift in top 10 %",
        "95 % interval",
      ])
    for row in rows {
      func interval(_ metric: Metric) -> String {
        row.summary?.interval(of: metric).map {
          "\(metric.text($0.low)) to \(metric.text($0.high))"
        } ?? (row.summary == nil ? "too few" : "-")
      }
      table.add(
        "\(row.month)", Numbers.count(row.count), Numbers.count(row.positiveCount),
        Metric.rocAUC.text(row.summary?.rocAUC), interval(.rocAUC),
        Metric.liftAt10.text(row.summary?.liftAt10), interval(.liftAt10))
    }
    text += table.text
    for row in rows {
      text += reading(row, target) + "\n"
    }
    let early = rows.map(\.tooEarlyCount).max() ?? 0
    let censored = rows.map(\.censoredCount).max() ?? 0
    if early + censored > 0 {
      text +=
        "not among them: up to \(early) accounts older than the first models, and \(censored) whose "
        + "month \(Self.lastMonth) is not over\n"
    }
    return text + "scores are of the next \(horizonDays) days\n"
  }

  private func reading(_ row: Row, _ target: TargetName) -> String {
    guard let summary = row.summary, let area = summary.rocAUC else {
      return "month \(row.month): too few to tell: \(row.positiveCount) of \(row.count) "
        + "\(target.pastTense), at least \(Self.minimumCount) of either outcome are needed"
    }
    guard let interval = summary.interval(of: .rocAUC), interval.low > 0.5, area > 0.5 else {
      return "month \(row.month): no more is seen than chance may show"
    }
    let caught = summary.gains.first?.capture
    return
      "month \(row.month): seen; the riskiest tenth holds \(Numbers.percent(caught, 0)) of those "
      + "who \(target.pastTense)"
  }
}

extension ScoreStability {
  /// The tables, and what they show.
  var text: String {
    var text = "Day by day\n"
    guard !days.isEmpty else {
      return text + "no as-of day with known outcomes has models before it\n"
    }
    var table = AlignedTable(
      [.left, .right, .right, .right, .right, .right, .right, .right],
      header: [
        isByMonth ? "month of" : "as of", "accounts", "positive", "predicted", "observed",
        "ROC AUC",
        "lift in top 10 %", "rank correlation",
      ])
    for day in days {
      table.add(
        "\(day.asOf)\(day.isFirstOfModels ? " *" : "")", Numbers.count(day.count),
        Numbers.count(day.positiveCount),
        Numbers.percent(day.meanProbability), Numbers.percent(day.observedRate),
        Metric.rocAUC.text(day.rocAUC), Metric.liftAt10.text(day.liftAt10),
        Numbers.fixed(day.correlationWithPrevious, 2))
    }
    text += table.text
    if days.contains(where: \.isFirstOfModels) {
      text +=
        "* the first with new models; rank correlation: of an account's score with the one before\n"
    }
    text += dayReading
    guard !features.isEmpty else { return text }
    text += "\nFall in ROC AUC when a column is shuffled, and its rank after each refit\n"
    var ranks = AlignedTable(
      [.left, .right] + cutoffs.map { _ in .right },
      header: ["", "mean fall"] + cutoffs.map { "\($0)" })
    for feature in features {
      ranks.add(
        [displayText(feature.feature), Numbers.fixed(feature.meanFall, 4)]
          + feature.ranks.map { "\($0)" })
    }
    return text + ranks.text + importanceReading
  }

  private var dayReading: String {
    let areas = days.compactMap { day in day.rocAUC.map { (day.asOf, $0) } }
    var parts: [String] = []
    if let low = areas.min(by: { $0.1 < $1.1 }), let high = areas.max(by: { $0.1 < $1.1 }),
      areas.count > 1
    {
      parts.append(
        "ROC AUC from \(Numbers.fixed(low.1, 3)) (\(low.0)) to \(Numbers.fixed(high.1, 3)) (\(high.0))"
      )
    }
    let count = days.reduce(0) { $0 + $1.count }
    let predicted = days.reduce(0) { $0 + $1.meanProbability * Double($1.count) }
    let observed = days.reduce(0) { $0 + $1.positiveCount }
    if count > 0, observed > 0 {
      parts.append(
        "\(Numbers.fixed(predicted, 0)) predicted for \(Numbers.count(observed)) that came")
    }
    let correlations = days.compactMap(\.correlationWithPrevious)
    if !correlations.isEmpty {
      parts.append(
        "ranks agree from one \(isByMonth ? "month" : "day") to the next by "
          + Numbers.fixed(correlations.reduce(0, +) / Double(correlations.count), 2))
    }
    return parts.isEmpty ? "" : parts.joined(separator: "; ") + "\n"
  }

  private var importanceReading: String {
    guard !keptOfTopTen.isEmpty else { return "one refit only: nothing to compare with\n" }
    let kept = keptOfTopTen.map { "\($0)" }.joined(separator: ", ")
    let known = importanceCorrelations.compactMap(\.self)
    return "of the ten largest falls after one refit, among the ten after the next: \(kept)"
      + (known.isEmpty
        ? "" : "; all ranks agree by \(known.map { Numbers.fixed($0, 2) }.joined(separator: ", "))")
      + "\n"
  }
}

extension FamilyAblation {
  /// The tables, and what they show.
  var text: String {
    var text =
      "Families of features: the learner fitted again without each, and with each alone "
      + "(\(Numbers.count(rowCount, "row")), \(Numbers.count(positiveCount)) positive)\n"
    text += Self.table("without", without, "rise in log loss", "change of ROC AUC") + costReading
    text += "\n" + Self.table("alone", alone, "rise in log loss", "change of ROC AUC")
    if let streams { text += "\n" + streams.text }
    return text
  }

  private static func table(
    _ title: String, _ trials: [Trial], _ loss: String, _ area: String
  ) -> String {
    var table = AlignedTable(
      [.left, .right, .right, .right, .right, .right, .right],
      header: [title, "features", loss, "95 % interval", "ROC AUC", area, "95 % interval"])
    for trial in trials {
      let (loss, area) = (trial[.logLoss], trial[.rocAUC])
      table.add(
        trial.family.rawValue, "\(trial.featureCount)", signed(loss?.difference),
        differenceText(loss), Metric.rocAUC.text(area?.second), signed(area?.difference),
        differenceText(area))
    }
    return table.text
  }

  static func signed(_ value: Double?) -> String { value.map { Numbers.signed($0, 4) } ?? "-" }

  static func differenceText(_ difference: PairedEvaluation.Difference?) -> String {
    guard let low = difference?.low, let high = difference?.high else { return "-" }
    return "\(Numbers.signed(low, 4)) to \(Numbers.signed(high, 4))"
  }

  private var costReading: String {
    let missed = without.filter { ($0[.logLoss]?.low ?? -1) > 0 }
    let idle = without.filter { ($0[.logLoss]?.low ?? 1) <= 0 }
    guard let first = missed.first else {
      return "no family is missed: what one tells, the others tell as well\n"
    }
    var text = "most is lost without \(first.family.rawValue)"
    if missed.count > 1 {
      text += ", then \(missed.dropFirst().map(\.family.rawValue).joined(separator: ", "))"
    }
    if !idle.isEmpty {
      text +=
        "; without \(idle.map(\.family.rawValue).joined(separator: ", ")) nothing that shows"
    }
    return text + "\n"
  }
}

extension StreamComparison {
  /// The comparison in words.
  var text: String {
    var text = "Human use alone beside that of humans and agents\n"
    var table = AlignedTable(
      [.left, .right, .right, .right, .right],
      header: ["", "humans alone", "both", "difference", "95 % interval"])
    for metric in [Metric.rocAUC, .averagePrecision, .logLoss, .liftAt10] {
      guard let difference = self[metric] else { continue }
      table.add(
        metric.title, metric.text(difference.first), metric.text(difference.second),
        FamilyAblation.signed(difference.difference), FamilyAblation.differenceText(difference))
    }
    text += table.text
    let moved = riskier.count + safer.count
    text +=
      "\(Numbers.count(moved)) of \(Numbers.count(accountCount, "account")) "
      + "(\(Numbers.percent(accountCount > 0 ? Double(moved) / Double(accountCount) : nil))) move by "
      + "\(Self.leastSteps) tenths of risk or more when agents are seen as well:\n"
      + "  \(riskier.count) riskier, \(riskier.positiveCount) of which had the outcome; "
      + "\(safer.count) safer, \(safer.positiveCount) of which had it\n"
    for move in examples {
      text +=
        "  \(displayText(move.accountID)) as of \(move.asOf): tenth \(move.humanDecile) -> "
        + "\(move.bothDecile) (10 is the riskiest), the outcome "
        + (move.label ? "came\n" : "did not come\n")
    }
    if let loss = self[.logLoss], let low = loss.low, let high = loss.high {
      text +=
        high < 0
        ? "seeing agents lowers log loss by \(Numbers.fixed(-loss.difference, 4)): "
          + "counting humans alone misleads\n"
        : low > 0
          ? "seeing agents raises log loss: they add noise here\n"
          : "log loss does not tell the two apart\n"
    }
    return text
  }
}
