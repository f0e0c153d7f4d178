import Diagnostics
import Learning
import LogisticRegression
import Scoring

/// The section of terms that enter a logistic regression in another shape than a line or a
/// coefficient per level. A reader that does not know them cannot score, and refuses the file.
extension Version1 {
  /// The terms that the section holds, by the feature's position.
  static func shapes(of learner: FittedModel) -> [(feature: Int, form: LogisticTerm.Form)] {
    guard case .logistic(let model) = learner else { return [] }
    return model.terms.enumerated().filter { $1.form.isShaped }.map { ($0, $1.form) }
  }

  static func write(
    _ shapes: [(feature: Int, form: LogisticTerm.Form)], to writer: inout ByteWriter
  ) {
    writer.write(shapes) { writer, shape in
      writer.write(Int32(shape.feature))
      switch shape.form {
      case .constant, .quantity, .category: preconditionFailure("a term of the learner's section")
      case .mapped(let transform, let standardization, let coefficient):
        writer.write(UInt8(3))
        switch transform {
        case .winsorized(let low, let high):
          writer.write(UInt8(0))
          writer.write(low)
          writer.write(high)
        case .signedLog(let unit):
          writer.write(UInt8(1))
          writer.write(unit)
        }
        write(standardization, to: &writer)
        write(coefficient, to: &writer)
      case .curve(let curve):
        writer.write(UInt8(4))
        writer.write(Array(zip(curve.spline.knots, curve.values))) { writer, knot in
          writer.write(knot.0)
          write(knot.1, to: &writer)
        }
      case .grouped(let levels, let rare):
        writer.write(UInt8(5))
        writer.write(levels) { writer, level in writer.write(level) { write($1, to: &$0) } }
        write(rare, to: &writer)
      case .encoded(let values, let standardization, let coefficient):
        writer.write(UInt8(6))
        writer.write(values) { $0.write($1) }
        write(standardization, to: &writer)
        write(coefficient, to: &writer)
      }
    }
  }

  /// Reads the section, and sets the terms of `learner` that it holds.
  static func readShapes(
    _ reader: inout ByteReader, of learner: FittedModel, features: [Feature]
  ) throws(Diagnostic) -> FittedModel {
    guard case .logistic(var model) = learner else {
      throw reader.invalid("shapes of terms in a model that has none")
    }
    var next = 0
    let shapes = try reader.readArray(
      "shapes", limit: ModelLimits.featureCount, smallest: 30
    ) { reader throws(Diagnostic) in
      let feature = Int(try reader.read(Int32.self))
      guard (next..<features.count).contains(feature) else {
        throw reader.invalid(
          "a shape of feature \(feature), expected \(next) to \(features.count - 1)")
      }
      next = feature + 1
      return (feature, try form(&reader, of: features[feature]))
    }
    guard !shapes.isEmpty else { throw reader.invalid("no shapes") }
    for (feature, form) in shapes {
      guard model.terms[feature].form == .constant else {
        throw reader.invalid("a second form of feature \(feature)")
      }
      model.terms[feature].form = form
    }
    return .logistic(model)
  }

  private static func form(_ reader: inout ByteReader, of feature: Feature) throws(Diagnostic)
    -> LogisticTerm.Form
  {
    switch try reader.read(UInt8.self) {
    case 3 where feature.levelCount == 0:
      return .mapped(
        try transform(&reader), try standardization(&reader), try coefficient(&reader))
    case 4 where feature.levelCount == 0: return .curve(try curve(&reader))
    case 5 where feature.levelCount > 0:
      let levels = try levels(&reader, of: feature)
      return .grouped(levels, rare: try coefficient(&reader))
    case 6 where feature.levelCount > 0:
      let values = try reader.readArray(
        "values", limit: feature.levelCount, smallest: 8
      ) { reader throws(Diagnostic) in try reader.readFinite("a level's value") }
      guard values.count == feature.levelCount else {
        throw reader.invalid("\(values.count) values for \(feature.levelCount) levels")
      }
      return .encoded(values, try standardization(&reader), try coefficient(&reader))
    case 3, 4, 5, 6: throw reader.invalid("a shape does not fit its feature's kind")
    case let kind: throw reader.invalid("a shape of unknown kind \(kind)")
    }
  }

  private static func transform(_ reader: inout ByteReader) throws(Diagnostic)
    -> QuantityTransform
  {
    switch try reader.read(UInt8.self) {
    case 0:
      let low = try reader.readFinite("a lower end")
      let high = try reader.readFinite("an upper end")
      guard low <= high else { throw reader.invalid("a lower end of \(low) above \(high)") }
      return .winsorized(low: low, high: high)
    case 1:
      let unit = try reader.readFinite("a unit")
      guard unit > 0 else { throw reader.invalid("a unit of \(unit)") }
      return .signedLog(unit: unit)
    case let kind: throw reader.invalid("a map of unknown kind \(kind)")
    }
  }

  private static func curve(_ reader: inout ByteReader) throws(Diagnostic) -> SplineCurve {
    let points = try reader.readArray(
      "knots", limit: NaturalSpline.knotLimit, smallest: 24
    ) { reader throws(Diagnostic) in
      (try reader.readFinite("a knot"), try coefficient(&reader))
    }
    guard let spline = NaturalSpline(knots: points.map(\.0)) else {
      throw reader.invalid("\(points.count) knots that are too few, too near or do not ascend")
    }
    // Beyond the knots a curve may be steep, and goes on as a line.
    for (_, value) in points where value.value.magnitude >= ModelLimits.curveMagnitude {
      throw reader.invalid("a curve's value of \(value.value)")
    }
    return SplineCurve(spline: spline, values: points.map(\.1))
  }
}

extension LogisticTerm.Form {
  /// Whether the term is one of the section of shapes.
  var isShaped: Bool {
    switch self {
    case .constant, .quantity, .category: false
    case .grouped, .mapped, .curve, .encoded: true
    }
  }
}
