import CivilCalendar
import Configuration
import Learning
import UsageHistory

/// How the features of a model are computed: it travels in the model file, so that an account is
/// looked at for a score as it was for training.
public struct FeatureRecipe: Sendable, Equatable, Codable {
  /// Which features, and how they are counted.
  public let settings: FeatureSettings
  /// What codes and shares refer to.
  public let words: FeatureWords
  /// The features, in the order of columns.
  public let definitions: [FeatureDefinition]
  /// What accounts are compared with.
  public let references: PeerReferences

  /// A recipe that is not compared with anything yet.
  init(settings: FeatureSettings, dictionaries: HistoryDictionaries) {
    let families = FeatureFamilies.all(settings: settings, dictionaries: dictionaries)
    let inputs = FeatureInputs(settings, dictionaries)
    let peers = PeerComparison.allCases.filter { $0.absence(inputs) == nil }
    self.settings = settings
    words = inputs.words
    definitions =
      families.flatMap(\.definitions)
      + peers.flatMap(\.definitions).filter { settings.refusal(of: $0) == nil }
    references = PeerReferences()
  }

  private init(_ recipe: FeatureRecipe, references: PeerReferences) {
    settings = recipe.settings
    words = recipe.words
    definitions = recipe.definitions
    self.references = references
  }

  init(_ recipe: FeatureRecipe, words: FeatureWords, definitions: [FeatureDefinition]) {
    settings = recipe.settings
    self.words = words
    self.definitions = definitions
    references = recipe.references
  }

  /// The recipe with what accounts are to be compared with.
  func adding(_ references: PeerReferences) -> FeatureRecipe {
    FeatureRecipe(self, references: references)
  }

  /// The columns as a learner knows them.
  public var features: [Feature] {
    definitions.map { definition in
      let kind: Feature.Kind =
        switch definition.kind {
        case .number: .number
        case .boolean: .boolean
        case .category(let levels): .category(levels: levels)
        }
      return Feature(name: definition.name, kind: kind)
    }
  }

  /// The comparisons that any of the features are of.
  var comparisons: [PeerComparison] {
    let names = Set(definitions.map(\.name))
    return PeerComparison.allCases.filter { peer in
      peer.definitions.contains { names.contains($0.name) }
    }
  }

  /// The recipe's features that a history cannot give, and why: their columns are missing
  /// throughout.
  public func absentFeatures(
    in dictionaries: HistoryDictionaries
  ) -> [FeatureFamilies.Listing] {
    let present = FeatureFamilies.dictionary(settings: settings, dictionaries: dictionaries)
    // Words of attributes and the like may differ; that a feature can be computed is told by name.
    let absenceOfName = Dictionary(
      present.map { ($0.definition.name, $0.absence) }, uniquingKeysWith: { first, _ in first })
    return definitions.compactMap { definition in
      guard let absence = absenceOfName[definition.name] else {
        return FeatureFamilies.Listing(
          definition: definition, absence: "there is no such column of accounts")
      }
      return absence.map { FeatureFamilies.Listing(definition: definition, absence: $0) }
    }
  }

  /// Computes the recipe's features from histories whose words are these.
  func computation(_ dictionaries: HistoryDictionaries) -> RecipeComputation {
    RecipeComputation(self, dictionaries)
  }

  /// The features of one account as of a day; a category as the code of its level.
  ///
  /// For many accounts ``FeaturePanel`` does the same faster.
  public func values(
    of account: AccountHistory, asOf: CalendarDay, dictionaries: HistoryDictionaries
  ) -> [Double] {
    let computation = computation(dictionaries)
    let view = HistoryView(of: account, asOf: asOf, events: dictionaries.events)
    var row = FeatureRow(count: computation.writer.count)
    computation.writer.write(view, to: &row)
    return completed(row, asOf: asOf, computation)
  }

  /// The features of a row of which the first step is done: comparisons with other accounts are
  /// added from the newest reference of the day or earlier.
  func completed(
    _ row: FeatureRow, asOf: CalendarDay, _ computation: RecipeComputation
  ) -> [Double] {
    var values = [Double](repeating: .nan, count: definitions.count)
    for (feature, source) in computation.sources.enumerated() where source >= 0 {
      values[feature] = row.values[source]
    }
    guard let peerOffset = computation.peerOffset else { return values }
    var base = InlineArray<12, Double>(repeating: .nan)
    for index in 0..<PeerBase.count { base[index] = row.values[peerOffset + index] }
    computation.compare(base, with: references.reference(asOf: asOf)) { feature, value in
      values[feature] = value
    }
    return values
  }
}

/// A recipe's families, built for the words of one history.
struct RecipeComputation: Sendable {
  let writer: RowWriter
  /// For each feature of the recipe where the row holds it; -1 for one that is compared, or absent.
  let sources: [Int]
  /// Where the row holds what is compared; `nil` where nothing is.
  let peerOffset: Int?
  /// The comparisons, and for each of their values the feature that it is; -1 for none.
  private let comparisons: [(peer: PeerComparison, features: [Int])]

  init(_ recipe: FeatureRecipe, _ dictionaries: HistoryDictionaries) {
    var families = FeatureFamilies.whole(
      settings: recipe.settings, dictionaries: dictionaries, words: recipe.words)
    let sourceOfName = Dictionary(
      families.flatMap(\.definitions).enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first })
    sources = recipe.definitions.map { sourceOfName[$0.name] ?? -1 }
    let inputs = FeatureInputs(recipe.settings, dictionaries, words: recipe.words)
    let featureOfName = Dictionary(
      recipe.definitions.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first }
    )
    comparisons = recipe.comparisons.filter { $0.absence(inputs) == nil }.map { peer in
      (peer, peer.definitions.map { featureOfName[$0.name] ?? -1 })
    }
    if comparisons.isEmpty {
      peerOffset = nil
    } else {
      peerOffset = families.reduce(0) { $0 + $1.definitions.count }
      families.append(PeerBase(inputs))
    }
    writer = RowWriter(families)
  }

  /// Whether any feature is compared with other accounts.
  var hasComparisons: Bool { !comparisons.isEmpty }

  /// The features that are compared.
  var comparedFeatures: [Int] { comparisons.flatMap(\.features).filter { $0 >= 0 } }

  /// Gives the compared features of one row with their positions.
  func compare(
    _ base: InlineArray<12, Double>, with reference: PeerReferences.Day?,
    to output: (Int, Double) -> Void
  ) {
    for (peer, features) in comparisons {
      peer.write(base, against: reference) { index, value in
        if features[index] >= 0 { output(features[index], value) }
      }
    }
  }
}
