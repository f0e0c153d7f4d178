import Foundation

/// JSON of any form; not by `JSONSerialization`, which loses the last bit of some numbers.
struct JSONContent: Decodable {
  /// A `Bool`, `Double`, `String`, `[Any]`, `[String: Any]`, or `NSNull`.
  let value: Any

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = NSNull()
    } else if let bool = try? container.decode(Bool.self) {
      value = bool
    } else if let number = try? container.decode(Double.self) {
      value = number
    } else if let text = try? container.decode(String.self) {
      value = text
    } else if let list = try? container.decode([JSONContent].self) {
      value = list.map(\.value)
    } else {
      value = try container.decode([String: JSONContent].self).mapValues(\.value)
    }
  }

  /// The content of JSON text; `nil` where it is none.
  static func of(_ data: Data) -> Any? {
    try? JSONDecoder().decode(JSONContent.self, from: data).value
  }
}

/// A number in JSON.
func number(_ value: Any?) -> Double? { value as? Double }

/// Keys and numbers of a JSON object whose values are all numbers.
func numbers(_ value: Any?) -> [String: Double] {
  (value as? [String: Any] ?? [:]).compactMapValues { number($0) }
}
