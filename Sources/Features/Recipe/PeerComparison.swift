import Configuration
import UsageHistory

/// Features that compare an account with others as of the same day.
enum PeerComparison: CaseIterable, Sendable {
  case usage, admins, streams, tickets

  /// The quadrants of the two streams, by code: both streams high, agents alone, humans alone,
  /// neither.
  static let quadrants = ["embedded", "integrated", "learner", "disengaging"]
  /// From this percentile on the visits of admins are many.
  static let manyVisits = 0.75

  var requirements: [Requirement] {
    switch self {
    case .usage: [.table(.events)]
    case .admins: [.table(.events), .meaning(.admin, "admin")]
    case .streams: [.table(.events), .agents]
    case .tickets: [.table(.tickets), .column("subscriptions.seats")]
    }
  }

  /// Why the features cannot exist; `nil` where they can.
  func absence(_ inputs: FeatureInputs) -> String? {
    requirements.lazy.compactMap { $0.fault(in: inputs.dictionaries) }.first
  }

  /// What is compared.
  var measures: [PeerMeasure] {
    switch self {
    case .usage: [.usage]
    case .admins: [.adminVisits]
    case .streams: [.humanDays, .humanUsers, .breadth, .agentRuns, .agentSuccess]
    case .tickets: [.ticketRate]
    }
  }

  var definitions: [FeatureDefinition] {
    switch self {
    case .usage:
      [
        FeatureDefinition(
          "peer_pctile_usage", unit: "0..1", family: .usage, windowDays: 28,
          sentence: "share of accounts of the same plan and age with fewer events",
          phrase: .level("more events than # of accounts of the same plan and age", .share, in: 28)
            .alone)
      ]
    case .admins:
      [
        FeatureDefinition(
          "admin_pctile", unit: "0..1", family: .people, windowDays: 28,
          sentence: "share of accounts of the segment with fewer visits to the admin console",
          phrase: .level(
            "more visits to the admin console than # of accounts of the segment", .share, in: 28
          ).alone),
        FeatureDefinition(
          "admin_high", unit: "yes/no", family: .people, windowDays: 28, kind: .boolean,
          sentence: "many visits to the admin console for its segment",
          phrase: .flag(
            "many visits to the admin console for its segment",
            no: "not many visits to the admin console for its segment")),
      ]
    case .streams:
      [
        FeatureDefinition(
          "human_index", unit: "0..1", family: .agents, windowDays: 28,
          sentence: "place in its segment by the use of humans",
          phrase: .level("use by humans above # of its segment", .share, in: 28).alone),
        FeatureDefinition(
          "agent_index", unit: "0..1", family: .agents, windowDays: 28,
          sentence: "place in its segment by the use of agents",
          phrase: .level("use by agents above # of its segment", .share, in: 28).alone),
        FeatureDefinition(
          "embedded_index", unit: "0..1", family: .agents, windowDays: 28,
          sentence: "place in its segment by the use of humans and agents",
          phrase: .level("use by humans and agents above # of its segment", .share, in: 28).alone),
        FeatureDefinition(
          "stream_quadrant", unit: "category", family: .agents, windowDays: 28,
          kind: .category(Self.quadrants), sentence: "use by humans and agents",
          phrase: .word("use by humans and agents:")),
      ]
    case .tickets:
      [
        FeatureDefinition(
          "ticket_age_z", unit: "z", family: .support, windowDays: 28,
          sentence: "support tickets per seat above accounts in the same month",
          phrase: .fact(
            "support tickets per seat # standard deviations from accounts in the same month",
            .change)),
        FeatureDefinition(
          "ticket_activation_failure", unit: "yes/no", family: .support, windowDays: 84,
          kind: .boolean,
          sentence: "support tickets rise past the third month and above others of that age",
          phrase: .flag(
            "support tickets rise past the third month, above others of that age",
            no: "support tickets do not rise past the third month, or not above others")),
      ]
    }
  }

  /// The values of one row, in the order of ``definitions``.
  ///
  /// - Parameters:
  ///   - base: What ``PeerBase`` wrote for the row.
  ///   - reference: What it is compared with; `nil` where there was nothing yet.
  func write(
    _ base: InlineArray<12, Double>, against reference: PeerReferences.Day?,
    to output: (Int, Double) -> Void
  ) {
    switch self {
    case .usage: output(0, Self.percentile(.usage, base, reference))
    case .admins:
      let place = Self.percentile(.adminVisits, base, reference)
      output(0, place)
      let isHigh = place >= Self.manyVisits && base[PeerMeasure.adminVisits.rawValue] > 0
      output(1, place.isNaN ? .nan : isHigh ? 1 : 0)
    case .streams: Self.writeStreams(base, reference, output)
    case .tickets: Self.writeTickets(base, reference, output)
    }
  }

  private static func percentile(
    _ measure: PeerMeasure, _ base: InlineArray<12, Double>, _ reference: PeerReferences.Day?
  ) -> Double {
    guard let reference, let group = reference.groupIndex(measure, key: key(measure, base)) else {
      return .nan
    }
    return reference.groups[measure.rawValue][group].percentile(base[measure.rawValue])
  }

  /// Who is compared with whom; -1 for all accounts.
  private static func key(_ measure: PeerMeasure, _ base: InlineArray<12, Double>) -> Int32 {
    let key = base[measure.keyColumn]
    return key >= 0 ? Int32(key) : -1
  }

  private static func writeStreams(
    _ base: InlineArray<12, Double>, _ reference: PeerReferences.Day?,
    _ output: (Int, Double) -> Void
  ) {
    let human = mean(
      percentile(.humanDays, base, reference), percentile(.humanUsers, base, reference),
      percentile(.breadth, base, reference))
    let agent = mean(
      percentile(.agentRuns, base, reference), percentile(.agentSuccess, base, reference), .nan)
    output(0, human)
    output(1, agent)
    output(2, (human + agent) / 2)
    let isKnown = !human.isNaN && !agent.isNaN
    output(3, isKnown ? quadrant(human > 0.5, agent > 0.5) : .nan)
  }

  /// The mean of the places that are known; NaN where none is.
  private static func mean(_ first: Double, _ second: Double, _ third: Double) -> Double {
    var (sum, count) = (0.0, 0.0)
    if !first.isNaN { (sum, count) = (first, 1) }
    if !second.isNaN { (sum, count) = (sum + second, count + 1) }
    if !third.isNaN { (sum, count) = (sum + third, count + 1) }
    return quotient(sum, count)
  }

  /// The position in ``quadrants``.
  private static func quadrant(_ isHumanHigh: Bool, _ isAgentHigh: Bool) -> Double {
    switch (isHumanHigh, isAgentHigh) {
    case (true, true): 0
    case (false, true): 1
    case (true, false): 2
    case (false, false): 3
    }
  }

  private static func writeTickets(
    _ base: InlineArray<12, Double>, _ reference: PeerReferences.Day?,
    _ output: (Int, Double) -> Void
  ) {
    let rate = base[PeerMeasure.ticketRate.rawValue]
    guard !rate.isNaN, let reference,
      let index = reference.groupIndex(.ticketRate, key: key(.ticketRate, base))
    else {
      output(0, .nan)
      output(1, .nan)
      return
    }
    let group = reference.groups[PeerMeasure.ticketRate.rawValue][index]
    output(0, quotient(rate - group.mean, group.deviation))
    let median = group.quantiles[group.quantiles.count / 2]
    let month = base[PeerBase.contractMonth]
    // More tickets in the first two months are onboarding.
    let isFailure = month >= 3 && base[PeerBase.ticketSlope] > 0 && rate > median
    output(1, month.isNaN ? .nan : isFailure ? 1 : 0)
  }
}
