import Diagnostics
import Learning
import Scoring

extension Reason {
  /// The driver in words: the feature, the account's value, and how far it moves the probability.
  public var text: String { "\(statement) (\(Numbers.points(points)))" }

  /// The feature and the account's value.
  package var statement: String {
    "\(displayText(feature.name)) = \(displayText(feature.valueText(value)))"
  }

  /// The same, beside what is usual among the rows that were scored with it.
  package func statement(typical: PeerProfile.Typical?) -> String {
    switch feature.kind {
    case .number:
      guard let median = typical?.median, median.isFinite else { return statement }
      return "\(statement) (typical \(feature.valueText(median)))"
    case .boolean, .category: return statement
    }
  }
}

extension Feature {
  /// A value as the table showed it; a category's value is its code as a number.
  package func valueText(_ value: Double) -> String {
    switch kind {
    case .number: Numbers.quantity(value)
    case .boolean: value.isNaN ? "missing" : (value == 0 ? "no" : "yes")
    case .category:
      Int32(value) == CategoryCode.unseen ? "(unseen)" : levelName(Int32(value))
    }
  }
}
