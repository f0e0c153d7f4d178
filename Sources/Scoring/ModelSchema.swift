import Learning

/// What a model expects of a table: columns by name, and how their cells are read.
public struct ModelSchema: Sendable, Equatable {
  /// The columns that the learner reads, in its order.
  public var features: [Feature]
  /// The column that names the account; `nil` where training had none.
  public var idColumn: String?
  /// The outcome that the probability is of.
  public var target: Target

  /// The outcome: a value of a column.
  public struct Target: Sendable, Equatable {
    /// The label column's name.
    public var column: String
    /// The cell that says the outcome happened.
    public var positive: String
    /// The cell that says it did not.
    public var negative: String

    /// Describes an outcome.
    public init(column: String, positive: String, negative: String) {
      self.column = column
      self.positive = positive
      self.negative = negative
    }
  }

  /// Describes what a model expects.
  public init(features: [Feature], idColumn: String?, target: Target) {
    self.features = features
    self.idColumn = idColumn
    self.target = target
  }
}
