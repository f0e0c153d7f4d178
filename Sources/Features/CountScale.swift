import CivilCalendar
import Configuration
import UsageHistory

/// How counts in a window become values: as they are, or per 28 days.
struct CountScale: Sendable {
  /// The fewest days that a rate is taken over.
  static let minimumDays = 14

  let isRaw: Bool
  let gapDays: Int

  init(_ settings: FeatureSettings) {
    isRaw = settings.counts == .raw
    gapDays = settings.thresholds.gapDays
  }

  /// The unit of a count.
  var unit: String { isRaw ? "count" : "count/28 d" }

  /// What is added to a sentence that speaks of a window.
  func words(_ window: Int) -> String {
    "in the last \(window) days" + (isRaw || window == 28 ? "" : ", per 28 days")
  }

  /// How many days of the account were to be seen; `nil` where nothing says since when.
  func observedDays(_ view: HistoryView) -> Int? { view.observedDays(gapDays: gapDays) }

  /// A count in a window as a value: per 28 days, over the days that were to be seen; NaN where
  /// these are under 14.
  func value(_ count: Double, window: Int, observedDays: Int?) -> Double {
    if isRaw { return count }
    guard let observedDays, observedDays >= Self.minimumDays else { return .nan }
    return count * 28 / Double(min(window, observedDays))
  }
}

extension HistoryView {
  /// Days since the start of the present period as a customer, or since an ended one's account was
  /// first seen; `nil` where nothing says since when.
  func observedDays(gapDays: Int) -> Int? {
    if let start = periodStart(gapDays: gapDays) { return start.days(until: asOf) }
    return lifetimeDays
  }

  /// Days since the first subscription; without one, since sign-up, or else the first event.
  var lifetimeDays: Int? { lifetimeStart.map { $0.days(until: asOf) } }

  /// The first subscription's start; without one, the sign-up, or else the first event's day.
  var lifetimeStart: CalendarDay? {
    subscriptions.first?.start ?? profile.created
      ?? activity.first.map { CalendarDay(number: $0.day) }
  }

  /// Paid seats at ``asOf``; `nil` where no running spell says.
  var seats: Double? {
    var sum: Double?
    for spell in subscriptions where spell.end == nil && !spell.seats.isNaN {
      sum = (sum ?? 0) + spell.seats
    }
    return sum
  }

  /// Paid seats as of an earlier day; `nil` where no spell that ran then says.
  func seats(on day: CalendarDay) -> Double? {
    var sum: Double?
    for spell in subscriptions
    where spell.start < day && spell.end.map({ $0 >= day }) ?? true && !spell.seats.isNaN {
      sum = (sum ?? 0) + spell.seats
    }
    return sum
  }

  /// Human users with an event in the last 28 days.
  var activeUserCount28: Int {
    var count = 0
    for user in digest.users where user.lastAge <= 28 { count += 1 }
    return count
  }

  /// Value events in the last 28 days.
  var valueEventCount28: Int {
    var count = 0
    for day in digest.days {
      if day.age > 28 { break }
      count += day.valueEventCount
    }
    return count
  }
}

extension ActivityDigest {
  /// Events of the last 28 days, and of the 28 before, whose names are marked.
  func counts28(_ isNamed: [Bool]) -> (now: Int, before: Int) {
    var counts = (now: 0, before: 0)
    for name in names where isNamed[Int(name.name)] {
      counts.now += name.count28
      counts.before += name.countPrevious28
    }
    return counts
  }

  /// Events of the last 84 days whose names are marked.
  func count84(_ isNamed: [Bool]) -> Int {
    var count = 0
    for name in names where isNamed[Int(name.name)] { count += name.count84 }
    return count
  }
}

/// A share or quotient; NaN where the denominator is 0 or unknown.
func quotient(_ numerator: Double, _ denominator: Double) -> Double {
  denominator == 0 ? .nan : numerator / denominator
}

extension FeatureRow {
  /// Writes yes or no as 1 or 0, and unknown as NaN.
  mutating func set(_ index: Int, _ flag: Bool?) {
    self[index] = flag.map { $0 ? 1 : 0 } ?? .nan
  }
}
