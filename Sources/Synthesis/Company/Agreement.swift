import Learning

/// An account's subscriptions, one after another without a gap.
struct Agreement {
  /// What holds from one change to the next.
  struct Terms: Equatable {
    var tier: CompanyTier
    var seatCount: Int
    /// In percent.
    var discount: Int
    /// The price over the list price of the start, in thousandths.
    var priceLevel: Int

    /// Monthly recurring revenue, in hundredths.
    var revenue: Int {
      let exact = seatCount * tier.seatPrice * (100 - discount) * priceLevel
      return (exact + 50_000) / 100_000
    }
  }

  /// One row of `subscriptions.csv`.
  struct Spell {
    let terms: Terms
    let startDay: Int
    /// The day on which something else held; `nil` while it runs.
    var endDay: Int?
    /// The day on which a yearly contract is renewed, as known at the start of the spell.
    let renewalDay: Int?
  }

  let isAnnual: Bool
  let renewsByItself: Bool
  private(set) var spells: [Spell] = []
  private(set) var terms: Terms
  /// Anniversaries so far: months since the start.
  private(set) var monthCount = 0
  private(set) var nextAnniversary: Int
  private let startDay: Int

  init(
    drawnFrom generator: inout SeededGenerator, profile: AccountProfile, calendar: CompanyCalendar
  ) {
    isAnnual = generator.nextBool(probability: profile.annualShare)
    renewsByItself = generator.nextBool(
      probability: LogLoss.probability(0.9 - 0.6 * profile.temperament.moneyStress))
    terms = Terms(
      tier: profile.firstTier(&generator), seatCount: profile.firstSeatCount(&generator),
      discount: generator.nextChoice([(0, 60), (10, 25), (20, 15)]), priceLevel: 1000)
    startDay = profile.createdDay
    nextAnniversary = calendar.day(startDay, addingMonths: 1)
    begin(on: startDay, calendar)
  }

  /// Begins the next month of the contract.
  mutating func passAnniversary(_ calendar: CompanyCalendar) {
    monthCount += 1
    nextAnniversary = calendar.day(startDay, addingMonths: monthCount + 1)
  }

  /// Whether the contract's year ends on the anniversary just passed.
  var isYearEnd: Bool { monthCount > 0 && monthCount.isMultiple(of: 12) }

  /// Months until a yearly contract is renewed, in `1...12`; `nil` where it goes on by the month.
  var monthsToRenewal: Int? { isAnnual ? 12 - monthCount % 12 : nil }

  /// Lets other terms hold from a day on; at a renewal a spell of the same terms begins as well.
  mutating func change(to terms: Terms, on day: Int, isRenewal: Bool, _ calendar: CompanyCalendar) {
    guard terms != self.terms || isRenewal else { return }
    self.terms = terms
    spells[spells.count - 1].endDay = day
    begin(on: day, calendar)
  }

  /// Ends the last spell.
  mutating func end(on day: Int) { spells[spells.count - 1].endDay = day }

  private mutating func begin(on day: Int, _ calendar: CompanyCalendar) {
    let renewalMonth = (monthCount / 12 + 1) * 12
    spells.append(
      Spell(
        terms: terms, startDay: day, endDay: nil,
        renewalDay: isAnnual ? calendar.day(startDay, addingMonths: renewalMonth) : nil))
  }
}
