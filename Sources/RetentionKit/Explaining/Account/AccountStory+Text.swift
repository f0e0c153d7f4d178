import CivilCalendar
import Configuration
import Diagnostics
import Reporting
import Scoring
import Tabular

extension AccountStory {
  /// How many drivers have a line of their own.
  private static let shownCount = 10
  /// How many reasons, and how many drivers that speak against them, are said in full.
  private static let reasonCount = 5

  /// The story for a terminal.
  public var text: String {
    [head, reasonText, waterfallText, sumText, courseText, pastText, similarText]
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var name: String { displayText(explanation.score.accountID) }

  private var head: String {
    let score = explanation.score
    let rank = Numbers.fixed(score.percentile.rounded(.down), 0)
    var text =
      "\(name): probability of \(outcomeText) is \(Numbers.percent(score.probability)), band "
      + "\(score.band.rawValue), above \(rank) % of the \(asOf == nil ? "table" : "accounts")\n"
    if let certainty = score.certainty { text += certainty.text + "\n" }
    if let asOf {
      var parts: [String] = []
      if let plan = facts.plan { parts.append("plan \(displayText(plan))") }
      if let segment = facts.segment { parts.append("segment \(displayText(segment))") }
      if let mrr = facts.mrr { parts.append("MRR \(ReasonNumbers.money(mrr))") }
      if let renewal = facts.renewal {
        parts.append("renewal \(renewal) (\(ReasonNumbers.days(asOf.days(until: renewal))))")
      }
      if let since = facts.since { parts.append("known since \(since)") }
      text += "as of \(asOf): " + parts.joined(separator: ", ") + "\n"
    }
    return text + explanation.rowCounts.text
  }

  /// The outcome in words.
  private var outcomeText: String {
    if let target { return target.rawValue }
    return "\(displayText(explanation.target.column)) = \(displayText(explanation.target.positive))"
  }

  private var reasonText: String {
    var text = "Reasons\n"
    var table = AlignedTable([.right, .left])
    for driver in reasons.prefix(Self.reasonCount) {
      table.add(Numbers.points(driver.reason.points), driver.text)
    }
    text += reasons.isEmpty ? "  \(ReasonWords.nothing)\n" : table.text
    let against = counterweights
    if !against.isEmpty {
      var table = AlignedTable([.right, .left])
      for driver in against.prefix(Self.reasonCount) {
        table.add(Numbers.points(driver.reason.points), driver.text)
      }
      text += "Against them\n" + table.text
    }
    if let peers, drivers.contains(where: { $0.typical != nil }) {
      let who = peers.label.isEmpty ? "" : " of \(displayText(peers.label))"
      let word = asOf == nil ? "row" : "account"
      text +=
        asOf == nil
        ? "typical: the median of the table\n"
        : "peers: the median of \(Numbers.count(peers.count, word))\(who)\n"
    }
    return text
  }

  private var waterfallText: String {
    let shown = drivers.filter { $0.reason.points.magnitude >= Self.smallest }
      .prefix(Self.shownCount)
    let rest = drivers.count - shown.count
    var steps = shown.map { Waterfall.Step(points: $0.reason.points, label: $0.shortText) }
    if rest > 0 {
      let points =
        explanation.score.probability - explanation.baseProbability
        - shown.reduce(0) { $0 + $1.reason.points }
      steps.append(Waterfall.Step(points: points, label: Numbers.count(rest, "other")))
    }
    return "From the base rate to this account\n"
      + Waterfall(
        base: explanation.baseProbability, baseLabel: "base rate", steps: steps,
        end: explanation.score.probability, endLabel: name
      ).text
  }

  private var sumText: String {
    guard !familySums.isEmpty else { return "" }
    var table = AlignedTable([.left, .right, .right, .left])
    let largest = (familySums + actionableSums).map(\.points.magnitude).max() ?? 0
    for sum in familySums + actionableSums {
      table.add(
        sum.name, Numbers.points(sum.points), Numbers.count(sum.count, "feature"),
        String(
          bar(sum.points.magnitude, of: largest, width: 20).map { sum.points > 0 ? $0 : "░" }))
    }
    return "The same in sums\n" + table.text
  }

  private var courseText: String {
    let shown = courses.filter { $0.values.contains(where: \.isFinite) }
    guard let first = shown.first else { return "" }
    var table = AlignedTable(
      [.left, .left, .right, .right, .right], header: ["", "", "least", "most", "last"])
    for course in shown {
      let known = course.values.filter(\.isFinite)
      table.add(
        course.name, Sparkline.text(course.values), ReasonNumbers.count(known.min()!),
        ReasonNumbers.count(known.max()!), ReasonNumbers.count(known.last!))
    }
    return "The last \(first.values.count) weeks, from \(first.firstDay)\n" + table.text
  }

  private var pastText: String {
    guard pastScores.count > 1, let first = pastScores.first, let last = pastScores.last else {
      return ""
    }
    let known = pastScores.compactMap { $0.probability }
    return "Its own earlier scores by this model, every 28 days from \(first.day) to \(last.day)\n"
      + "  \(Sparkline.text(pastScores.map { $0.probability ?? .nan }))  "
      + "the last: " + known.suffix(5).map { Numbers.percent($0) }.joined(separator: ", ")
      + (known.count < pastScores.count
        ? "; not scored on \(pastScores.count - known.count) of \(pastScores.count) days" : "")
      + "\n"
  }

  private var similarText: String {
    guard let similar else { return "" }
    let left = target.map { Self.outcomeVerb($0).yes } ?? "have \(outcomeText)"
    var header = ["", asOf == nil ? "" : "as of", "probability", "outcome", "distance"]
    header += similar.features.map { displayText($0.name) }
    var table = AlignedTable(
      [.left, .left, .right, .left, .right]
        + [AlignedTable.Alignment](repeating: .right, count: similar.features.count),
      header: header)
    table.add(
      [
        name, asOf.map { "\($0)" } ?? "", Numbers.percent(explanation.score.probability), "?", "",
      ] + similar.values)
    for neighbour in similar.neighbours {
      table.add(
        [
          displayText(neighbour.accountID), neighbour.asOf.map { "\($0)" } ?? "",
          Numbers.percent(neighbour.probability), outcomeText(of: neighbour),
          Numbers.fixed(neighbour.distance, 2),
        ] + neighbour.values)
    }
    return "Similar accounts\(asOf == nil ? "" : " of the past"), and what happened to them\n"
      + table.text
      + "of the \(similar.nearestCount) nearest accounts \(Numbers.percent(similar.share)) \(left); "
      + "of all \(Numbers.count(similar.comparedCount)) that were compared "
      + "\(Numbers.percent(similar.shareOfAll))\n"
      + "distance: between what features add to the raw score, in log odds; the mean of all is "
      + "\(Numbers.fixed(similar.meanDistance, 2))\n"
  }

  /// What became of a neighbour, in words.
  package func outcomeText(of neighbour: SimilarAccounts.Neighbour) -> String {
    guard let target else {
      return neighbour.hasOutcome
        ? displayText(explanation.target.positive) : displayText(explanation.target.negative)
    }
    let verb = Self.outcomeVerb(target)
    guard neighbour.hasOutcome else { return verb.no }
    return neighbour.daysUntil.map { "\(verb.yes) after \(Numbers.count($0, "day"))" } ?? verb.yes
  }

  private static func outcomeVerb(_ target: TargetName) -> (yes: String, no: String) {
    switch target {
    case .churn: ("left", "stayed")
    case .contraction: ("contracted", "did not contract")
    case .expansion: ("expanded", "did not expand")
    }
  }
}
