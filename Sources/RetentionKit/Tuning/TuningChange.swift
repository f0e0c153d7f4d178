import GradientBoosting
import Learning
import LogisticRegression

/// One parameter that a trial sets.
public struct TuningChange: Sendable {
  /// The option, without its dashes.
  public let option: String
  /// Its value, as it would be typed.
  public let value: String
  /// Whether that is what the parameter is by default.
  let isUsual: Bool
  private let set: @Sendable (inout TrainingOptions) -> Void

  /// Names a change and says what it does.
  init(
    _ option: String, _ value: String, isUsual: Bool = false,
    set: @escaping @Sendable (inout TrainingOptions) -> Void
  ) {
    self.option = option
    self.value = value
    self.isUsual = isUsual
    self.set = set
  }

  /// Makes the change.
  func apply(to options: inout TrainingOptions) { set(&options) }
}

/// Settings that a search tries: the options with some changes.
public struct TuningCandidate: Sendable {
  /// What is set, by default or not; nothing for the options as they are.
  let settings: [TuningChange]

  /// What is changed; nothing for the options as they are.
  public var changes: [TuningChange] { settings.filter { !$0.isUsual } }

  /// The options as they are.
  static let unchanged = TuningCandidate(settings: [])

  /// Whether nothing is changed.
  var isUnchanged: Bool { changes.isEmpty }

  /// The options with the changes.
  func applied(to options: TrainingOptions) -> TrainingOptions {
    var options = options
    for change in settings { change.apply(to: &options) }
    return options
  }

  /// The changes in a line, as they would be typed but for the dashes.
  public var text: String {
    isUnchanged ? "as asked" : changes.map { "\($0.option) \($0.value)" }.joined(separator: ", ")
  }
}
