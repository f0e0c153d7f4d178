import Evaluation
import Reporting

extension ModelReport {
  /// What was written, in a few lines.
  public func text(byteCount: Int) -> String {
    var text = "\(Numbers.count(page.sections.count, "section")), \(Numbers.bytes(byteCount))\n"
    text += page.headline + "\n"
    for omission in page.omissions { text += "not in it: \(omission.title). \(omission.reason)\n" }
    return text
  }

  /// What was written, in JSON.
  public func json(output: String, byteCount: Int, modelID: String) -> some Encodable {
    ModelReportJSON(
      output: output, bytes: byteCount, modelID: modelID, tone: page.tone.rawValue,
      verdict: page.headline, sections: page.sections.map(\.id),
      leftOut: page.omissions.map {
        ModelReportJSON.Omission(section: $0.title, reason: $0.reason)
      },
      figures: EvaluationJSON(summary, isTrainingTable: isTrainingTable))
  }
}

private struct ModelReportJSON: Encodable {
  let output: String
  let bytes: Int
  let modelID: String
  let tone: String
  let verdict: String
  let sections: [String]
  let leftOut: [Omission]
  let figures: EvaluationJSON

  struct Omission: Encodable {
    let section: String
    let reason: String
  }
}
