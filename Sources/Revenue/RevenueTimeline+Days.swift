import CivilCalendar
import UsageHistory

extension RevenueTimeline {
  /// The runs of a day, in the order of their starts.
  public func runs(on day: CalendarDay) -> [Run] {
    runs.filter { $0.start <= day && $0.end.map { $0 > day } ?? true }
  }

  /// Monthly recurring revenue on a day, exact; zero where nothing runs.
  public func mrr(on day: CalendarDay) -> ExactAmount { runs(on: day).mrr }

  /// Paid seats on a day; NaN where no run says how many.
  public func seats(on day: CalendarDay) -> Double {
    let known = runs(on: day).map(\.seats).filter { !$0.isNaN }
    return known.isEmpty ? .nan : known.sorted().reduce(0, +)
  }

  /// The highest plan rank of a day; NaN where no run has one.
  public func planRank(on day: CalendarDay) -> Double { runs(on: day).planRank }

  /// The runs that stand on a day, short breaks bridged.
  ///
  /// A subscription that resumes within `gapDays` stands on its old terms until it does. Where the
  /// account as a whole pays nothing, but does again within `gapDays`, under whatever subscription,
  /// it stands as on its last paid day. With `gapDays` 0 these are the runs of the day.
  public func standingRuns(on day: CalendarDay) -> [Run] {
    let standing = bridgedRuns(on: day)
    if standing.contains(where: { $0.mrr > .zero }) || period(on: day, paid: true) == nil {
      return standing
    }
    let lastEnd = runs.lazy.filter { $0.mrr > .zero }.compactMap(\.end).filter { $0 <= day }.max()
    return lastEnd.map { bridgedRuns(on: $0 - 1) } ?? standing
  }

  /// Monthly recurring revenue that stands on a day, short breaks bridged; never below zero.
  public func standingMRR(on day: CalendarDay) -> ExactAmount {
    max(.zero, standingRuns(on: day).mrr)
  }

  /// The stay as a customer that holds a day, or the stay as one who pays.
  public func period(on day: CalendarDay, paid: Bool) -> Period? {
    (paid ? paidPeriods : periods).first { $0.contains(day) }
  }

  private func bridgedRuns(on day: CalendarDay) -> [Run] {
    runs.filter { $0.start <= day && $0.standsUntil.map { $0 > day } ?? true }
  }
}

extension [RevenueTimeline.Run] {
  /// The sum of their monthly recurring revenue, exact.
  var mrr: ExactAmount { reduce(.zero) { $0 + $1.mrr } }

  /// The highest rank of their plans; NaN where none has one.
  var planRank: Double { map(\.planRank).filter { !$0.isNaN }.max() ?? .nan }
}
