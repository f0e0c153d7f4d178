import Explanation

/// An importance as `retain explain --json` lists it.
public struct ImportanceJSON: Encodable {
  private let feature: String
  private let kind: String
  private let importance: Double
  private let stdError: Nullable

  /// Takes over the parts.
  public init(_ importance: Importance) {
    feature = importance.feature
    kind = importance.kind.rawValue
    self.importance = importance.value
    stdError = Nullable(importance.standardError)
  }
}
