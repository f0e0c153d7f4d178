import Evaluation
import Foundation
import Learning
import Reporting
import Testing

@Suite struct EvaluationReportTests {
  private static let keys: Set = [
    "rows", "positives", "base_rate", "roc_auc", "average_precision", "log_loss", "brier", "ece",
    "lift_at_10", "intervals", "interval_methods", "brier_parts", "calibration_slope",
    "calibration_intercept", "calibration_in_the_large", "mean_probability", "ks",
  ]
  private static let figures = keys.subtracting([
    "rows", "positives", "intervals", "interval_methods", "brier_parts",
  ])

  private func object(_ summary: EvaluationSummary) throws -> [String: Any] {
    let text = try JSONText.of(EvaluationJSON(summary, isTrainingTable: false))
    #expect(text.hasSuffix("}\n"))
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(value as? [String: Any])
  }

  private func summary(rowCount: Int, positiveShare: Double, resamples: Int = 50)
    -> EvaluationSummary
  {
    var generator = SeededGenerator(seed: 3)
    let probabilities = (0..<rowCount).map { _ in generator.nextUnit() }
    return EvaluationSummary(
      probabilities: probabilities,
      labels: probabilities.map { generator.nextUnit() < $0 * 2 * positiveShare },
      bootstrap: Bootstrap(resampleCount: resamples))
  }

  @Test func `the JSON of an evaluation has every figure and every interval`() throws {
    let summary = summary(rowCount: 400, positiveShare: 0.3)
    let object = try object(summary)
    #expect(Self.keys.isSubset(of: Set(object.keys)))
    #expect(object["rows"] as? Int == 400)
    #expect(object["positives"] as? Int == summary.positives)
    // The text itself: a parser of JSON may round.
    let text = try JSONText.of(EvaluationJSON(summary, isTrainingTable: false))
    for (key, value) in [
      ("base_rate", summary.baseRate), ("roc_auc", summary.rocAUC),
      ("average_precision", summary.averagePrecision), ("log_loss", summary.logLoss),
      ("brier", summary.brier), ("ece", summary.ece), ("lift_at_10", summary.liftAt10),
    ] {
      let value = try #require(value)
      #expect(text.contains("\n  \"\(key)\" : \(value),\n"))
    }
    let intervals = try #require(object["intervals"] as? [String: [Double]])
    #expect(Set(intervals.keys) == Set(Metric.allCases.map { $0.rawValue }))
    for interval in summary.intervals {
      #expect(
        text.contains(
          """
              "\(interval.metric.rawValue)" : [
                \(interval.low),
                \(interval.high)
              ]
          """))
    }
  }

  @Test func `a figure that the rows do not define is null and not left out`() throws {
    let none = EvaluationSummary(probabilities: [], labels: [])
    let empty = try object(none)
    #expect(Self.keys.isSubset(of: Set(empty.keys)))
    for key in Self.figures { #expect(empty[key] is NSNull, "\(key)") }
    #expect((empty["intervals"] as? [String: Any])?.isEmpty == true)

    let oneClass = EvaluationSummary(
      probabilities: [0.1, 0.4, 0.9], labels: [false, false, false],
      bootstrap: Bootstrap(resampleCount: 0))
    let object = try object(oneClass)
    #expect(Self.keys.isSubset(of: Set(object.keys)))
    for key in ["roc_auc", "average_precision", "lift_at_10"] { #expect(object[key] is NSNull) }
    #expect(object["base_rate"] as? Double == 0)
    #expect(object["log_loss"] is Double)
  }

  @Test func `the same evaluation is the same text, with its keys in order`() throws {
    let summary = summary(rowCount: 100, positiveShare: 0.4)
    let text = try JSONText.of(EvaluationJSON(summary, isTrainingTable: false))
    for _ in 0..<5 {
      #expect(try JSONText.of(EvaluationJSON(summary, isTrainingTable: false)) == text)
    }
    let keys = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }
      .map { String($0.dropFirst(3).prefix { $0 != "\"" }) }
    #expect(keys == keys.sorted())
    #expect(keys.count >= Self.keys.count)
  }

  @Test func `the table of figures has a line for each, with interval and base rate`() {
    let summary = summary(rowCount: 400, positiveShare: 0.3)
    let lines = summary.text.split(separator: "\n")
    #expect(lines.count == 1 + Metric.allCases.count)
    for (line, metric) in zip(lines.dropFirst(), Metric.allCases) {
      #expect(line.contains(metric.title))
      #expect(line.contains(metric.text(summary[metric])))
      #expect(line.contains(" to "))
    }
    #expect(lines[1].hasSuffix("0.5000"))
    #expect(lines[6].hasSuffix("1.00 x"))
  }

  @Test func `what is not defined is a dash, without a unit`() {
    let summary = EvaluationSummary(
      probabilities: [0.2, 0.3], labels: [false, false], bootstrap: Bootstrap(resampleCount: 0))
    let lines = summary.text.split(separator: "\n")
    #expect(
      lines[1].split(separator: " ", omittingEmptySubsequences: true).suffix(3) == ["-", "-", "-"])
    #expect(!summary.gainsText.contains("- x"))
    #expect(EvaluationSummary(probabilities: [], labels: []).accuracyNote.isEmpty)
  }

  @Test func `gains end with all customers and all who left`() {
    let lines = summary(rowCount: 400, positiveShare: 0.3).gainsText.split(separator: "\n")
    #expect(lines.count == 11)
    #expect(lines[1].split(separator: " ").prefix(3) == ["10", "%", "40"])
    let last = lines[10].split(separator: " ")
    #expect(last.prefix(3) == ["100", "%", "40"])
    #expect(last.suffix(4) == ["100.0", "%", "1.00", "x"])
  }

  @Test func `reliability has a line per bin, from the lowest probabilities on`() {
    let summary = summary(rowCount: 400, positiveShare: 0.3)
    let lines = summary.reliabilityText.split(separator: "\n").dropFirst()
    #expect(lines.count == summary.reliability.count)
    let predicted = lines.compactMap { Double($0.split(separator: " ")[0]) }
    #expect(predicted.count == 10)
    #expect(predicted == predicted.sorted())
  }

  @Test func `calibration in words has means, the line and the parts of the Brier score`() throws {
    // Half of the rows at 0.25 and half at 0.75, as often right as they say: by hand, all of the
    // score of 0.1875 is what the outcomes' own chance leaves, 0.25 less a resolution of 0.0625.
    let probabilities = (0..<400).map { $0 < 200 ? 0.25 : 0.75 }
    let labels = (0..<400).map { $0 < 200 ? $0 % 4 == 0 : $0 % 4 != 0 }
    let summary = EvaluationSummary(
      probabilities: probabilities, labels: labels, bootstrap: Bootstrap(resampleCount: 0))
    let lines = summary.calibrationText.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
    #expect(lines.contains("mean predicted 50.0 %") && lines.contains("observed 50.0 %"))
    #expect(lines.contains { $0.hasPrefix("slope (1 is best) +1.000 ± ") })
    #expect(lines.contains("Brier: reliability (0 is best) 0.0000"))
    #expect(lines.contains("Brier: resolution (more is better) 0.0625"))
    #expect(lines.contains("Brier: uncertainty 0.2500"))
  }
}
