extension SourceName {
  /// The columns that are read from this table, by our names.
  ///
  /// Tiers have, beside these, a column `limit_METER` for each meter.
  public var columnNames: [String] {
    switch self {
    case .accounts: ["account_id", "created_at", "segment", "available_at"]
    case .subscriptions:
      [
        "account_id", "sub_id", "plan", "mrr", "seats", "discount", "start", "end",
        "billing_period_months", "auto_renew", "renewal_date", "available_at", "product",
      ]
    case .events:
      [
        "account_id", "sub_id", "user_id", "ts", "event", "value", "actor", "status",
        "available_at", "event_id",
      ]
    case .tickets:
      [
        "ticket_id", "account_id", "opened", "closed", "severity", "sentiment", "text", "reopened",
        "first_reply", "available_at",
      ]
    case .payments: ["account_id", "ts", "amount", "status", "available_at"]
    case .users:
      ["user_id", "account_id", "role", "department", "created_at", "left_at", "available_at"]
    case .tiers: ["tier", "rank", "price", "features"]
    case .campaigns: ["account_id", "ts", "arm", "available_at"]
    case .outcomes: ["account_id", "ts", "outcome", "available_at"]
    }
  }

  /// The columns without which a row means nothing; of each list, one is needed.
  public var requiredColumns: [[String]] {
    switch self {
    case .accounts: [["account_id"]]
    case .subscriptions: [["account_id"], ["start"]]
    case .events: [["account_id", "sub_id"], ["ts"]]
    case .tickets: [["account_id"], ["opened"]]
    case .payments, .outcomes: [["account_id"], ["ts"]]
    case .users: [["user_id"], ["account_id"]]
    case .tiers: [["tier"]]
    case .campaigns: [["account_id"], ["ts"], ["arm"]]
    }
  }

  /// Whether a column of this name is read from this table.
  func hasColumn(_ name: String) -> Bool {
    columnNames.contains(name)
      || self == .tiers && name.hasPrefix(Self.limitPrefix) && name != Self.limitPrefix
  }

  /// How the columns of tiers begin that limit a meter.
  static let limitPrefix = "limit_"
}

extension FeatureSettings {
  /// The families of features, which `features.families` can switch off.
  public static let familyNames = [
    "usage", "people", "agents", "support", "money", "contract", "profile",
  ]
}
