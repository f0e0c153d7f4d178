import GradientBoosting

extension GradientBoostingLearner {
  /// The less usual parameters, by option name, where they are not what they are by default.
  ///
  /// A model file lists what it was trained with; a dozen parameters that nobody touched would hide
  /// those that somebody did.
  var unusualSettings: [(option: String, value: String)] {
    let plain = GradientBoostingLearner()
    var settings: [(option: String, value: String)] = []
    func add<Value: Equatable>(
      _ option: String, _ path: KeyPath<GradientBoostingLearner, Value>,
      _ text: (Value) -> String = { "\($0)" }
    ) {
      let value = self[keyPath: path]
      if value != plain[keyPath: path] { settings.append((option, text(value))) }
    }
    add("l1", \.l1)
    add("path-smoothing", \.pathSmoothing)
    add("max-depth", \.depthLimit) { $0.map { "\($0)" } ?? "none" }
    add("min-gain", \.minimumGain)
    add("goss", \.gradientSampling) { $0.map { "\($0.topShare),\($0.otherShare)" } ?? "off" }
    add("node-column-sample", \.nodeColumnSample)
    add("early-stopping-min-improvement", \.earlyStoppingMinimumImprovement)
    add("positive-weight", \.positiveWeight)
    add("focal", \.focalGamma)
    add("category-smoothing", \.categorySmoothing)
    add("category-one-hot", \.categoryOneHotLimit)
    add("category-levels", \.categoryLevelLimit)
    add("category-l2", \.categoryL2)
    add("category-rows-per-group", \.categoryRowsPerGroup)
    add("category-rows-per-level", \.categoryRowsPerLevel) { $0.map { "\($0)" } ?? "auto" }
    return settings
  }
}
