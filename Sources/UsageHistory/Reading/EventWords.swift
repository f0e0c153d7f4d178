import Configuration
import Diagnostics
import Tabular

/// What the words of the columns actor and status say.
struct EventWords: Sendable {
  private let agents: Set<String>
  private let outcomes: [String: ActivityCell.Outcome]

  init(_ meanings: EventMeanings) {
    agents = Set(meanings.agentWords.map { $0.lowercased() })
    var outcomes: [String: ActivityCell.Outcome] = [:]
    for word in meanings.succeededWords { outcomes[word.lowercased()] = .succeeded }
    for word in meanings.failedWords { outcomes[word.lowercased()] = .failed }
    for word in meanings.timedOutWords { outcomes[word.lowercased()] = .timedOut }
    self.outcomes = outcomes
  }

  /// The bits of ``ActivityTraits`` that an actor's word stands for.
  func actorTraits(_ word: [UInt8]) -> UInt64 {
    agents.contains(Self.text(word)) ? ActivityTraits.agent : 0
  }

  /// The bits of ``ActivityTraits`` that a status word stands for.
  func statusTraits(_ word: [UInt8]) -> UInt64 {
    ActivityTraits.outcome(outcomes[Self.text(word)] ?? .none)
  }

  private static func text(_ word: [UInt8]) -> String {
    String(decoding: trimmed(word), as: UTF8.self).lowercased()
  }

  private static func trimmed(_ word: [UInt8]) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    let start = word.firstIndex { !isBlank($0) } ?? word.endIndex
    let end = word.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return word[start..<end]
  }

  /// The event name that a cell stands for: without blanks around it, `missing` where it is empty.
  static func name(_ cell: [UInt8]) -> [UInt8] {
    let name = trimmed(cell)
    return MissingToken.matches(name.span) ? Array("missing".utf8) : Array(name)
  }

  /// There are more event names than a history can tell apart.
  static var tooManyNames: Diagnostic {
    Diagnostic(
      .limitEventNames, "more than \(ActivityKey.nameLimit) event names",
      hint: "is the column 'event' the right one? map it under sources.events.columns")
  }
}
