import Configuration
import UsageHistory

/// How much of what the plan entitles to is used.
struct FeatureDepth: BuiltFamily {
  /// A streak is followed back for so many days.
  static let longestStreak = 90

  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .capabilities]
  }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    let percent = Int((inputs.settings.thresholds.depth * 100).rounded())
    return [
      FeatureDefinition(
        "feature_depth_30", unit: "0..1", family: .usage, windowDays: 30, emptyValue: .zero,
        sentence: "share of the entitled capabilities used in the last 30 days",
        phrase: .level("entitled capabilities in use #", .share, in: 30)),
      FeatureDefinition(
        "depth70_streak", unit: "days", family: .usage, windowDays: 120, emptyValue: .zero,
        sentence: "days in a row with at least \(percent)% of the capabilities in use",
        phrase: .fact(
          "# in a row with at least \(percent) % of the capabilities in use", .days,
          zero: "not \(percent) % of the capabilities in use", peers: true)),
      FeatureDefinition(
        "depth_change", unit: "ratio", family: .usage, windowDays: 56,
        sentence: "capabilities used in the last 28 days against the 28 days before",
        phrase: .fact("capabilities used in 28 days at # those in the 28 days before", .multiple)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let threshold: Double
  private let capabilityCount: Int
  /// The capability of each name, as a position in the recipe's list; -1 for none.
  private let capabilityOfName: [Int]
  /// Which capabilities each plan entitles to, and how many; `nil` where unknown.
  private let entitlements: [Entitlement?]

  private struct Entitlement {
    var isEntitled: [Bool]
    var count: Int
  }

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    threshold = inputs.settings.thresholds.depth
    let known = inputs.words.capabilities
    capabilityCount = known.count
    let events = inputs.dictionaries.events
    let placeOfCapability = Dictionary(
      known.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let places = events.capabilities.map { placeOfCapability[$0] ?? -1 }
    capabilityOfName = events.capabilityOfName.map { $0 < 0 ? -1 : places[Int($0)] }
    entitlements = inputs.dictionaries.plans.map { plan in
      plan.entitled.map { entitled in
        var isEntitled = [Bool](repeating: false, count: known.count)
        for (capability, isIncluded) in entitled.enumerated()
        where isIncluded && places[capability] >= 0 { isEntitled[places[capability]] = true }
        return Entitlement(isEntitled: isEntitled, count: isEntitled.count(where: \.self))
      }
    }
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let plan = Int(view.mainSpell?.plan ?? -1)
    let entitlement = entitlements.indices.contains(plan) ? entitlements[plan] : nil
    var used30 = CodeSet(capacity: capabilityCount)
    var used28 = used30
    var usedBefore = used30
    for name in view.digest.names {
      let capability = capabilityOfName[Int(name.name)]
      guard capability >= 0, entitlement?.isEntitled[capability] ?? true else { continue }
      if name.lastAge <= 30 { used30.insert(capability) }
      if name.lastAge <= 28 { used28.insert(capability) }
      if name.lastAgeBefore28 <= 56 { usedBefore.insert(capability) }
    }
    let total = Double(entitlement?.count ?? capabilityCount)
    row[0] = quotient(Double(used30.count), total)
    row[1] =
      row[0] >= threshold
      ? streak(view, of: total, entitlement) : row[0].isNaN ? .nan : 0
    row[2] = quotient(Double(used28.count), Double(usedBefore.count))
  }

  /// How many days back, the present one included, the depth was never below the threshold; the
  /// plan is taken to be the present one throughout.
  private func streak(
    _ view: HistoryView, of total: Double, _ entitlement: Entitlement?
  ) -> Double {
    // An event of age `a` shows in the snapshots of `a - 30 ..< a` days ago. Ages rise, so of each
    // capability only the snapshots after those of its previous event are new: `changes` counts
    // where coverage begins and ends.
    var changes = [Int](repeating: 0, count: Self.longestStreak + 1)
    var coveredUntil = [Int](repeating: 0, count: capabilityCount)
    for cell in view.activity.reversed() {
      let age = Int(view.asOf.number - cell.day)
      if age >= Self.longestStreak + 30 { break }
      let capability = capabilityOfName[Int(cell.name)]
      guard capability >= 0, entitlement?.isEntitled[capability] ?? true else { continue }
      let from = max(age - 30, coveredUntil[capability])
      if from < Self.longestStreak && from < age {
        changes[from] += 1
        changes[min(age, Self.longestStreak)] -= 1
      }
      coveredUntil[capability] = age
    }
    var used = 0
    for snapshot in 0..<Self.longestStreak {
      used += changes[snapshot]
      if Double(used) / total < threshold { return Double(snapshot) }
    }
    return Double(Self.longestStreak)
  }
}

/// A set of small codes that needs no memory of its own for the first 256.
struct CodeSet {
  private var words = InlineArray<4, UInt64>(repeating: 0)
  private var rest: [UInt64]

  init(capacity: Int) {
    rest = capacity <= 256 ? [] : [UInt64](repeating: 0, count: (capacity - 256 + 63) / 64)
  }

  mutating func insert(_ code: Int) {
    let bit = UInt64(1) << UInt64(code & 63)
    let word = code >> 6
    if word < 4 { words[word] |= bit } else { rest[word - 4] |= bit }
  }

  var count: Int {
    var count = 0
    for word in words.indices { count += words[word].nonzeroBitCount }
    for word in rest { count += word.nonzeroBitCount }
    return count
  }
}
