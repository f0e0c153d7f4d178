import Learning

/// The places along a feature at which curves are measured, the same for all models that are
/// compared.
struct CurveGrid: Sendable, Equatable {
  /// Values ascending, or codes of levels in their order; none is missing.
  let places: FeatureColumn
  /// Whether the places are all the values there are; else quantiles of more.
  let isDiscrete: Bool
  /// Whether a row misses the value.
  let hasMissing: Bool

  /// How many places there are.
  var count: Int { places.count }

  /// Where a value lies that is missing, or that no place stands for.
  static let missing = -1
  static let nowhere = -2

  /// Chooses places.
  ///
  /// - Parameters:
  ///   - matrices: The rows of all models.
  ///   - pointCount: The most places of a quantity. With more distinct values, the places are values
  ///     at even steps of rank, the least and the greatest included.
  init(of feature: Int, in matrices: [FeatureMatrix], pointCount: Int) {
    precondition(pointCount >= 2, "\(pointCount) points, expected at least 2")
    switch matrices.first?.columns[feature] {
    case .category?:
      let codes = matrices.flatMap { matrix -> [Int32] in
        guard case .category(let codes) = matrix.columns[feature] else { return [] }
        return codes
      }
      places = .category(Set(codes.filter { $0 >= 0 }).sorted())
      isDiscrete = true
      hasMissing = codes.contains(CategoryCode.missing)
    default:
      let values = matrices.flatMap { matrix -> [Double] in
        guard case .number(let values) = matrix.columns[feature] else { return [] }
        return values
      }
      let sorted = values.filter(\.isFinite).sorted()
      let distinct = Self.distinct(sorted)
      isDiscrete = distinct.count <= pointCount
      let steps = pointCount - 1
      places = .number(
        isDiscrete
          ? distinct
          : Self.distinct(
            (0...steps).map { sorted[($0 * (sorted.count - 1) + steps / 2) / steps] }))
      hasMissing = values.contains(where: \.isNaN)
    }
  }

  private static func distinct(_ sorted: [Double]) -> [Double] {
    var distinct: [Double] = []
    for value in sorted where distinct.last != value { distinct.append(value) }
    return distinct
  }

  /// The places, and after them the missing one where there are rows that miss the value.
  var placesAndMissing: FeatureColumn {
    guard hasMissing else { return places }
    switch places {
    case .number(let values): return .number(values + [.nan])
    case .category(let codes): return .category(codes + [CategoryCode.missing])
    }
  }

  /// The place of each row: the first that is not below its value, shape `[rowCount]`.
  func cells(of column: FeatureColumn) -> [Int] {
    switch (places, column) {
    case (.number(let places), .number(let values)):
      return values.map { value in
        if value.isNaN { return Self.missing }
        if places.isEmpty { return Self.nowhere }
        var low = 0
        var high = places.count - 1
        while low < high {
          let middle = (low + high) / 2
          if places[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
      }
    case (.category(let places), .category(let codes)):
      return codes.map { code in
        if code == CategoryCode.missing { return Self.missing }
        return places.firstIndex(of: code) ?? Self.nowhere
      }
    default: preconditionFailure("a grid of another kind of column")
    }
  }

  /// What each place is called.
  func names(_ feature: Feature) -> [FeatureCurve.Place] {
    switch places {
    case .number(let values): values.map { .number($0) }
    case .category(let codes): codes.map { .level(code: $0, name: feature.levelName($0)) }
    }
  }
}

extension FeatureCurve.Place {
  /// The place of a row's own value.
  init(_ feature: Feature, _ column: FeatureColumn, row: Int) {
    switch column {
    case .number(let values): self = values[row].isNaN ? .missing : .number(values[row])
    case .category(let codes):
      self =
        codes[row] == CategoryCode.missing
        ? .missing
        : .level(
          code: codes[row], name: codes[row] < 0 ? "(unseen)" : feature.levelName(codes[row]))
    }
  }
}
