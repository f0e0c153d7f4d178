import Diagnostics
import Learning
import LogisticRegression
import Scoring

extension Version1 {
  static func write(_ learner: FittedModel, to writer: inout ByteWriter) {
    switch learner {
    case .logistic(let model):
      writer.write(UInt8(0))
      write(model, to: &writer)
    case .trees(let model):
      writer.write(UInt8(1))
      write(model, to: &writer)
    }
  }

  static func learner(_ reader: inout ByteReader, features: [Feature]) throws(Diagnostic)
    -> FittedModel
  {
    switch try reader.read(UInt8.self) {
    case 0: .logistic(try logistic(&reader, features: features))
    case 1: .trees(try trees(&reader, features: features))
    case let kind: throw reader.invalid("a learner of unknown kind \(kind)")
    }
  }

  private static func write(_ model: LogisticModel, to writer: inout ByteWriter) {
    write(model.intercept, to: &writer)
    writer.write(Int32(clamping: model.convergence.iterationCount))
    writer.write(model.convergence.gradientNorm)
    writer.write(model.convergence.isConverged)
    writer.write(model.convergence.addedRidge)
    writer.write(model.terms) { writer, term in
      switch term.form {
      // Other shapes are in a section of their own.
      case .constant, .grouped, .mapped, .curve, .encoded: writer.write(UInt8(0))
      case .quantity(let standardization, let coefficient):
        writer.write(UInt8(1))
        write(standardization, to: &writer)
        write(coefficient, to: &writer)
      case .category(let levels):
        writer.write(UInt8(2))
        writer.write(levels) { writer, level in writer.write(level) { write($1, to: &$0) } }
      }
      writer.write(term.missing) { write($1, to: &$0) }
      writer.write(term.mean)
    }
  }

  static func write(_ standardization: Standardization, to writer: inout ByteWriter) {
    writer.write(standardization.center)
    writer.write(standardization.scale)
  }

  static func write(_ coefficient: Coefficient, to writer: inout ByteWriter) {
    writer.write(coefficient.value)
    writer.write(coefficient.standardError ?? .nan)
  }

  private static func logistic(_ reader: inout ByteReader, features: [Feature])
    throws(Diagnostic) -> LogisticModel
  {
    let intercept = try coefficient(&reader)
    let convergence = Convergence(
      iterationCount: Int(try reader.read(Int32.self)),
      gradientNorm: try reader.readFinite("the gradient"), isConverged: try reader.readBool(),
      addedRidge: try reader.readFinite("the ridge"))
    var unread = features[...]
    let terms = try reader.readArray(
      "terms", limit: ModelLimits.featureCount, smallest: 10
    ) { reader throws(Diagnostic) in
      guard let feature = unread.popFirst() else {
        throw reader.invalid("more terms than the \(features.count) features")
      }
      return try term(&reader, of: feature)
    }
    guard unread.isEmpty else {
      throw reader.invalid("\(terms.count) terms for \(features.count) features")
    }
    return LogisticModel(intercept: intercept, terms: terms, convergence: convergence)
  }

  private static func term(_ reader: inout ByteReader, of feature: Feature) throws(Diagnostic)
    -> LogisticTerm
  {
    let form: LogisticTerm.Form
    switch try reader.read(UInt8.self) {
    case 0: form = .constant
    case 1 where feature.levelCount == 0:
      form = .quantity(try standardization(&reader), try coefficient(&reader))
    case 2 where feature.levelCount > 0:
      form = .category(try levels(&reader, of: feature))
    case 1, 2: throw reader.invalid("a term does not fit its feature's kind")
    case let kind: throw reader.invalid("a term of unknown kind \(kind)")
    }
    let missing = try reader.readOptional { reader throws(Diagnostic) in try coefficient(&reader) }
    let mean = try reader.readFinite("a mean")
    guard mean.magnitude < ModelLimits.scoreMagnitude else {
      throw reader.invalid("a mean of \(mean)")
    }
    return LogisticTerm(form: form, missing: missing, mean: mean)
  }

  /// A coefficient or none for each level's code.
  static func levels(_ reader: inout ByteReader, of feature: Feature) throws(Diagnostic)
    -> [Coefficient?]
  {
    // At most as many as the schema has levels: one that is absent takes a byte of the file but many
    // of memory.
    let levels = try reader.readArray(
      "coefficients", limit: feature.levelCount, smallest: 1
    ) { reader throws(Diagnostic) in
      try reader.readOptional { reader throws(Diagnostic) in try coefficient(&reader) }
    }
    guard levels.count == feature.levelCount else {
      throw reader.invalid("\(levels.count) coefficients for \(feature.levelCount) levels")
    }
    return levels
  }

  /// A centre and a scale by which every number has a finite distance, or an infinite one of known
  /// sign: a centre infinitely far away, in units of the scale, would give no number at all.
  static func standardization(_ reader: inout ByteReader) throws(Diagnostic)
    -> Standardization
  {
    let center = try reader.readFinite("a centre")
    let scale = try reader.readFinite("a scale")
    guard scale > 0 else { throw reader.invalid("a scale of \(scale)") }
    // The learner takes a spread below 1e-14 of the centre for rounding.
    guard center.magnitude / 1e16 <= scale else {
      throw reader.invalid("a centre of \(center) with a scale of \(scale)")
    }
    return Standardization(center: center, scale: scale)
  }

  /// A coefficient whose product with the largest standardised value is still a number.
  static func coefficient(_ reader: inout ByteReader) throws(Diagnostic) -> Coefficient {
    let value = try reader.readFinite("a coefficient")
    guard value.magnitude < ModelLimits.scoreMagnitude else {
      throw reader.invalid("a coefficient of \(value)")
    }
    let error = try reader.readDouble()
    guard !error.isNaN else { return Coefficient(value: value, standardError: nil) }
    guard error.isFinite else { throw reader.invalid("a standard error is not a finite number") }
    return Coefficient(value: value, standardError: error)
  }
}
