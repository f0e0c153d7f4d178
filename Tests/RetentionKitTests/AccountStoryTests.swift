import CivilCalendar
import Configuration
import Diagnostics
import Features
import Foundation
import RetentionKit
import TestSupport
import Testing

struct AccountStoryTests {
  private static let shared = Result { try Told() }

  /// A small company, a model of it, and the stories of its accounts on a day.
  private final class Told: @unchecked Sendable {
    // Nothing of it changes after the initialiser; the folder's methods only write new files.
    let folder: TemporaryFolder
    let configuration: RetentionConfiguration
    let model: RetentionModel
    let scoring: HistoryScoring
    let stories: AccountStories
    let asOf = CalendarDay("2025-02-15")!

    init() throws {
      folder = try TemporaryFolder()
      var plan = CompanyPlan()
      plan.accountCount = 300
      plan.monthCount = 18
      plan.seed = 8
      plan.eventCount = 50_000
      _ = try CompanyExport(plan, to: folder.url.path).write(threads: 2) { _ in }
      let draft = try Initialisation(folder: folder.url.path, output: folder.path("retain.yaml"))
      try draft.write(replacing: false)
      configuration = try RetentionConfiguration(contentsOf: folder.path("retain.yaml"))
      var training = HistoryTraining(configuration, target: .churn)
      training.options.learner = .gbm
      training.options.boosting.treeCount = 30
      training.options.foldCount = 3
      training.options.threads = 2
      model = try training.run().training.model
      scoring = try HistoryScoring(model, configuration: configuration, asOf: asOf, threads: 2)
      stories = try AccountStories(model, scoring: scoring, threads: 2)
    }

    /// The same company as it was known on the day: every later row is gone, every later end open.
    func past() throws -> RetentionConfiguration {
      let past = folder.url.appending(path: "past-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: past, withIntermediateDirectories: true)
      let dates: [String: (row: String, ends: [String])] = [
        "events": ("ts", []), "payments": ("ts", []), "tickets": ("opened", ["closed"]),
        "subscriptions": ("start", ["end"]), "users": ("created_at", ["left_at"]),
      ]
      for (table, columns) in dates {
        let text = try String(
          contentsOf: folder.url.appending(path: "\(table).csv"), encoding: .utf8)
        var lines = text.split(separator: "\n").map {
          $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let header = lines.removeFirst()
        let row = header.firstIndex(of: columns.row)!
        let ends = columns.ends.map { header.firstIndex(of: $0)! }
        let day = "\(asOf)"
        lines = lines.filter { $0[row] < day }.map { cells in
          var cells = cells
          for end in ends where cells[end] >= day { cells[end] = "" }
          return cells
        }
        let all = ([header] + lines).map { $0.joined(separator: ",") }.joined(separator: "\n")
        try Data((all + "\n").utf8).write(to: past.appending(path: "\(table).csv"))
      }
      for name in ["accounts.csv", "tiers.csv", "retain.yaml"] {
        try FileManager.default.copyItem(
          at: folder.url.appending(path: name), to: past.appending(path: name))
      }
      return try RetentionConfiguration(contentsOf: past.appending(path: "retain.yaml").path)
    }
  }

  private let told: Told

  init() throws { told = try Self.shared.get() }

  /// The most likely accounts and the least.
  private var accounts: [String] {
    let order = told.stories.scores.sorted {
      ($0.probability, $0.accountID) > ($1.probability, $1.accountID)
    }
    return (order.prefix(12) + order.suffix(4)).map(\.accountID)
  }

  @Test func `nothing that came on the day or later is in a story`() throws {
    let scoring = try HistoryScoring(
      told.model, configuration: told.past(), asOf: told.asOf, threads: 1)
    let stories = try AccountStories(told.model, scoring: scoring, threads: 1)
    for account in accounts {
      let story = try told.stories.story(of: account)
      let past = try stories.story(of: account)
      #expect(try JSONText.of(story.json(modelID: "")) == JSONText.of(past.json(modelID: "")))
      #expect(story.text == past.text)
    }
    #expect(stories.scores == told.stories.scores)
  }

  @Test func `drivers and sums add up to what lies between the base and the probability`() throws {
    for account in accounts {
      let story = try told.stories.story(of: account)
      let explanation = story.explanation
      let rise = explanation.score.probability - explanation.baseProbability
      for sum in [
        story.drivers.map(\.reason.points), story.familySums.map(\.points),
        story.actionableSums.map(\.points),
      ] {
        #expect(abs(sum.reduce(0, +) - rise) < 1e-9)
      }
      #expect(story.familySums.map(\.count).reduce(0, +) == story.drivers.count)
      #expect(story.reasons.allSatisfy { ($0.reason.points > 0) == (rise >= 0) })
      #expect(story.counterweights.allSatisfy { ($0.reason.points > 0) != (rise >= 0) })
    }
  }

  @Test func `past values are those of the features as of the earlier day`() throws {
    let recipe = try #require(told.model.recipe?.features)
    let history = told.scoring.session.history
    var count = 0
    for account in accounts {
      let place = try #require(history.accountIDs.firstIndex(of: account))
      for driver in try told.stories.story(of: account).drivers {
        let column = try #require(
          recipe.definitions.firstIndex { $0.name == driver.reason.feature.name })
        guard let days = driver.thenDays, recipe.definitions[column].kind == .number else {
          continue
        }
        let values = recipe.values(
          of: try history.account(place), asOf: told.asOf - days,
          dictionaries: history.dictionaries)
        #expect(values[column].bitPattern == driver.then.bitPattern, "\(driver.text)")
        count += 1
      }
    }
    #expect(count > 100)
  }

  @Test func `earlier scores are those that scoring gave on their days`() throws {
    let day = told.asOf - 56
    let scoring = try HistoryScoring(
      told.model, configuration: told.configuration, asOf: day, threads: 2)
    let scores = told.model.scores(of: scoring.input.table, reasonLimit: 0, threads: 2)
    var count = 0
    for account in accounts {
      let past = try told.stories.story(of: account).pastScores
      #expect(past.map(\.day) == past.map(\.day).sorted())
      guard let found = past.first(where: { $0.day == day }) else { continue }
      #expect(found.probability == scores.first { $0.accountID == account }?.probability)
      count += 1
    }
    #expect(count > 5)
  }

  @Test func `similar accounts are others, and their outcomes were known by the day`() throws {
    let session = told.scoring.session
    let rule = session.rule(of: .churn)
    for account in accounts {
      let similar = try #require(try told.stories.story(of: account).similar)
      #expect(similar.neighbours.count == 5)
      #expect(Set(similar.neighbours.map(\.accountID) + [account]).count == 6)
      #expect(similar.neighbours.map(\.distance) == similar.neighbours.map(\.distance).sorted())
      #expect(similar.neighbours.allSatisfy { $0.distance < similar.meanDistance })
      for neighbour in similar.neighbours {
        let day = try #require(neighbour.asOf)
        #expect(rule.lastDayNeeded(asOf: day) < told.asOf)
        let place = try #require(session.history.accountIDs.firstIndex(of: neighbour.accountID))
        let verdict = rule.verdict(of: try session.history.account(place), asOf: day)
        #expect(verdict == (neighbour.hasOutcome ? .positive : .negative))
        #expect(neighbour.daysUntil.map { (0..<90).contains($0) } ?? !neighbour.hasOutcome)
      }
    }
  }

  @Test func `the words of a score file are those of the story`() throws {
    let scores = told.model.scores(of: told.scoring.input.table, reasonLimit: 3, threads: 2)
    let words = try told.scoring.words(of: scores, by: told.model, threads: 2)
    let again = try told.scoring.words(of: scores, by: told.model, threads: 1)
    var changes = 0
    for account in accounts {
      let row = try #require(scores.firstIndex { $0.accountID == account })
      let story = try told.stories.story(of: account)
      let texts = words.texts(of: scores[row], row: row)
      #expect(texts == again.texts(of: scores[row], row: row))
      guard !scores[row].reasons.isEmpty else {
        #expect(texts == [ReasonWords.nothing])
        continue
      }
      for (text, reason) in zip(texts, scores[row].reasons) {
        let driver = try #require(story.drivers.first { $0.reason.feature == reason.feature })
        #expect(text.hasPrefix(driver.text))
        if text.contains(" -> ") { changes += 1 }
      }
    }
    #expect(changes > 3)
  }

  @Test func `an account that is not there or not scored is an error that says why`() throws {
    #expect(throws: Diagnostic.self) { try told.stories.story(of: "nobody") }
    let near = told.stories.scores[0].accountID.dropLast()
    do {
      _ = try told.stories.story(of: String(near))
      Issue.record("a story of nobody")
    } catch {
      #expect(error.kind == .dataNoRows && error.hint?.contains("did you mean") == true)
    }
    let history = told.scoring.session.history
    let gone = try #require(told.scoring.exclusions.firstIndex { $0 != nil })
    do {
      _ = try told.stories.story(of: history.accountIDs[gone])
      Issue.record("a story of an account that is not scored")
    } catch {
      #expect(error.kind == .dataNoEligibleRows && "\(error)".contains("2025-02-15"))
    }
  }

  @Test func `a model from before there were phrases scores the same, in plain sentences`() throws {
    let recipe = try #require(told.model.recipe)
    let encoded = try JSONEncoder().encode(recipe.features)
    var json = try #require(try JSONSerialization.jsonObject(with: encoded) as? [String: Any])
    let definitions = try #require(json["definitions"] as? [[String: Any]])
    #expect(definitions.allSatisfy { $0["phrase"] != nil })
    json["definitions"] = definitions.map { $0.filter { $0.key != "phrase" } }
    let features = try JSONDecoder().decode(
      FeatureRecipe.self, from: JSONSerialization.data(withJSONObject: json))
    #expect(features.definitions.allSatisfy { $0.phrase == nil })
    var old = told.model
    old.recipe = HistoryRecipe(
      configuration: recipe.configuration, target: recipe.target, features: features)
    let scoring = try HistoryScoring(
      old, configuration: told.configuration, asOf: told.asOf, threads: 2)
    let scores = old.scores(of: scoring.input.table, reasonLimit: 3, threads: 2)
    #expect(scores.map(\.probability) == told.stories.scores.map(\.probability))
    let words = try scoring.words(of: scores, by: old, threads: 2)
    let row = try #require(scores.firstIndex { !$0.reasons.isEmpty })
    let name = scores[row].reasons[0].feature.name
    let sentence = try #require(features.definitions.first { $0.name == name }?.sentence)
    #expect(words.texts(of: scores[row], row: row)[0].hasPrefix("\(sentence): "))
  }
}
