import CivilCalendar
import Configuration
import UsageHistory

/// The plan of the largest running subscription.
struct PlanName: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.subscriptions), .column("subscriptions.plan")]
  }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "plan", unit: "category", family: .contract, kind: .category(inputs.words.plans),
        sentence: "plan", isActionable: false, phrase: .word("plan"))
    ]
  }

  let definitions: [FeatureDefinition]
  private let codes: CodeTranslation

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    codes = CodeTranslation(
      from: inputs.dictionaries.plans.map(\.name), to: inputs.words.plans)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = codes[view.mainSpell?.plan ?? -1]
  }
}

/// The place of the plan among all plans.
struct PlanRank: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.subscriptions), .column("subscriptions.plan"), .planRanks]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "plan_rank", unit: "rank", family: .contract,
        sentence: "place of the plan among all, 0 the smallest", isActionable: false,
        phrase: .fact("plan of rank # (0 is the smallest)", .count))
    ]
  }

  let definitions: [FeatureDefinition]
  private let ranks: [Double]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    ranks = inputs.dictionaries.plans.map(\.rank)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let plan = Int(view.mainSpell?.plan ?? -1)
    row[0] = ranks.indices.contains(plan) ? ranks[plan] : .nan
  }
}

/// When the contract renews.
struct Renewal: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.subscriptions), .column("subscriptions.billing_period_months")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "billing_period_months", unit: "months", family: .contract,
        sentence: "months between two bills", phrase: .fact("billed every #", .months, peers: true)),
      FeatureDefinition(
        "days_to_renewal", unit: "days", family: .contract, sentence: "days to the renewal",
        isActionable: false,
        phrase: .fact(
          "renewal in #", .days, zero: "renewal today", missing: "day of renewal unknown")),
      FeatureDefinition(
        "renewal_le_90", unit: "yes/no", family: .contract, kind: .boolean,
        sentence: "renewal within 90 days", isActionable: false,
        phrase: .flag("renewal within 90 days", no: "no renewal within 90 days", past: nil)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let days = view.daysToRenewal
    row[0] = view.mainSpell?.billingPeriodMonths ?? .nan
    row[1] = days.map(Double.init) ?? .nan
    row.set(2, days.map { $0 <= 90 })
  }
}

/// Whether the contract renews by itself.
struct AutoRenewal: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.subscriptions), .column("subscriptions.auto_renew")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "auto_renew", unit: "yes/no", family: .contract, kind: .boolean,
        sentence: "renews by itself", phrase: .flag("renews by itself")),
      FeatureDefinition(
        "auto_renew_turned_off_90", unit: "yes/no", family: .contract, windowDays: 90,
        kind: .boolean, sentence: "renewal by itself was turned off in the last 90 days",
        phrase: .flag(
          "renewal by itself was turned off in the last 90 days",
          no: "renewal by itself was not turned off in the last 90 days", past: nil)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let spell = view.mainSpell
    row.set(0, spell?.autoRenews)
    row.set(
      1,
      spell?.autoRenews.map { renews in
        !renews && wasTurnedOff(spell!, view)
      })
  }

  /// Whether the subscription renewed by itself at some time of the last 90 days.
  private func wasTurnedOff(_ spell: SubscriptionSpell, _ view: HistoryView) -> Bool {
    let first = view.asOf - 90
    return view.subscriptions.contains { earlier in
      earlier.subscription == spell.subscription && earlier.autoRenews == true
        && earlier.end.map { $0 >= first } ?? false
    }
  }
}
