import Calibration
import Diagnostics
import Explanation
import Learning
import LogisticRegression
import Scoring

extension RetentionModel {
  /// What a model file holds, in words.
  ///
  /// - Parameters:
  ///   - id: The id that the file's bytes give the model.
  ///   - byteCount: The file's size.
  public func text(id: String, byteCount: Int) -> String {
    var lines = AlignedTable([.left, .left])
    lines.add(
      "model",
      "\(id), \(Numbers.bytes(byteCount)), written by retain \(displayText(summary.release))")
    lines.add(
      "predicts",
      "\(displayText(schema.target.column)) = \(displayText(schema.target.positive))"
        + " (the alternative is \(displayText(schema.target.negative)))")
    lines.add("learner", learnerText)
    lines.add(
      "trained on",
      "\(Numbers.count(summary.rowCount, "row")), "
        + "\(Numbers.count(summary.positiveCount)) positive (\(Numbers.percent(summary.baseRate)))")
    let parameters = summary.parameters.map { "\(displayText($0.name)) \(displayText($0.value))" }
    lines.add("parameters", parameters.joined(separator: ", "))
    lines.add("calibration", calibrator.text)
    if let choice = summary.calibration { lines.add("chosen by log loss", choice.text) }
    lines.add(
      "bands",
      "high from \(Numbers.percent(bands.high)), elevated from "
        + "\(Numbers.percent(bands.elevated))")
    if let certainty { lines.add("certainty", certainty.text(calibrator)) }
    lines.add("account key", schema.idColumn.map(displayText) ?? "none")
    var text = lines.text + "\n" + validationText + featureText
    text += "\n" + importanceText(summary.leadingImportances, limit: 12)
    if case .logistic(let model) = learner { text += "\n" + coefficientText(model) }
    for warning in summary.warnings { text += "\nwarning: \(displayText(warning))" }
    return text + (summary.warnings.isEmpty ? "" : "\n")
  }

  private var learnerText: String {
    switch learner {
    case .logistic(let model):
      "logistic regression, \(Numbers.count(model.convergence.iterationCount, "Newton step")), "
        + (model.convergence.isConverged ? "converged" : "not converged")
    case .trees(let model):
      "gradient-boosted trees, \(Numbers.count(model.trees.count, "tree")), "
        + Numbers.count(model.trees.reduce(0) { $0 + $1.leafCount }, "leaf", "leaves")
    }
  }

  private var validationText: String {
    guard let validation = summary.validation else {
      return "Not validated: trained with --cv none, or with too few rows of one outcome.\n\n"
    }
    var table = AlignedTable([.left, .right, .right])
    for estimate in validation.metrics {
      table.add(
        estimate.metric.title, estimate.metric.text(estimate.value),
        "\(estimate.metric.text(estimate.low)) to \(estimate.metric.text(estimate.high))")
    }
    return "Held-out figures, \(validation.foldCount) folds (\(displayText(validation.rule))), "
      + "\(Numbers.count(validation.rowCount, "row")), 95 % intervals\n" + table.text + "\n"
  }

  private var featureText: String {
    var table = AlignedTable([.left, .left])
    for feature in schema.features { table.add(displayText(feature.name), feature.kindText) }
    var text = "\(Numbers.count(schema.features.count, "column")) read\n" + table.text
    if !summary.excludedColumns.isEmpty {
      var excluded = AlignedTable([.left, .left])
      for column in summary.excludedColumns {
        excluded.add(displayText(column.name), displayText(column.reason))
      }
      text += "\nLeft out at training\n" + excluded.text
    }
    return text
  }

  private func coefficientText(_ model: LogisticModel) -> String {
    var table = AlignedTable(
      [.left, .right, .right, .left], header: ["", "log odds", "std. error", "per"])
    func add(_ name: String, _ coefficient: Coefficient, _ unit: String) {
      table.add(
        name, Numbers.fixed(coefficient.value, 4),
        coefficient.standardError.map { Numbers.fixed($0, 4) } ?? "-", unit)
    }
    func add(_ levels: [Coefficient?], of feature: Feature) {
      for (code, coefficient) in levels.enumerated() {
        guard let coefficient else { continue }
        let level = displayText(feature.levelName(Int32(code)))
        add("\(displayText(feature.name)) = \(level)", coefficient, "")
      }
    }
    add("(intercept)", model.intercept, "")
    for (feature, term) in zip(schema.features, model.terms) {
      let name = displayText(feature.name)
      switch term.form {
      case .constant: break
      case .quantity(let standardization, let coefficient):
        add(name, coefficient, "std. deviation of \(Numbers.quantity(standardization.scale))")
      case .mapped(let transform, let standardization, let coefficient):
        add(
          name, coefficient,
          "std. deviation of \(Numbers.quantity(standardization.scale))" + transform.text)
      case .curve(let curve):
        for (knot, value) in zip(curve.spline.knots, curve.values) {
          add("\(name) at \(Numbers.quantity(knot))", value, "curve, from its mean")
        }
      case .encoded(_, let standardization, let coefficient):
        add(
          name, coefficient,
          "std. deviation of \(Numbers.quantity(standardization.scale)) of its levels' log odds")
      case .category(let levels): add(levels, of: feature)
      case .grouped(let levels, let rare):
        add(levels.map { $0 == rare ? nil : $0 }, of: feature)
        add("\(name) = (rare or unseen)", rare, "")
      }
      if let missing = term.missing { add("\(name) missing", missing, "") }
    }
    return "Coefficients\n" + table.text
  }
}

extension QuantityTransform {
  /// What the map does, after the unit of a coefficient.
  fileprivate var text: String {
    switch self {
    case .winsorized(let low, let high):
      ", cut to \(Numbers.quantity(low)) ... \(Numbers.quantity(high))"
    case .signedLog(let unit): " of log(1 + |value| / \(Numbers.quantity(unit))), with its sign"
    }
  }
}

extension Feature {
  /// The kind in words, with the levels of a category.
  package var kindText: String {
    switch kind {
    case .number: return "numeric"
    case .boolean: return "yes/no"
    case .category(let levels, let hasOther):
      let shown = levels.prefix(6).map(displayText).joined(separator: ", ")
      return "categorical: " + shown + (levels.count > 6 ? ", ... (\(levels.count) levels)" : "")
        + (hasOther ? ", (other)" : "")
    }
  }
}

extension Calibrator {
  /// The map in words.
  package var text: String {
    switch self {
    case .identity: "none"
    case .platt(let slope, 0):
      "temperature, log odds = score / \(Numbers.fixed(1 / slope, 3))"
    case .platt(let slope, let intercept):
      "Platt, log odds = \(Numbers.fixed(slope, 3)) * score "
        + "\(intercept < 0 ? "-" : "+") \(Numbers.fixed(intercept.magnitude, 3))"
    case .isotonic(let knots): "isotonic, \(Numbers.count(knots.count, "knot"))"
    case .beta(let a, let b, let c):
      "beta, a \(Numbers.fixed(a, 3)), b \(Numbers.fixed(b, 3)), c \(Numbers.fixed(c, 3))"
    }
  }
}
