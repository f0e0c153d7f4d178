import UsageHistory

/// The words that the codes and the shares of a recipe's features refer to.
///
/// They are those of the history that the recipe was fitted on. A later history has other words and
/// so other codes; a category of it is read by its word, and a share keeps its denominator.
public struct FeatureWords: Sendable, Equatable, Codable {
  /// A configured column of accounts.
  public struct Attribute: Sendable, Equatable, Codable {
    /// The column's name.
    public var name: String
    /// The words of a category; `nil` for a number.
    public var levels: [String]?
  }

  /// The plans by code.
  public var plans: [String]
  /// The segments by code.
  public var segments: [String]
  /// The configured columns of accounts.
  public var attributes: [Attribute]
  /// What feature depth counts.
  public var capabilities: [String]
  /// The key steps of onboarding: names of events.
  public var onboardingSteps: [String]

  /// The words of a history.
  public init(_ dictionaries: HistoryDictionaries) {
    plans = dictionaries.plans.map(\.name)
    segments = dictionaries.segments
    attributes = dictionaries.attributes.map { Attribute(name: $0.name, levels: $0.levels) }
    let events = dictionaries.events
    capabilities = events.capabilities
    onboardingSteps = events.names.indices
      .filter { events.traits[$0].contains(.onboarding) }.map { events.names[$0] }
  }
}

/// A history's codes of a category as the codes of a recipe.
struct CodeTranslation: Sendable {
  private let codes: [Double]

  /// Finds each of a history's words among a recipe's.
  init(from words: [String], to known: [String]) {
    let codeOfWord = Dictionary(
      known.enumerated().map { ($1, Double($0)) }, uniquingKeysWith: { first, _ in first })
    codes = words.map { codeOfWord[$0] ?? -2 }
  }

  /// The recipe's code; NaN where missing, -2 for a word that the recipe does not know.
  subscript(code: Int32) -> Double {
    codes.indices.contains(Int(code)) ? codes[Int(code)] : .nan
  }
}
