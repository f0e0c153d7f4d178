import CivilCalendar

/// What a `retain.yaml` says: where the tables are, what their columns and events mean, what is to
/// be predicted, when, and from which features.
public struct RetentionConfiguration: Sendable, Equatable {
  /// The file, as the user named it; paths in it are relative to its folder.
  public var path: String
  /// The zone of timestamps that state none, an IANA name. Days are always UTC days.
  public var timeZone = "UTC"
  /// The raw tables by name.
  public var sources: [SourceName: TableSource] = [:]
  /// What event names mean.
  public var events = EventMeanings()
  /// What each plan costs and entitles to, where no tiers table says so.
  public var plans: [PlanTerms] = []
  /// What is to be predicted.
  public var targets: [TargetName: TargetDefinition] = [:]
  /// The days on which accounts are looked at for training.
  public var asOf: AsOfSchedule?
  /// Which features, and how they are counted.
  public var features = FeatureSettings()
  /// A plain labelled table in place of histories: the twins of `retain train`'s flags.
  public var table: PlainTable?

  /// A configuration that says nothing yet.
  public init(path: String) { self.path = path }
}

/// The raw tables that a history is made of.
public enum SourceName: String, Sendable, CaseIterable, Hashable {
  case accounts, subscriptions, events, tickets, payments, users, tiers, campaigns, outcomes
}

/// Where one table is and how its columns are called.
public struct TableSource: Sendable, Equatable {
  /// Paths or globs (`*`, `?`) relative to the configuration's folder; the files share one shape.
  public var files: [String]
  /// The file's column by our name of it, for instance `ts: usage_date`; names that are not here
  /// are called in the file as we call them.
  public var columns: [String: String] = [:]
  /// Values by our column name for a column that the file lacks, for instance `actor: human`.
  public var constants: [String: String] = [:]
  /// Columns of accounts that become features as they are; they must have been known at sign-up.
  public var attributes: [String] = []
  /// How subscriptions are written.
  public var layout = SubscriptionLayout.spells
  /// In the layout of changes: the plan word that says the subscription has ended.
  public var endedPlans: [String] = []
  /// Days from when a row happened until it was known, where no `available_at` column says so.
  public var lagDays = 0
  /// What separates fields: one character.
  public var delimiter = ","
  /// Lines before the header.
  public var skipLines = 0
  /// Names of the columns of a file that has no header.
  public var header: [String]?
  /// How cells are written, unless a column says otherwise.
  public var format = CellFormat()
  /// How the cells of a column are written, by the file's column name.
  public var columnFormats: [String: CellFormat] = [:]

  /// A table in these files, written in the standard way.
  public init(files: [String]) { self.files = files }
}

/// How subscriptions are written.
public enum SubscriptionLayout: String, Sendable, CaseIterable {
  /// A row is a period with a start and an end.
  case spells
  /// A row is a change of plan or price that lasts until the account's next row.
  case changes
}

/// How cells are written; `nil` is the standard way.
public struct CellFormat: Sendable, Equatable {
  /// The decimal sign: "." or ",".
  public var decimal: String?
  /// The sign between groups of three digits.
  public var thousands: String?
  /// A pattern of %Y %m %d %H %M %S..., or `epoch_s`, `epoch_ms`, `excel`.
  public var timestampFormat: String?
  /// Words that mean no value, beside the standard ones.
  public var nullValues: [String] = []
  /// The zone of timestamps that state none, where it is not the configuration's.
  public var timeZone: String?

  /// The standard way.
  public init() {}
}

/// What event names mean. Every list holds names, or patterns with `*`.
public struct EventMeanings: Sendable, Equatable {
  /// Events that are the value a customer came for.
  public var value: [String] = []
  /// Visits to the admin console.
  public var admin: [String] = []
  /// Attempts at capabilities that the plan does not entitle to.
  public var gates: [String] = []
  /// A limit of the plan was reached.
  public var limitHits: [String] = []
  /// Data leaving: exports and bulk reads.
  public var exports: [String] = []
  /// Errors.
  public var errors: [String] = []
  /// Invitations that were sent.
  public var invites: [String] = []
  /// Invitations that were accepted.
  public var invitesAccepted: [String] = []
  /// Integrations; each name is one.
  public var integrations: [String] = []
  /// The key steps of onboarding.
  public var onboarding: [String] = []
  /// A contact by customer success.
  public var touches: [String] = []
  /// Events of agents, where no actor column says so.
  public var agents: [String] = []
  /// Events never to be used: those that are written because of the outcome, for instance.
  public var ignored: [String] = []
  /// The words of the actor column that mean an agent.
  public var agentWords = ["agent", "bot", "service", "api"]
  /// The words of the status column that mean success, in lower case.
  public var succeededWords = ["succeeded", "success", "ok", "completed"]
  /// The words of the status column that mean failure, in lower case.
  public var failedWords = ["failed", "failure", "error"]
  /// The words of the status column that mean that time ran out, in lower case.
  public var timedOutWords = ["timed_out", "timeout"]
  /// Capabilities by name, each with its events; where empty, each name of a human's event is one.
  public var capabilities: [NamedPatterns] = []
  /// Meters that plans limit.
  public var meters: [Meter] = []

  /// Meanings that say nothing of any event.
  public init() {}
}

/// A name and the events that belong to it.
public struct NamedPatterns: Sendable, Equatable {
  /// The name.
  public var name: String
  /// Names of events, or patterns with `*`.
  public var events: [String]

  /// Puts a name to events.
  public init(name: String, events: [String]) {
    self.name = name
    self.events = events
  }
}

/// What a plan limits: how many events, or the sum of their values, in a billing period.
public struct Meter: Sendable, Equatable {
  /// What is added up.
  public enum Measure: String, Sendable, CaseIterable { case count, value }
  /// The name, as limits call it.
  public var name: String
  /// Names of events, or patterns with `*`.
  public var events: [String]
  /// Whether events are counted, or their values added.
  public var measure = Measure.count

  /// A meter that counts events.
  public init(name: String, events: [String]) {
    self.name = name
    self.events = events
  }
}

/// The terms of one plan.
public struct PlanTerms: Sendable, Equatable {
  /// The name, as subscriptions call it.
  public var name: String
  /// Its place among the plans: 0 is the smallest.
  public var rank: Int?
  /// The list price per month.
  public var price: Double?
  /// The limit of each meter in a billing period.
  public var limits: [String: Double] = [:]
  /// The capabilities it entitles to; `nil` for all.
  public var capabilities: [String]?

  /// A plan of which only the name is known.
  public init(name: String) { self.name = name }
}

/// What can be predicted.
public enum TargetName: String, Sendable, CaseIterable, Hashable {
  case churn, contraction, expansion
}

/// How an outcome is recognised.
public struct TargetDefinition: Sendable, Equatable {
  /// Where the outcome is looked for.
  public enum Source: String, Sendable, CaseIterable {
    /// In the subscriptions' recurring revenue.
    case subscriptions
    /// In the table of outcomes.
    case outcomes
    /// Churn is a label window without an event of the account.
    case inactivity
  }
  /// Where the outcome is looked for.
  public var source = Source.subscriptions
  /// Days between the as-of day and the label window.
  public var leadDays = 0
  /// Days of the label window.
  public var horizonDays = 90
  /// Churn: a subscription that resumes within so many days has not ended.
  public var gapDays = 7
  /// Contraction and expansion: the least relative change of recurring revenue.
  public var minimumChange: Double
  /// In the table of outcomes: the words of its `outcome` column that mean this target.
  public var outcomeWords: [String] = []
  /// Eligible accounts were active (had an event) in so many days before the as-of day.
  public var activeWithinDays: Int?
  /// Eligible accounts pay.
  public var paying = true
  /// Eligible accounts have been customers for so many days.
  public var minimumTenureDays = 0

  /// The defaults of a target.
  public init(_ target: TargetName) { minimumChange = target == .expansion ? 0.05 : 0.01 }
}

/// The days on which accounts are looked at.
public enum AsOfSchedule: Sendable, Equatable {
  /// How far the next day is.
  public enum Step: Sendable, Equatable {
    case days(Int)
    case months(Int)
  }
  /// These days.
  case days([CalendarDay])
  /// From the first to the last day, both included, in steps.
  case series(from: CalendarDay, to: CalendarDay, every: Step)
  /// For each account one day of its own: so many days before a date in a column of accounts.
  case before(column: String, days: Int)
}

/// Which features, and how they are counted.
public struct FeatureSettings: Sendable, Equatable {
  /// How events in a window are counted.
  public enum Counts: String, Sendable, CaseIterable {
    /// Events per 28 days, scaled to the account's tenure where that is shorter than the window.
    case per28Days = "per_28_days"
    /// Events in the window, as they are.
    case raw
  }
  /// Families by name that are switched off.
  public var familiesOff: Set<String> = []
  /// Features by name that are left out.
  public var excluded: [String] = []
  /// The windows of the counts in days.
  public var windows = [7, 14, 28, 56, 84]
  /// How events in a window are counted.
  public var counts = Counts.per28Days
  /// Events whose rate in 28 days is a feature of its own, beside the value events.
  public var keyEvents: [String] = []
  /// Whether the month of the year is a feature: it helps to control for seasons, and tempts a model
  /// to learn what will not come again.
  public var calendarMonth = false
  /// The thresholds behind flags.
  public var thresholds = Thresholds()

  /// The default features.
  public init() {}
}

/// The thresholds behind flags; each has the default of the article or practice that it comes from.
public struct Thresholds: Sendable, Equatable {
  /// Feature depth of a deep user.
  public var depth = 0.7
  /// Fewest agent runs for a success rate.
  public var minimumAgentRuns = 20
  /// Days without an action after which a champion is lost.
  public var championSilentDays = 28
  /// Days of inactivity that end a session of being a customer, for tenure.
  public var gapDays = 7
  /// Days after which activation is late; and very late.
  public var activationDays = [9, 30]

  /// The default thresholds.
  public init() {}
}

/// A plain labelled table: the twins of `retain train`'s flags.
public struct PlainTable: Sendable, Equatable {
  /// The CSV file, relative to the configuration's folder.
  public var file: String
  /// The column of the outcome.
  public var label: String
  /// The value that says the outcome happened.
  public var positive: String?
  /// The column that names the account.
  public var id: String?
  /// Columns not to learn from.
  public var drop: [String] = []
  /// Columns to be read as categories.
  public var categorical: [String] = []
  /// Columns to be read as numbers.
  public var numeric: [String] = []
  /// The column that says how much a row counts.
  public var weight: String?
  /// The column that says which rows belong together.
  public var group: String?
  /// The column of each row's time.
  public var time: String?
  /// What separates fields: one character.
  public var delimiter = ","

  /// A table and its outcome.
  public init(file: String, label: String) {
    self.file = file
    self.label = label
  }
}
