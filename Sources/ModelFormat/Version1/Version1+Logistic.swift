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
      case .constant: writer.write(UInt8(0))
      case .quantity(let standardization, let coefficient):
        writer.write(UInt8(1))
        writer.write(standardization.center)
        writer.write(standardization.scale)
        write(coefficient, to: &writer)
      case .category(let levels):
        writer.write(UInt8(2))
        writer.write(levels) { writer, level in writer.write(level) { write($1, to: &$0) } }
      }
      writer.write(term.missing) { write($1, to: &$0) }
      writer.write(term.mean)
    }
  }

  private static func write(_ coefficient: Coefficient, to writer: inout ByteWriter) {
    writer.write(coefficient.value)
    writer.write(coefficient.standardError)
  }

  private static func logistic(_ reader: inout ByteReader, features: [Feature])
    throws(Diagnostic) -> LogisticModel
  {
    let intercept = try coefficient(&reader)
    let convergence = Convergence(
      iterationCount: Int(try reader.read(Int32.self)),
      gradientNorm: try reader.readFinite("the gradient"), isConverged: try reader.readBool(),
      addedRidge: try reader.readFinite("the ridge"))
    let terms = try reader.readArray(
      "terms", limit: ModelLimits.featureCount, smallest: 10
    ) { reader throws(Diagnostic) in try term(&reader) }
    guard terms.count == features.count else {
      throw reader.invalid("\(terms.count) terms for \(features.count) features")
    }
    for (term, feature) in zip(terms, features) {
      let fits =
        switch term.form {
        case .constant: true
        case .quantity: feature.levelCount == 0
        case .category(let levels): levels.count == feature.levelCount
        }
      guard fits else { throw reader.invalid("a term does not fit its feature's kind") }
    }
    return LogisticModel(intercept: intercept, terms: terms, convergence: convergence)
  }

  private static func term(_ reader: inout ByteReader) throws(Diagnostic) -> LogisticTerm {
    let form: LogisticTerm.Form
    switch try reader.read(UInt8.self) {
    case 0: form = .constant
    case 1:
      let center = try reader.readFinite("a centre")
      let scale = try reader.readFinite("a scale")
      guard scale > 0 else { throw reader.invalid("a scale of \(scale)") }
      form = .quantity(
        Standardization(center: center, scale: scale), try coefficient(&reader))
    case 2:
      form = .category(
        try reader.readArray(
          "coefficients", limit: ModelLimits.levelCount, smallest: 1
        ) { reader throws(Diagnostic) in
          try reader.readOptional { reader throws(Diagnostic) in try coefficient(&reader) }
        })
    case let kind: throw reader.invalid("a term of unknown kind \(kind)")
    }
    return LogisticTerm(
      form: form,
      missing: try reader.readOptional { reader throws(Diagnostic) in try coefficient(&reader) },
      mean: try reader.readFinite("a mean"))
  }

  /// A coefficient whose product with the largest standardised value is still a number.
  private static func coefficient(_ reader: inout ByteReader) throws(Diagnostic) -> Coefficient {
    let value = try reader.readFinite("a coefficient")
    guard value.magnitude < 1e290 else { throw reader.invalid("a coefficient of \(value)") }
    return Coefficient(value: value, standardError: try reader.readFinite("a standard error"))
  }
}
