import Configuration
import UsageHistory

/// Invitations of colleagues.
struct Invites: MeaningCount {
  static let trait = EventCatalog.Traits.invite
  static let key = "invites"
  static let name = "invites_28"
  static let words = "invitations of colleagues"
  static let counted = (many: words, one: "invitation of a colleague")
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

/// How many invitations are accepted.
struct InviteAcceptance: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [
      .table(.events), .meaning(.invite, "invites"),
      .meaning(.inviteAccepted, "invites_accepted"),
    ]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "invite_accept_rate", unit: "0..1", family: .people, windowDays: 84,
        sentence: "accepted invitations per invitation in the last 84 days",
        phrase: .level("invitations accepted #", .share, in: 84))
    ]
  }

  let definitions: [FeatureDefinition]
  private let isInvite: [Bool]
  private let isAccepted: [Bool]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    isInvite = inputs.isName(.invite)
    isAccepted = inputs.isName(.inviteAccepted)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let accepted = Double(view.digest.count84(isAccepted))
    let rate = quotient(accepted, Double(view.digest.count84(isInvite)))
    // An invitation of an earlier window can be accepted in this one.
    row[0] = rate > 1 ? 1 : rate
  }
}

/// Contacts by customer success.
struct Touches: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .meaning(.touch, "touches")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "csm_touches_84", unit: "count", family: .people, windowDays: 84, emptyValue: .zero,
        sentence: "contacts by customer success in the last 84 days",
        phrase: .count("contacts by customer success", "contact by customer success", in: 84)),
      FeatureDefinition(
        "days_since_touch", unit: "days", family: .people,
        sentence: "days since the last contact by customer success",
        phrase: .fact(
          "last contact by customer success # ago", .days,
          missing: "no contact by customer success ever", peers: true)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let isTouch: [Bool]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    isTouch = inputs.isName(.touch)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var youngest = Int32.max
    for name in view.digest.names where isTouch[Int(name.name)] {
      youngest = min(youngest, name.lastAge)
    }
    row[0] = Double(view.digest.count84(isTouch))
    row[1] = youngest == .max ? .nan : Double(youngest)
  }
}
