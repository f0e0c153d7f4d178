import Diagnostics
import Features
import Learning
import Scoring

/// The words of the reasons of accounts that were scored together.
///
/// A model of histories says them by the phrases of its features; a model of a plain table knows of
/// its columns no more than their names.
///
/// ```swift
/// let words = ReasonWords(model, matrix: input.table.matrix, threads: 8)
/// print(words.texts(of: scores[0], row: 0))  // 5 active users in 28 days, peers 16 (+8.2 pts)
/// ```
public struct ReasonWords: Sendable {
  /// What is said where no feature moves an account's probability by a twentieth of a point.
  public static let nothing = "nothing stands out"

  /// What is usual among the accounts; `nil` where they are few.
  public let peers: PeerProfile?
  private let definitions: [FeatureDefinition?]
  private let columnOfName: [String: Int]
  private let matrix: FeatureMatrix
  private let past: PastValues?

  /// Gets words ready.
  ///
  /// - Parameters:
  ///   - matrix: The features of the accounts that were scored.
  ///   - past: The values of earlier days, where histories tell of them.
  public init(
    _ model: RetentionModel, matrix: FeatureMatrix, past: PastValues? = nil, threads: Int
  ) {
    let known = Dictionary(
      (model.recipe?.features.definitions ?? []).map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first })
    self.matrix = matrix
    self.past = past
    definitions = matrix.features.map { known[$0.name] }
    columnOfName = Dictionary(
      matrix.features.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    peers = PeerProfile(of: matrix, threads: threads)
  }

  /// The definition of a feature; `nil` for a column of a plain table.
  public func definition(ofFeature feature: Int) -> FeatureDefinition? { definitions[feature] }

  /// The reasons of an account in words, each with how far it moves the probability; one sentence
  /// where nothing stands out.
  ///
  /// - Parameter row: The account's row of the matrix.
  public func texts(of score: AccountScore, row: Int) -> [String] {
    if score.reasons.isEmpty { return [Self.nothing] }
    return score.reasons.indices.map { text(of: score.reasons[$0], at: $0, row: row) }
  }

  /// A reason in words.
  ///
  /// - Parameter index: Its place among the account's reasons.
  public func text(of reason: Reason, at index: Int, row: Int) -> String {
    let then = past?.value(ofReason: index, row: row) ?? .nan
    return "\(statement(of: reason, then: then, row: row)) (\(Numbers.points(reason.points)))"
  }

  /// A reason in words, without how far it moves the probability.
  ///
  /// - Parameters:
  ///   - then: The feature's value so many days before as its phrase says; NaN for none.
  ///   - hasPeers: Whether the account's peers are told of.
  public func statement(of reason: Reason, then: Double, row: Int, hasPeers: Bool = true) -> String
  {
    guard let column = columnOfName[reason.feature.name] else { return reason.statement }
    let typical = peers?.typical(ofFeature: column, row: row)
    let shown = hasPeers ? typical : nil
    guard let definition = definitions[column] else {
      return reason.statement(typical: shown)
    }
    return displayText(
      definition.reasonText(
        now: reason.value,
        then: Self.leadsAway(reason.value, from: typical, since: then) ? then : .nan,
        peers: shown, companion: companion(of: definition, row: row), feature: reason.feature))
  }

  /// Whether a change fits a value that stands out: it led away from what is usual, or to it.
  ///
  /// 26 severe tickets where peers have 2 are a reason to worry. That they were 146 before is no part
  /// of it, and would read like its opposite.
  package static func leadsAway(
    _ now: Double, from typical: PeerProfile.Typical?, since then: Double
  ) -> Bool {
    guard let median = typical?.median, median.isFinite else { return true }
    return !((now - then) * (now - median) < 0)
  }

  /// A value of a feature in words.
  public func valueText(_ value: Double, ofFeature feature: Int) -> String {
    let text =
      definitions[feature]?.valueText(value, feature: matrix.features[feature])
      ?? matrix.features[feature].valueText(value)
    return displayText(text)
  }

  private func companion(of definition: FeatureDefinition, row: Int) -> Double {
    guard let other = definition.phrase?.companion, let column = columnOfName[other.feature] else {
      return .nan
    }
    return matrix.columns[column].value(at: row)
  }
}
