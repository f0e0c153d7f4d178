import Configuration

/// What event names mean, guessed from their words.
enum EventVocabulary {
  /// The most names that are written out; a guess about more is no help.
  static let nameLimit = 1000

  /// Guesses meanings.
  ///
  /// - Parameter hasActor: Whether a column says who acted, so that names need not.
  static func meanings(of names: [String], statuses: [String], hasActor: Bool) -> EventMeanings {
    var meanings = EventMeanings()
    for name in names.prefix(nameLimit).sorted(by: {
      Array($0.utf8).lexicographicallyPrecedes($1.utf8)
    }) {
      let words = ColumnNaming(name)
      if words.hasStem(["cancel", "churn", "offboard", "unsubscrib", "terminat"])
        || words.has("delete") && words.has("account")
      {
        meanings.ignored.append(name)
      } else if words.hasStem(["admin"]) {
        meanings.admin.append(name)
      } else if words.hasStem(["gate", "paywall", "upsell"]) || words.has("locked") {
        meanings.gates.append(name)
      } else if words.hasStem(["limit", "quota", "overage"]) {
        meanings.limitHits.append(name)
      } else if words.hasStem(["export", "download", "bulk"]) {
        meanings.exports.append(name)
      } else if words.hasStem(["error", "exception", "crash"]) || words.words.last == "failed" {
        meanings.errors.append(name)
      } else if words.hasStem(["invit"]) {
        if words.hasStem(["accept", "join"]) {
          meanings.invitesAccepted.append(name)
        } else {
          meanings.invites.append(name)
        }
      } else if words.hasStem(["integrat", "webhook", "connector", "sync"]) {
        meanings.integrations.append(name)
      } else if words.hasStem(["onboard", "setup", "tutorial", "getting"]) {
        meanings.onboarding.append(name)
      } else if words.has("qbr") || words.has("csm") || words.has("meeting") {
        meanings.touches.append(name)
      } else if words.hasStem([
        "complet", "publish", "deliver", "creat", "generat", "purchas", "order",
      ])
        && !words.hasStem(["account", "user", "login", "agent"])
      {
        meanings.value.append(name)
      }
      if !hasActor, words.has("agent") || words.has("bot") || words.hasStem(["automat"]) {
        meanings.agents.append(name)
      }
    }
    addStatuses(statuses, to: &meanings)
    return meanings
  }

  /// The meters that the tiers limit and whose events are called like them: `limit_api_calls` is
  /// that of `api_call`.
  static func meters(of limits: [String], names: [String], withAmounts amounts: Set<String>)
    -> [Meter]
  {
    limits.sorted().compactMap { limit in
      let meter = String(limit.dropFirst("limit_".count))
      let wanted = singular(meter)
      let events = names.prefix(nameLimit).filter { singular($0) == wanted }
      guard !events.isEmpty else { return nil }
      var found = Meter(name: meter, events: events)
      if events.contains(where: amounts.contains) { found.measure = .value }
      return found
    }
  }

  private static func singular(_ name: String) -> [String] {
    ColumnNaming(name).words.map { $0.count > 3 && $0.hasSuffix("s") ? String($0.dropLast()) : $0 }
  }

  /// Adds words for how a run ends that the defaults lack.
  private static func addStatuses(_ statuses: [String], to meanings: inout EventMeanings) {
    for status in statuses.prefix(50).map({ $0.lowercased() }) {
      let known = meanings.succeededWords + meanings.failedWords + meanings.timedOutWords
      guard !known.contains(status) else { continue }
      let words = ColumnNaming(status)
      if words.hasStem(["succ", "done", "pass", "finish"]) {
        meanings.succeededWords.append(status)
      } else if words.hasStem(["fail", "err", "reject", "abort"]) {
        meanings.failedWords.append(status)
      } else if words.hasStem(["timeout", "timed", "expired"]) {
        meanings.timedOutWords.append(status)
      }
    }
  }
}
