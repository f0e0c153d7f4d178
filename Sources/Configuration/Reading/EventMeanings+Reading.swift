import Diagnostics

extension EventMeanings {
  /// Reads the section `events`.
  init(_ node: ConfigurationNode) throws(Diagnostic) {
    self.init()
    let keys =
      Self.lists.map(\.key) + ["agent_words", "status", "capabilities", "meters"]
    try node.forEachKey(among: keys) { (key, node) throws(Diagnostic) in
      switch key {
      case "agent_words": agentWords = try node.words()
      case "status": try readStatus(node)
      case "capabilities":
        try node.forEachEntry { (name, node) throws(Diagnostic) in
          capabilities.append(NamedPatterns(name: name, events: try node.patterns()))
        }
      case "meters":
        try node.forEachEntry { (name, node) throws(Diagnostic) in
          meters.append(try Meter(node, name: name))
        }
      default:
        let list = Self.lists.first { $0.key == key }!
        self[keyPath: list.names] = try node.patterns()
      }
    }
  }

  /// The keys whose values are event names, in the order in which they are written.
  static var lists: [(key: String, names: WritableKeyPath<EventMeanings, [String]>)] {
    [
      ("value", \.value), ("admin", \.admin), ("gates", \.gates), ("limit_hits", \.limitHits),
      ("exports", \.exports), ("errors", \.errors), ("invites", \.invites),
      ("invites_accepted", \.invitesAccepted), ("integrations", \.integrations),
      ("onboarding", \.onboarding), ("touches", \.touches), ("agents", \.agents),
      ("ignore", \.ignored),
    ]
  }

  private mutating func readStatus(_ node: ConfigurationNode) throws(Diagnostic) {
    try node.forEachKey(among: ["succeeded", "failed", "timed_out"]) {
      (key, node) throws(Diagnostic) in
      // A status is compared in lower case.
      let words = try node.words().map { $0.lowercased() }
      switch key {
      case "succeeded": succeededWords = words
      case "failed": failedWords = words
      default: timedOutWords = words
      }
    }
  }
}

extension Meter {
  /// Reads a meter: its events alone, or with how they are measured.
  fileprivate init(_ node: ConfigurationNode, name: String) throws(Diagnostic) {
    self.init(name: name, events: [])
    guard node.isMapping else {
      events = try node.patterns()
      return
    }
    try node.forEachKey(among: ["events", "measure"]) { (key, node) throws(Diagnostic) in
      switch key {
      case "events": events = try node.patterns()
      default: measure = try node.choice()
      }
    }
    guard !events.isEmpty else { throw node.missing("events") }
  }
}

extension ConfigurationNode {
  /// Event names, or patterns with `*`.
  func patterns() throws(Diagnostic) -> [String] { try words() }
}
