import Diagnostics

/// What a workflow gives back: how much it worked through, and a checksum that proves it.
struct WorkflowResult {
  var rowCount: Int
  var checksum: Double
}

/// The times of a workflow.
struct Measurement {
  private let seconds: [Double]
  private let result: WorkflowResult

  /// Runs a workflow several times.
  ///
  /// - Precondition: `repetitions` is at least 1.
  init(
    repetitions: Int, _ body: () throws(Diagnostic) -> WorkflowResult
  ) throws(Diagnostic) {
    var seconds: [Double] = []
    var result = WorkflowResult(rowCount: 0, checksum: 0)
    for _ in 0..<repetitions {
      let start = ContinuousClock.now
      result = try body()
      seconds.append((ContinuousClock.now - start) / .seconds(1))
    }
    self.seconds = seconds.sorted()
    self.result = result
  }

  /// One line, for people or for `Scripts/compare-with-peers`.
  func text(isJSON: Bool) -> String {
    let median = seconds[seconds.count / 2]
    if isJSON {
      return #"{"work_s": \#(median), "rows": \#(result.rowCount), "#
        + #""checksum": \#(result.checksum)}"#
    }
    return "\(result.rowCount) rows, median of \(seconds.count): \(median) s, "
      + "checksum \(result.checksum)"
  }
}
