import Calibration
import Diagnostics

extension Version1 {
  static func write(
    _ certainty: ScoreCertainty?, _ choice: CalibrationChoice?, to writer: inout ByteWriter
  ) {
    writer.write(certainty) { writer, certainty in
      writer.write(certainty.band.level)
      writer.write(certainty.band.lowestOfPositives) { $0.write($1) }
      writer.write(certainty.band.highestOfNegatives) { $0.write($1) }
      for steps in [certainty.interval.lower, certainty.interval.upper] {
        writer.write(steps) { writer, step in
          writer.write(step.score)
          writer.write(step.value)
        }
      }
    }
    writer.write(choice) { writer, choice in
      writer.write(number(of: choice.method))
      writer.write(choice.candidates) { writer, candidate in
        writer.write(number(of: candidate.method))
        writer.write(candidate.logLoss)
      }
    }
  }

  static func certainty(_ reader: inout ByteReader) throws(Diagnostic)
    -> (ScoreCertainty?, CalibrationChoice?)
  {
    let certainty = try reader.readOptional { reader throws(Diagnostic) in
      let band = ConformalBand(
        level: try reader.readFinite("a level"),
        lowestOfPositives: try reader.readOptional { reader throws(Diagnostic) in
          try reader.readFinite("a threshold")
        },
        highestOfNegatives: try reader.readOptional { reader throws(Diagnostic) in
          try reader.readFinite("a threshold")
        })
      let lower = try steps(&reader)
      return try ScoreCertainty(
        band: band, interval: VennAbers(lower: lower, upper: try steps(&reader))
      ).validated()
    }
    let choice = try reader.readOptional { reader throws(Diagnostic) in
      let method = try calibrationMethod(&reader)
      let candidates = try reader.readArray(
        "calibrations", limit: methods.count, smallest: 9
      ) { reader throws(Diagnostic) in
        CalibrationChoice.Candidate(
          method: try calibrationMethod(&reader), logLoss: try reader.readFinite("a log loss"))
      }
      guard candidates.contains(where: { $0.method == method }) else {
        throw reader.invalid("the chosen calibration is not among those that were tried")
      }
      return CalibrationChoice(method: method, candidates: candidates)
    }
    return (certainty, choice)
  }

  private static func steps(_ reader: inout ByteReader) throws(Diagnostic) -> [VennAbers.Step] {
    try reader.readArray("steps", limit: ModelLimits.stepCount, smallest: 16) {
      reader throws(Diagnostic) in
      VennAbers.Step(
        score: try reader.readFinite("a score"), value: try reader.readFinite("a rate"))
    }
  }

  /// Their positions are their numbers in the file.
  private static let methods: [CalibrationMethod] = [.none, .platt, .isotonic, .beta, .temperature]

  private static func number(of method: CalibrationMethod) -> UInt8 {
    guard let number = methods.firstIndex(of: method) else {
      preconditionFailure("'\(method)' is no method that a choice ends with")
    }
    return UInt8(number)
  }

  private static func calibrationMethod(_ reader: inout ByteReader) throws(Diagnostic)
    -> CalibrationMethod
  {
    let number = try reader.read(UInt8.self)
    guard Int(number) < methods.count else {
      throw reader.invalid("a calibration of unknown kind \(number)")
    }
    return methods[Int(number)]
  }
}
