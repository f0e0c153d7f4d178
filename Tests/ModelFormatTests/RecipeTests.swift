import CivilCalendar
import Configuration
import Diagnostics
import Features
import ModelFormat
import Scoring
import Testing
import UsageHistory

/// The recipe of a model of histories: kept whole, and not believed where it is damaged.
@Suite struct RecipeTests {
  private static let dictionaries: HistoryDictionaries = {
    var dictionaries = HistoryDictionaries()
    dictionaries.tables = [.accounts, .subscriptions, .events]
    dictionaries.columns = [
      "accounts.created_at", "accounts.segment", "events.user_id", "events.value", "events.actor",
      "events.status", "subscriptions.plan", "subscriptions.seats",
    ]
    var meanings = EventMeanings()
    meanings.value = ["report"]
    meanings.admin = ["admin"]
    dictionaries.events = EventCatalog(names: ["admin", "login", "report"], meanings: meanings)
    dictionaries.plans = [.init(name: "pro", rank: 1), .init(name: "team", rank: 0)]
    dictionaries.segments = ["large", "small"]
    return dictionaries
  }()

  private static let accounts = AccountList(
    (0..<40).map { number in
      let cells = (0..<30).map { index in
        ActivityCell(
          day: Int32(19_000 + index * 3), name: UInt16((index + number) % 3),
          user: UInt32(index % 4), isAgent: index % 5 == 0,
          outcome: index % 5 == 0 ? .succeeded : .none, count: UInt32(1 + number % 3),
          amount: ExactAmount(millionths: Int64(index) * 500_000))
      }
      return AccountHistory(
        profile: AccountProfile(
          created: CalendarDay(number: 18_900), segment: Int32(number % 2)),
        activity: cells[...],
        subscriptions: [
          SubscriptionSpell(
            plan: Int32(number % 2), mrr: ExactAmount(millionths: 100_000_000), seats: 5,
            start: CalendarDay(number: 18_900))
        ])
    })

  private static let rows = PanelRow.every(
    accountCount: 40, days: [CalendarDay(number: 19_060), CalendarDay(number: 19_090)])

  private static func recipe() throws -> HistoryRecipe {
    var configuration = RetentionConfiguration(path: "/somewhere/retain.yaml")
    configuration.sources[.events] = TableSource(files: ["/data/events.csv", "more/*.csv"])
    configuration.events.value = ["report"]
    let features = try FeaturePanel.fitted(
      rows, of: accounts, settings: FeatureSettings(), dictionaries: dictionaries, threads: 1
    ).recipe
    return HistoryRecipe(configuration: configuration, target: .churn, features: features)
  }

  private static func model() throws -> RetentionModel {
    var model = SampleModels.model(.trees)
    model.recipe = try recipe()
    return model
  }

  @Test func `a recipe reads back as it was, without places of the machine`() throws {
    let model = try Self.model()
    let recipe = try #require(model.recipe)
    #expect(recipe.configuration.path == "")
    #expect(recipe.configuration.sources[.events]?.files == ["events.csv", "more/*.csv"])
    let bytes = try fileBytes(of: model)
    let read = try ModelFile(bytes: bytes).model
    #expect(read.recipe == recipe)
    #expect(try fileBytes(of: read) == bytes)
  }

  @Test func `features by a recipe that was read are those of the training, bit by bit`() throws {
    let (panel, _) = try FeaturePanel.fitted(
      Self.rows, of: Self.accounts, settings: FeatureSettings(),
      dictionaries: Self.dictionaries, threads: 1)
    let read = try ModelFile(bytes: fileBytes(of: Self.model())).model
    let again = try FeaturePanel.rows(
      Self.rows, of: Self.accounts, recipe: #require(read.recipe).features,
      dictionaries: Self.dictionaries, threads: 2)
    for (column, other) in zip(panel.matrix.columns, again.matrix.columns) {
      switch (column, other) {
      case (.number(let left), .number(let right)):
        #expect(left.map(\.bitPattern) == right.map(\.bitPattern))
      default: #expect(column == other)
      }
    }
  }

  @Test func `a damaged recipe is refused, or computes features like any other`() throws {
    let original = ModelParts(try fileBytes(of: Self.model()))
    let recipe = try #require(original.sections.firstIndex { $0.type == 5 })
    var random = SeededBytes(seed: 17)
    let accounts = AccountList([Self.accounts[0], Self.accounts[1]])
    let rows = PanelRow.every(accountCount: 2, days: [CalendarDay(number: 19_080)])
    var computed = 0
    for _ in 0..<3000 {
      var parts = original
      var content = parts.sections[recipe].content
      for _ in 0..<1 + random.index(below: 3) {
        let offset = random.index(below: content.count)
        switch random.index(below: 4) {
        case 0: content[offset] = random.byte()
        // Digits make numbers of other sizes, and leave the JSON whole.
        case 1: content[offset] = UInt8(ascii: "0") + UInt8(random.index(below: 10))
        case 2: content.insert(UInt8(ascii: "9"), at: offset)
        default: content.remove(at: offset)
        }
      }
      parts.sections[recipe].content = content
      do throws(Diagnostic) {
        let model = try ModelFile(bytes: parts.bytes).model
        guard let read = model.recipe else { continue }
        _ = try FeaturePanel.rows(
          rows, of: accounts, recipe: read.features, dictionaries: Self.dictionaries, threads: 1)
        computed += 1
      } catch {
        #expect(error.kind.rawValue.hasPrefix("model."))
      }
    }
    #expect(computed > 100)
  }
}
