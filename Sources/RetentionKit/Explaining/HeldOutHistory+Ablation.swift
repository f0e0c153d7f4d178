import Diagnostics
import Evaluation

extension HeldOutHistory {
  /// What each family of features is worth to the model's recipe: fitted again without it, and with it
  /// alone, on the same folds.
  ///
  /// - Throws: What reading features throws.
  public func familyAblation(
    seed: UInt64, progress: (@Sendable (TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) -> FamilyAblation {
    var fitting = recipe.fitting
    fitting.progress = progress
    return try FamilyAblation(
      fitting, choice: fitting.options.learner, splits: recipe.splits, prepared: prepared,
      bootstrap: Bootstrap(seed: seed))
  }
}
