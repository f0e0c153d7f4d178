import Diagnostics
import Learning
import LogisticRegression

extension Version1 {
  static func write(_ inference: LogisticInference, to writer: inout ByteWriter) {
    writer.write(inference.penalty.rawValue)
    writer.write(Int64(inference.rowCount))
    writer.write(inference.groupCount) { $0.write(Int64($1)) }
    writer.write(Int64(inference.parameterCount))
    writer.write(inference.deviance)
    writer.write(inference.nullDeviance)
    write(inference.intercept, to: &writer)
    writer.write(inference.terms) { writer, term in
      writer.write(UInt32(term.feature))
      writer.write(term.reference) { $0.write($1) }
      writer.write(UInt32(term.columnCount))
      writer.write(term.effects) { write($1, to: &$0) }
      writer.write(term.test) { writer, test in
        writer.write(test.statistic)
        writer.write(Int64(test.degreesOfFreedom))
      }
      writer.write(term.varianceInflation) { $0.write($1) }
      writer.write(term.largestDeviation) { $0.write($1) }
      writer.write(term.kurtosis) { $0.write($1) }
    }
    writer.write(inference.correlatedColumns) { writer, columns in
      writer.write(columns) { writer, column in
        writer.write(UInt32(column.feature))
        write(column.subject, to: &writer)
      }
    }
    writer.write(inference.separatingFeatures) { $0.write(UInt32($1)) }
  }

  private static func write(_ effect: LogisticInference.Effect, to writer: inout ByteWriter) {
    write(effect.subject, to: &writer)
    writer.write(effect.estimate)
    writer.write(effect.standardError)
    writer.write(effect.clusteredError) { $0.write($1) }
    writer.write(effect.deviation) { $0.write($1) }
  }

  private static func write(_ subject: LogisticInference.Subject, to writer: inout ByteWriter) {
    switch subject {
    case .intercept: writer.write(UInt8(0))
    case .quantity: writer.write(UInt8(1))
    case .level(let code):
      writer.write(UInt8(2))
      writer.write(code)
    case .missing: writer.write(UInt8(3))
    }
  }

  static func inference(_ reader: inout ByteReader, features: [Feature]) throws(Diagnostic)
    -> LogisticInference
  {
    let number = try reader.read(UInt8.self)
    guard let penalty = LogisticInference.Penalty(rawValue: number) else {
      throw reader.invalid("a penalty of unknown kind \(number)")
    }
    let rowCount = try count(&reader, "rows")
    let groupCount = try reader.readOptional { reader throws(Diagnostic) in
      try count(&reader, "groups")
    }
    let parameterCount = try count(&reader, "parameters", limit: largestTest)
    let deviance = try notNegative(&reader, "a deviance")
    let nullDeviance = try notNegative(&reader, "a deviance")
    let intercept = try effect(&reader, of: nil)
    var last = -1
    let terms = try reader.readArray(
      "tested features", limit: features.count, smallest: 17
    ) { reader throws(Diagnostic) in
      let term = try term(&reader, features: features)
      guard term.feature > last else { throw reader.invalid("tested features are not in order") }
      last = term.feature
      return term
    }
    let groups = try reader.readArray(
      "correlated groups", limit: ModelLimits.levelCount, smallest: 14
    ) { reader throws(Diagnostic) in
      let columns = try reader.readArray(
        "correlated columns", limit: ModelLimits.levelCount, smallest: 5
      ) { reader throws(Diagnostic) in
        let feature = try position(&reader, of: features)
        return LogisticInference.Column(
          feature: feature, subject: try subject(&reader, of: features[feature]))
      }
      guard columns.count > 1 else { throw reader.invalid("a correlated group of one column") }
      return columns
    }
    let separating = try reader.readArray(
      "separating features", limit: features.count, smallest: 4
    ) { reader throws(Diagnostic) in try position(&reader, of: features) }
    return LogisticInference(
      penalty: penalty, intercept: intercept, terms: terms, deviance: deviance,
      nullDeviance: nullDeviance, parameterCount: parameterCount, rowCount: rowCount,
      groupCount: groupCount, correlatedColumns: groups, separatingFeatures: separating)
  }

  private static func term(_ reader: inout ByteReader, features: [Feature]) throws(Diagnostic)
    -> LogisticInference.Term
  {
    let index = try position(&reader, of: features)
    let feature = features[index]
    let reference = try reader.readOptional { reader throws(Diagnostic) in
      try level(&reader, of: feature)
    }
    guard (reference != nil) == (feature.levelCount > 0) else {
      throw reader.invalid("a reference level does not fit its feature's kind")
    }
    let columnCount = Int(try reader.read(UInt32.self))
    // A level or missing cells each.
    guard (1...ModelLimits.levelCount + 1).contains(columnCount) else {
      throw reader.invalid("a term of \(columnCount) columns")
    }
    let effects = try reader.readArray(
      "effects", limit: max(2, feature.levelCount), smallest: 19
    ) { reader throws(Diagnostic) in try effect(&reader, of: feature) }
    let test = try reader.readOptional { reader throws(Diagnostic) in
      let statistic = try notNegative(&reader, "a test's statistic")
      let degreesOfFreedom = try count(&reader, "degrees of freedom", limit: effects.count)
      guard degreesOfFreedom > 0 else { throw reader.invalid("no degree of freedom") }
      return LogisticInference.Test(statistic: statistic, degreesOfFreedom: degreesOfFreedom)
    }
    return LogisticInference.Term(
      feature: index, effects: effects, reference: reference, test: test,
      varianceInflation: try reader.readOptional { reader throws(Diagnostic) in
        try error(&reader, "a variance inflation factor")
      }, columnCount: columnCount,
      largestDeviation: try reader.readOptional { reader throws(Diagnostic) in
        try notNegative(&reader, "a deviation")
      },
      kurtosis: try reader.readOptional { reader throws(Diagnostic) in
        try notNegative(&reader, "a kurtosis")
      })
  }

  /// - Parameter feature: `nil` for the intercept.
  private static func effect(_ reader: inout ByteReader, of feature: Feature?) throws(Diagnostic)
    -> LogisticInference.Effect
  {
    let subject = try subject(&reader, of: feature)
    let estimate = try reader.readFinite("an estimate")
    guard estimate.magnitude < ModelLimits.scoreMagnitude else {
      throw reader.invalid("an estimate of \(estimate)")
    }
    let standardError = try error(&reader, "a standard error")
    let clustered = try reader.readOptional { reader throws(Diagnostic) in
      try notNegative(&reader, "a clustered error")
    }
    let deviation = try reader.readOptional { reader throws(Diagnostic) in
      try notNegative(&reader, "a standard deviation")
    }
    guard (deviation != nil) == (subject == .quantity) else {
      throw reader.invalid("a standard deviation of what is no quantity")
    }
    return LogisticInference.Effect(
      subject: subject, estimate: estimate, standardError: standardError,
      clusteredError: clustered, deviation: deviation)
  }

  private static func subject(_ reader: inout ByteReader, of feature: Feature?)
    throws(Diagnostic) -> LogisticInference.Subject
  {
    switch (try reader.read(UInt8.self), feature) {
    case (0, nil): return .intercept
    case (1, let feature?) where feature.levelCount == 0: return .quantity
    case (2, let feature?) where feature.levelCount > 0:
      return .level(try level(&reader, of: feature))
    case (3, .some): return .missing
    case (let kind, _): throw reader.invalid("an effect of kind \(kind) does not fit its feature")
    }
  }

  // MARK: Numbers

  private static func level(_ reader: inout ByteReader, of feature: Feature) throws(Diagnostic)
    -> Int32
  {
    let code = try reader.read(Int32.self)
    guard code >= 0, Int(code) < feature.levelCount else {
      throw reader.invalid("a level \(code) of \(feature.levelCount)")
    }
    return code
  }

  private static func position(_ reader: inout ByteReader, of features: [Feature])
    throws(Diagnostic) -> Int
  {
    let position = Int(try reader.read(UInt32.self))
    guard position < features.count else {
      throw reader.invalid("a feature \(position) of \(features.count)")
    }
    return position
  }

  /// The most degrees of freedom whose tail takes no time.
  private static let largestTest = 1 << 24

  private static func count(
    _ reader: inout ByteReader, _ name: String, limit: Int = 1 << 53
  ) throws(Diagnostic) -> Int {
    let count = try reader.read(Int64.self)
    guard count >= 0, count <= limit else { throw reader.invalid("\(count) \(name)") }
    return Int(count)
  }

  private static func notNegative(_ reader: inout ByteReader, _ name: String) throws(Diagnostic)
    -> Double
  {
    let value = try reader.readFinite(name)
    guard value >= 0, value < ModelLimits.scoreMagnitude else {
      throw reader.invalid("\(name) of \(value)")
    }
    return value
  }

  /// A number of 0 or more that may be infinite.
  private static func error(_ reader: inout ByteReader, _ name: String) throws(Diagnostic) -> Double
  {
    let value = try reader.readDouble()
    guard value >= 0 else { throw reader.invalid("\(name) of \(value)") }
    return value
  }
}
