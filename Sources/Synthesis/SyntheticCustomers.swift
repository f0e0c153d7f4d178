import Learning

/// A made-up AI-native software company: one row per customer, as known on one day, and whether the
/// customer left in the 90 days after.
///
/// The truth behind the labels is known, so a model can be judged against it. Each row has a
/// generator of its own, made from the seed and the row's index: a smaller table is the beginning
/// of a larger one, and the bytes are the same on every machine.
///
/// ```swift
/// let customers = SyntheticCustomers(rowCount: 6_000, seed: 7)
/// let training = customers.csv(rows: 0..<4_000)
/// let heldOut = customers.csv(rows: 4_000..<6_000)
/// ```
public struct SyntheticCustomers: Sendable {
  /// The column names, the account first and the label last.
  public let header = ["account_id"] + SyntheticCustomer.columns.map(\.name) + ["churned"]
  /// The chance of churn that each label was drawn with, shape `[rowCount]`, each in `(0, 1)`.
  public let trueProbabilities: [Double]
  /// Whether each customer churned, shape `[rowCount]`.
  public let labels: [Bool]
  /// The terms of the true log odds, and the columns that mean nothing.
  public static let plantedDrivers = PlantedDriver.all

  package let customers: [SyntheticCustomer]

  /// Draws the customers.
  ///
  /// - Precondition: `rowCount >= 0`.
  /// - Complexity: O(`rowCount`).
  public init(rowCount: Int, seed: UInt64) {
    precondition(rowCount >= 0, "rowCount is \(rowCount); expected at least 0")
    var customers: [SyntheticCustomer] = []
    var probabilities: [Double] = []
    var labels: [Bool] = []
    for row in 0..<rowCount {
      var generator = SeededGenerator(seed: seed, stream: UInt64(row))
      let customer = SyntheticCustomer(drawnFrom: &generator)
      let probability = LogLoss.probability(PlantedDriver.logOdds(of: customer))
      customers.append(customer)
      probabilities.append(probability)
      labels.append(generator.nextBool(probability: probability))
    }
    self.customers = customers
    self.trueProbabilities = probabilities
    self.labels = labels
  }

  /// How many customers there are.
  public var rowCount: Int { labels.count }

  /// The whole table as CSV.
  public func csv() -> [UInt8] { csv(rows: 0..<rowCount) }

  /// Some rows as CSV after RFC 4180, with LF line ends; the header comes first, even alone.
  ///
  /// - Precondition: `rows` lies within `0..<rowCount`.
  public func csv(rows: Range<Int>) -> [UInt8] {
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows \(rows) of a table of \(rowCount)")
    var text = Array((header.joined(separator: ",") + "\n").utf8)
    for row in rows { append(row, to: &text) }
    return text
  }

  private func append(_ row: Int, to text: inout [UInt8]) {
    text.append(contentsOf: Self.accountID(row).utf8)
    for column in SyntheticCustomer.columns {
      text.append(UInt8(ascii: ","))
      column.cell(customers[row]).append(to: &text)
    }
    text.append(contentsOf: (labels[row] ? ",yes\n" : ",no\n").utf8)
  }

  /// "acct_00001" for row 0; longer from the hundred-thousandth row on.
  private static func accountID(_ row: Int) -> String {
    let number = String(row + 1)
    return "acct_" + String(repeating: "0", count: max(5 - number.count, 0)) + number
  }
}
