import RetentionKit

extension Explain {
  /// Why one account of a table scores as it does.
  func explain(_ account: String, in table: String, by file: ModelFile) throws {
    let input = try ScoringInput.read(table, reading, for: file.model, needsOutcomes: false)
    let explanation = try AccountExplanation(account, in: input, by: file.model, path: table)
    try Console.print(
      global.json ? JSONText.of(explanation.json(modelID: file.id)) : explanation.text)
  }
}
