import CivilCalendar
import Configuration
import Features
import Learning
import Reporting
import Scoring

/// One account in full: its score and why, what it did before, how it scored before, and what became
/// of accounts like it.
///
/// What a plain table cannot tell is `nil` or empty. All of it was known before the as-of day.
public struct AccountStory: Sendable {
  /// The score and what each feature adds to it.
  public var explanation: AccountExplanation
  /// The outcome that the model tells of; `nil` for a plain table, whose label column says it.
  public var target: TargetName?
  /// The as-of day; `nil` for a plain table.
  public var asOf: CalendarDay?
  /// What is known of the account beside its features.
  public var facts: Facts
  /// What moves the probability, the strongest first; features that move nothing are not there.
  public var drivers: [Driver]
  /// The drivers summed by the group that their features belong to, the strongest first.
  public var familySums: [Sum]
  /// The drivers summed by whether a customer-success team can change them.
  public var actionableSums: [Sum]
  /// Who the peers are, and how many; `nil` where there are too few.
  public var peers: (label: String, count: Int)?
  /// The last weeks of what the account did.
  public var courses: [Course]
  /// The account's own earlier probabilities by the same model, the oldest first, that of the as-of
  /// day last; empty where there are no histories.
  public var pastScores: [PastScore]
  /// Accounts like this one in the past; `nil` where no outcomes are known.
  public var similar: SimilarAccounts?

  /// What is known of an account beside its features.
  public struct Facts: Sendable, Equatable {
    /// The plan of the largest running subscription.
    public var plan: String?
    /// The segment.
    public var segment: String?
    /// Monthly recurring revenue.
    public var mrr: Double?
    /// The next renewal.
    public var renewal: CalendarDay?
    /// Since when there is something of the account.
    public var since: CalendarDay?

    /// Nothing known.
    public init() {}
  }

  /// A feature that moves the probability.
  public struct Driver: Sendable {
    /// The feature, its value, and how far it moves the probability.
    public var reason: Reason
    /// What it adds to the raw score, in log odds.
    public var logOdds: Double
    /// The value so many days before; NaN where it is not known, or tells nothing.
    public var then: Double
    /// How many days before.
    public var thenDays: Int?
    /// What is usual among the peers.
    public var typical: PeerProfile.Typical?
    /// The reason in words, with past and peers.
    public var text: String
    /// The reason in words, with the past alone.
    public var shortText: String
    /// The group that the feature belongs to; `nil` for a plain table.
    public var family: FeatureDefinition.Family?
    /// Whether a customer-success team can change it; `nil` for a plain table.
    public var isActionable: Bool?
  }

  /// Drivers summed up.
  public struct Sum: Sendable, Equatable {
    /// What they have in common.
    public var name: String
    /// How far they move the probability together.
    public var points: Double
    /// How many they are.
    public var count: Int
  }

  /// A figure of the last weeks.
  public struct Course: Sendable, Equatable {
    /// What it is: "events", "MRR", ...
    public var name: String
    /// One value per week, the oldest first; NaN before the account was there.
    public var values: [Double]
    /// The first day of the oldest week.
    public var firstDay: CalendarDay
  }

  /// The account's probability on an earlier day.
  public struct PastScore: Sendable, Equatable {
    /// The as-of day.
    public var day: CalendarDay
    /// The probability; `nil` where the account was not to be scored.
    public var probability: Double?
  }

  /// The drivers that raise the probability where the account stands above the base, that lower it
  /// where it stands below.
  ///
  /// As the reasons of a score file, they do so by both measures, points and log odds.
  public var reasons: [Driver] { drivers.filter { speaks($0, upwards: isRaised) } }

  /// The drivers that pull the other way.
  public var counterweights: [Driver] { drivers.filter { speaks($0, upwards: !isRaised) } }

  private var isRaised: Bool {
    explanation.score.probability >= explanation.baseProbability
  }

  private func speaks(_ driver: Driver, upwards: Bool) -> Bool {
    (driver.reason.points > 0) == upwards && (driver.logOdds > 0) == upwards
      && driver.reason.points.magnitude >= Self.smallest
  }

  /// A smaller share of a probability, a twentieth of a point, is no reason.
  static let smallest = 0.0005
}

/// Accounts of the past that the model judged for the same reasons, and what became of them.
///
/// Near are accounts whose features move the raw score alike: the distance is the Euclidean one of
/// their contributions in log odds, so a difference counts as much as it counts for the score.
public struct SimilarAccounts: Sendable {
  /// One of them.
  public struct Neighbour: Sendable {
    /// The account's key.
    public var accountID: String
    /// The day it was looked at; `nil` for a plain table.
    public var asOf: CalendarDay?
    /// The model's probability of it.
    public var probability: Double
    /// How far it is, in log odds.
    public var distance: Double
    /// Whether the outcome came.
    public var hasOutcome: Bool
    /// After how many days it came; `nil` where it did not, or no day is known.
    public var daysUntil: Int?
    /// The values of ``SimilarAccounts/features`` in words.
    public var values: [String]
  }

  /// The nearest, each of another account.
  public var neighbours: [Neighbour]
  /// The account's own strongest features, that neighbours are set beside it by.
  public var features: [Feature]
  /// The account's values of them in words.
  public var values: [String]
  /// Of how many of the nearest accounts the share is.
  public var nearestCount: Int
  /// The share of the nearest whose outcome came.
  public var share: Double
  /// The share of all accounts that were compared whose outcome came.
  public var shareOfAll: Double
  /// How many accounts on days were compared.
  public var comparedCount: Int
  /// The mean distance to all that were compared, in log odds.
  public var meanDistance: Double
}
