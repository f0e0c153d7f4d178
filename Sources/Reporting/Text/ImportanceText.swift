import Diagnostics
import Explanation

extension Importance.Kind {
  /// What the number says, as a heading.
  package var title: String {
    switch self {
    case .permutation: "Fall in held-out ROC AUC when the column is shuffled"
    case .gain: "Share of what the trees' splits gained in training"
    case .coefficient: "Spread of the column's term, in log odds"
    }
  }

  func text(_ value: Double) -> String {
    self == .gain ? Numbers.percent(value) : Numbers.fixed(value, 4)
  }
}

/// Importances of one kind as a table with bars.
public func importanceText(_ importances: [Importance], limit: Int = .max) -> String {
  guard let kind = importances.first?.kind else { return "" }
  let largest = importances.map(\.value).max() ?? 0
  var table = AlignedTable([.left, .right, .left, .left])
  for importance in importances.prefix(limit) {
    table.add(
      displayText(importance.feature), kind.text(importance.value),
      importance.standardError.map { "± \(kind.text($0))" } ?? "",
      bar(importance.value, of: largest))
  }
  let rest = importances.count - min(limit, importances.count)
  return "\(kind.title)\n" + table.text + (rest > 0 ? "  ... and \(rest) more\n" : "")
}
