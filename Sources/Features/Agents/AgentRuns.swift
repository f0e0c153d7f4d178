import Configuration
import UsageHistory

/// What agents do, and their share in all that is done.
struct AgentRuns: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events), .agents] }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "agent_runs_28", unit: CountScale(inputs.settings).unit, family: .agents, windowDays: 28,
        emptyValue: .zero, sentence: "events of agents in the last 28 days",
        phrase: .count("events of agents", "event of agents", in: 28)),
      FeatureDefinition(
        "agent_share", unit: "0..1", family: .agents, windowDays: 28,
        sentence: "share of agents in the events of the last 28 days",
        phrase: .level("share of agents in all events #", .share, in: 28)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let scale: CountScale

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    scale = CountScale(inputs.settings)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var (agents, all) = (0, 0)
    for day in view.digest.days {
      if day.age > 28 { break }
      agents += day.agentEventCount
      all += day.eventCount
    }
    row[0] = scale.value(
      Double(agents), window: 28, observedDays: scale.observedDays(view))
    row[1] = quotient(Double(agents), Double(all))
  }
}

/// How agents' runs end.
struct AgentSuccess: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .agents, .column("events.status")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "agent_success_28", unit: "0..1", family: .agents, windowDays: 28,
        sentence: "share of agent runs that succeeded in the last 28 days",
        phrase: .level("agent success #", .share, in: 28)),
      FeatureDefinition(
        "agent_success_low_28", unit: "0..1", family: .agents, windowDays: 28,
        sentence: "share of agent runs that succeeded, at least, in the last 28 days",
        phrase: .level("agent success at least #", .share, in: 28)),
      FeatureDefinition(
        "agent_success_delta", unit: "pts", family: .agents, windowDays: 56,
        sentence: "points by which the success of agent runs rose against the 28 days before",
        phrase: .fact("agent success # against the 28 days before", .points)),
      FeatureDefinition(
        "agent_error_28", unit: "per 100 runs", family: .agents, windowDays: 28,
        sentence: "failed agent runs per 100 in the last 28 days",
        phrase: .level("failed agent runs # in 100", .count, in: 28)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let minimumRuns: Int

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    minimumRuns = inputs.settings.thresholds.minimumAgentRuns
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let now = AgentOutcomes(view.digest.days, ages: 1...28)
    let rate = now.rate(minimumRuns: minimumRuns)
    row[0] = rate
    row[1] = rate.isNaN ? .nan : Self.wilsonLowerBound(now.succeeded, of: now.all)
    let before = AgentOutcomes(view.digest.days, ages: 29...56).rate(minimumRuns: minimumRuns)
    row[2] = (rate - before) * 100
    row[3] = (1 - rate) * 100
  }

  /// The lower end of the 95% interval of a share.
  ///
  /// Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
  static func wilsonLowerBound(_ successes: Int, of count: Int) -> Double {
    let z = 1.959963984540054
    let n = Double(count)
    let share = Double(successes) / n
    let spread = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, (share + z * z / (2 * n) - spread) / (1 + z * z / n))
  }
}

/// How the runs of a few days ended.
struct AgentOutcomes {
  var succeeded = 0
  var all = 0

  init(_ days: [ActivityDigest.Day], ages: ClosedRange<Int32>) {
    for day in days {
      if day.age > ages.upperBound { break }
      guard day.age >= ages.lowerBound else { continue }
      succeeded += day.succeededRunCount
      all += day.succeededRunCount + day.failedRunCount + day.timedOutRunCount
    }
  }

  /// The share that succeeded; NaN for fewer runs.
  func rate(minimumRuns: Int) -> Double {
    all < max(1, minimumRuns) ? .nan : Double(succeeded) / Double(all)
  }
}

/// Runs that succeeded although nobody came for what they made.
///
/// A run is silent where no human made use of the product on its day or in the 7 days after: a value
/// event where such are configured, else any event. Runs of the last 7 days are not judged yet.
struct SilentErrors: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .agents, .column("events.status")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "silent_error_28", unit: "per 100 runs", family: .agents, windowDays: 35,
        sentence: "agent runs per 100 whose output nobody used",
        phrase: .level("agent runs whose output nobody used # in 100", .count, in: 28))
    ]
  }

  let definitions: [FeatureDefinition]
  private let minimumRuns: Int
  private let countsValue: Bool

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    minimumRuns = inputs.settings.thresholds.minimumAgentRuns
    countsValue = inputs.isName(.value).contains(true)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var (silent, all) = (0, 0)
    // The age of the human use that comes next after the day at hand.
    var nextUse = Int32.min
    for day in view.digest.days {
      if day.age > 35 { break }
      if (countsValue ? day.humanValueEventCount : day.humanEventCount) > 0 { nextUse = day.age }
      guard day.age >= 8 else { continue }
      all += day.succeededRunCount
      if nextUse == .min || day.age - nextUse > 7 { silent += day.succeededRunCount }
    }
    row[0] = all < max(1, minimumRuns) ? .nan : Double(silent) * 100 / Double(all)
  }
}
