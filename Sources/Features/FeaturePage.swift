import Configuration
import UsageHistory

/// The page that tells what each feature is: `Docs/Features.md`.
package enum FeaturePage {
  /// The page for what settings and a history give.
  package static func text(
    settings: FeatureSettings, dictionaries: HistoryDictionaries
  ) -> String {
    let listings = FeatureFamilies.dictionary(settings: settings, dictionaries: dictionaries)
    var text = """
      # Features
      What a model is given of an account as of a day. This page is made from the code by the tests of
      `Features`; `retain features --list` tells the same of your own tables, with the reason where a
      feature is absent.

      - Nothing of the as-of day or later is looked at, nor rows that arrived later. A window of `w`
        days holds the `w` whole UTC days before the as-of day.
      - Counts of events are per 28 days. Where the account is younger than the window, it is scaled to
        the days that were to be seen; under 14 of them the value is missing. With `counts: raw` they
        are plain counts, and `active_days_w` counts days with any event.
      - A quotient whose denominator is 0 is missing. A table or column that is not there gives absent
        features, never zeros.
      - The windows are those of the configuration: here 7, 14, 28, 56 and 84 days. Each key event is a
        feature `events_28_of_NAME`, each configured column of accounts one by its own name.
      - Comparisons with other accounts use a reference of the same as-of day when a model is trained,
        and the newest stored one when it scores.
      - A [reason](Methods/Explanation.md#in-words) puts the value, or its change, in the place of `#`.


      """
    for family in FeatureDefinition.Family.allCases {
      let members = listings.map(\.definition).filter { $0.family == family }
      guard !members.isEmpty else { continue }
      text += "## \(family.rawValue.prefix(1).uppercased())\(family.rawValue.dropFirst())\n"
      text += "| name | unit | days | if empty | in words | as a reason |\n"
      text += "|---|---|---|---|---|---|\n"
      for member in members {
        let window = member.windowDays.map { "\($0)" } ?? "all"
        let empty = member.emptyValue == .zero ? "0" : "missing"
        text +=
          "| `\(member.name)` | \(member.unit) | \(window) | \(empty) | \(member.sentence) "
          + "| \(member.phrase?.page ?? "") |\n"
      }
      text += "\n"
    }
    return String(text.dropLast())
  }
}

extension ReasonPhrase {
  /// The words of a change.
  fileprivate var page: String { "\(before)\(countsFirst ? " " : "")#\(after)" }
}
