/// The values that the features of reasons had on earlier days.
public struct PastValues: Sendable {
  /// The most reasons of an account.
  public let reasonLimit: Int
  /// Shape `[rowCount, reasonLimit]`; NaN where there is none, of a category the code.
  public let values: [Double]

  /// Puts values together.
  public init(reasonLimit: Int, values: [Double]) {
    precondition(
      reasonLimit > 0 ? values.count % reasonLimit == 0 : values.isEmpty,
      "\(values.count) values of \(reasonLimit) reasons")
    self.reasonLimit = reasonLimit
    self.values = values
  }

  /// The earlier value of a row's reason, by the place of it among the account's reasons.
  public func value(ofReason index: Int, row: Int) -> Double {
    index < reasonLimit ? values[row * reasonLimit + index] : .nan
  }
}
