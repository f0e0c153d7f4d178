import Configuration
import UsageHistory

/// The counts of the configured key events.
struct KeyEvents: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    let scale = CountScale(inputs.settings)
    return inputs.keyEvents.map {
      FeatureDefinition(
        "events_28_of_\($0)", unit: scale.unit, family: .usage, windowDays: 28, emptyValue: .zero,
        sentence: "events '\($0)' in the last 28 days",
        phrase: .count("'\($0)' events", "'\($0)' event", in: 28))
    }
  }

  let definitions: [FeatureDefinition]
  private let scale: CountScale
  /// The patterns that names fit, those of one name together.
  private let patterns: [Int]
  /// Where the patterns of each name begin, and where the last end: shape `[names.count + 1]`.
  private let starts: [Int]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    scale = CountScale(inputs.settings)
    let keyEvents = inputs.keyEvents
    var patterns: [Int] = []
    var starts = [0]
    for name in inputs.dictionaries.events.names {
      patterns += keyEvents.indices.filter { EventCatalog.matches(name, keyEvents[$0]) }
      starts.append(patterns.count)
    }
    (self.patterns, self.starts) = (patterns, starts)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    for index in definitions.indices { row[index] = 0 }
    for name in view.digest.names {
      for place in starts[Int(name.name)]..<starts[Int(name.name) + 1] {
        row[patterns[place]] += Double(name.count28)
      }
    }
    guard !scale.isRaw else { return }
    let observed = scale.observedDays(view)
    for index in definitions.indices {
      row[index] = scale.value(row[index], window: 28, observedDays: observed)
    }
  }
}

/// The count of all events of one meaning in 28 days: a family for each such meaning.
protocol MeaningCount: BuiltFamily {
  static var trait: EventCatalog.Traits { get }
  /// The configuration's list of such names.
  static var key: String { get }
  static var name: String { get }
  static var words: String { get }
  /// What a reason counts: many, and one.
  static var counted: (many: String, one: String) { get }
  static var family: FeatureDefinition.Family { get }
  var scale: CountScale { get }
  var isNamed: [Bool] { get }
}

extension MeaningCount {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .meaning(trait, key)]
  }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        name, unit: CountScale(inputs.settings).unit, family: family, windowDays: 28,
        emptyValue: .zero, sentence: "\(words) in the last 28 days",
        phrase: .count(counted.many, counted.one, in: 28))
    ]
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = scale.value(
      Double(view.digest.counts28(isNamed).now), window: 28,
      observedDays: scale.observedDays(view))
  }
}

/// Attempts at capabilities that the plan does not entitle to.
struct GateHits: MeaningCount {
  static let trait = EventCatalog.Traits.gate
  static let key = "gates"
  static let name = "gate_hits_28"
  static let words = "attempts at capabilities outside the plan"
  static let counted = (many: words, one: "attempt at a capability outside the plan")
  static let family = FeatureDefinition.Family.usage
  let definitions: [FeatureDefinition]
  let scale: CountScale
  let isNamed: [Bool]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    scale = CountScale(inputs.settings)
    isNamed = inputs.isName(Self.trait)
  }
}

/// How often a limit of the plan was reached.
struct LimitHits: MeaningCount {
  static let trait = EventCatalog.Traits.limitHit
  static let key = "limit_hits"
  static let name = "limit_hits_28"
  static let words = "times a limit of the plan was reached"
  static let counted = (many: "hits of a plan limit", one: "hit of a plan limit")
  static let family = FeatureDefinition.Family.usage
  let definitions: [FeatureDefinition]
  let scale: CountScale
  let isNamed: [Bool]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    scale = CountScale(inputs.settings)
    isNamed = inputs.isName(Self.trait)
  }
}

/// Value events, and how many an active user brings about.
struct ValueEvents: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .meaning(.value, "value")]
  }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "value_events_28", unit: CountScale(inputs.settings).unit, family: .usage, windowDays: 28,
        emptyValue: .zero, sentence: "value events in the last 28 days",
        phrase: .count("value events", "value event", in: 28))
    ]
  }

  let definitions: [FeatureDefinition]
  private let scale: CountScale

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    scale = CountScale(inputs.settings)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = scale.value(
      Double(view.valueEventCount28), window: 28, observedDays: scale.observedDays(view))
  }
}

/// Value events per active user.
struct OutputsPerSeat: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .meaning(.value, "value"), .column("events.user_id")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "outputs_per_seat_28", unit: "count/user", family: .usage, windowDays: 28,
        sentence: "value events per active user in the last 28 days",
        phrase: .level("value events per active user #", .decimal, in: 28)),
      FeatureDefinition(
        "outputs_per_seat_change", unit: "ratio", family: .usage, windowDays: 56,
        sentence: "value events per active user against the 28 days before",
        phrase: .fact("value events per active user at # that of the 28 days before", .multiple)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var (now, before) = (0, 0)
    for day in view.digest.days {
      if day.age > 56 { break }
      if day.age <= 28 { now += day.valueEventCount } else { before += day.valueEventCount }
    }
    var (usersNow, usersBefore) = (0, 0)
    for user in view.digest.users {
      if user.lastAge <= 28 { usersNow += 1 }
      if user.wasActivePrevious28 { usersBefore += 1 }
    }
    row[0] = quotient(Double(now), Double(usersNow))
    row[1] = quotient(row[0], quotient(Double(before), Double(usersBefore)))
  }
}

/// Data that leaves: exports and bulk reads, against what is usual for the account.
struct Exports: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .meaning(.export, "exports")]
  }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "exports_28", unit: CountScale(inputs.settings).unit, family: .usage, windowDays: 28,
        emptyValue: .zero, sentence: "exports of data in the last 28 days",
        phrase: .count("exports of data", "export of data", in: 28)),
      FeatureDefinition(
        "exports_z", unit: "z", family: .usage, windowDays: 84, emptyValue: .zero,
        sentence: "exports of data in the last 28 days above what is usual for the account",
        phrase: .fact(
          "exports of data in 28 days # standard deviations from the account's usual", .change)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let scale: CountScale
  private let isExport: [Bool]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    scale = CountScale(inputs.settings)
    isExport = inputs.isName(.export)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let count = view.digest.counts28(isExport).now
    row[0] = scale.value(
      Double(count), window: 28, observedDays: scale.observedDays(view))
    // What is usual is the mean of the two 28 days before; a count has the variance of its mean.
    let usual = Double(view.digest.count84(isExport) - count) / 2
    row[1] = (Double(count) - usual) / (usual + 1).squareRoot()
  }
}

/// Integrations in use.
struct Integrations: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .meaning(.integration, "integrations")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "integrations_active_28", unit: "count", family: .usage, windowDays: 28,
        emptyValue: .zero, sentence: "integrations used in the last 28 days",
        phrase: .count("integrations in use", "integration in use", in: 28))
    ]
  }

  let definitions: [FeatureDefinition]
  private let isIntegration: [Bool]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    isIntegration = inputs.isName(.integration)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var count = 0
    for name in view.digest.names where name.lastAge <= 28 && isIntegration[Int(name.name)] {
      count += 1
    }
    row[0] = Double(count)
  }
}
