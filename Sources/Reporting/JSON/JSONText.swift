import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// JSON as scripts get it: keys in snake case and alphabetical order, undefined numbers as `null`.
public enum JSONText {
  /// The text of a value, with a newline at its end.
  ///
  /// - Parameter isOneLine: Whether the text is kept on one line, as in a log.
  /// - Throws: `internal` where the value holds a number that JSON cannot.
  public static func of(_ value: some Encodable, isOneLine: Bool = false) throws(Diagnostic)
    -> String
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    if !isOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    } catch {
      throw Diagnostic(.internalFault, "the result cannot be written as JSON: \(error)")
    }
  }
}

/// A number that is `null` where it is not defined, instead of a key that is not there.
package struct Nullable: Encodable {
  var value: Double?

  package init(_ value: Double?) { self.value = value }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value, value.isFinite {
      try container.encode(value)
    } else {
      try container.encodeNil()
    }
  }
}
