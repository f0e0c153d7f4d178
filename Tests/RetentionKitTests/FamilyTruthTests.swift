import Configuration
import Explanation
import Features
import RetentionKit
import TestSupport
import Testing

/// The families of drivers that were planted in a made-up company, and those that importances find.
struct FamilyTruthTests {
  private static let company = Result { try Company() }

  private final class Company: @unchecked Sendable {
    // Nothing of it changes after the initialiser.
    let folder: TemporaryFolder
    let configuration: RetentionConfiguration

    init() throws {
      folder = try TemporaryFolder()
      var plan = CompanyPlan()
      plan.accountCount = 1500
      plan.monthCount = 24
      plan.seed = 1
      plan.eventCount = 300_000
      _ = try CompanyExport(plan, to: folder.url.path).write(threads: 2) { _ in }
      let draft = try Initialisation(folder: folder.url.path, output: folder.path("retain.yaml"))
      try draft.write(replacing: false)
      configuration = try RetentionConfiguration(contentsOf: folder.path("retain.yaml"))
    }
  }

  @Test(arguments: [TargetName.churn, .expansion])
  func `the two families that matter most are those that were planted strongest`(
    target: TargetName
  ) throws {
    let configuration = try Self.company.get().configuration
    var training = HistoryTraining(configuration, target: target)
    training.options.learner = .gbm
    training.options.boosting.treeCount = 60
    training.options.foldCount = 3
    training.options.threads = 2
    let model = try training.run().training.model
    let held = try HeldOutHistory(
      model, configuration: configuration, options: training.options)
    let report = try ImportanceReport(
      model, recipe: held.recipe, repeatCount: 3, seed: 1, threads: 2)

    var planted: [String: Double] = [:]
    let definitions = try #require(model.recipe).features.definitions
    for driver in CompanyDriver.all where driver.target.rawValue == target.rawValue {
      let family = definitions.first { $0.name == driver.feature }?.family
      if let family { planted[family.rawValue, default: 0] += driver.logOdds }
    }
    let strongest = planted.keys.sorted { (planted[$1]!, $0) < (planted[$0]!, $1) }
    let families = report.families
    #expect(Set(families.map(\.name)).isSuperset(of: planted.keys))
    #expect(
      families.prefix(2).map(\.name) == Array(strongest.prefix(2)),
      "\(families.map { ($0.name, $0.fall?.value ?? 0) }), planted \(planted)")
    // Nothing was planted in the profile.
    #expect(planted["profile"] == nil)
    #expect(families.first { $0.name == "profile" }?.fall?.isNoise != false)
    #expect(abs(families.reduce(0) { $0 + ($1.share ?? 0) } - 1) < 1e-9)
    let actionable = report.actionability
    #expect(actionable.map(\.featureCount).reduce(0, +) == model.schema.features.count)
    #expect(report.drivers?.hasPrefix("What drives it is \(strongest[0])") == true)
    // Every feature of the list knows its family.
    let list = report.list.entries.filter { $0.importance.kind == .permutation }
    #expect(list.allSatisfy { $0.family != nil && $0.isActionable != nil })
    #expect(report.stability?.partCount == 3)
  }
}
