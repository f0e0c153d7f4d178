import Diagnostics
import Learning
import Scoring

extension Version1 {
  static func write(_ schema: ModelSchema, to writer: inout ByteWriter) {
    writer.write(schema.features) { writer, feature in
      writer.write(feature.name)
      switch feature.kind {
      case .number: writer.write(UInt8(0))
      case .boolean: writer.write(UInt8(1))
      case .category(let levels, let hasOther):
        writer.write(UInt8(2))
        writer.write(hasOther)
        writer.write(levels) { $0.write($1) }
      }
    }
    writer.write(schema.idColumn) { $0.write($1) }
    writer.write(schema.target.column)
    writer.write(schema.target.positive)
    writer.write(schema.target.negative)
  }

  static func schema(_ reader: inout ByteReader) throws(Diagnostic) -> ModelSchema {
    let features = try reader.readArray(
      "features", limit: ModelLimits.featureCount, smallest: 5
    ) { reader throws(Diagnostic) in try feature(&reader) }
    guard Set(features.map(\.name)).count == features.count else {
      throw reader.invalid("two features have one name")
    }
    let idColumn = try reader.readOptional { reader throws(Diagnostic) in try reader.readText() }
    let target = ModelSchema.Target(
      column: try reader.readText(), positive: try reader.readText(),
      negative: try reader.readText())
    // A column is read in one way: as a feature, as the key, or as the label.
    guard !features.contains(where: { $0.name == idColumn }) else {
      throw reader.invalid("the key's column is a feature as well")
    }
    guard target.column != idColumn, !features.contains(where: { $0.name == target.column }) else {
      throw reader.invalid("the label's column is a feature or the key as well")
    }
    return ModelSchema(features: features, idColumn: idColumn, target: target)
  }

  private static func feature(_ reader: inout ByteReader) throws(Diagnostic) -> Feature {
    let name = try reader.readText()
    switch try reader.read(UInt8.self) {
    case 0: return Feature(name: name, kind: .number)
    case 1: return Feature(name: name, kind: .boolean)
    case 2:
      let hasOther = try reader.readBool()
      let levels = try reader.readArray(
        "levels", limit: ModelLimits.levelCount, smallest: 4
      ) { reader throws(Diagnostic) in try reader.readText() }
      // Byte by byte: `String` finds two spellings of an accent equal, tables do not.
      guard Set(levels.map { Array($0.utf8) }).count == levels.count else {
        throw reader.invalid("two levels of a category have one name")
      }
      return Feature(name: name, kind: .category(levels: levels, hasOther: hasOther))
    case let kind: throw reader.invalid("a feature of unknown kind \(kind)")
    }
  }
}
