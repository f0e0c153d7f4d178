import CivilCalendar
import Configuration
import UsageHistory

/// Distinct human users in each window.
struct ActiveUsers: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .column("events.user_id")]
  }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    inputs.windows.map {
      FeatureDefinition(
        "users_\($0)", unit: "count", family: .people, windowDays: $0, emptyValue: .zero,
        sentence: "active users in the last \($0) days",
        phrase: .count("active users", "active user", in: $0))
    }
  }

  let definitions: [FeatureDefinition]
  private let windows: [Int]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    windows = inputs.windows
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let users = view.digest.users
    for (index, window) in windows.enumerated() {
      var count = 0
      for user in users where Int(user.lastAge) <= window { count += 1 }
      row[index] = Double(count)
    }
  }
}

/// Who came, who went, and how much hangs on one user.
struct UserTurnover: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .column("events.user_id")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "new_users_28", unit: "count", family: .people, windowDays: 28, emptyValue: .zero,
        sentence: "users seen for the first time in the last 28 days",
        phrase: .count("new users", "new user", in: 28)),
      FeatureDefinition(
        "lost_users_28", unit: "count", family: .people, windowDays: 56, emptyValue: .zero,
        sentence: "users of the 28 days before who were not seen in the last 28",
        phrase: .count("users lost", "user lost", in: 28)),
      FeatureDefinition(
        "top_user_share", unit: "0..1", family: .people, windowDays: 84,
        sentence: "share of the busiest user in the actions of the last 84 days",
        phrase: .level("share of the busiest user in all actions #", .share, in: 84)),
      FeatureDefinition(
        "actions_per_user_week", unit: "count", family: .people, windowDays: 35,
        sentence: "actions per active user and week, the median of four weeks",
        phrase: .level("actions per active user and week #", .decimal, in: 28)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var (new, lost, busiest, all) = (0, 0, 0, 0)
    var usersOfWeek = InlineArray<4, Int>(repeating: 0)
    for user in view.digest.users {
      if user.firstAge <= 28 { new += 1 }
      if user.wasActivePrevious28 && user.lastAge > 28 { lost += 1 }
      busiest = max(busiest, user.count84)
      all += user.count84
      for week in 0..<4 where user.isoWeeks & (1 << UInt8(week)) != 0 { usersOfWeek[week] += 1 }
    }
    row[0] = Double(new)
    row[1] = Double(lost)
    row[2] = quotient(Double(busiest), Double(all))
    row[3] = intensity(view, usersOfWeek)
  }

  /// The median over the weeks in which anyone was active.
  private func intensity(_ view: HistoryView, _ usersOfWeek: InlineArray<4, Int>) -> Double {
    var actions = InlineArray<4, Int>(repeating: 0)
    let weekday = view.asOf.weekday
    for day in view.digest.days {
      let daysBefore = Int(day.age) - weekday
      if daysBefore >= 28 { break }
      if daysBefore >= 0 { actions[daysBefore / 7] += day.humanEventCount }
    }
    var rates = InlineArray<4, Double>(repeating: 0)
    var count = 0
    for week in 0..<4 where usersOfWeek[week] > 0 {
      var place = count
      let rate = Double(actions[week]) / Double(usersOfWeek[week])
      while place > 0 && rates[place - 1] > rate {
        rates[place] = rates[place - 1]
        place -= 1
      }
      rates[place] = rate
      count += 1
    }
    return count == 0 ? .nan : (rates[(count - 1) / 2] + rates[count / 2]) / 2
  }
}

/// How many of the paid seats are in use.
struct SeatUse: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .column("events.user_id"), .column("subscriptions.seats")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "seat_utilisation", unit: "ratio", family: .people, windowDays: 28,
        sentence: "active users per paid seat in the last 28 days",
        phrase: .level("paid seats in use #", .share, in: 28)),
      FeatureDefinition(
        "seat_util_delta", unit: "pts", family: .people, windowDays: 56,
        sentence: "points by which the use of seats rose against the 28 days before",
        phrase: .fact("use of seats # against the 28 days before", .points)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var (now, before) = (0, 0)
    for user in view.digest.users {
      if user.lastAge <= 28 { now += 1 }
      if user.wasActivePrevious28 { before += 1 }
    }
    row[0] = quotient(Double(now), view.seats ?? .nan)
    let earlier = quotient(Double(before), view.seats(on: view.asOf - 28) ?? .nan)
    row[1] = (row[0] - earlier) * 100
  }
}
