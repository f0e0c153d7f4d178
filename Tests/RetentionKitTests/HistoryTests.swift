import CivilCalendar
import Configuration
import Diagnostics
import Foundation
import Learning
import RetentionKit
import Synthesis
import TestSupport
import Testing

/// A small made-up company on disk, with the configuration that `init` writes for it.
private final class SmallCompany: @unchecked Sendable {
  // Nothing of it changes after the initialiser; the folder's methods only write new files.
  let folder: TemporaryFolder
  let configuration: RetentionConfiguration

  init() throws {
    folder = try TemporaryFolder()
    var plan = CompanyPlan()
    plan.accountCount = 260
    plan.monthCount = 16
    plan.seed = 5
    plan.eventCount = 60_000
    _ = try CompanyExport(plan, to: folder.url.path).write(threads: 2) { _ in }
    let draft = try Initialisation(folder: folder.url.path, output: folder.path("retain.yaml"))
    try draft.write(replacing: false)
    configuration = try RetentionConfiguration(contentsOf: folder.path("retain.yaml"))
  }

  static let shared = Result { try SmallCompany() }

  /// The configuration with another log of events, written beside the tables.
  func replacingEvents(_ parts: [String]) throws -> RetentionConfiguration {
    var configuration = configuration
    var files: [String] = []
    for part in parts {
      let name = "events-\(UUID().uuidString).csv"
      _ = try folder.write(part, to: name)
      files.append(name)
    }
    configuration.sources[.events]!.files = files
    return configuration
  }

  var events: [String] {
    get throws {
      try String(contentsOf: folder.url.appending(path: "events.csv"), encoding: .utf8)
        .split(separator: "\n").map(String.init)
    }
  }
}

private func train(
  _ configuration: RetentionConfiguration, _ target: TargetName = .churn, threads: Int = 2
) throws -> HistoryTraining.Outcome {
  var training = HistoryTraining(configuration, target: target)
  training.options.learner = .gbm
  training.options.boosting.treeCount = 20
  training.options.foldCount = 3
  training.options.threads = threads
  return try training.run()
}

private func modelBytes(_ outcome: HistoryTraining.Outcome, _ folder: TemporaryFolder) throws
  -> Data
{
  let path = folder.path("\(UUID().uuidString).retain")
  _ = try ModelFile.write(outcome.training.model, to: path)
  return try Data(contentsOf: URL(filePath: path))
}

struct HistoryTests {
  private let company: SmallCompany

  init() throws { company = try SmallCompany.shared.get() }

  @Test func `a model of histories knows its recipe, and the file keeps it`() throws {
    let outcome = try train(company.configuration)
    let recipe = try #require(outcome.training.model.recipe)
    #expect(recipe.target == .churn)
    #expect(recipe.configuration.path == "")
    let path = company.folder.path("kept.retain")
    let file = try ModelFile.write(outcome.training.model, to: path)
    #expect(try ModelFile(path: path).model == outcome.training.model)
    #expect(file.model.recipe == recipe)
    #expect(outcome.panel.total.positiveCount > 20)
  }

  @Test func `a vector at scoring equals the vector at training, bit by bit`() throws {
    let configuration = company.configuration
    let session = try HistorySession(configuration, threads: 2)
    let rows = try session.labels(of: .churn).rows
    let (trained, recipe) = try session.fittedFeatures(of: rows)
    var model = try train(configuration).training.model
    model.recipe = HistoryRecipe(
      configuration: configuration, target: .churn, features: recipe)
    let path = company.folder.path("vector.retain")
    let kept = try ModelFile.write(model, to: path).model
    let days = Set(rows.map(\.asOf)).sorted()
    for day in [days[0], days[days.count / 2], days[days.count - 1]] {
      let scoring = try HistoryScoring(
        kept, configuration: configuration, asOf: day, threads: 1)
      let schema = kept.schema
      var rowOfAccount: [String: Int] = [:]
      for (row, place) in trained.rows.enumerated() where place.asOf == day {
        rowOfAccount[session.history.accountIDs[place.account]] = row
      }
      var comparedCount = 0
      for row in 0..<scoring.input.table.matrix.rowCount {
        guard let other = rowOfAccount[scoring.input.table.id(ofRow: row)] else { continue }
        comparedCount += 1
        for (feature, column) in zip(schema.features, scoring.input.table.matrix.columns) {
          let index = trained.matrix.features.firstIndex { $0.name == feature.name }!
          if case .number(let values) = column,
            case .number(let expected) = trained.matrix.columns[index]
          {
            #expect(values[row].bitPattern == expected[other].bitPattern, "\(feature.name)")
          }
        }
      }
      #expect(comparedCount == rowOfAccount.count)
    }
  }

  @Test func `the order of rows, the cut of files and the number of threads change no byte`() throws
  {
    let expected = try modelBytes(train(company.configuration, threads: 1), company.folder)
    #expect(try modelBytes(train(company.configuration, threads: 3), company.folder) == expected)

    var lines = try company.events
    let header = lines.removeFirst()
    var generator = SeededGenerator(seed: 3)
    generator.shuffle(&lines)
    let cut = lines.count / 3
    let parts = [lines[..<cut], lines[cut...]].map {
      ([header] + $0).joined(separator: "\n") + "\n"
    }
    var outcome = try train(company.replacingEvents(parts))
    // The recipe names the files it was trained on; nothing else may differ.
    outcome.training.model.recipe!.configuration.sources[.events]!.files = ["events.csv"]
    #expect(try modelBytes(outcome, company.folder) == expected)
  }

  @Test func `events at or after the as-of day change no score`() throws {
    let model = try train(company.configuration).training.model
    let lines = try company.events
    let asOf = try #require(CalendarDay("2024-12-01"))
    let accounts = Set(lines.dropFirst().map { String($0.prefix { $0 != "," }) }).sorted()
    var generator = SeededGenerator(seed: 9)
    let future = (0..<3000).map { _ in
      let account = accounts[generator.nextIndex(below: accounts.count)]
      let day = asOf + generator.nextIndex(below: 30)
      return "\(account),u_new,\(day)T00:00:00Z,report_created,5,human,"
    }
    func scores(_ configuration: RetentionConfiguration) throws -> [UInt64] {
      let scoring = try HistoryScoring(
        model, configuration: configuration, asOf: asOf, threads: 2)
      return model.scores(of: scoring.input.table, reasonLimit: 0, threads: 1)
        .map(\.probability.bitPattern)
    }
    let before = try scores(company.configuration)
    let after = try scores(
      company.replacingEvents([(lines + future).joined(separator: "\n") + "\n"]))
    #expect(before == after)
    #expect(before.count > 100)
  }

  @Test func `an as-of day before the data or long after them is refused`() throws {
    let model = try train(company.configuration).training.model
    for (day, kind) in [
      ("2020-01-01", Diagnostic.Kind.dataNoRowsBeforeAsOf), ("2031-01-01", .configAsOf),
    ] {
      let error = #expect(throws: Diagnostic.self) {
        try HistoryScoring(
          model, configuration: company.configuration, asOf: CalendarDay(day)!, threads: 1)
      }
      #expect(error?.kind == kind)
    }
  }

  @Test func `a word that few accounts have is nowhere in the model, and changes no score`() throws
  {
    let folder = company.folder
    let rows = try String(contentsOf: folder.url.appending(path: "accounts.csv"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    let rare = "someone.rare@example.com"
    let named = rows.enumerated().map { row, text in
      text + (row == 0 ? ",owner" : row == 7 ? ",\(rare)" : row % 2 == 0 ? ",north" : ",south")
    }
    _ = try folder.write(named.joined(separator: "\n") + "\n", to: "accounts-named.csv")
    var configuration = company.configuration
    configuration.sources[.accounts]!.files = ["accounts-named.csv"]
    configuration.sources[.accounts]!.attributes.append("owner")
    let outcome = try train(configuration)
    let bytes = try modelBytes(outcome, folder)
    #expect(bytes.range(of: Data(rare.utf8)) == nil)
    let recipe = try #require(outcome.training.model.recipe)
    #expect(recipe.features.words.attributes.contains { $0.name == "owner" })
    let scoring = try HistoryScoring(
      outcome.training.model, configuration: configuration, asOf: CalendarDay("2024-12-01")!,
      threads: 1)
    #expect(scoring.input.table.matrix.rowCount > 100)
  }

  @Test func `an event name that no row has is refused, with the nearest that one has`() throws {
    var configuration = company.configuration
    configuration.events.admin = ["admin_console_veiw"]
    let error = #expect(throws: Diagnostic.self) { try train(configuration) }
    #expect(error?.kind == .configEventName)
    #expect(error?.hint?.contains("admin_console_view") == true)
  }

  @Test func `a model of a plain table scores no histories`() throws {
    var model = try train(company.configuration).training.model
    model.recipe = nil
    let error = #expect(throws: Diagnostic.self) {
      try HistoryScoring(
        model, configuration: company.configuration, asOf: CalendarDay("2024-12-01")!, threads: 1)
    }
    #expect(error?.kind == .modelWrongTask)
  }

  @Test func `expansion and contraction are learned from the same tables`() throws {
    for target in [TargetName.expansion, .contraction] {
      let outcome = try train(company.configuration, target)
      #expect(outcome.training.model.schema.target.column == target.rawValue)
      #expect(outcome.panel.total.positiveCount > 0)
    }
  }

  @Test func `features are written for every account that was known, and read back the same`()
    throws
  {
    let day = try #require(CalendarDay("2024-09-01"))
    let export = try FeatureExport(
      company.configuration, schedule: .days([day]), target: nil, threads: 2)
    let text = CSVText(String(decoding: export.csv, as: UTF8.self))
    #expect(text.rows.count == export.table.rowCount)
    #expect(Set(text["as_of"]) == ["2024-09-01"])
    #expect(text["account_id"] == text["account_id"].sorted())
    #expect(export.definitions.count == text.header.count - 2)
  }
}
