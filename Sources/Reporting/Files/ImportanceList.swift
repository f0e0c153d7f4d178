import Explanation

/// Importances with what a list of them says beside the numbers.
public struct ImportanceList: Sendable {
  /// One of them.
  public struct Entry: Sendable {
    /// The feature and the number.
    public var importance: Importance
    /// Its place among those of its kind, from 1.
    public var rank: Int
    /// The first member of the group that the feature belongs to; `nil` where it stands alone.
    public var group: String?
    /// The feature's share of the contributions of its group.
    public var shareOfGroup: Double?
    /// The family of the feature; `nil` for features of a plain table, and for what is no feature.
    public var family: String?
    /// Whether it can be acted on; `nil` as for ``family``.
    public var isActionable: Bool?
  }

  /// All of them, in the order given.
  public let entries: [Entry]

  /// Puts a list together.
  ///
  /// - Parameters:
  ///   - importances: Those of a kind together, the largest first.
  ///   - kindOfFeature: The family of a feature by its name, and whether it can be acted on.
  public init(
    _ importances: [Importance],
    _ kindOfFeature: [String: (family: String, isActionable: Bool)] = [:]
  ) {
    var groupOfFeature: [String: (name: String, share: Double?)] = [:]
    for importance in importances where importance.kind == .group {
      for member in importance.members {
        groupOfFeature[member.feature] = (importance.feature, member.share)
      }
    }
    var counts: [Importance.Kind: Int] = [:]
    entries = importances.map { importance in
      counts[importance.kind, default: 0] += 1
      let isFeature = ![.family, .actionability].contains(importance.kind)
      let group = isFeature ? groupOfFeature[importance.feature] : nil
      let kind = isFeature ? kindOfFeature[importance.feature] : nil
      return Entry(
        importance: importance, rank: counts[importance.kind]!, group: group?.name,
        shareOfGroup: group?.share, family: kind?.family, isActionable: kind?.isActionable)
    }
  }

  /// The list as `retain explain --json` has it.
  public var json: [ImportanceJSON] { entries.map(ImportanceJSON.init) }

  /// The list as a CSV file, with the keys of ``json`` as header.
  public var csv: [UInt8] {
    var writer = CSVWriter(header: [
      "kind", "rank", "feature", "importance", "std_error", "low", "high", "is_noise", "group",
      "share_of_group", "members", "family", "is_actionable",
    ])
    for entry in entries {
      let importance = entry.importance
      writer.write(importance.kind.rawValue)
      writer.write(entry.rank)
      writer.write(importance.feature)
      writer.write(importance.value)
      writer.write(importance.standardError)
      writer.write(importance.interval?.low)
      writer.write(importance.interval?.high)
      writer.write(importance.isNoise.map { "\($0)" } ?? "")
      writer.write(entry.group ?? "")
      writer.write(entry.shareOfGroup)
      writer.write(importance.members.map(\.feature).joined(separator: ";"))
      writer.write(entry.family ?? "")
      writer.write(entry.isActionable.map { "\($0)" } ?? "")
      writer.endRow()
    }
    return writer.bytes
  }
}
