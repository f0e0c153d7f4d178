/// How columns enter a logistic regression, where that is not as they are.
public struct ColumnTreatment: Sendable, Equatable {
  /// The shape in which a quantity's values enter.
  public enum Shape: String, Sendable, CaseIterable {
    /// A straight line: as they are.
    case none
    /// A line in their signed logarithm.
    case log
    /// A straight line that ends at the 0.5 % and the 99.5 % quantile.
    case winsor
    /// A natural cubic spline.
    case spline
  }

  /// Whether the shape of a quantity that is not named is decided by rows held out; else a line.
  public var decidesShapes = false
  /// Shapes of quantities by name.
  public var shapes: [String: Shape] = [:]
  /// Where the knots of curves stand, by name; quantiles where nothing is said.
  public var knots: [String: [Double]] = [:]
  /// Whether a category that is not named is encoded by the outcomes of its levels where it has
  /// many levels of few rows.
  public var encodesWideCategories = false
  /// Categories by name that are encoded (yes) or have a coefficient per level (no).
  public var encoded: [String: Bool] = [:]
  /// Levels with fewer rows than this share one coefficient, which holds for unseen levels as well;
  /// 1 for none.
  public var minimumRowsPerLevel = 1

  /// Lines in quantities, and a coefficient for each level: scikit-learn's standardised and one-hot
  /// columns.
  public static let plain = ColumnTreatment()

  /// What the rows to learn from say for themselves.
  public static let automatic: ColumnTreatment = {
    var treatment = ColumnTreatment()
    treatment.decidesShapes = true
    treatment.encodesWideCategories = true
    return treatment
  }()

  /// The treatment ``plain``.
  public init() {}

  /// The options that say so on a command line.
  public var settings: [(option: String, value: String)] {
    var settings = [("transform", decidesShapes ? "auto" : "none")]
    settings += shapes.keys.sorted().map { ("transform", "\($0)=\(shapes[$0]!.rawValue)") }
    settings.append(("encode", encodesWideCategories ? "auto" : "none"))
    settings += encoded.keys.sorted().map { ("encode", encoded[$0]! ? $0 : "\($0)=no") }
    if minimumRowsPerLevel > 1 { settings.append(("min-rows-per-level", "\(minimumRowsPerLevel)")) }
    return settings
  }

  /// Whether a category with rows of `levelCount` levels, `rowCount` in all, is encoded.
  func encodes(_ name: String, levelCount: Int, rowCount: Int) -> Bool {
    if let choice = encoded[name] { return choice }
    return encodesWideCategories && levelCount > Self.wideLevelCount
      && rowCount < Self.fewRowsPerLevel * levelCount
  }

  private static let wideLevelCount = 100
  private static let fewRowsPerLevel = 500
}
