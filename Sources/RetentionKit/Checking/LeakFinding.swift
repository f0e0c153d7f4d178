import Configuration

/// Something in the data that tells an outcome which could not have been known.
public struct LeakFinding: Encodable, Sendable, Equatable {
  /// How it was noticed.
  public enum Kind: String, Encodable, Sendable {
    /// A feature changes when rows of the future do.
    case replay
    /// A single feature tells the outcome almost alone.
    case featureAlone = "feature_alone"
    /// A word of a dated table after which the outcome almost always follows.
    case outcomeWord = "outcome_word"
    /// A value without a date that almost only accounts have that left.
    case leaverWord = "leaver_word"
    /// A quantity without a date that tells who left almost alone.
    case leaverNumber = "leaver_number"
    /// A quantity that adds up to the end of the data.
    case totalAtExport = "total_at_export"
    /// A date that is moved on when a contract is renewed.
    case overwrittenDate = "overwritten_date"
  }

  /// How it was noticed.
  public let kind: Kind
  /// The outcome that it tells.
  public let target: String?
  /// The table; `nil` for a feature.
  public let table: String?
  /// The file's column, or the feature.
  public let column: String
  /// The words that tell; empty where any value does.
  public let words: [String]
  /// Whether it reaches the features as the configuration stands.
  public let reachesFeatures: Bool
  /// What was counted.
  public let evidence: String
  /// The same in numbers.
  public let figures: [String: Double]
  /// What to do.
  public let advice: String

  /// Where it is, for a reader.
  var place: String {
    let column = table.map { "\($0).\(self.column)" } ?? self.column
    guard !words.isEmpty else { return column }
    let more = words.count > 3 ? ", ..." : ""
    return column + " = " + words.prefix(3).joined(separator: ", ") + more
  }
}

/// The least that a finding must show, beside its size: of all comparisons together, one in a
/// million may come about by chance.
struct LeakThresholds {
  /// The chance that any finding is an accident.
  static let familyChance = 1e-6
  /// The least share of cases after which the outcome followed.
  static let leastShare = 0.95
  /// How many times rarer the exceptions must be than they are elsewhere, at 95 % confidence.
  static let rarity = 5.0
  /// The fewest cases that are looked at.
  static let leastCount = 10

  /// How many comparisons are made.
  let comparisonCount: Int

  /// Whether an accident of such a chance is out of the question.
  func isBeyondChance(_ logChance: Double) -> Bool {
    logChance + _logOfCount < Self.logOfFamilyChance
  }

  private var _logOfCount: Double { TailBounds.naturalLog(Double(max(1, comparisonCount))) }
  private static let logOfFamilyChance = TailBounds.naturalLog(familyChance)
}
