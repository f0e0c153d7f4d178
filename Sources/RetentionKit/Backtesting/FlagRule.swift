import Learning

/// Which accounts of a day are flagged: those that a team would look at.
public enum FlagRule: Sendable, Equatable {
  /// The riskiest share of the accounts of the day, in `0 < share < 1`.
  case top(Double)
  /// Those of at least this probability.
  case probability(Double)

  /// How far each account of a day is flagged, shape `[accountCount]`: 1 or 0, and for those tied at
  /// the end of a top share the part of them that still belongs to it.
  ///
  /// So a score that knows nothing flags each account by the share, however many ties it has.
  ///
  /// - Parameter probabilities: Those of the day's accounts, all finite.
  package func flags(_ probabilities: [Double]) -> [Double] {
    switch self {
    case .probability(let least): return probabilities.map { $0 >= least ? 1 : 0 }
    case .top(let share):
      var left = share * Double(probabilities.count)
      var flags = [Double](repeating: 0, count: probabilities.count)
      let order = probabilities.indices.sorted {
        (-probabilities[$0], $0) < (-probabilities[$1], $1)
      }
      var start = 0
      while start < order.count, left > 0 {
        var end = start + 1
        while end < order.count, probabilities[order[end]] == probabilities[order[start]] {
          end += 1
        }
        let part = min(1, left / Double(end - start))
        for place in start..<end { flags[order[place]] = part }
        left -= Double(end - start)
        start = end
      }
      return flags
    }
  }
}
