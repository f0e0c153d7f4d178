import Learning

/// What a model makes of a feature's values: the score and the probability along them, and how sure
/// that is.
///
/// The numbers stand for themselves: whoever draws a curve need not know how it was made. Every kind
/// of curve lies on the same scales, so that they can be laid over each other; a curve that by its
/// definition is centred on 0 is raised by ``meanLogOdds`` and ``meanProbability``.
public struct FeatureCurve: Sendable, Equatable {
  /// How a curve is had.
  public enum Kind: String, Sendable, CaseIterable {
    /// Partial dependence: the mean over all rows, each given the value.
    case pdp
    /// Accumulated local effects: the mean change of the rows that are near, summed up.
    case ale
    /// The mean contribution (SHAP value) of the rows that have the value.
    case shap
  }

  /// Where a point stands.
  public enum Place: Sendable, Equatable {
    /// At a value of a quantity; of a yes/no, 0 or 1.
    case number(Double)
    /// At a level of a category, by its code and its name.
    case level(code: Int32, name: String)
    /// Where the value is missing.
    case missing
  }

  /// A point of a curve.
  public struct Point: Sendable, Equatable {
    /// Where it stands.
    public var place: Place
    /// The raw score.
    public var logOdds: Double
    /// The lower end of the band of `logOdds`.
    public var logOddsLow: Double
    /// The upper end of it.
    public var logOddsHigh: Double
    /// The calibrated probability.
    public var probability: Double
    /// The lower end of the band of `probability`.
    public var low: Double
    /// The upper end of it.
    public var high: Double
    /// The share of all rows that stand here: of a quantity, those above the point before, up to this
    /// one. With the missing point's, the shares add up to 1 but for levels that training never saw.
    public var rowShare: Double

    /// Puts a point together.
    public init(
      place: Place, logOdds: Double, logOddsLow: Double, logOddsHigh: Double, probability: Double,
      low: Double, high: Double, rowShare: Double
    ) {
      self.place = place
      self.logOdds = logOdds
      self.logOddsLow = logOddsLow
      self.logOddsHigh = logOddsHigh
      self.probability = probability
      self.low = low
      self.high = high
      self.rowShare = rowShare
    }
  }

  /// What a feature is, for people.
  public struct Description: Sendable, Equatable {
    /// What it is in words that fit a sentence, as "days since the last event".
    public var words: String
    /// The unit of its values, as `days`.
    public var unit: String

    /// Puts the two together.
    public init(words: String, unit: String) {
      self.words = words
      self.unit = unit
    }
  }

  /// What the band of a curve is.
  public enum Band: String, Sendable {
    /// From the lowest to the highest of the curves of several models, each on rows that it has not
    /// learned from, moved to one mean over the rows: folds of other base rates do not widen it.
    case parts
    /// 95 % of the curves of one model on rows drawn anew.
    case rows
  }

  /// The feature.
  public var feature: Feature
  /// How the curve was had.
  public var kind: Kind
  /// What the feature is in words that fit a sentence, as "days since the last event"; `nil` where
  /// only its name is known.
  public var words: String?
  /// The unit of its values, as `days`; `nil` where it is not known.
  public var unit: String?
  /// The points: of a quantity by ascending value, of a category in the order of its levels.
  public var points: [Point]
  /// The point of missing values; `nil` where no row has one.
  public var missing: Point?
  /// The mean raw score of the rows as they are.
  public var meanLogOdds: Double
  /// The mean probability of the rows as they are.
  public var meanProbability: Double
  /// How many rows the curve was measured on.
  public var rowCount: Int
  /// How many models the curve is the mean of.
  public var partCount: Int
  /// What the band is.
  public var band: Band
  /// How much of what the models' curves do they have in common, 0 to 1: 1 where all have the same
  /// shape, one divided by their number where they know nothing of each other; `nil` for one model.
  ///
  /// In log odds, the variance of the mean curve divided by the mean variance of the curves, each over
  /// the rows.
  public var agreement: Double?
  /// Whether single rows rise or fall along the feature; `nil` for a category.
  public var monotone: MonotoneCheck?
  /// Single rows along the feature; empty unless asked for, and of a curve of contributions.
  public var lines: [IndividualLine]
  /// Single rows' values and contributions; empty unless asked for, and of every other kind.
  public var contributions: [ContributionPoint]

  /// Puts a curve together.
  public init(
    feature: Feature, kind: Kind, words: String? = nil, unit: String? = nil, points: [Point],
    missing: Point?, meanLogOdds: Double, meanProbability: Double, rowCount: Int, partCount: Int,
    band: Band, agreement: Double? = nil, monotone: MonotoneCheck? = nil,
    lines: [IndividualLine] = [], contributions: [ContributionPoint] = []
  ) {
    self.feature = feature
    self.kind = kind
    self.words = words
    self.unit = unit
    self.points = points
    self.missing = missing
    self.meanLogOdds = meanLogOdds
    self.meanProbability = meanProbability
    self.rowCount = rowCount
    self.partCount = partCount
    self.band = band
    self.agreement = agreement
    self.monotone = monotone
    self.lines = lines
    self.contributions = contributions
  }
}

/// One row along a feature (individual conditional expectation): its score if only this feature were
/// another.
public struct IndividualLine: Sendable, Equatable {
  /// The row's position among the rows that the curve was measured on, model after model.
  public var row: Int
  /// The row's own value.
  public var place: FeatureCurve.Place
  /// The raw score at each point of the curve; centred, less that at the first.
  public var logOdds: [Double]
  /// The probability at each point; centred, less that at the first.
  public var probability: [Double]

  /// Puts a line together.
  public init(
    row: Int, place: FeatureCurve.Place, logOdds: [Double], probability: [Double]
  ) {
    self.row = row
    self.place = place
    self.logOdds = logOdds
    self.probability = probability
  }

  /// The line less its first point: what is left is the shape alone.
  public var centred: IndividualLine {
    IndividualLine(
      row: row, place: place, logOdds: logOdds.map { $0 - logOdds[0] },
      probability: probability.map { $0 - probability[0] })
  }
}

/// What a feature adds to one row.
public struct ContributionPoint: Sendable, Equatable {
  /// The row's value.
  public var place: FeatureCurve.Place
  /// What the feature adds, in log odds.
  public var logOdds: Double

  /// Puts a point together.
  public init(place: FeatureCurve.Place, logOdds: Double) {
    self.place = place
    self.logOdds = logOdds
  }
}
