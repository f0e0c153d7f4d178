import Configuration

extension FeatureSettings: Codable {
  private enum Key: String, CodingKey {
    case familiesOff, excluded, windows, counts, keyEvents, calendarMonth, thresholds
  }

  /// Reads what a recipe stored.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: Key.self)
    familiesOff = try Set(values.decode([String].self, forKey: .familiesOff))
    excluded = try values.decode([String].self, forKey: .excluded)
    windows = try values.decode([Int].self, forKey: .windows)
    counts = try values.decode(Counts.self, forKey: .counts)
    keyEvents = try values.decode([String].self, forKey: .keyEvents)
    calendarMonth = try values.decode(Bool.self, forKey: .calendarMonth)
    thresholds = try values.decode(Thresholds.self, forKey: .thresholds)
  }

  /// Stores the settings; sets in order, so that equal settings are equal bytes.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(familiesOff.sorted(), forKey: .familiesOff)
    try values.encode(excluded, forKey: .excluded)
    try values.encode(windows, forKey: .windows)
    try values.encode(counts, forKey: .counts)
    try values.encode(keyEvents, forKey: .keyEvents)
    try values.encode(calendarMonth, forKey: .calendarMonth)
    try values.encode(thresholds, forKey: .thresholds)
  }
}

extension FeatureSettings.Counts: Codable {}

extension Thresholds: Codable {
  private enum Key: String, CodingKey {
    case depth, minimumAgentRuns, championSilentDays, gapDays, activationDays
  }

  /// Reads what a recipe stored.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: Key.self)
    depth = try values.decode(Double.self, forKey: .depth)
    minimumAgentRuns = try values.decode(Int.self, forKey: .minimumAgentRuns)
    championSilentDays = try values.decode(Int.self, forKey: .championSilentDays)
    gapDays = try values.decode(Int.self, forKey: .gapDays)
    activationDays = try values.decode([Int].self, forKey: .activationDays)
  }

  /// Stores the thresholds.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(depth, forKey: .depth)
    try values.encode(minimumAgentRuns, forKey: .minimumAgentRuns)
    try values.encode(championSilentDays, forKey: .championSilentDays)
    try values.encode(gapDays, forKey: .gapDays)
    try values.encode(activationDays, forKey: .activationDays)
  }
}
