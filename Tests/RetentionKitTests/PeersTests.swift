import Foundation
import RetentionKit
import TestSupport
import Testing

/// How the learners do beside scikit-learn and LightGBM on public data, on the same folds and with
/// the same settings; `Docs/Methods/Comparison.md` says how the stored figures are had.
@Suite(
  .enabled(
    if: ReferenceFiles.publicData != nil, Comment(rawValue: ReferenceFiles.publicDataIsMissing)))
struct PeersTests {
  /// What is stored of the peers.
  struct Peers: Decodable {
    struct Figures: Decodable {
      var rocAUC: Double
      var logLoss: Double

      enum CodingKeys: String, CodingKey {
        case rocAUC = "mean_roc_auc"
        case logLoss = "mean_log_loss"
      }
    }
    struct Bar: Decodable {
      var rocAUC: Double
      var logLoss: Double

      enum CodingKeys: String, CodingKey {
        case rocAUC = "roc_auc"
        case logLoss = "log_loss"
      }
    }

    var label: String
    var positive: String
    var id: String?
    var rows: Int
    var positives: Int
    var seed: UInt64
    var foldCount: Int
    var foldOfRow: String
    var bars: [String: Bar]
    var peers: [String: Figures]

    enum CodingKeys: String, CodingKey {
      case label, positive, id, rows, positives, seed, bars, peers
      case foldCount = "fold_count"
      case foldOfRow = "fold_of_row"
    }
  }

  enum PublicSet: String, CaseIterable {
    case telco, cell2cell, adult

    var path: String {
      switch self {
      case .telco: "telco/WA_Fn-UseC_-Telco-Customer-Churn.csv"
      case .cell2cell: "cell2cell/cell2celltrain.csv.gz"
      case .adult: "adult/adult.data"
      }
    }

    /// The table as a file that can be read, unpacked into `folder` where it is compressed.
    func table(in folder: TemporaryFolder) throws -> String {
      let stored = try #require(ReferenceFiles.publicData).appending(path: path)
      guard stored.pathExtension == "gz" else { return stored.path }
      let unpacked = try folder.write("", to: stored.deletingPathExtension().lastPathComponent)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["gzip", "-dc", stored.path]
      process.standardOutput = try FileHandle(forWritingTo: URL(filePath: unpacked))
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return unpacked
    }
  }

  @Test(arguments: PublicSet.allCases, [TrainingOptions.LearnerChoice.logistic, .gbm])
  func `on the peers' folds the learners keep up with the peers`(
    set: PublicSet, learner: TrainingOptions.LearnerChoice
  ) throws {
    let stored = try ReferenceFiles.golden(Peers.self, "peers-\(set.rawValue).json")
    let folder = try TemporaryFolder()
    var options = TrainingOptions(table: try set.table(in: folder), label: stored.label)
    options.positive = stored.positive
    options.id = stored.id
    options.learner = learner
    options.boosting.treeCount = 100
    options.boosting.leafCount = 31
    options.boosting.learningRate = 0.1
    options.boosting.binLimit = 255
    options.boosting.minimumRowsPerLeaf = 20
    options.boosting.l2 = 1
    options.boosting.earlyStoppingPatience = nil
    options.logistic.l2 = 1
    // The peers take columns as they are.
    options.logistic.columns = .plain
    options.calibration = .none
    options.foldCount = stored.foldCount
    options.seed = stored.seed
    options.threads = 2
    let outcome = try Training(options).run()
    #expect(outcome.model.summary.rowCount == stored.rows)
    #expect(outcome.model.summary.positiveCount == stored.positives)

    let rows = try #require(outcome.outOfFold)
    #expect(rows.map(\.row) == Array(0..<stored.rows))
    #expect(rows.map { "\($0.fold)" }.joined() == stored.foldOfRow)

    var areas: [Double] = []
    var losses: [Double] = []
    for fold in 0..<stored.foldCount {
      let judged = rows.filter { $0.fold == fold }
      let scores = judged.compactMap(\.score)
      let labels = judged.map(\.label)
      #expect(scores.count == judged.count)
      areas.append(try #require(Metrics.rocAUC(scores: scores, labels: labels)))
      losses.append(
        try #require(
          Metrics.logLoss(probabilities: scores.map(LogLoss.probability), labels: labels)))
    }
    let area = areas.reduce(0, +) / Double(areas.count)
    let loss = losses.reduce(0, +) / Double(losses.count)
    let peer = try #require(stored.peers[learner.rawValue])
    let bar = try #require(stored.bars[learner.rawValue])
    print(
      "\(set), \(learner): ROC AUC \(area - peer.rocAUC), log loss "
        + "\(loss - peer.logLoss) against the peer")
    #expect(area >= peer.rocAUC - bar.rocAUC, "ROC AUC \(area)")
    #expect(loss <= peer.logLoss + bar.logLoss, "log loss \(loss)")

    // What the contest of a training reports is the same mean over the same folds, to six decimals.
    let contestant = try #require(outcome.model.summary.contest.first)
    #expect(abs(contestant.rocAUC - area) < 6e-7 && abs(contestant.logLoss - loss) < 6e-7)
  }
}
