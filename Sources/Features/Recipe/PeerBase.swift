import Configuration
import UsageHistory

/// What accounts are compared in.
enum PeerMeasure: Int, CaseIterable, Sendable {
  case usage, adminVisits, humanDays, humanUsers, breadth, agentRuns, agentSuccess, ticketRate

  /// The column of ``PeerBase`` that says who is compared with whom.
  var keyColumn: Int {
    switch self {
    case .usage: PeerBase.planAndTenure
    case .ticketRate: PeerBase.contractMonth
    default: PeerBase.segment
    }
  }
}

/// The values that features of the second step are made of: they are no features themselves.
struct PeerBase: FeatureFamily {
  static let segment = PeerMeasure.allCases.count
  static let planAndTenure = segment + 1
  static let contractMonth = segment + 2
  static let ticketSlope = segment + 3
  static let count = segment + 4
  /// Tenures from so many days on form a band.
  static let bands = [0, 90, 365, 730]
  /// Later months of a contract are one group.
  static let lastMonth = 25

  let definitions: [FeatureDefinition]
  private let scale: CountScale
  private let hasEvents: Bool
  private let hasTickets: Bool
  private let minimumRuns: Int
  private let isAdmin: [Bool]
  private let segments: CodeTranslation
  private let plans: CodeTranslation

  init(_ inputs: FeatureInputs) {
    definitions = (0..<Self.count).map {
      FeatureDefinition("peer_base_\($0)", unit: "", family: .usage, sentence: "")
    }
    scale = CountScale(inputs.settings)
    hasEvents = inputs.dictionaries.tables.contains(.events)
    hasTickets = inputs.dictionaries.tables.contains(.tickets)
    minimumRuns = inputs.settings.thresholds.minimumAgentRuns
    isAdmin = inputs.isName(.admin)
    segments = CodeTranslation(from: inputs.dictionaries.segments, to: inputs.words.segments)
    plans = CodeTranslation(
      from: inputs.dictionaries.plans.map(\.name), to: inputs.words.plans)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    for index in 0..<Self.count { row[index] = .nan }
    if hasEvents { writeUsage(view, to: &row) }
    if hasTickets {
      row[PeerMeasure.ticketRate.rawValue] = TicketsPerSeat.rate(view)
      let counts = view.ticketCounts
      row[Self.ticketSlope] = Double(counts.now - counts.earlier) / 2
    }
    let tenure = view.periodStart(gapDays: scale.gapDays)?.days(until: view.asOf)
    row[Self.segment] = segments[view.profile.segment]
    if let tenure {
      row[Self.contractMonth] = Double(min(Tenure.contractMonth(tenure), Self.lastMonth))
      let plan = plans[view.mainSpell?.plan ?? -1]
      // Without a plan the bands alone are the groups.
      let band = Self.bands.lastIndex { $0 <= tenure } ?? 0
      row[Self.planAndTenure] =
        (plan.isNaN ? 0 : plan + 1) * Double(Self.bands.count) + Double(band)
    }
  }

  private func writeUsage(_ view: HistoryView, to row: inout FeatureRow) {
    let observed = scale.observedDays(view)
    var (all, agents, humanDays, breadth) = (0, 0, 0, 0)
    for day in view.digest.days {
      if day.age > 28 { break }
      all += day.eventCount
      agents += day.agentEventCount
      if day.humanEventCount > 0 { humanDays += 1 }
    }
    for name in view.digest.names where name.lastAge <= 28 { breadth += 1 }
    func rate(_ count: Int) -> Double {
      scale.value(Double(count), window: 28, observedDays: observed)
    }
    row[PeerMeasure.usage.rawValue] = rate(all)
    row[PeerMeasure.agentRuns.rawValue] = rate(agents)
    row[PeerMeasure.adminVisits.rawValue] = rate(view.digest.counts28(isAdmin).now)
    row[PeerMeasure.humanDays.rawValue] = Double(humanDays)
    row[PeerMeasure.humanUsers.rawValue] = Double(view.activeUserCount28)
    row[PeerMeasure.breadth.rawValue] = Double(breadth)
    row[PeerMeasure.agentSuccess.rawValue] = AgentOutcomes(view.digest.days, ages: 1...28)
      .rate(minimumRuns: minimumRuns)
  }
}
