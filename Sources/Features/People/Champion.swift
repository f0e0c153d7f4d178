import Configuration
import UsageHistory

/// What became of the user who did most between 180 and 28 days ago.
struct Champion: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .column("events.user_id")]
  }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    let days = inputs.settings.thresholds.championSilentDays
    return [
      FeatureDefinition(
        "champion_lost", unit: "yes/no", family: .people, windowDays: 180, kind: .boolean,
        sentence: "the busiest user left or was silent for \(days) days",
        phrase: .flag(
          "the busiest user left or was silent for \(days) days",
          no: "the busiest user is still active")),
      FeatureDefinition(
        "champion_days_silent", unit: "days", family: .people, windowDays: 180,
        sentence: "days since the busiest user was last seen",
        phrase: .fact("the busiest user was last seen # ago", .days, peers: true)),
      FeatureDefinition(
        "champion_share", unit: "0..1", family: .people, windowDays: 180,
        sentence: "share of the busiest user in the actions of the half year before",
        phrase: .fact(
          "share of the busiest user in the actions of the half year before #", .share, peers: true)
      ),
    ]
  }

  let definitions: [FeatureDefinition]
  private let silentDays: Int

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    silentDays = inputs.settings.thresholds.championSilentDays
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var champion: ActivityDigest.User?
    var hasLeft = false
    var all = 0
    for user in view.digest.users where user.count29To180 > 0 {
      all += user.count29To180
      guard user.count29To180 >= champion?.count29To180 ?? 0 else { continue }
      let left = view.hasLeft(user.user)
      if let best = champion {
        // Of equals the one who is still there, then the one seen last: codes of users must not
        // decide, for they depend on who else is in the history.
        let isBetter =
          (user.count29To180, left ? 0 : 1, -user.lastAge)
          > (best.count29To180, hasLeft ? 0 : 1, -best.lastAge)
        guard isBetter else { continue }
      }
      champion = user
      hasLeft = left
    }
    guard let champion else {
      for index in 0..<3 { row[index] = .nan }
      return
    }
    row.set(0, hasLeft || Int(champion.lastAge) > silentDays)
    row[1] = Double(champion.lastAge)
    row[2] = Double(champion.count29To180) / Double(all)
  }
}

extension HistoryView {
  /// What is known of a user; `nil` for one that no table names.
  func member(_ user: UInt32) -> MemberRecord? {
    // Members are sorted by user.
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if members[middle].user < user { low = middle + 1 } else { high = middle }
    }
    return low < members.count && members[low].user == user ? members[low] : nil
  }

  /// Whether a user is known to have left.
  func hasLeft(_ user: UInt32) -> Bool { member(user)?.left != nil }
}
