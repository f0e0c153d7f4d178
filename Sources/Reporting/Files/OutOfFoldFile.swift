/// One row of the file of held-out scores.
public struct OutOfFoldRow: Sendable {
  /// The row of the table, from 0.
  public var row: Int
  /// The account.
  public var accountID: String
  /// The fold in which the row was held out; -1 where it never was.
  public var fold: Int
  /// What happened.
  public var label: Bool
  /// The log odds before calibration; `nil` where the row was never held out.
  public var score: Double?
  /// The probability, calibrated on the other folds; `nil` where the row was never held out.
  public var probability: Double?

  /// Puts a row together.
  public init(
    row: Int, accountID: String, fold: Int, label: Bool, score: Double?, probability: Double?
  ) {
    self.row = row
    self.accountID = accountID
    self.fold = fold
    self.label = label
    self.score = score
    self.probability = probability
  }
}

/// What models that had not learned from a row say of it, as a CSV file: for auditing folds,
/// comparing with other tools on the same folds, and stacking.
public struct OutOfFoldFile: Sendable {
  /// The file's content.
  public let bytes: [UInt8]

  /// Writes one line per row.
  public init(_ rows: [OutOfFoldRow]) {
    var writer = CSVWriter(
      header: ["row", "account_id", "fold", "label", "score", "probability"])
    for row in rows {
      writer.write(row.row)
      writer.write(row.accountID)
      writer.write(row.fold)
      writer.write(row.label ? 1 : 0)
      writer.write(row.score)
      writer.write(row.probability)
      writer.endRow()
    }
    bytes = writer.bytes
  }
}
