import Diagnostics
import Reporting

extension TuningReport {
  /// The curve of the search, the settings that got to the end, and what was gained.
  public var text: String {
    let name = Training.name(of: choice)
    return "Tuning of \(name)\n" + (search?.text ?? "") + gainText + "\n"
  }

  private var gainText: String {
    guard let gain, let untunedLogLoss else {
      return "Not validated: what was gained is not known.\n"
    }
    let changed = ofFolds.count { !$0.isUnchanged }
    let loss = Numbers.fixed(untunedLogLoss, 4)
    if changed == 0 {
      return "No fold found anything better than what was asked for (log loss \(loss)): "
        + "nothing gained\n"
    }
    let size =
      "\(Numbers.signed(gain.logLoss, 4)) ± \(Numbers.fixed(gain.standardError, 4)) of log loss "
      + "(\(loss) without tuning)"
    return "Gain on the folds, each tuned within its own rows: \(size)"
      + (gain.isWithinNoise ? ":\nno more than the noise of the folds\n" : "\n")
  }
}

extension TuningResult {
  fileprivate var text: String {
    let finalists = trials.count { $0.logLoss != nil }
    var text =
      "\(Numbers.count(trials.count, "setting")) on \(firstPartCount) of "
      + "\(Numbers.count(partCount, "part")) held out; on all, the \(finalists - 1) best and what "
      + "was asked for\n"
    text += "  best so far: \(curve)\n"
    var table = AlignedTable(
      [.right, .right, .left], header: ["trial", "log loss", "settings"])
    for (place, trial) in trials.enumerated() {
      guard let logLoss = trial.logLoss else { continue }
      table.add(
        "\(place + 1)", Numbers.fixed(logLoss, 4),
        trial.candidate.text + (place == chosen ? "  <- taken" : ""))
    }
    return text + table.text
  }

  /// The lowest loss of the first round after each trial, from that of the options as they are.
  private var curve: String {
    let heights = Array("▁▂▃▄▅▆▇█")
    var bests: [Double] = []
    for trial in trials { bests.append(min(trial.firstLogLoss, bests.last ?? .infinity)) }
    let (start, end) = (bests[0], bests.last!)
    guard start > end else { return "\(Numbers.fixed(start, 4)), never bettered" }
    let line = bests.map { best in
      heights[Int(((best - end) / (start - end) * Double(heights.count - 1)).rounded())]
    }
    return "\(Numbers.fixed(start, 4)) \(String(line)) \(Numbers.fixed(end, 4))"
  }
}
