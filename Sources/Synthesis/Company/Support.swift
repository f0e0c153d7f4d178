import Learning

/// What an account asks of support.
struct Support {
  struct Ticket {
    let openedDay: Int32
    let openedSecond: Int32
    let hoursOpen: Int32
    let severity: Severity
    /// In hundredths, in `-100...100`.
    let sentiment: Int8
    let text: UInt8
  }

  enum Severity: UInt8 {
    case low, normal, high, urgent
    /// Planted: what follows a notice.
    case cancellation

    var name: StaticString {
      switch self {
      case .low: "low"
      case .normal: "normal"
      case .high: "high"
      case .urgent: "urgent"
      case .cancellation: "cancellation"
      }
    }
  }

  private(set) var tickets: [Ticket] = []
  private var trouble = Episode()
  private let mood: Double

  init(drawnFrom generator: inout SeededGenerator, temperament: Temperament) {
    mood = 0.15 + 0.12 * temperament.engagement
  }

  /// One week on.
  mutating func step(on day: Int, _ generator: inout SeededGenerator) {
    _ = trouble.maybeBegin(on: day, chance: 0.009, dayCount: 60...140, &generator)
  }

  /// Opens the day's tickets.
  mutating func open(
    on day: Int, age: Int, after firstSecond: Int, seatCount: Int, level: Double,
    _ generator: inout SeededGenerator
  ) {
    let strength = trouble.strength(on: day)
    // A new customer asks much; that is learning, not trouble.
    let newcomers = age < 60 ? 2.2 : 1
    let mean =
      (0.006 + 0.0016 * Double(seatCount)) * (newcomers + 6 * strength) * min(max(level, 0.5), 1.2)
    for _ in 0..<generator.nextPoisson(mean: min(mean, 20)) {
      let isBad = generator.nextBool(probability: 0.12 + 0.7 * strength)
      let feeling = mood - (isBad ? 0.6 : 0) + 0.2 * generator.nextNormal()
      tickets.append(
        Ticket(
          openedDay: Int32(day),
          openedSecond: Int32(
            max(8 * 3600 + generator.nextIndex(below: 10 * 3600), firstSecond)),
          hoursOpen: Int32(1 + min(generator.nextExponential(mean: isBad ? 60 : 22), 900)),
          severity: isBad
            ? generator.nextChoice([(.normal, 30), (.high, 50), (.urgent, 20)])
            : generator.nextChoice([(.low, 45), (.normal, 48), (.high, 7)]),
          sentiment: Int8((100 * min(max(feeling, -1), 1)).rounded()),
          text: UInt8(
            generator.nextIndex(below: isBad ? Self.badTexts.count : Self.goodTexts.count)
              + (isBad ? Self.goodTexts.count : 0))))
    }
  }

  /// Tickets of the 28 days before a day, over seats.
  func ticketsPerSeat28(asOf day: Int, seatCount: Int) -> Double {
    let recent = tickets.reversed().prefix { Int($0.openedDay) >= day - 28 }
    return Double(recent.count) / Double(seatCount)
  }

  /// The text of a ticket.
  static func text(_ index: UInt8) -> StaticString {
    if index == cancellationText { return "How do we close our account and take our data along?" }
    let index = Int(index)
    return index < goodTexts.count ? goodTexts[index] : badTexts[index - goodTexts.count]
  }

  /// The text of the ticket that follows a notice.
  static let cancellationText = UInt8.max

  // No text holds a comma or a quote, hence none is quoted.
  private static let goodTexts: [StaticString] = [
    "How do I add a department to a dashboard?", "Thanks for the help with the export last week",
    "Which template suits a monthly report?", "Can an agent read from our shared drive?",
    "Where can I see who used a workflow?", "Please explain the difference between two filters",
    "We would like training for new colleagues", "How do I change the schedule of a report?",
  ]
  private static let badTexts: [StaticString] = [
    "The agent failed again and nobody can tell why", "Reports are slow and often time out",
    "The integration lost records and we are frustrated", "Wrong totals in the report to our board",
    "Still no answer to our last ticket", "The workflow stopped without any error",
    "Login is broken for half of our team", "This is too expensive for what we get",
  ]
}
