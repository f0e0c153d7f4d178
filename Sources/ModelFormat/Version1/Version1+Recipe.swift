import Configuration
import Diagnostics
import Features
import Foundation
import Scoring

extension Version1 {
  /// The recipe as texts: the configuration as `retain.yaml` writes it, the target's name, and the
  /// features as JSON with sorted keys, so that equal recipes are equal bytes.
  static func write(_ recipe: HistoryRecipe, to writer: inout ByteWriter) {
    writer.write(recipe.configuration.text())
    writer.write(recipe.target.rawValue)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = notNumbers
    // Numbers, texts and lists: there is nothing in a recipe that cannot be encoded.
    let features = try! encoder.encode(recipe.features)
    writer.write(String(decoding: features, as: UTF8.self))
  }

  static func recipe(_ reader: inout ByteReader) throws(Diagnostic) -> HistoryRecipe {
    let text = try reader.readLongText()
    let configuration: RetentionConfiguration
    do {
      configuration = try RetentionConfiguration(text: text, path: "")
    } catch {
      throw reader.invalid("its configuration cannot be read: \(error.message)")
    }
    guard let target = TargetName(rawValue: try reader.readText()) else {
      throw reader.invalid("an unknown target")
    }
    let json = try reader.readLongText()
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let features = try? decoder.decode(FeatureRecipe.self, from: Data(json.utf8)),
      features.isSound
    else { throw reader.invalid("its features cannot be read") }
    return HistoryRecipe(configuration: configuration, target: target, features: features)
  }

  private static var notNumbers: JSONEncoder.NonConformingFloatEncodingStrategy {
    .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }
}
