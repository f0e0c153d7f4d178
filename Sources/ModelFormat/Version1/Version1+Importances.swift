import Diagnostics
import Explanation
import Learning
import Scoring

/// The section of importances with their groups and intervals. The summary holds those of its own
/// kinds as well, without, for releases that do not know the section.
extension Version1 {
  /// Whether the summary's section holds importances of a kind.
  static func isOfSummary(_ kind: Importance.Kind) -> Bool {
    [.permutation, .gain, .coefficient].contains(kind)
  }

  static func write(importancesOf model: RetentionModel, to writer: inout ByteWriter) {
    var positionOfName: [String: Int32] = [:]
    for (position, feature) in model.schema.features.enumerated() {
      positionOfName[feature.name] = Int32(position)
    }
    writer.write(model.summary.importances) { writer, importance in
      writer.write(UInt8(kinds.firstIndex(of: importance.kind)!))
      // What is no feature, as a family, has its name.
      let position = isOfFeature(importance.kind) ? positionOfName[importance.feature] : nil
      writer.write(position ?? -1)
      if position == nil { writer.write(importance.feature) }
      writer.write(importance.value)
      writer.write(importance.standardError) { $0.write($1) }
      writer.write(importance.interval) { writer, interval in
        writer.write(interval.low)
        writer.write(interval.high)
      }
      let members = importance.members.filter { positionOfName[$0.feature] != nil }
      writer.write(members) { writer, member in
        writer.write(positionOfName[member.feature]!)
        writer.write(member.share) { $0.write($1) }
      }
    }
    writer.write(model.summary.stability) { writer, stability in
      writer.write(UInt32(stability.partCount))
      writer.write(stability.correlation)
      writer.write(UInt32(stability.ranksOfFirst.lowerBound))
      writer.write(UInt32(stability.ranksOfFirst.upperBound))
    }
  }

  static func importances(_ reader: inout ByteReader, features: [Feature]) throws(Diagnostic)
    -> ([Importance], ImportanceStability?)
  {
    let importances = try reader.readArray(
      "importances", limit: ModelLimits.noteCount, smallest: 19
    ) { reader throws(Diagnostic) in
      try importance(&reader, features)
    }
    let stability = try reader.readOptional { reader throws(Diagnostic) in
      let partCount = Int(try reader.read(UInt32.self))
      let correlation = try reader.readFinite("a correlation")
      let best = Int(try reader.read(UInt32.self))
      let worst = Int(try reader.read(UInt32.self))
      guard 1 <= best, best <= worst else { throw reader.invalid("ranks of \(best) to \(worst)") }
      return ImportanceStability(
        partCount: partCount, correlation: correlation, ranksOfFirst: best...worst)
    }
    return (importances, stability)
  }

  private static func importance(_ reader: inout ByteReader, _ features: [Feature])
    throws(Diagnostic) -> Importance
  {
    let number = Int(try reader.read(UInt8.self))
    guard number < kinds.count else { throw reader.invalid("an importance of unknown kind") }
    let position = try reader.read(Int32.self)
    let name = position < 0 ? try reader.readText() : try feature(position, reader, features)
    let value = try reader.readFinite("an importance")
    let error = try reader.readOptional { reader throws(Diagnostic) in
      try reader.readFinite("a standard error")
    }
    let interval = try reader.readOptional { reader throws(Diagnostic) in
      let low = try reader.readFinite("a lower end")
      let high = try reader.readFinite("an upper end")
      guard low <= high else { throw reader.invalid("a lower end of \(low) above \(high)") }
      return Importance.Interval(low: low, high: high)
    }
    let members = try reader.readArray(
      "members", limit: features.count, smallest: 5
    ) { reader throws(Diagnostic) in
      Importance.Member(
        feature: try feature(try reader.read(Int32.self), reader, features),
        share: try reader.readOptional { reader throws(Diagnostic) in
          try reader.readFinite("a share")
        })
    }
    return Importance(
      feature: name, kind: kinds[number], value: value, standardError: error, interval: interval,
      members: members)
  }

  private static func feature(
    _ position: Int32, _ reader: ByteReader, _ features: [Feature]
  ) throws(Diagnostic) -> String {
    guard features.indices.contains(Int(position)) else {
      throw reader.invalid("feature \(position) of \(features.count)")
    }
    return features[Int(position)].name
  }

  /// Their positions are their numbers in the file.
  private static let kinds: [Importance.Kind] = [
    .group, .family, .actionability, .permutation, .shap, .gain, .splits, .coefficient,
  ]

  private static func isOfFeature(_ kind: Importance.Kind) -> Bool {
    kind != .family && kind != .actionability
  }
}

extension TrainingSummary {
  /// Whether there is more to say of importances than the summary's section can.
  var hasMeasuredImportances: Bool {
    stability != nil
      || importances.contains {
        !Version1.isOfSummary($0.kind) || $0.interval != nil || !$0.members.isEmpty
      }
  }
}
