import LogisticRegression

extension LogisticRegressionLearner {
  /// The parameters by option name; of a path also the strengths that it found.
  func settings(_ path: PenaltyPath?) -> [(option: String, value: String)] {
    guard case .path(let count, let rule) = penalty, let path else {
      if isFirth { return [("firth", "yes")] }
      return [("l2", "\(l2)")] + (l1 == 0 ? [] : [("l1", "\(l1)")])
    }
    let chosen = path.entries[path.chosen]
    return [
      ("penalty-path", "\(count)"), ("penalty-rule", rule.rawValue), ("l1-ratio", "\(l1Ratio)"),
      ("l1", "\(chosen.l1)"), ("l2", "\(chosen.l2)"),
    ]
  }
}
