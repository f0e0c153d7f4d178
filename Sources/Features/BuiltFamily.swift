import Configuration
import UsageHistory

/// What a family is built from.
struct FeatureInputs: Sendable {
  var settings: FeatureSettings
  var dictionaries: HistoryDictionaries
  /// The words that codes and shares refer to: a recipe's, or those of the dictionaries.
  var words: FeatureWords

  init(
    _ settings: FeatureSettings, _ dictionaries: HistoryDictionaries, words: FeatureWords? = nil
  ) {
    self.settings = settings
    self.dictionaries = dictionaries
    self.words = words ?? FeatureWords(dictionaries)
  }

  /// For each event name whether it has a meaning.
  func isName(_ trait: EventCatalog.Traits) -> [Bool] {
    dictionaries.events.traits.map { $0.contains(trait) }
  }

  /// The configured windows, ascending, each once.
  var windows: [Int] { Set(settings.windows.filter { $0 > 0 }).sorted() }

  /// The configured key events, each once.
  var keyEvents: [String] {
    settings.keyEvents.enumerated().filter { !settings.keyEvents[..<$0].contains($1) }.map(\.1)
  }
}

/// A family of this module: all of it exists, or none.
protocol BuiltFamily: FeatureFamily {
  /// What must be there.
  static func requirements(_ settings: FeatureSettings) -> [Requirement]

  /// The features, whether they can exist or not.
  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition]

  /// Prepares the family. Its requirements are met.
  init(_ inputs: FeatureInputs)
}

extension BuiltFamily {
  /// Why the family cannot exist; `nil` where it can.
  static func absence(_ inputs: FeatureInputs) -> String? {
    let reasons = requirements(inputs.settings).lazy.compactMap {
      $0.fault(in: inputs.dictionaries)
    }
    return reasons.first ?? (definitions(inputs).isEmpty ? "none is configured" : nil)
  }

  /// The family, or `nil` where its table or column is absent.
  static func built(_ inputs: FeatureInputs) -> (any FeatureFamily)? {
    absence(inputs) == nil ? Self(inputs) : nil
  }
}
