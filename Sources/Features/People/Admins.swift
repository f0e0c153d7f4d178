import Configuration
import UsageHistory

/// Visits to the admin console.
struct AdminVisits: MeaningCount {
  static let trait = EventCatalog.Traits.admin
  static let key = "admin"
  static let name = "admin_visits_28"
  static let words = "visits to the admin console"
  static let counted = (many: words, one: "visit to the admin console")
  static let family = FeatureDefinition.Family.people
  let definitions: [FeatureDefinition]
  let scale: CountScale
  let isNamed: [Bool]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    scale = CountScale(inputs.settings)
    isNamed = inputs.isName(Self.trait)
  }
}

/// The users behind the visits to the admin console.
struct Admins: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .meaning(.admin, "admin"), .column("events.user_id")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "admins_28", unit: "count", family: .people, windowDays: 28, emptyValue: .zero,
        sentence: "users of the admin console in the last 28 days",
        phrase: .count("users of the admin console", "user of the admin console", in: 28))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var count = 0
    for user in view.digest.users where user.lastAdminAge <= 28 { count += 1 }
    row[0] = Double(count)
  }
}
