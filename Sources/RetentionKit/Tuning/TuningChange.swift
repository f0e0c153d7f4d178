import GradientBoosting
import Learning
import LogisticRegression

/// One parameter that a trial sets to something else than the options have.
public struct TuningChange: Sendable {
  /// The option, without its dashes.
  public let option: String
  /// Its value, as it would be typed.
  public let value: String
  private let set: @Sendable (inout TrainingOptions) -> Void

  /// Names a change and says what it does.
  init(
    _ option: String, _ value: String, set: @escaping @Sendable (inout TrainingOptions) -> Void
  ) {
    self.option = option
    self.value = value
    self.set = set
  }

  /// Makes the change.
  func apply(to options: inout TrainingOptions) { set(&options) }
}

/// Settings that a search tries: the options with some changes.
public struct TuningCandidate: Sendable {
  /// What is changed; nothing for the options as they are.
  public var changes: [TuningChange]

  /// The options as they are.
  static let unchanged = TuningCandidate(changes: [])

  /// Whether anything is changed.
  var isUnchanged: Bool { changes.isEmpty }

  /// The options with the changes.
  func applied(to options: TrainingOptions) -> TrainingOptions {
    var options = options
    for change in changes { change.apply(to: &options) }
    return options
  }

  /// The changes in a line, as they would be typed but for the dashes.
  public var text: String {
    isUnchanged ? "as asked" : changes.map { "\($0.option) \($0.value)" }.joined(separator: ", ")
  }
}
