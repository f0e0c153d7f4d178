import Diagnostics
import Files
import Synthesis

/// The five-minute tour: a made-up company, and the commands that show what the toolkit does.
public struct DemoTour: Sendable {
  /// The folder that everything is written to.
  public let folder: String

  /// Customers to learn from, and customers held out to judge by, of one draw.
  private static let trainingRowCount = 4000
  private static let heldOutRowCount = 2000
  private static let seed: UInt64 = 7

  /// Plans a tour.
  public init(folder: String) { self.folder = folder }

  /// The customers to learn from.
  public var trainingTable: String { "\(folder)/saas-customers.csv" }
  /// The customers to judge by.
  public var heldOutTable: String { "\(folder)/saas-customers-holdout.csv" }

  /// Makes up the customers and writes the two tables.
  ///
  /// - Throws: `output.*`.
  public func writeTables() throws(Diagnostic) {
    try OutputFolder.create(folder)
    let rowCount = Self.trainingRowCount + Self.heldOutRowCount
    let customers = SyntheticCustomers(rowCount: rowCount, seed: Self.seed)
    try OutputFile(path: trainingTable).write(customers.csv(rows: 0..<Self.trainingRowCount))
    try OutputFile(path: heldOutTable).write(
      customers.csv(rows: Self.trainingRowCount..<rowCount))
  }

  /// The model that is trained on the way.
  public var model: String { "\(folder)/churn.retain" }
  /// The scores that it gives the held-out customers.
  public var scores: String { "\(folder)/scores.csv" }

  /// The page that tells of the model.
  public var report: String { "\(folder)/report.html" }

  /// What to do with the tables: a sentence, and the command's arguments.
  public var steps: [(sentence: String, arguments: [String])] {
    [
      (
        "Train on 4,000 customers, both learners, and keep the better.",
        [
          "train", "--table", trainingTable, "--label", "churned", "--learner", "best",
          "--output", model,
        ]
      ),
      (
        "Judge the model on 2,000 customers that it has never seen.",
        ["evaluate", model, "--table", heldOutTable]
      ),
      (
        "Score them: a probability, a band and reasons for each.",
        ["score", model, "--table", heldOutTable, "--output", scores]
      ),
      (
        "What drives churn, measured on held-out customers.",
        ["explain", model, "--table", heldOutTable]
      ),
      (
        "One customer in detail.",
        ["explain", model, "--table", heldOutTable, "--account", "acct_04008"]
      ),
      (
        "All of it as one page, for a browser.",
        ["report", model, "--table", heldOutTable, "--output", report]
      ),
    ]
  }
}
