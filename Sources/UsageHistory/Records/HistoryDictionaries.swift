import Configuration

/// The words behind the codes of a history, sorted byte by byte, and what they mean.
public struct HistoryDictionaries: Sendable, Equatable {
  /// A column of accounts that is a feature as it is.
  public struct Attribute: Sendable, Equatable {
    /// The column's name in the file.
    public var name: String
    /// The words of a category; `nil` for a number.
    public var levels: [String]?

    /// A column of accounts.
    public init(name: String, levels: [String]?) {
      self.name = name
      self.levels = levels
    }
  }

  /// What is known of a plan, from the tiers table or the configuration.
  public struct Plan: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its place among the plans: 0 is the smallest; NaN where unknown.
    public var rank: Double
    /// The list price per month; NaN where unknown.
    public var price: Double
    /// The limit of each meter in a billing period; NaN for none, shape `[meters.count]`.
    public var limits: [Double]
    /// Which capabilities it entitles to, shape `[capabilities.count]`; `nil` where unknown.
    public var entitled: [Bool]?

    /// A plan of which nothing else is known.
    public init(
      name: String, rank: Double = .nan, price: Double = .nan, limits: [Double] = [],
      entitled: [Bool]? = nil
    ) {
      self.name = name
      self.rank = rank
      self.price = price
      self.limits = limits
      self.entitled = entitled
    }
  }

  /// Which tables the history was made of; features whose table is missing do not exist.
  public var tables: Set<SourceName> = []
  /// Which optional columns were there, as `table.column` in our names: `events.actor`.
  public var columns: Set<String> = []
  /// What event names mean.
  public var events = EventCatalog(names: [], meanings: EventMeanings())
  /// The plans of the subscriptions.
  public var plans: [Plan] = []
  /// The segments of the accounts.
  public var segments: [String] = []
  /// The departments of the users.
  public var departments: [String] = []
  /// The roles of the users.
  public var roles: [String] = []
  /// The words of the table of outcomes.
  public var outcomes: [String] = []
  /// The columns of accounts that are features as they are.
  public var attributes: [Attribute] = []

  /// No words.
  public init() {}
}
