import Configuration

/// What the event names of a history mean.
public struct EventCatalog: Sendable, Equatable {
  /// What one event name means.
  public struct Traits: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt16

    /// Traits by their bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// What a customer came for.
    public static let value = Traits(rawValue: 1 << 0)
    /// A visit to the admin console.
    public static let admin = Traits(rawValue: 1 << 1)
    /// An attempt at what the plan does not entitle to.
    public static let gate = Traits(rawValue: 1 << 2)
    /// A limit of the plan was reached.
    public static let limitHit = Traits(rawValue: 1 << 3)
    /// Data leaving.
    public static let export = Traits(rawValue: 1 << 4)
    /// An error.
    public static let error = Traits(rawValue: 1 << 5)
    /// An invitation sent.
    public static let invite = Traits(rawValue: 1 << 6)
    /// An invitation accepted.
    public static let inviteAccepted = Traits(rawValue: 1 << 7)
    /// An integration at work.
    public static let integration = Traits(rawValue: 1 << 8)
    /// A key step of onboarding.
    public static let onboarding = Traits(rawValue: 1 << 9)
    /// A contact by customer success.
    public static let touch = Traits(rawValue: 1 << 10)
    /// Done by an agent, whatever the row says.
    public static let agent = Traits(rawValue: 1 << 11)
    /// Never to be used.
    public static let ignored = Traits(rawValue: 1 << 12)
  }

  /// The names, sorted byte by byte; a code is a position here.
  public let names: [String]
  /// The meaning of each name, shape `[names.count]`.
  public private(set) var traits: [Traits]
  /// The capabilities, sorted; empty names of none.
  public let capabilities: [String]
  /// The capability that each name belongs to, shape `[names.count]`; -1 for none.
  public let capabilityOfName: [Int32]
  /// The meters, in the configuration's order.
  public let meters: [Meter]
  /// The meters that each name counts towards, as bits, shape `[names.count]`.
  public let metersOfName: [UInt64]

  /// Gives names their meaning.
  ///
  /// Where the configuration names no capabilities, each name without another meaning than value,
  /// export or integration is a capability of its own.
  public init(names: [String], meanings: EventMeanings) {
    let lists: [(Traits, [String])] = [
      (.value, meanings.value), (.admin, meanings.admin), (.gate, meanings.gates),
      (.limitHit, meanings.limitHits), (.export, meanings.exports), (.error, meanings.errors),
      (.invite, meanings.invites), (.inviteAccepted, meanings.invitesAccepted),
      (.integration, meanings.integrations), (.onboarding, meanings.onboarding),
      (.touch, meanings.touches), (.agent, meanings.agents), (.ignored, meanings.ignored),
    ]
    self.names = names
    let traits = names.map { name in
      lists.reduce(into: Traits()) { traits, list in
        if list.1.contains(where: { Self.matches(name, $0) }) { traits.insert(list.0) }
      }
    }
    self.traits = traits
    if meanings.capabilities.isEmpty {
      let notCapabilities: Traits = [
        .admin, .gate, .limitHit, .error, .invite, .inviteAccepted, .touch, .agent, .ignored,
      ]
      capabilities = names.indices.filter { traits[$0].isDisjoint(with: notCapabilities) }
        .map { names[$0] }
    } else {
      capabilities = meanings.capabilities.map(\.name).sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
    }
    let indexOfCapability = Dictionary(
      uniqueKeysWithValues: capabilities.enumerated().map { ($1, Int32($0)) })
    capabilityOfName = names.map { name in
      if meanings.capabilities.isEmpty { return indexOfCapability[name] ?? -1 }
      let owner = meanings.capabilities.first { $0.events.contains { Self.matches(name, $0) } }
      return owner.map { indexOfCapability[$0.name]! } ?? -1
    }
    meters = meanings.meters
    metersOfName = names.map { name in
      meanings.meters.enumerated().reduce(into: UInt64(0)) { bits, meter in
        if meter.element.events.contains(where: { Self.matches(name, $0) }) {
          bits |= 1 << UInt64(meter.offset)
        }
      }
    }
  }

  /// The catalog with traits of its own: threads that count the references to the same array wait for
  /// each other.
  package var withOwnTraits: EventCatalog {
    var copy = self
    copy.traits = traits.map { $0 }
    return copy
  }

  /// Whether a name fits a pattern, in which `*` stands for any characters.
  public static func matches(_ name: String, _ pattern: String) -> Bool {
    guard pattern.contains("*") else { return name == pattern }
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    var rest = Substring(name)
    guard rest.hasPrefix(parts[0]) else { return false }
    rest = rest.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(parts.last!)
  }
}
