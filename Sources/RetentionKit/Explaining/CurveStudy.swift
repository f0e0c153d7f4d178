import Diagnostics
import Explanation
import Learning
import Scoring

/// Curves of features by name, and what goes between them and another feature.
public struct CurveStudy: Sendable {
  /// A curve for each name, in order.
  public let curves: [FeatureCurve]
  /// With a second feature, a surface for each name.
  public let surfaces: [FeatureSurface]

  /// The fewest rows that curves are drawn of.
  public static let minimumRowCount = 20
  /// The most places of a surface along either feature.
  private static let surfacePointLimit = 12

  /// Draws curves of the models of folds, each on the rows that its fold held out.
  ///
  /// - Parameters:
  ///   - names: The features.
  ///   - other: A feature to lay beside each of them.
  /// - Throws: `schema.missing_column` for a name that the model does not read; `data.too_few_rows`;
  ///   `usage` where the kind of curve cannot be had of these features.
  package init(
    of names: [String], with other: String? = nil, model: RetentionModel, on parts: [HeldOutPart],
    _ settings: CurveSettings, threads: Int
  ) throws(Diagnostic) {
    try self.init(
      of: names, with: other, model: model, parts: parts.map(\.curvePart), settings,
      threads: threads)
  }

  /// Draws curves of one model on rows whose outcomes need not be known.
  ///
  /// - Parameter rowLimit: The most rows; of more, some are drawn by the settings' seed.
  /// - Throws: As the other.
  public init(
    of names: [String], with other: String? = nil, model: RetentionModel, on matrix: FeatureMatrix,
    rowLimit: Int = .max, _ settings: CurveSettings, threads: Int
  ) throws(Diagnostic) {
    var rows = matrix
    if matrix.rowCount > rowLimit {
      var generator = SeededGenerator(seed: settings.seed, stream: 1 << 33)
      rows = matrix.selecting(generator.sample(rowLimit, of: matrix.rowCount))
    }
    try self.init(
      of: names, with: other, model: model,
      parts: [CurvePart(model.learner, model.calibrator, on: rows)], settings, threads: threads)
  }

  private init(
    of names: [String], with other: String?, model: RetentionModel, parts: [CurvePart],
    _ settings: CurveSettings, threads: Int
  ) throws(Diagnostic) {
    var features: [Int] = []
    for name in names { features.append(try model.position(ofFeature: name)) }
    let second = try other.map { (name) throws(Diagnostic) in
      try model.position(ofFeature: name)
    }
    try Self.check(features, second, model, settings)
    let parts = parts.filter { $0.matrix.rowCount > 0 }
    let rowCount = parts.reduce(0) { $0 + $1.matrix.rowCount }
    guard rowCount >= Self.minimumRowCount else {
      throw Diagnostic(
        .dataTooFewRows, "there are \(rowCount) rows, too few to draw a curve of",
        hint: "bring at least \(Self.minimumRowCount)")
    }
    curves = FeatureCurve.curves(of: features, parts: parts, settings, threads: threads)
    var fewer = settings
    fewer.pointCount = min(settings.pointCount, Self.surfacePointLimit)
    surfaces =
      second.map { second in
        features.map {
          FeatureSurface.drawn($0, second, parts: parts, fewer, threads: threads)
        }
      } ?? []
  }

  private static func check(
    _ features: [Int], _ second: Int?, _ model: RetentionModel, _ settings: CurveSettings
  ) throws(Diagnostic) {
    guard let second else { return }
    let name = displayText(model.schema.features[second].name)
    if features.contains(second) {
      throw Diagnostic(.usage, "'\(name)' cannot be laid beside itself")
    }
    if settings.kind == .shap {
      throw Diagnostic(
        .usage, "contributions are of one feature each: there is no surface of two",
        hint: "take partial dependence or local effects (--kind pdp, --kind ale)")
    }
    let categories = (features + [second]).filter { model.schema.features[$0].levelCount > 0 }
    if settings.kind == .ale, let category = categories.first {
      throw Diagnostic(
        .usage,
        "'\(displayText(model.schema.features[category].name))' is a category: local effects of "
          + "two features are for quantities",
        hint: "take partial dependence (--kind pdp)")
    }
  }
}
