import Configuration
import UsageHistory

/// The segment of the account.
struct Segment: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.accounts), .segments] }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "segment", unit: "category", family: .profile, kind: .category(inputs.words.segments),
        sentence: "segment", isActionable: false, phrase: .word("segment", past: nil))
    ]
  }

  let definitions: [FeatureDefinition]
  private let codes: CodeTranslation

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    codes = CodeTranslation(from: inputs.dictionaries.segments, to: inputs.words.segments)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) { row[0] = codes[view.profile.segment] }
}

/// The configured columns of accounts, as they are; one that is called as a feature of ours gets
/// `account_` before its name.
struct Attributes: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.accounts)] }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    let taken = FeatureFamilies.ownNames(inputs)
    return inputs.words.attributes.map {
      FeatureDefinition(
        taken.contains($0.name) ? "account_\($0.name)" : $0.name,
        unit: $0.levels == nil ? "number" : "category", family: .profile,
        kind: $0.levels.map { .category($0) } ?? .number, sentence: $0.name, isActionable: false,
        phrase: .attribute($0.name, isWord: $0.levels != nil))
    }
  }

  let definitions: [FeatureDefinition]
  /// For each of the recipe's attributes where the history has it, and how its codes translate.
  private let sources: [Source?]

  private struct Source {
    var index: Int
    var codes: CodeTranslation?
  }

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    let present = inputs.dictionaries.attributes
    sources = inputs.words.attributes.map { attribute in
      guard
        let index = present.firstIndex(where: {
          $0.name == attribute.name && ($0.levels == nil) == (attribute.levels == nil)
        })
      else { return nil }
      let codes = attribute.levels.map {
        CodeTranslation(from: present[index].levels!, to: $0)
      }
      return Source(index: index, codes: codes)
    }
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let values = view.profile.attributes
    for (index, source) in sources.enumerated() {
      guard let source, source.index < values.count, !values[source.index].isNaN else {
        row[index] = .nan
        continue
      }
      let value = values[source.index]
      row[index] = source.codes.map { $0[Int32(value)] } ?? value
    }
  }
}
