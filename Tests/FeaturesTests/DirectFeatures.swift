import CivilCalendar
import Configuration
import Features
import Learning
import Testing
import UsageHistory

/// The readable twin of the features that are counted by the digest: each is computed from the
/// cells alone, as its definition says, with no care for speed.
struct DirectFeatures {
  let account: AccountHistory
  let asOf: CalendarDay

  /// The cells of the ages of a window.
  func cells(_ ages: ClosedRange<Int>) -> [ActivityCell] {
    account.activity.filter {
      let isKnown = Int($0.day) + Int($0.lag) < Int(asOf.number)
      return isKnown && ages.contains(Int(asOf.number - $0.day))
    }
  }

  private func count(_ cells: [ActivityCell]) -> Int { cells.reduce(0) { $0 + Int($1.count) } }

  private func users(_ cells: [ActivityCell]) -> Set<UInt32> {
    Set(cells.filter { !$0.isAgent && $0.user != 0 }.map(\.user))
  }

  private func named(_ names: String..., in cells: [ActivityCell]) -> [ActivityCell] {
    cells.filter { names.contains(Sample.names[Int($0.name)]) }
  }

  private func share(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? .nan : Double(part) / Double(whole)
  }

  /// Every value with its name, as with plain counts.
  var values: [String: Double] {
    var values: [String: Double] = [:]
    for window in [7, 14, 28, 56, 84] {
      let now = cells(1...window)
      values["events_\(window)"] = Double(count(now))
      values["active_days_\(window)"] = Double(Set(now.map(\.day)).count)
      values["users_\(window)"] = Double(users(now).count)
      values["event_types_\(window)"] = Double(Set(now.map(\.name)).count)
      values["amount_\(window)"] = now.reduce(ExactAmount.zero) { $0 + $1.amount }.value
      values["ratio_\(window)_prev"] =
        Double(count(now) + 1) / Double(count(cells(window + 1...2 * window)) + 1)
    }
    let last28 = cells(1...28)
    let all = cells(1...100_000)
    values["events_all"] = Double(count(all))
    values["amount_all"] = all.reduce(ExactAmount.zero) { $0 + $1.amount }.value
    let lastDay = all.map(\.day).max()
    values["days_since_last_event"] = lastDay.map { Double(asOf.number - $0) } ?? .nan
    values["slope_12w"] = slope(
      (0..<12).map { Double(count(cells(78 - 7 * $0...84 - 7 * $0))) })
    values["zero_weeks_12"] = Double((0..<12).count { cells(7 * $0 + 1...7 * $0 + 7).isEmpty })
    let busiest = (0...154).map { count(cells($0 + 1...$0 + 28)) }.max()!
    values["drop_from_peak"] = share(count(last28), busiest)
    values["value_events_28"] = Double(count(named("report", in: last28)))
    values["gate_hits_28"] = Double(count(named("gate", in: last28)))
    values["limit_hits_28"] = Double(count(named("limit", in: last28)))
    values["admin_visits_28"] = Double(count(named("admin", in: last28)))
    values["admins_28"] = Double(users(named("admin", in: last28)).count)
    values["integrations_active_28"] = Double(
      Set(named("slack", "run", in: last28).map(\.name)).count)
    values["csm_touches_84"] = Double(count(named("touch", in: cells(1...84))))
    values["new_users_28"] = Double(users(last28).subtracting(users(cells(29...100_000))).count)
    values["lost_users_28"] = Double(users(cells(29...56)).subtracting(users(last28)).count)
    let actions84 = cells(1...84).filter { !$0.isAgent && $0.user != 0 }
    let ofUser = Dictionary(grouping: actions84, by: \.user).mapValues(count)
    values["top_user_share"] = share(ofUser.values.max() ?? 0, count(actions84))
    let agents = last28.filter(\.isAgent)
    values["agent_runs_28"] = Double(count(agents))
    values["agent_share"] = share(count(agents), count(last28))
    let ended = agents.filter { $0.outcome != .none }
    values["agent_success_28"] =
      count(ended) < 20
      ? .nan : share(count(ended.filter { $0.outcome == .succeeded }), count(ended))
    let names28 = Set(last28.map(\.name))
    let namesBefore = Set(cells(29...100_000).map(\.name))
    values["new_features_28"] = Double(names28.subtracting(namesBefore).count)
    values["abandoned_features_28"] = Double(namesBefore.subtracting(names28).count)
    values["last2w_vs_month"] = share(Set(cells(1...14).map(\.name)).count, names28.count)
    values["offhours_share"] = share(
      count(cells(1...84).filter(\.isOffHours)), count(cells(1...84)))
    values["weekend_share"] = share(
      count(cells(1...84).filter { CalendarDay(number: $0.day).weekday >= 6 }),
      count(cells(1...84)))
    return values
  }

  /// The least-squares slope over equidistant points.
  private func slope(_ points: [Double]) -> Double {
    let middle = Double(points.count - 1) / 2
    var (products, squares) = (0.0, 0.0)
    for (index, point) in points.enumerated() {
      products += (Double(index) - middle) * point
      squares += (Double(index) - middle) * (Double(index) - middle)
    }
    return products / squares
  }
}

@Suite struct DirectFeatureTests {
  @Test func `what the digest counts is what the cells say`() {
    for seed in 0..<300 {
      var random = RandomHistories(seed: seed)
      let account = random.account()
      let asOf = 250 + random.draw(200)
      let fast = features(of: account, asOf: asOf, settings: Sample.rawSettings)
      let direct = DirectFeatures(account: account, asOf: day(asOf)).values
      for (name, value) in direct {
        #expect(
          fast[name]?.bitPattern == value.bitPattern || fast[name] == value,
          "seed \(seed): \(name) is \(fast[name] ?? -1), expected \(value)")
      }
    }
  }
}
