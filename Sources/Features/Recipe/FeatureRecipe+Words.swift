extension FeatureRecipe {
  /// The recipe with the words of attributes that are named, and no others: a rare word may be a
  /// person's, and a model keeps only what it learned from.
  ///
  /// - Parameter levels: The words to keep by feature; a feature that is not named keeps none.
  public func keeping(levels: [String: [String]]) -> FeatureRecipe {
    var words = words
    var definitions = definitions
    for index in definitions.indices {
      let definition = definitions[index]
      guard case .category(let all) = definition.kind,
        let attribute = words.attributes.firstIndex(where: {
          $0.levels == all && [$0.name, "account_\($0.name)"].contains(definition.name)
        })
      else { continue }
      let kept = Set((levels[definition.name] ?? []).map { Array($0.utf8) })
      let remaining = all.filter { kept.contains(Array($0.utf8)) }
      definitions[index].kind = .category(remaining)
      words.attributes[attribute].levels = remaining
    }
    return FeatureRecipe(self, words: words, definitions: definitions)
  }
}
