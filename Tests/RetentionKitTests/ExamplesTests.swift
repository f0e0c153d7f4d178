import CivilCalendar
import Configuration
import Foundation
import RetentionKit
import TestSupport
import Testing

/// The configurations of `Scripts/examples`, on the raw files of public data sets: learned from
/// earlier days, judged on a later one. `Docs/Examples.md` has the figures.
@Suite(
  .enabled(
    if: ReferenceFiles.publicData != nil, Comment(rawValue: ReferenceFiles.publicDataIsMissing)))
struct ExamplesTests {
  /// A configuration and a day, and what is known of them.
  struct Example: CustomTestStringConvertible, Sendable {
    var name: String
    var folder: String
    var target: TargetName
    var first: CalendarDay
    var last: CalendarDay
    var judged: CalendarDay
    var rowCount: Int
    var positiveCount: Int
    var rocAUC: ClosedRange<Double>

    init(
      _ name: String, in folder: String, _ target: TargetName, _ days: (String, String, String),
      _ rowCount: Int, _ positiveCount: Int, _ rocAUC: ClosedRange<Double>
    ) {
      self.name = name
      self.folder = folder
      self.target = target
      first = CalendarDay(days.0)!
      last = CalendarDay(days.1)!
      judged = CalendarDay(days.2)!
      self.rowCount = rowCount
      self.positiveCount = positiveCount
      self.rocAUC = rocAUC
    }

    var testDescription: String { "\(name), \(target) on \(judged)" }

    /// The configuration, as if it lay beside the raw files.
    func configuration(_ dataFolder: URL) throws -> RetentionConfiguration {
      let file = ReferenceFiles.packageRoot.appending(path: "Scripts/examples/\(name)")
      var configuration = try RetentionConfiguration(contentsOf: file.path)
      configuration.path = dataFolder.appending(path: "retain.yaml").path
      return configuration
    }
  }

  // The bounds are the figures that the data sets are known by, less what chance allows.
  static let taskFlow = [
    Example(
      "taskflow/retain.yaml", in: "taskflow_ledger", .churn,
      ("2023-04-01", "2024-04-01", "2024-07-01"), 2061, 365, 0.68...0.75),
    Example(
      "taskflow/paying.yaml", in: "taskflow_ledger", .churn,
      ("2023-04-01", "2024-04-01", "2024-07-01"), 1435, 176, 0.59...0.68),
    Example(
      "taskflow/retain.yaml", in: "taskflow_ledger", .expansion,
      ("2023-04-01", "2024-04-01", "2024-07-01"), 2061, 125, 0.64...0.72),
    Example(
      "taskflow/retain.yaml", in: "taskflow_ledger", .churn,
      ("2023-04-01", "2024-07-01", "2024-09-29"), 2474, 396, 0.66...0.75),
    Example(
      "taskflow/retain.yaml", in: "taskflow_ledger", .expansion,
      ("2023-04-01", "2024-07-01", "2024-09-29"), 2474, 144, 0.66...0.75),
  ]

  @Test(arguments: taskFlow)
  func `a ledger of billing foretells cancellations and upgrades`(example: Example) throws {
    try check(example, dataFolder: ReferenceFiles.publicData!.appending(path: example.folder)) {
      $0.learner = .logistic
      $0.logistic.l2 = 30
    }
  }

  @Test(arguments: [TrainingOptions.LearnerChoice.gbm, .logistic])
  func `churn that is random is not foretold: nothing of the outcome leaks`(
    learner: TrainingOptions.LearnerChoice
  ) throws {
    let example = Example(
      "ravenstack/retain.yaml", in: "ravenstack", .churn,
      ("2023-04-01", "2024-04-01", "2024-07-01"), 337, 82, 0.4...0.62)
    try check(example, dataFolder: ReferenceFiles.publicData!.appending(path: example.folder)) {
      $0.learner = learner
    }
  }

  @Test(arguments: [
    ("1997-07-01", "1997-10-01", 7249, 4424, 0.69), ("1997-10-01", "1998-01-01", 6343, 3782, 0.69),
    ("1998-01-01", "1998-04-01", 6055, 3724, 0.717),
  ])
  func `orders alone foretell who stops ordering`(
    last: String, judged: String, rowCount: Int, positiveCount: Int, leastAUC: Double
  ) throws {
    let folder = try TemporaryFolder()
    let raw = ReferenceFiles.publicData!.appending(path: "cdnow/CDNOW_master.txt")
    _ = try folder.write(
      Self.commaSeparated(String(decoding: Data(contentsOf: raw), as: UTF8.self)),
      to: "orders.csv")
    let example = Example(
      "cdnow/retain.yaml", in: "cdnow", .churn, ("1997-04-01", last, judged), rowCount,
      positiveCount, leastAUC...0.75)
    try check(example, dataFolder: folder.url) { $0.learner = .gbm }
  }

  /// The transactions with commas and dates, as the script's awk writes them.
  private static func commaSeparated(_ text: String) -> String {
    var csv = "customer_id,order_date,cds,amount\n"
    for line in text.split(whereSeparator: \.isNewline) {
      let fields = line.split(separator: " ")
      let day = fields[1]
      csv +=
        "\(fields[0]),\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2)),"
        + "\(fields[2]),\(fields[3])\n"
    }
    return csv
  }

  private func check(
    _ example: Example, dataFolder: URL, _ adjust: (inout TrainingOptions) -> Void
  ) throws {
    let configuration = try example.configuration(dataFolder)
    var training = HistoryTraining(configuration, target: example.target)
    training.configuration.asOf = .series(
      from: example.first, to: example.last, every: .months(1))
    training.options.threads = 2
    adjust(&training.options)
    let model = try training.run().training.model
    let held = try HistoryEvaluation(
      model, configuration: configuration, asOf: example.judged, threads: 2)
    #expect(held.outcomes.total.eligibleCount == example.rowCount)
    #expect(held.outcomes.total.positiveCount == example.positiveCount)
    let evaluation = try ModelEvaluation(
      model, on: held.input, path: configuration.path, seed: 0, threads: 2)
    let rocAUC = try #require(evaluation.summary.rocAUC)
    #expect(example.rocAUC.contains(rocAUC), "ROC AUC \(rocAUC)")
  }
}
