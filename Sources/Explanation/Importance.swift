/// How much a model relies on a feature, or on several that go together.
public struct Importance: Sendable, Equatable {
  /// How the reliance was measured.
  public enum Kind: String, Sendable, CaseIterable {
    /// How far ROC AUC on held-out rows falls when a group of features that go together, or a feature
    /// that stands alone, is shuffled among the rows.
    case group
    /// How far it falls when all features of a family are shuffled together.
    case family
    /// How far it falls when all features are shuffled that can be acted on, or all others.
    case actionability
    /// How far it falls when one feature alone is shuffled, whatever goes with it.
    case permutation
    /// The mean size of the feature's contribution to a held-out row's score, in log odds.
    case shap
    /// The feature's share of what all splits gained in training.
    case gain
    /// How many splits of the trees test the feature.
    case splits
    /// The standard deviation of what the feature adds to the log odds over the training rows.
    case coefficient

    /// Whether the number is of rows that the model has not learned from.
    public var isHeldOut: Bool {
      switch self {
      case .group, .family, .actionability, .permutation, .shap: true
      case .gain, .splits, .coefficient: false
      }
    }
  }

  /// The feature's name; of a group, that of the member that carries most of it, and of a family, the
  /// family's.
  public var feature: String
  /// How the reliance was measured.
  public var kind: Kind
  /// The reliance, in the unit of its kind.
  public var value: Double
  /// The standard error of `value`; `nil` where there is only one measurement.
  public var standardError: Double?
  /// The 95 % interval; `nil` where none was measured.
  public var interval: Interval?
  /// The features that were shuffled together, that which carries most first; empty for one alone.
  public var members: [Member] = []

  /// Where a value lies with a confidence of 95 %.
  public struct Interval: Sendable, Equatable {
    /// The lower end.
    public var low: Double
    /// The upper end.
    public var high: Double

    /// Puts the ends together.
    public init(low: Double, high: Double) {
      self.low = low
      self.high = high
    }
  }

  /// A feature of a group.
  public struct Member: Sendable, Equatable {
    /// Its name.
    public var feature: String
    /// Its share of the group's mean absolute contributions; `nil` where the model uses none of them.
    public var share: Double?

    /// Puts the two together.
    public init(feature: String, share: Double?) {
      self.feature = feature
      self.share = share
    }
  }

  /// Puts an importance together.
  public init(
    feature: String, kind: Kind, value: Double, standardError: Double?, interval: Interval? = nil,
    members: [Member] = []
  ) {
    self.feature = feature
    self.kind = kind
    self.value = value
    self.standardError = standardError
    self.interval = interval
    self.members = members
  }

  /// Whether rows of chance would show as much: the interval of a fall in ROC AUC holds 0, or there is
  /// no fall; `nil` for other kinds and without an interval.
  public var isNoise: Bool? {
    switch kind {
    case .group, .family, .actionability, .permutation: interval.map { $0.low <= 0 }
    case .shap, .gain, .splits, .coefficient: nil
    }
  }

  /// Largest first, equal ones by name.
  package static func ranksBefore(_ left: Importance, _ right: Importance) -> Bool {
    (right.value, left.feature) < (left.value, right.feature)
  }
}
