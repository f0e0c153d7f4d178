import Configuration
import Features
import Foundation
import TestSupport
import Testing
import UsageHistory

@Suite struct FeatureDocumentationTests {
  private static let page: String = {
    var dictionaries = Sample.dictionaries
    dictionaries.attributes = []
    return FeaturePage.text(settings: FeatureSettings(), dictionaries: dictionaries)
  }()

  /// Made again with `REWRITE_DOCS=1 Scripts/test --filter FeatureDocumentationTests`.
  @Test func `the page of features says what the code says`() throws {
    let file = ReferenceFiles.packageRoot.appending(path: "Docs/Features.md")
    if ProcessInfo.processInfo.environment["REWRITE_DOCS"] == "1" {
      try Self.page.write(to: file, atomically: true, encoding: .utf8)
    }
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let expected = Self.page.split(separator: "\n")
    #expect(lines.count == expected.count)
    for (line, expected) in zip(lines, expected) { #expect(line == expected) }
  }

  @Test func `names are unique and in snake case`() {
    var settings = FeatureSettings()
    settings.keyEvents = ["report", "report"]
    let names = FeatureFamilies.dictionary(settings: settings, dictionaries: Sample.dictionaries)
      .map(\.definition.name)
    #expect(Set(names).count == names.count)
    for name in names { #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }) }
  }

  @Test func `sentences fit before a colon`() {
    let all = FeatureFamilies.dictionary(
      settings: FeatureSettings(), dictionaries: Sample.dictionaries)
    for sentence in all.map(\.definition.sentence) {
      #expect(!sentence.isEmpty && !sentence.hasSuffix(".") && !sentence.contains(":"))
    }
  }

  @Test func `without tables every feature but tenure says why it is absent`() {
    let all = FeatureFamilies.dictionary(
      settings: FeatureSettings(), dictionaries: HistoryDictionaries())
    let present = all.filter { $0.absence == nil }.map(\.definition.name)
    #expect(present == ["tenure_days", "lifetime_days", "contract_month"])
    let events = all.first { $0.definition.name == "events_28" }
    #expect(events?.absence == "there is no table of events")
  }
}
