import CivilCalendar
import Diagnostics
import Explanation
import Features
import Learning

extension WalkForward {
  /// How far ROC AUC falls when a feature is shuffled, on the rows that each cutoff's models score:
  /// the mean over its parts.
  ///
  /// A part whose rows have one outcome says nothing; a cutoff of which no part says anything is left
  /// out.
  ///
  /// - Parameters:
  ///   - rows: Labelled rows of the table to judge by, ascending.
  ///   - places: Whose each row of the table is.
  /// - Returns: Falls of shape `[cutoffs.count][featureCount]`.
  package func importances(on rows: [Int], places: [PanelRow], seed: UInt64, threads: Int)
    throws(Diagnostic) -> (cutoffs: [CalendarDay], falls: [[Double]])
  {
    var result: (cutoffs: [CalendarDay], falls: [[Double]]) = ([], [])
    for (cutoff, day) in cutoffs.enumerated() {
      var sums = [Double](repeating: 0, count: table.source.features.count)
      var count = 0.0
      for part in 0..<partCount {
        var judged = rows.filter {
          cutoffIndex(of: places[$0].asOf) == cutoff
            && partOfAccount[places[$0].account] == part
        }
        var generator = SeededGenerator(seed: seed, stream: UInt64(cutoff * partCount + part) + 900)
        let sample = generator.sample(min(judged.count, Self.shuffledRowLimit), of: judged.count)
        judged = sample.sorted().map { judged[$0] }
        guard !judged.isEmpty else { continue }
        let model = models[cutoff][part]
        let falls = PermutationImportance.falls(
          of: try table.source.matrix(of: judged), labels: judged.map { table.set.labels[$0] },
          weights: table.set.weights.map { weights in judged.map { weights[$0] } },
          sets: table.source.features.indices.map { [$0] }, repeatCount: 1,
          seed: seed &+ UInt64(cutoff * partCount + part), threads: threads
        ) { model.shuffleScorer(for: $0) }
        guard !falls.isEmpty else { continue }
        for (feature, fall) in falls.enumerated() { sums[feature] += fall.mean }
        count += 1
      }
      guard count > 0 else { continue }
      result.cutoffs.append(day)
      result.falls.append(sums.map { $0 / count })
    }
    return result
  }

  /// More rows of a part add little to what shuffling tells.
  private static let shuffledRowLimit = 2000
}
