import Explanation

/// An importance as `retain explain --json` lists it; every key is there, null where it does not apply.
public struct ImportanceJSON: Encodable {
  private let entry: ImportanceList.Entry

  /// Takes over the parts.
  init(_ entry: ImportanceList.Entry) { self.entry = entry }

  private enum Key: String, CodingKey {
    case feature, kind, rank, importance, stdError, low, high, isNoise, group, shareOfGroup
    case members, family, isActionable
  }

  /// Writes all keys.
  public func encode(to encoder: any Encoder) throws {
    let importance = entry.importance
    var keys = encoder.container(keyedBy: Key.self)
    try keys.encode(importance.feature, forKey: .feature)
    try keys.encode(importance.kind.rawValue, forKey: .kind)
    try keys.encode(entry.rank, forKey: .rank)
    try keys.encode(importance.value, forKey: .importance)
    try keys.encode(Nullable(importance.standardError), forKey: .stdError)
    try keys.encode(Nullable(importance.interval?.low), forKey: .low)
    try keys.encode(Nullable(importance.interval?.high), forKey: .high)
    try keys.encode(importance.isNoise, forKey: .isNoise)
    try keys.encode(entry.group, forKey: .group)
    try keys.encode(Nullable(entry.shareOfGroup), forKey: .shareOfGroup)
    try keys.encode(importance.members.map(\.feature), forKey: .members)
    try keys.encode(entry.family, forKey: .family)
    try keys.encode(entry.isActionable, forKey: .isActionable)
  }
}
