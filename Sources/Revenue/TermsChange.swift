import UsageHistory

/// What changed between the runs of two days of one account.
struct TermsChange {
  /// Monthly recurring revenue on the first and on the second day.
  let before: ExactAmount
  let after: ExactAmount
  /// The part of a rise that is price alone: the sum of the rises of subscriptions whose plan and
  /// seats stayed as they were. A discount that ran out is such a rise.
  private(set) var priceRise = ExactAmount.zero
  /// Whether a subscription, or the account's highest plan, moved up in rank.
  private(set) var hasRankRise: Bool

  /// Compares two days.
  ///
  /// Runs are matched by subscription. Then a subscription that is gone is matched with one that is
  /// new, where plan and seats are the same: it was renewed under another name.
  init(from old: [RevenueTimeline.Run], to new: [RevenueTimeline.Run]) {
    before = max(.zero, old.mrr)
    after = max(.zero, new.mrr)
    hasRankRise = new.planRank > old.planRank
    var added = new
    var gone: [RevenueTimeline.Run] = []
    for run in old {
      if let match = added.firstIndex(where: { $0.subscription == run.subscription }) {
        compare(run, added.remove(at: match))
      } else {
        gone.append(run)
      }
    }
    for run in gone {
      let match = added.firstIndex { $0.plan == run.plan && run.plan >= 0 && $0.hasSeats(of: run) }
      if let match { compare(run, added.remove(at: match)) }
    }
  }

  /// The rise of revenue without its part of price alone; zero where there is none.
  var riseWithoutPrice: ExactAmount { max(.zero, after - before - priceRise) }

  /// The fall of revenue, for whatever reason; zero where there is none.
  var fall: ExactAmount { max(.zero, before - after) }

  private mutating func compare(_ old: RevenueTimeline.Run, _ new: RevenueTimeline.Run) {
    if new.planRank > old.planRank { hasRankRise = true }
    let knowsPlan = old.plan >= 0 && new.plan >= 0
    let knowsSeats = !old.seats.isNaN && !new.seats.isNaN
    // Where neither is known, nothing says that it was the price.
    guard knowsPlan || knowsSeats, !knowsPlan || old.plan == new.plan,
      !knowsSeats || old.seats == new.seats, new.mrr > old.mrr
    else { return }
    priceRise += new.mrr - old.mrr
  }
}

extension RevenueTimeline.Run {
  fileprivate func hasSeats(of other: Self) -> Bool {
    seats == other.seats || seats.isNaN && other.seats.isNaN
  }
}
