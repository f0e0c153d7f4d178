import CivilCalendar
import Configuration
import UsageHistory

/// A few features that are computed together, from what was known of an account and nothing else.
public protocol FeatureFamily: Sendable {
  /// The features, in the order in which ``write(_:to:)`` writes their values.
  var definitions: [FeatureDefinition] { get }

  /// Writes one value per definition; NaN where missing, the code of the level for a category.
  func write(_ view: HistoryView, to row: inout FeatureRow)
}

/// What a feature is, for people and for the model.
public struct FeatureDefinition: Sendable, Equatable, Codable {
  /// The group that drivers are summed by.
  public enum Family: String, Sendable, CaseIterable, Codable {
    case usage, people, agents, support, money, contract, profile
  }

  /// How the values are to be read.
  public enum Kind: Sendable, Equatable, Codable {
    case number
    case boolean
    /// A code of one of these words.
    case category([String])
  }

  /// What the value is where the window holds no rows.
  public enum EmptyValue: String, Sendable, Codable {
    /// Nothing happened, and nothing is a count of 0.
    case zero
    /// There is nothing to measure.
    case missing
  }

  /// The column's name, in snake case.
  public var name: String
  /// The unit of the value: `count/28 d`, `days`, `ratio`, ...
  public var unit: String
  /// The group that it belongs to.
  public var family: Family
  /// The days that it looks back; `nil` for all.
  public var windowDays: Int?
  /// What it is where nothing happened.
  public var emptyValue: EmptyValue
  /// How its values are to be read.
  public var kind: Kind
  /// What it is in words that fit a sentence: "active users in the last 28 days".
  public var sentence: String
  /// Whether a customer-success team can change it.
  public var isActionable: Bool
  /// How a reason says its value; `nil` in models written before there were phrases.
  public var phrase: ReasonPhrase?

  /// Describes a feature.
  public init(
    _ name: String, unit: String, family: Family, windowDays: Int? = nil,
    emptyValue: EmptyValue = .missing, kind: Kind = .number, sentence: String,
    isActionable: Bool = true, phrase: ReasonPhrase? = nil
  ) {
    self.name = name
    self.unit = unit
    self.family = family
    self.windowDays = windowDays
    self.emptyValue = emptyValue
    self.kind = kind
    self.sentence = sentence
    self.isActionable = isActionable
    self.phrase = phrase
  }
}

/// The values of one account on one day, or the part of them that a family writes.
public struct FeatureRow: Sendable {
  /// All values, shape `[featureCount]`.
  public internal(set) var values: [Double]
  /// Where the present family begins.
  var offset = 0

  /// A row of missing values.
  public init(count: Int) { values = [Double](repeating: .nan, count: count) }

  /// The value of one of the present family's features.
  public subscript(index: Int) -> Double {
    get { values[offset + index] }
    set { values[offset + index] = newValue }
  }
}
