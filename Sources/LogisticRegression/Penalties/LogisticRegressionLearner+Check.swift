import Diagnostics
import Learning

extension LogisticRegressionLearner {
  /// Makes sure that the parameters are in range, and that the features allow what is said of them.
  ///
  /// - Throws: `usage`.
  func check(_ features: [Feature]) throws(Diagnostic) {
    try checkRanges()
    try checkFeatures(features)
  }

  /// Makes sure that the parameters are in range.
  ///
  /// - Throws: `usage`.
  package func checkRanges() throws(Diagnostic) {
    for (option, value) in [("--l1", l1), ("--l2", l2)] where !(value >= 0 && value.isFinite) {
      throw Diagnostic(.usage, "\(option) is \(value), expected a finite number, 0 or more")
    }
    guard (0...1).contains(l1Ratio) else {
      throw Diagnostic(.usage, "--l1-ratio is \(l1Ratio), expected 0 to 1")
    }
    if case .path(let count, _) = penalty, !(2...1000).contains(count) {
      throw Diagnostic(.usage, "--penalty-path is \(count), expected 2 to 1000, or 0 for none")
    }
    if case .path = penalty, columns.encodesWideCategories || columns.encoded.values.contains(true)
    {
      throw Diagnostic(
        .usage, "--penalty-path does not go with --encode",
        hint: "give the penalty by --l1 and --l2, or leave categories as they are")
    }
    if let pathRatio, !(pathRatio > 0 && pathRatio < 1) {
      throw Diagnostic(.usage, "the path ends at \(pathRatio) of its start, expected 0 to 1")
    }
  }

  private func checkFeatures(_ features: [Feature]) throws(Diagnostic) {
    for (feature, factor) in penaltyFactors {
      precondition(features.indices.contains(feature), "feature \(feature) of \(features.count)")
      guard factor >= 0, factor.isFinite else {
        throw Diagnostic(.usage, "a penalty factor is \(factor), expected a number, 0 or more")
      }
    }
    for (feature, sign) in signs where sign != 0 {
      precondition(features.indices.contains(feature), "feature \(feature) of \(features.count)")
      guard features[feature].levelCount == 0 else {
        throw Diagnostic(
          .usage, "--monotone names '\(displayText(features[feature].name))', which is a category",
          hint: "it holds for numbers and yes/no columns")
      }
    }
    guard let offset else { return }
    precondition(features.indices.contains(offset), "feature \(offset) of \(features.count)")
    let name = displayText(features[offset].name)
    guard features[offset].levelCount == 0 else {
      throw Diagnostic(.usage, "--offset names '\(name)', which is a category, expected a number")
    }
    guard penaltyFactors[offset] == nil, signs[offset] == nil else {
      throw Diagnostic(
        .usage, "column '\(name)' is the offset, so it has no coefficient to say anything of")
    }
  }
}
