import Explanation

/// Curves, or surfaces where there are some, as a CSV file: one line per point.
public struct CurveFile: Sendable {
  /// The file's content.
  public let bytes: [UInt8]

  /// Writes all points; of two features, those of the surfaces.
  public init(_ curves: [FeatureCurve], _ surfaces: [FeatureSurface]) {
    bytes = surfaces.isEmpty ? Self.points(of: curves) : Self.cells(of: surfaces)
  }

  private static func points(of curves: [FeatureCurve]) -> [UInt8] {
    var writer = CSVWriter(
      header: [
        "feature", "kind", "value", "level", "is_missing", "log_odds", "log_odds_low",
        "log_odds_high", "probability", "low", "high", "row_share",
      ])
    for curve in curves {
      for point in curve.points + (curve.missing.map { [$0] } ?? []) {
        writer.write(curve.feature.name)
        writer.write(curve.kind.rawValue)
        writer.write(point.place)
        writer.write(point.place == .missing ? 1 : 0)
        for number in [
          point.logOdds, point.logOddsLow, point.logOddsHigh, point.probability, point.low,
          point.high, point.rowShare,
        ] { writer.write(number) }
        writer.endRow()
      }
    }
    return writer.bytes
  }

  private static func cells(of surfaces: [FeatureSurface]) -> [UInt8] {
    var writer = CSVWriter(
      header: [
        "first", "first_value", "first_level", "second", "second_value", "second_level", "kind",
        "log_odds", "probability", "interaction", "row_share",
      ])
    for surface in surfaces {
      for (row, first) in surface.firstPlaces.enumerated() {
        for (column, second) in surface.secondPlaces.enumerated() {
          let cell = row * surface.secondPlaces.count + column
          writer.write(surface.first.name)
          writer.write(first)
          writer.write(surface.second.name)
          writer.write(second)
          writer.write(surface.kind.rawValue)
          for values in [
            surface.logOdds, surface.probability, surface.interaction, surface.rowShare,
          ] { writer.write(values[cell]) }
          writer.endRow()
        }
      }
    }
    return writer.bytes
  }
}

extension CSVWriter {
  /// A value and a level, of which a place has one or, where it is the missing one, none.
  fileprivate mutating func write(_ place: FeatureCurve.Place) {
    switch place {
    case .number(let value):
      write(value)
      write("")
    case .level(_, let name):
      write(nil as Double?)
      write(name)
    case .missing:
      write(nil as Double?)
      write("")
    }
  }
}
