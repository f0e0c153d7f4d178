import ArgumentParser
import RetentionKit

/// Which curves of features are drawn, and how.
struct CurveOptions: ParsableArguments {
  @Option(
    help: """
      Draw what the model makes of these columns' values, separated by commas; on rows of --table or \
      --config.
      """)
  var curve: ColumnNames?

  @Option(
    help: """
      How a curve is had: pdp (all rows set to the value), ale (changes of the rows nearby) or shap \
      (contributions).
      """)
  var kind: FeatureCurve.Kind = .pdp

  @Option(help: "Lay this column beside each of them, and say how much the two interact.")
  var with: String?

  @Option(help: "The most points along a column of numbers.")
  var points = 40

  @Option(help: "The most rows that a curve is drawn of; with --config, of each fold.")
  var curveRows = 2000

  @Option(help: "How many single rows --json has as lines, or as points of contributions.")
  var lines = 0

  @Flag(help: "Begin those lines at 0.")
  var centred = false

  @Option(help: "Which levels are neighbours for ale: given (in the model's order) or similar.")
  var levelOrder: CurveSettings.LevelOrder = .given

  func validate() throws {
    guard (2...1000).contains(points) else {
      throw ValidationError("--points is \(points), expected 2 to 1000.")
    }
    guard curveRows >= 1 else {
      throw ValidationError("--curve-rows is \(curveRows), expected at least 1.")
    }
    guard lines >= 0 else { throw ValidationError("--lines is \(lines), expected at least 0.") }
    if curve == nil {
      for (option, isGiven) in [
        ("--kind", kind != .pdp), ("--with", with != nil), ("--lines", lines != 0),
        ("--centred", centred),
      ] where isGiven {
        throw ValidationError("\(option) goes with --curve.")
      }
    }
  }

  /// The settings for a model.
  func settings(for model: RetentionModel, seed: UInt64) -> CurveSettings {
    var settings = CurveSettings(for: model, kind: kind)
    settings.pointCount = points
    settings.lineCount = lines
    settings.isCentred = centred
    settings.levelOrder = levelOrder
    settings.seed = seed
    return settings
  }
}

extension FeatureCurve.Kind: ExpressibleByArgument {}
extension CurveSettings.LevelOrder: ExpressibleByArgument {}
