import Calibration
import Diagnostics
import Evaluation
import Explanation
import Scoring

extension Version1 {
  static func write(_ summary: TrainingSummary, to writer: inout ByteWriter) {
    writer.write(summary.release)
    writer.write(summary.learner)
    writer.write(UInt64(summary.rowCount))
    writer.write(UInt64(summary.positiveCount))
    writer.write(summary.fingerprint)
    writer.write(summary.parameters) { writer, setting in
      writer.write(setting.name)
      writer.write(setting.value)
    }
    writer.write(summary.validation) { writer, validation in
      writer.write(UInt32(validation.foldCount))
      writer.write(validation.rule)
      writer.write(UInt64(validation.rowCount))
      writer.write(validation.baselineLogLoss)
      writer.write(validation.metrics) { writer, estimate in
        writer.write(estimate.metric.rawValue)
        writer.write(estimate.value)
        writer.write(estimate.low)
        writer.write(estimate.high)
      }
    }
    writer.write(summary.contest) { writer, contestant in
      writer.write(contestant.learner)
      writer.write(contestant.logLoss)
      writer.write(contestant.rocAUC)
    }
    writer.write(summary.importances.filter { isOfSummary($0.kind) }) { writer, importance in
      writer.write(importance.feature)
      writer.write(importance.kind.rawValue)
      writer.write(importance.value)
      writer.write(importance.standardError) { $0.write($1) }
    }
    writer.write(summary.excludedColumns) { writer, column in
      writer.write(column.name)
      writer.write(column.reason)
    }
    writer.write(summary.warnings) { $0.write($1) }
  }

  static func summary(_ reader: inout ByteReader) throws(Diagnostic) -> TrainingSummary {
    let release = try reader.readText()
    let learner = try reader.readText()
    let rowCount = try count(&reader)
    let positiveCount = try count(&reader)
    guard positiveCount <= rowCount, rowCount > 0 else {
      throw reader.invalid("\(positiveCount) positive of \(rowCount) rows")
    }
    return TrainingSummary(
      release: release, learner: learner, rowCount: rowCount, positiveCount: positiveCount,
      fingerprint: try reader.read(UInt64.self),
      parameters: try notes(&reader, "parameters") { reader throws(Diagnostic) in
        TrainingSummary.Setting(try reader.readText(), try reader.readText())
      },
      validation: try reader.readOptional { reader throws(Diagnostic) in
        try validation(&reader)
      },
      contest: try notes(&reader, "learners") { reader throws(Diagnostic) in
        TrainingSummary.Contestant(
          learner: try reader.readText(), logLoss: try reader.readFinite("a log loss"),
          rocAUC: try reader.readFinite("an area"))
      },
      importances: try notes(&reader, "importances") { reader throws(Diagnostic) in
        try importance(&reader)
      },
      excludedColumns: try notes(&reader, "columns") { reader throws(Diagnostic) in
        TrainingSummary.ExcludedColumn(
          name: try reader.readText(), reason: try reader.readText())
      },
      warnings: try notes(&reader, "warnings") { reader throws(Diagnostic) in
        try reader.readText()
      })
  }

  static func write(
    _ calibrator: Calibrator, _ bands: ScoreBands, to writer: inout ByteWriter
  ) {
    switch calibrator {
    case .identity: writer.write(UInt8(0))
    case .platt(let slope, let intercept):
      writer.write(UInt8(1))
      writer.write(slope)
      writer.write(intercept)
    case .isotonic(let knots):
      writer.write(UInt8(2))
      writer.write(knots) { writer, knot in
        writer.write(knot.score)
        writer.write(knot.probability)
      }
    case .beta(let a, let b, let c):
      writer.write(UInt8(3))
      writer.write(a)
      writer.write(b)
      writer.write(c)
    }
    writer.write(bands.elevated)
    writer.write(bands.high)
  }

  static func calibration(_ reader: inout ByteReader) throws(Diagnostic)
    -> (Calibrator, ScoreBands)
  {
    let calibrator: Calibrator
    switch try reader.read(UInt8.self) {
    case 0: calibrator = .identity
    case 1:
      calibrator = .platt(
        slope: try reader.readDouble(), intercept: try reader.readDouble())
    case 2:
      calibrator = .isotonic(
        knots: try reader.readArray(
          "knots", limit: ModelLimits.nodeCount, smallest: 16
        ) { reader throws(Diagnostic) in
          Calibrator.Knot(
            score: try reader.readDouble(), probability: try reader.readDouble())
        })
    case 3:
      calibrator = .beta(
        a: try reader.readDouble(), b: try reader.readDouble(), c: try reader.readDouble())
    case let kind: throw reader.invalid("a calibration of unknown kind \(kind)")
    }
    let elevated = try reader.readFinite("a band")
    let high = try reader.readFinite("a band")
    guard 0 <= elevated, elevated <= high, high <= 1 else {
      throw reader.invalid("bands from \(elevated) and \(high)")
    }
    return (try calibrator.validated(), ScoreBands(elevated: elevated, high: high))
  }

  private static func count(_ reader: inout ByteReader) throws(Diagnostic) -> Int {
    let count = try reader.read(UInt64.self)
    guard count <= 1 << 53 else { throw reader.invalid("a count of \(count)") }
    return Int(count)
  }

  private static func notes<Element>(
    _ reader: inout ByteReader, _ name: String,
    _ body: (inout ByteReader) throws(Diagnostic) -> Element
  ) throws(Diagnostic) -> [Element] {
    try reader.readArray(name, limit: ModelLimits.noteCount, smallest: 4, body)
  }

  private static func validation(_ reader: inout ByteReader) throws(Diagnostic)
    -> TrainingSummary.Validation
  {
    let foldCount = Int(try reader.read(UInt32.self))
    let rule = try reader.readText()
    let rowCount = try count(&reader)
    let baseline = try reader.readFinite("a log loss")
    let metrics = try notes(&reader, "metrics") { reader throws(Diagnostic) in
      let name = try reader.readText()
      guard let metric = Metric(rawValue: name) else {
        throw reader.invalid("an unknown metric")
      }
      return TrainingSummary.MetricEstimate(
        metric: metric, value: try reader.readFinite(name), low: try reader.readFinite(name),
        high: try reader.readFinite(name))
    }
    return TrainingSummary.Validation(
      foldCount: foldCount, rule: rule, rowCount: rowCount, metrics: metrics,
      baselineLogLoss: baseline)
  }

  private static func importance(_ reader: inout ByteReader) throws(Diagnostic) -> Importance {
    let feature = try reader.readText()
    guard let kind = Importance.Kind(rawValue: try reader.readText()), isOfSummary(kind) else {
      throw reader.invalid("an importance of unknown kind")
    }
    return Importance(
      feature: feature, kind: kind, value: try reader.readFinite("an importance"),
      standardError: try reader.readOptional { reader throws(Diagnostic) in
        try reader.readFinite("a standard error")
      })
  }
}
