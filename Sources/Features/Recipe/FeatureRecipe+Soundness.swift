import Configuration

extension FeatureRecipe {
  /// Whether a recipe from outside can be computed with: numbers within bounds, lists as long as
  /// they must be, references in order.
  package var isSound: Bool {
    let names = definitions.map(\.name)
    return settings.isSound && Set(names).count == names.count && names.count <= 100_000
      && definitions.allSatisfy { 1...3660 ~= $0.phrase?.pastDays ?? 1 } && references.isSound
  }
}

extension FeatureSettings {
  fileprivate var isSound: Bool {
    let days = 1...3660
    return windows.count <= 100 && windows.allSatisfy(days.contains)
      && thresholds.depth.isFinite && 0...1_000_000 ~= thresholds.minimumAgentRuns
      && days ~= thresholds.championSilentDays && 0...3660 ~= thresholds.gapDays
      && thresholds.activationDays.count == 2
      && thresholds.activationDays.allSatisfy(days.contains)
  }
}

extension PeerReferences {
  fileprivate var isSound: Bool {
    zip(days, days.dropFirst()).allSatisfy { $0.day < $1.day }
      && days.allSatisfy { day in
        day.groups.count == PeerMeasure.allCases.count
          && day.groups.allSatisfy { groups in
            zip(groups, groups.dropFirst()).allSatisfy { $0.key < $1.key }
              && groups.allSatisfy { group in
                !group.quantiles.isEmpty
                  && zip(group.quantiles, group.quantiles.dropFirst()).allSatisfy { $0 <= $1 }
              }
          }
      }
  }
}
