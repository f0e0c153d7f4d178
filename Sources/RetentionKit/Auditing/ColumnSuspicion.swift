/// Why a column of a table is suspected of telling an outcome that it could not have known.
public struct ColumnSuspicion: Encodable, Sendable, Equatable {
  /// How it was noticed.
  public enum Kind: String, Encodable, Sendable {
    /// A threshold, or a set of its values, divides the outcomes without an error.
    case separates
    /// It has a value, none, or certain values almost only where the rarer outcome came.
    case oneOutcome = "one_outcome"
    /// It ranks rows almost perfectly by itself.
    case alone = "feature_alone"
    /// It ranks rows far better by itself than any other column.
    case farAhead = "far_ahead"
    /// Nearly every row has a whole number of its own.
    case key
    /// It rises, or falls, with the number of the row.
    case rowOrder = "row_order"
  }

  /// The column.
  public let column: String
  /// How it was noticed.
  public let kind: Kind
  /// Whether nothing is learned from the column unless it is allowed by name; else it is a warning.
  public let isRefused: Bool
  /// What was counted, without the content of any cell.
  public let evidence: String
  /// The same in numbers.
  public let figures: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case column, kind
    case isRefused = "refused"
    case evidence, figures
  }
}

/// How well a column ranks rows by itself.
public struct ColumnStrength: Encodable, Sendable, Equatable {
  /// The column.
  public let column: String
  /// Its area under the ROC curve, turned so that it is at least a half.
  public let rocAUC: Double
  /// Its standard error.
  public let standardError: Double

  private enum CodingKeys: String, CodingKey {
    case column
    case rocAUC = "roc_auc"
    case standardError = "std_error"
  }
}
