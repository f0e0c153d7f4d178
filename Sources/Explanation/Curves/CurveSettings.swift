/// How curves are drawn.
public struct CurveSettings: Sendable, Equatable {
  /// The neighbours of a level, for accumulated local effects.
  public enum LevelOrder: String, Sendable, CaseIterable {
    /// Levels in the order of the model.
    case given
    /// Levels whose rows are alike in the other features side by side.
    case similar
  }

  /// How the curves are had.
  public var kind = FeatureCurve.Kind.pdp
  /// The most points of a quantity's curve; at least 2.
  public var pointCount = 40
  /// The order of levels along a curve of accumulated local effects.
  public var levelOrder = LevelOrder.given
  /// How many single rows are drawn as lines of their own, or as points of contributions.
  public var lineCount = 0
  /// Whether those lines begin at 0.
  public var isCentred = false
  /// How often rows are drawn anew for the band of one model.
  public var resampleCount = 200
  /// What rows are drawn by.
  public var seed: UInt64 = 0
  /// Whether rows are checked for their direction.
  public var checksDirection = true
  /// The direction that the model was trained to keep along a feature, 1 or -1, by name.
  public var demanded: [String: Int] = [:]
  /// What features are in words, by name.
  public var descriptions: [String: FeatureCurve.Description] = [:]

  /// Partial dependence at up to 40 points.
  public init(kind: FeatureCurve.Kind = .pdp) { self.kind = kind }
}
