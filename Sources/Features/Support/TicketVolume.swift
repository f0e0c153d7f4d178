import CivilCalendar
import Configuration
import UsageHistory

extension HistoryView {
  /// Days from the opening of a ticket to ``asOf``.
  func age(_ ticket: SupportTicket) -> Int { ticket.opened.days(until: asOf) }

  /// Tickets of the last 28 days, of the 28 before, and of the 28 before these.
  var ticketCounts: (now: Int, before: Int, earlier: Int) {
    var counts = (now: 0, before: 0, earlier: 0)
    for ticket in tickets {
      switch age(ticket) {
      case ...28: counts.now += 1
      case ...56: counts.before += 1
      case ...84: counts.earlier += 1
      default: break
      }
    }
    return counts
  }
}

/// How many tickets there are.
struct TicketVolume: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.tickets)] }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "tickets_84", unit: "count", family: .support, windowDays: 84, emptyValue: .zero,
        sentence: "support tickets in the last 84 days",
        phrase: .count("support tickets", "support ticket", in: 84)),
      FeatureDefinition(
        "ticket_slope_84", unit: "per 28 days", family: .support, windowDays: 84,
        emptyValue: .zero, sentence: "change of the support tickets per 28 days over 84 days",
        phrase: .fact("course of support tickets # per 28 days over 84 days", .change)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let counts = view.ticketCounts
    row[0] = Double(counts.now + counts.before + counts.earlier)
    // The slope of three equidistant points.
    row[1] = Double(counts.now - counts.earlier) / 2
  }
}

/// Tickets per paid seat.
struct TicketsPerSeat: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.tickets), .column("subscriptions.seats")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "tickets_28_per_seat", unit: "count/seat", family: .support, windowDays: 28,
        emptyValue: .zero, sentence: "support tickets per paid seat in the last 28 days",
        phrase: .level(
          "support tickets per seat #", .decimal, in: 28, zero: "no support tickets in 28 days"))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = Self.rate(view)
  }

  static func rate(_ view: HistoryView) -> Double {
    quotient(Double(view.ticketCounts.now), view.seats ?? .nan)
  }
}

/// Tickets of the highest severities.
struct SevereTickets: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.tickets), .column("tickets.severity")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "high_sev_84", unit: "count", family: .support, windowDays: 84, emptyValue: .zero,
        sentence: "severe support tickets in the last 84 days",
        phrase: .count("severe support tickets", "severe support ticket", in: 84))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = Double(view.tickets.count { $0.isSevere && view.age($0) <= 84 })
  }
}

/// Tickets that had to be opened again.
struct ReopenedTickets: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.tickets), .column("tickets.reopened")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "reopened_84", unit: "count", family: .support, windowDays: 84, emptyValue: .zero,
        sentence: "reopened support tickets in the last 84 days",
        phrase: .count("reopened support tickets", "reopened support ticket", in: 84))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = Double(view.tickets.count { $0.wasReopened && view.age($0) <= 84 })
  }
}

/// Silence of an account that used to ask, while its use falls.
struct TicketSilence: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.tickets), .table(.events)]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "ticket_silence", unit: "yes/no", family: .support, windowDays: 84, emptyValue: .zero,
        kind: .boolean, sentence: "no more support tickets while use falls",
        phrase: .flag(
          "no more support tickets for 84 days while use falls",
          no: "no silence towards support while use falls"))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let isSilent = !view.tickets.isEmpty && view.tickets.allSatisfy { view.age($0) > 84 }
    var (now, before) = (0, 0)
    for day in view.digest.days {
      if day.age > 56 { break }
      if day.age <= 28 { now += day.eventCount } else { before += day.eventCount }
    }
    row.set(0, isSilent && now < before)
  }
}
