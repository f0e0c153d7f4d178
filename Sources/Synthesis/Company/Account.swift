import Learning

/// One account, on the eve of a day.
///
/// What happens to it, its story, comes from one generator; the events through which the story is
/// seen come from another, so that a company with more events has the same story.
struct Account {
  let index: Int
  let profile: AccountProfile
  private var story: SeededGenerator
  private var chance: SeededGenerator
  private(set) var team: Team
  private(set) var agreement: Agreement
  private(set) var support: Support
  private(set) var billing: Billing
  private var usage: Usage
  private var agents: AgentFleet
  private var appetite: Appetite
  private var adoption: Adoption
  /// The day of the decision to leave.
  private(set) var noticeDay: Int?
  /// The day on which the last subscription ends, and from which nothing happens any more.
  private(set) var endDay = Int.max
  private(set) var contractionCount = 0
  private(set) var expansionCount = 0

  init(index: Int, plan: CompanyPlan, calendar: CompanyCalendar) {
    self.index = index
    story = SeededGenerator(seed: plan.seed, stream: 3 * UInt64(index))
    chance = SeededGenerator(seed: plan.seed, stream: 3 * UInt64(index) + 1)
    profile = AccountProfile(drawnFrom: &story, calendar: calendar)
    agreement = Agreement(drawnFrom: &story, profile: profile, calendar: calendar)
    team = Team(
      drawnFrom: &story, seatCount: agreement.terms.seatCount, day: profile.createdDay,
      second: profile.createdSecond)
    usage = Usage(drawnFrom: &story, temperament: profile.temperament)
    agents = AgentFleet(drawnFrom: &story, temperament: profile.temperament)
    appetite = Appetite(drawnFrom: &story, temperament: profile.temperament)
    adoption = Adoption(
      drawnFrom: &story, tier: agreement.terms.tier, temperament: profile.temperament)
    support = Support(drawnFrom: &story, temperament: profile.temperament)
    billing = Billing()
  }

  /// Lives through a day.
  ///
  /// - Returns: What the day's events are drawn from; `nil` before the account is there and once it
  ///   is gone.
  mutating func live(_ day: Int, _ calendar: CompanyCalendar) -> AccountDay? {
    guard day >= profile.createdDay, day < endDay else { return nil }
    let age = day - profile.createdDay
    if age == 0 { chargeMonth(on: day, isFirst: true) }
    if day == agreement.nextAnniversary { passAnniversary(day, calendar) }
    var result = AccountDay(day: day, firstSecond: age == 0 ? profile.createdSecond : 0)
    if age > 0, age.isMultiple(of: 7) { result.joined = step(on: day) }
    let level = usage.level(age: age, daysSinceNotice: noticeDay.map { day - $0 })
    team.setActivity(level: level)
    billing.retry(on: day, temperament: profile.temperament, &story)
    support.open(
      on: day, age: age, after: result.firstSecond, seatCount: agreement.terms.seatCount,
      level: level, &story)
    let tier = agreement.terms.tier
    result.gateHitCount = appetite.gateHits(on: day, tier: tier, level: level, &story)
    let utilisation = appetite.utilisation(level: level)
    result.reachesLimit = appetite.meter(utilisation, &story)
    let pace = humanPace(level: level)
    usage.note(pace: pace, age: age)
    let share = calendar.isWeekend(day) ? 0.25 : 1.0
    result.humanMean = pace * share
    // Agents stay clear of their limit, so that the fullest meter is that of the calls.
    let mostRuns = 0.6 * Double(tier.runLimit(eventScale: 1)) / 22
    let runs = agents.pace(activePersonCount: team.activePersonCount, level: level, day: day)
    result.agentMean = share * min(runs, mostRuns)
    result.agentSuccess = agents.successRate(on: day)
    // Two batches of calls a week, which make up the month's use.
    if calendar.weekday(day) == 0 || calendar.weekday(day) == 3 {
      result.callCount = utilisation * Double(tier.callLimit) * 3.5 / 30
    }
    result.storage = appetite.storageShare(age: age) * Double(tier.storageLimit)
    return result
  }

  /// Human events of a working day, on average.
  private func humanPace(level: Double) -> Double {
    let engagement = profile.temperament.engagement
    return 0.22 * PortableMath.exp(0.3 * engagement) * Double(team.activePersonCount)
      * level.squareRoot()
  }

  private mutating func step(on day: Int) -> Range<Int> {
    let temperament = profile.temperament
    let age = day - profile.createdDay
    usage.step(on: day, temperament: temperament, &story)
    let isGrowing = usage.isGrowing(on: day)
    agents.step(on: day, &story)
    appetite.step(on: day, isGrowing: isGrowing, temperament: temperament, &story)
    adoption.step(
      tier: agreement.terms.tier, isDeclining: usage.isDeclining(on: day),
      level: usage.level(age: age, daysSinceNotice: noticeDay.map { day - $0 }), &story)
    support.step(on: day, &story)
    billing.step(on: day, temperament: temperament, &story)
    return team.step(
      on: day, seatCount: noticeDay == nil ? agreement.terms.seatCount : 0, isGrowing: isGrowing,
      temperament: temperament, &story)
  }
}

// MARK: Outcomes

extension Account {
  /// What a reader of the tables could know on a day, before the day begins.
  private mutating func signs(asOf day: Int) -> AccountSigns {
    let age = day - profile.createdDay
    let seats = agreement.terms.seatCount
    return AccountSigns(
      usageRatio: usage.ratio(age: age), dropFromPeak: usage.dropFromPeak,
      noveltyRatio: usage.noveltyRatio(age: age),
      championDaysSilent: team.champion.map { _ in team.silentSince.map { day - $0 } ?? 0 },
      agentSuccess: agents.judgedSuccessRate(on: day),
      failedPayments84: billing.failures84(asOf: day),
      daysToRenewal: agreement.monthsToRenewal.map { 30 * (agreement.isYearEnd ? 0 : $0) },
      renewsByItself: agreement.renewsByItself,
      ticketsPerSeat28: support.ticketsPerSeat28(asOf: day, seatCount: seats), age: age,
      featureDepth: adoption.depth(agreement.terms.tier),
      limitUtilisation: appetite.utilisation(
        level: usage.level(age: age, daysSinceNotice: nil)),
      gateHits28: appetite.gateHits28(asOf: day),
      seatUtilisation: Double(team.activePersonCount) / Double(seats),
      departmentsAdded: team.departmentsAdded)
  }

  private mutating func happens(_ target: CompanyDriver.Target, _ signs: AccountSigns) -> Bool {
    story.nextBool(probability: LogLoss.probability(CompanyDriver.logOdds(target, signs)))
  }

  /// A month of the contract is over: what changes, and what is charged for the next.
  private mutating func passAnniversary(_ day: Int, _ calendar: CompanyCalendar) {
    agreement.passAnniversary(calendar)
    usage.noteAnniversary(age: day - profile.createdDay)
    team.noteAnniversary()
    appetite.noteAnniversary()
    let isRenewal = agreement.isAnnual && agreement.isYearEnd
    let signs = signs(asOf: day)
    let old = agreement.terms
    var terms = old
    if agreement.isYearEnd { reprice(&terms) }
    // All three are drawn each month, the gravest counts.
    let leaves = happens(.churn, signs)
    let shrinks = happens(.contraction, signs)
    let grows = happens(.expansion, signs)
    if leaves, agreement.monthCount > 1, !isRenewal {
      // Who leaves has paid up to the next anniversary.
      noticeDay = day
      endDay = agreement.nextAnniversary
      if endDay < calendar.dayCount { agreement.end(on: endDay) }
    } else if shrinks, agreement.monthCount > 1 {
      contract(&terms, on: day)
    } else if grows, agreement.monthCount > 1 {
      expand(&terms, signs)
    }
    agreement.change(to: terms, on: day, isRenewal: isRenewal, calendar)
    if terms.tier != old.tier { appetite.change(from: old.tier, to: terms.tier) }
    chargeMonth(on: day, isFirst: false)
    if agreement.isAnnual, !isRenewal, terms.revenue > old.revenue {
      let months = 12 - agreement.monthCount % 12
      billing.charge(
        (terms.revenue - old.revenue) * months, on: day, temperament: profile.temperament, &story)
    }
  }

  /// A year is over: a discount may run out, and the list price may rise.
  private mutating func reprice(_ terms: inout Agreement.Terms) {
    if terms.discount > 0, story.nextBool(probability: 0.5) { terms.discount = 0 }
    if story.nextBool(probability: 0.5) {
      terms.priceLevel += 30 + 10 * story.nextIndex(below: 5)
    }
  }

  /// Seats that nobody uses go, or else the tier.
  private mutating func contract(_ terms: inout Agreement.Terms, on day: Int) {
    let needed = max(2, Int((1.1 * Double(team.activePersonCount)).rounded()))
    if needed < terms.seatCount, story.nextBool(probability: 0.8) || terms.tier == .starter {
      terms.seatCount = min(needed, terms.seatCount - 1)
      team.shrink(toSeats: terms.seatCount, on: day)
    } else if let lower = terms.tier.previous {
      terms.tier = lower
    } else {
      return
    }
    contractionCount += 1
  }

  /// Full seats bring seats; limits and gates bring the next tier.
  private mutating func expand(_ terms: inout Agreement.Terms, _ signs: AccountSigns) {
    let wantsTier = signs.limitUtilisation > 0.75 || signs.gateHits28 > 1
    if let higher = terms.tier.next, wantsTier, story.nextBool(probability: 0.8) {
      terms.tier = higher
    } else {
      let share = 0.15 + 0.35 * story.nextUnit()
      terms.seatCount += max(1, Int((share * Double(terms.seatCount)).rounded()))
    }
    expansionCount += 1
  }

  /// Charges a month, or a year on its first day.
  private mutating func chargeMonth(on day: Int, isFirst: Bool) {
    let isDue = !agreement.isAnnual || isFirst || agreement.isYearEnd
    guard isDue else { return }
    billing.charge(
      agreement.terms.revenue * (agreement.isAnnual ? 12 : 1), on: day,
      after: isFirst ? profile.createdSecond : 0, temperament: profile.temperament, &story)
  }
}

// MARK: Events

extension Account {
  /// Draws a day's events, in no order.
  ///
  /// - Parameter scale: How many events there are for one that an account of its size would make.
  mutating func draw(_ day: AccountDay, scale: Double, into records: inout [EventRecord]) {
    drawHumanEvents(day, count: chance.nextCount(mean: day.humanMean * scale), into: &records)
    for _ in 0..<chance.nextCount(mean: day.agentMean * scale) {
      let succeeds = chance.nextBool(probability: day.agentSuccess)
      let status: RunStatus =
        succeeds ? .succeeded : chance.nextBool(probability: 0.2) ? .timedOut : .failed
      let second = day.firstSecond + chance.nextIndex(below: 86_400 - day.firstSecond)
      records.append(record(.agentRun, at: second, by: nil, status: status, value: 1))
    }
    if day.callCount > 0, let (person, second) = act(on: day) {
      let count = day.callCount * (0.9 + 0.2 * chance.nextUnit())
      records.append(record(.apiCall, at: second, by: person, value: Int32(count.rounded())))
    }
    if day.reachesLimit, let (person, second) = act(on: day) {
      records.append(record(.limitReached, at: second, by: person))
    }
    for _ in 0..<day.gateHitCount {
      guard let (person, second) = act(on: day),
        let capability = adoption.gatedCapability(agreement.terms.tier, &chance)
      else { continue }
      records.append(record(capability, at: second, by: person))
      records.append(record(.featureGated, at: second, by: person))
    }
    for joined in day.joined {
      let second = Int(team.people[joined].createdSecond)
      if let host = team.activePerson(&chance), host < day.joined.lowerBound {
        records.append(record(.inviteSent, at: max(0, second - 3600), by: host))
      }
      records.append(record(.inviteAccepted, at: second, by: UInt16(joined)))
    }
  }

  private mutating func drawHumanEvents(
    _ day: AccountDay, count: Int, into records: inout [EventRecord]
  ) {
    let capabilities = adoption.capabilities
    let entitlements = agreement.terms.tier.entitlements
    for _ in 0..<count {
      guard let (person, second) = act(on: day) else { return }
      var event = CompanyEvent.ofChance[Int(chance.next() >> 56)]
      if event.lowestTier != nil, capabilities & entitlements & event.bit == 0 {
        event = .dashboardView
      }
      let storage = event == .fileUploaded ? Int32((100 * day.storage).rounded()) : nil
      records.append(record(event, at: second, by: person, value: storage))
    }
  }

  /// Someone who acts, and a second of the working day: two dice from 7 to 20 o'clock.
  private mutating func act(on day: AccountDay) -> (person: UInt16, second: Int)? {
    guard let person = team.activePerson(&chance) else { return nil }
    let bits = chance.next()
    let first = (Int(bits & 0xffff_ffff) * 23_400) >> 32
    let second = (Int(bits >> 32) * 23_400) >> 32
    // Nobody acts before being there.
    let arrival = day.joined.contains(Int(person)) ? team.people[Int(person)].createdSecond : 0
    return (person, max(7 * 3600 + first + second, day.firstSecond, Int(arrival)))
  }

  private func record(
    _ event: CompanyEvent, at second: Int, by person: UInt16?, status: RunStatus = .none,
    value: Int32? = nil
  ) -> EventRecord {
    EventRecord(
      second: Int32(second), account: Int32(index), person: person ?? EventRecord.noPerson,
      event: event, status: status, value: value ?? EventRecord.noValue)
  }
}
