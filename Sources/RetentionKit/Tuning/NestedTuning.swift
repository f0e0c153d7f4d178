import Diagnostics
import Learning

/// Cross-validates a learner together with the search for its parameters, so that its figures are not
/// those by which parameters were chosen.
///
/// ```
/// fold 1:  rows judged | rows learned from -> parts held out of these -> parameters -> model
/// fold 2:  ...
/// the model itself:      all rows -> parts held out of these -> parameters -> model
/// ```
struct NestedTuning: Sendable {
  let fitting: LearnerFitting
  let choice: TrainingOptions.LearnerChoice
  let options: TuningOptions

  /// Searches within each fold's rows to learn from, and judges the rest with what it found there.
  func crossValidated(_ splits: [Split]) throws(Diagnostic) -> (
    result: CrossValidation, report: TuningReport
  ) {
    var ofFolds: [TuningCandidate] = []
    let result = try fitting.crossValidated(choice, splits) { (rows) throws(Diagnostic) in
      announce("fold \(ofFolds.count + 1) of \(splits.count)")
      let found = try search.result(on: rows)?.best.candidate ?? .unchanged
      ofFolds.append(found)
      return found.applied(to: fitting.options)
    }
    // Where a fold kept the options as they are, its model is the one without a search.
    let changed = splits.indices.filter { !ofFolds[$0].isUnchanged }
    var plain = result.logLossOfFold
    if !changed.isEmpty {
      let untuned = try fitting.crossValidated(
        choice, changed.map { splits[$0] }, shuffles: false)
      for (fold, loss) in zip(changed, untuned.logLossOfFold) { plain[fold] = loss }
    }
    return (
      result,
      TuningReport(
        choice: choice, search: nil, ofFolds: ofFolds,
        gain: LearnerGap(of: zip(plain, result.logLossOfFold).map { $0 - $1 }),
        untunedLogLoss: plain.reduce(0, +) / Double(plain.count))
    )
  }

  /// Searches on all rows: the parameters of the model itself.
  func searched() throws(Diagnostic) -> TuningResult? {
    announce("all rows")
    return try search.result(on: Array(0..<fitting.table.set.rowCount))
  }

  private var search: TuningSearch {
    TuningSearch(fitting: fitting, choice: choice, trialCount: options.trialCount)
  }

  private func announce(_ where: String) {
    fitting.progress?(.step("tuning \(Training.name(of: choice)), \(`where`)"))
  }
}
