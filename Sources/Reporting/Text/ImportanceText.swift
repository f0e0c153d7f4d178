import Diagnostics
import Explanation

extension Importance.Kind {
  /// What the number says, as a heading.
  package var title: String {
    switch self {
    case .group: "Fall in held-out ROC AUC when columns that go together are shuffled together"
    case .family: "Fall in held-out ROC AUC when a family of features is shuffled as a whole"
    case .actionability:
      "Fall in held-out ROC AUC when what can be acted on is shuffled, or the rest"
    case .permutation: "Fall in held-out ROC AUC when the column alone is shuffled"
    case .shap: "Mean size of the column's contribution to held-out scores, in log odds"
    case .gain: "Share of what the trees' splits gained in training"
    case .splits: "Splits of the trees that test the column"
    case .coefficient: "Spread of the column's term over the training rows, in log odds"
    }
  }

  /// What to beware of.
  package var caution: String? {
    switch self {
    case .permutation: "columns that go together hide each other here"
    case .gain, .splits: "in training; favours columns with many values, says nothing of new rows"
    case .coefficient: "in training"
    case .group, .family, .actionability, .shap: nil
    }
  }

  package func text(_ value: Double) -> String {
    switch self {
    case .gain: Numbers.percent(value)
    case .splits: Numbers.count(Int(value))
    default: Numbers.fixed(value, 4)
    }
  }
}

extension Importance {
  /// The feature, and how many go with it.
  package var label: String {
    displayText(feature) + (members.count > 1 ? " + \(members.count - 1)" : "")
  }

  /// The members of a group and how they share it; nothing for a feature that stands alone.
  package func membersText(limit: Int = 6) -> String {
    let listed = members.prefix(limit).map { member in
      displayText(member.feature) + (member.share.map { " \(Numbers.percent($0, 0))" } ?? "")
    }
    let rest = members.count - listed.count
    return listed.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  fileprivate var intervalText: String {
    if let interval {
      return "\(kind.text(interval.low)) to \(kind.text(interval.high))"
    }
    return standardError.map { "± \(kind.text($0))" } ?? ""
  }
}

/// Importances of one kind as a table with bars.
///
/// - Parameters:
///   - limit: How many are listed; the rest is counted.
///   - hint: How to see the rest.
public func importanceText(
  _ importances: [Importance], limit: Int = .max, hint: String = ""
) -> String {
  guard let kind = importances.first?.kind else { return "" }
  let largest = importances.map(\.value).max() ?? 0
  var table = AlignedTable([.left, .right, .left, .left])
  let listed = importances.prefix(limit)
  for importance in listed {
    table.add(
      importance.label, kind.text(importance.value), importance.intervalText,
      importance.isNoise == true ? "no more than noise" : bar(importance.value, of: largest))
  }
  let rest = importances.count - listed.count
  let heading =
    kind.title + (importances.contains { $0.interval != nil } ? " (95 % interval)" : "")
    + (kind.caution.map { "\n(\($0))" } ?? "")
  return "\(heading)\n" + table.text + (rest > 0 ? "  ... and \(rest) more\(hint)\n" : "")
    + groupText(Array(listed))
}

/// What goes together, for the groups among importances.
private func groupText(_ importances: [Importance]) -> String {
  let groups = importances.filter { $0.members.count > 1 }
  guard !groups.isEmpty else { return "" }
  return "What goes together, and each one's share of the contributions to the score:\n"
    + groups.map { "  \($0.membersText())\n" }.joined()
}

extension ImportanceStability {
  /// How far parts agree, in a line.
  package var text: String {
    let ranks = ranksOfFirst
    return "The order holds from part to part by \(Numbers.fixed(correlation, 2)) "
      + "(mean rank correlation of \(partCount)); the first is "
      + (ranks.lowerBound == ranks.upperBound
        ? "number \(ranks.lowerBound) in all of them"
        : "number \(ranks.lowerBound) to \(ranks.upperBound) in each of them") + "\n"
  }
}
