import Configuration
import UsageHistory

/// Event names as the configuration names them.
enum EventWord {
  /// Whether a name fits a pattern, in which `*` stands for any characters.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    EventCatalog.matches(name, pattern)
  }

  /// Names without `*` that the configuration has and the data lack, each with its key.
  static func missing(
    _ configuration: RetentionConfiguration, in names: [String]
  ) -> [(key: String, name: String)] {
    let known = Set(names)
    let events = configuration.events
    let lists: [(String, [String])] = [
      ("events.value", events.value), ("events.admin", events.admin),
      ("events.gates", events.gates), ("events.limit_hits", events.limitHits),
      ("events.exports", events.exports), ("events.errors", events.errors),
      ("events.invites", events.invites), ("events.invites_accepted", events.invitesAccepted),
      ("events.integrations", events.integrations), ("events.onboarding", events.onboarding),
      ("events.touches", events.touches), ("events.agents", events.agents),
      ("events.ignore", events.ignored), ("features.key_events", configuration.features.keyEvents),
    ]
    let all =
      lists + events.capabilities.map { ("events.capabilities.\($0.name)", $0.events) }
      + events.meters.map { ("events.meters.\($0.name)", $0.events) }
    return all.flatMap { key, list in
      list.filter { !$0.contains("*") && !known.contains($0) }.map { (key, $0) }
    }
  }

  /// The known name that is nearest to another, where any is near.
  static func nearest(to name: String, among names: [String]) -> String? {
    let scored = names.map { ($0, distance(Array(name.unicodeScalars), Array($0.unicodeScalars))) }
    guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 * 3 <= name.unicodeScalars.count else {
      return nil
    }
    return best.0
  }

  private static func distance(_ left: [UnicodeScalar], _ right: [UnicodeScalar]) -> Int {
    var row = Array(0...right.count)
    for (index, scalar) in left.enumerated() {
      var previous = row[0]
      row[0] = index + 1
      for place in right.indices {
        let above = row[place + 1]
        row[place + 1] = min(
          above + 1, row[place] + 1, previous + (scalar == right[place] ? 0 : 1))
        previous = above
      }
    }
    return row[right.count]
  }
}
