import RetentionKit

extension Explain {
  /// What the model makes of columns' values on a table's rows; outcomes need not be there.
  func draw(_ names: [String], of file: ModelFile, on table: String) throws {
    let input = try ScoringInput.read(table, reading, for: file.model, needsOutcomes: false)
    try printCurves(
      CurveStudy(
        of: names, with: curves.with, model: file.model, on: input.table.matrix,
        rowLimit: curves.curveRows, curves.settings(for: file.model, seed: seed),
        threads: global.threadCount))
  }

  /// What the models of folds make of columns' values, each on rows that its fold held out.
  func draw(
    _ names: [String], of file: ModelFile, on configuration: RetentionConfiguration
  ) throws {
    // A misspelt name should not wait for the folds.
    for name in names + [curves.with].compactMap(\.self) {
      _ = try file.model.position(ofFeature: name)
    }
    let parts = try heldOut(file, configuration).recipe.heldOutParts(rowLimit: curves.curveRows)
    try printCurves(
      CurveStudy(
        of: names, with: curves.with, model: file.model, on: parts,
        curves.settings(for: file.model, seed: seed), threads: global.threadCount))
  }

  private func printCurves(_ study: CurveStudy) throws {
    if importances.csv {
      return try StandardStream.output.write(CurveFile(study.curves, study.surfaces).bytes)
    }
    if global.json {
      return try Console.print(JSONText.of(CurvesJSON(study.curves, study.surfaces)))
    }
    try Console.print(
      (study.curves.map(\.text) + study.surfaces.map(\.text)).joined(separator: "\n"))
  }
}
