import Evaluation
import Explanation
import Features
import Learning
import Scoring

/// What a learner relies on, measured part by part on rows that it has not learned from.
///
/// Columns that go together are shuffled together, and each alone as well; so are families of features,
/// where features have families. What members of a group carry is told by the mean size of their
/// contributions.
package struct ImportanceMeasurement: Sendable {
  /// How to measure.
  package struct Settings: Sendable {
    /// How often each set of columns is shuffled.
    package var repeatCount = 5
    /// What shuffles and samples depend on.
    package var seed: UInt64 = 0
    /// On so many threads.
    package var threads = 1
    /// Contributions are of so many rows of each part at most.
    package var contributionRowLimit = 500

    /// Chooses how to measure.
    package init(
      repeatCount: Int = 5, seed: UInt64 = 0, threads: Int = 1, contributionRowLimit: Int = 500
    ) {
      self.repeatCount = repeatCount
      self.seed = seed
      self.threads = threads
      self.contributionRowLimit = contributionRowLimit
    }
  }

  /// A name for some features that are shuffled together.
  private struct Subset: Sendable {
    var kind: Importance.Kind
    var name: String
    var features: [Int]
  }

  /// A figure of one part.
  private struct Estimate: Sendable {
    var value: Double
    /// Over rows, or accounts, like those of the part; `nil` for too few.
    var variance: Double?
    var degreesOfFreedom: Double
  }

  private struct Part: Sendable {
    /// Of each set.
    var falls: [Estimate]
    /// Of each feature.
    var contributions: [Estimate]
  }

  private let features: [Feature]
  private let settings: Settings
  private let groups: FeatureGroups
  private let subsets: [Subset]
  /// Each feature alone, then groups of several, then subsets.
  private let sets: [[Int]]
  private var parts: [Part] = []

  /// Prepares a measurement.
  ///
  /// - Parameters:
  ///   - sample: Some rows with all features, which say what goes together; outcomes are not asked.
  ///   - definitions: What features are, where they were made from histories.
  package init(
    _ sample: FeatureMatrix, definitions: [FeatureDefinition] = [], settings: Settings
  ) {
    features = sample.features
    self.settings = settings
    let limit = Self.agreementRowLimit(featureCount: sample.features.count)
    var rows = Array(0..<sample.rowCount)
    if rows.count > limit {
      var generator = SeededGenerator(seed: settings.seed, stream: 1300)
      rows = generator.sample(limit, of: rows.count)
    }
    groups = FeatureGroups(of: sample.selecting(rows), threads: settings.threads)
    subsets = Self.subsets(of: sample.features, definitions)
    sets =
      features.indices.map { [$0] } + groups.groups.filter { $0.count > 1 }
      + subsets.map(\.features)
  }

  /// Every two features are compared, so that of very many fewer rows must do.
  package static func agreementRowLimit(featureCount: Int) -> Int {
    min(ColumnAgreement.rowLimit, max(200, 4_000_000_000 / max(1, featureCount * featureCount)))
  }

  private static func subsets(of features: [Feature], _ definitions: [FeatureDefinition])
    -> [Subset]
  {
    let definitionOfName = Dictionary(
      definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let known = features.map { definitionOfName[$0.name] }
    var subsets = FeatureDefinition.Family.allCases.map { family in
      Subset(
        kind: .family, name: family.rawValue,
        features: known.indices.filter { known[$0]?.family == family })
    }
    for isActionable in [true, false] {
      subsets.append(
        Subset(
          kind: .actionability, name: isActionable ? "actionable" : "not actionable",
          features: known.indices.filter { known[$0]?.isActionable == isActionable }))
    }
    return subsets.filter { !$0.features.isEmpty }
  }

  // MARK: - Measuring

  /// Measures one part; where its rows have one outcome only, it says nothing.
  package mutating func add(_ part: HeldOutPart) {
    let falls = PermutationImportance.falls(
      of: part.matrix, labels: part.labels, weights: part.weights, groups: part.groups,
      sets: sets, repeatCount: settings.repeatCount, seed: settings.seed &+ UInt64(parts.count),
      threads: settings.threads
    ) { part.learner.shuffleScorer(for: $0) }
    guard !falls.isEmpty else { return }
    parts.append(
      Part(
        falls: falls.map {
          Estimate(value: $0.mean, variance: $0.variance, degreesOfFreedom: $0.degreesOfFreedom)
        }, contributions: contributions(in: part)))
  }

  /// The mean absolute contribution of each feature.
  private func contributions(in part: HeldOutPart) -> [Estimate] {
    var generator = SeededGenerator(seed: settings.seed, stream: UInt64(parts.count) + 1310)
    let rows = generator.sample(
      min(settings.contributionRowLimit, part.matrix.rowCount), of: part.matrix.rowCount)
    let values = part.learner.attribution(
      of: part.matrix.selecting(rows), threads: settings.threads
    ).values
    let weights = rows.map { part.weights?[$0] ?? 1 }
    let units = part.groups.map { groups in rows.map { groups[$0] } } ?? Array(rows)
    let total = weights.reduce(0, +)
    return features.indices.map { feature in
      let sizes = rows.indices.map { values[$0 * features.count + feature].magnitude }
      let mean = zip(sizes, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
      // Rows of an account resemble each other: their excesses are added up before they are squared.
      var excessOfUnit: [Int: Double] = [:]
      for (position, unit) in units.enumerated() {
        excessOfUnit[unit, default: 0] += weights[position] * (sizes[position] - mean) / total
      }
      let count = Double(excessOfUnit.count)
      let squares = excessOfUnit.keys.sorted().reduce(0) {
        $0 + excessOfUnit[$1]! * excessOfUnit[$1]!
      }
      return Estimate(
        value: mean, variance: count > 1 ? squares * count / (count - 1) : nil,
        degreesOfFreedom: count - 1)
    }
  }

  // MARK: - What was found

  /// The same measurement without the parts that were measured.
  package var emptied: ImportanceMeasurement {
    var copy = self
    copy.parts = []
    return copy
  }

  /// Whether any part said something.
  package var isEmpty: Bool { parts.isEmpty }

  /// All that was measured, kind by kind, each the largest first.
  ///
  /// - Parameter widening: By how much intervals over rows are too narrow, because folds learn from
  ///   each other's rows; see ``FoldDependence``.
  package func importances(widening: Double = 1) -> [Importance] {
    guard !parts.isEmpty else { return [] }
    let contributions = features.indices.map { feature in
      combined(parts.map { $0.contributions[feature] }, widening)
    }
    let falls = sets.indices.map { set in combined(parts.map { $0.falls[set] }, widening) }
    func importance(_ kind: Importance.Kind, _ name: String, _ found: Combined) -> Importance {
      Importance(
        feature: name, kind: kind, value: found.value, standardError: found.standardError,
        interval: found.interval)
    }
    var nextGroup = features.count
    let grouped = groups.groups.map { group in
      guard group.count > 1 else {
        return importance(.group, features[group[0]].name, falls[group[0]])
      }
      defer { nextGroup += 1 }
      let members = members(group, contributions.map(\.value))
      var together = importance(.group, members[0].feature, falls[nextGroup])
      together.members = members
      return together
    }
    let ofSubsets = subsets.enumerated().map { place, subset in
      importance(subset.kind, subset.name, falls[nextGroup + place])
    }
    let all =
      grouped + ofSubsets
      + features.indices.map { importance(.permutation, features[$0].name, falls[$0]) }
      + features.indices.map { importance(.shap, features[$0].name, contributions[$0]) }
    return Importance.Kind.allCases.flatMap { kind in
      all.filter { $0.kind == kind }.sorted(by: Importance.ranksBefore)
    }
  }

  private func members(_ group: [Int], _ sizes: [Double]) -> [Importance.Member] {
    let total = group.reduce(0) { $0 + sizes[$1] }
    return group.sorted { (sizes[$1], features[$0].name) < (sizes[$0], features[$1].name) }.map {
      Importance.Member(
        feature: features[$0].name, share: total > 0 ? sizes[$0] / total : nil)
    }
  }

  private typealias Combined = (
    value: Double, standardError: Double?, interval: Importance.Interval?
  )

  /// The mean over parts, of whose models it speaks: its variance is that of the rows which judged them.
  /// How far the models of folds differ is what ``stability`` tells.
  private func combined(_ estimates: [Estimate], _ widening: Double) -> Combined {
    let count = Double(estimates.count)
    let mean = estimates.reduce(0) { $0 + $1.value } / count
    let ofRows = estimates.reduce(Optional(0.0)) { sum, estimate in
      sum.flatMap { sum in estimate.variance.map { sum + $0 } }
    }
    guard let variance = ofRows.map({ $0 / (count * count) }) else { return (mean, nil, nil) }
    let freedom = estimates.reduce(0) { $0 + $1.degreesOfFreedom }
    let error = variance.squareRoot() * widening
    let reach = error > 0 ? error * StudentQuantile.upper(degreesOfFreedom: freedom) : 0
    return (mean, error, Importance.Interval(low: mean - reach, high: mean + reach))
  }

  /// How far parts agree on the order of groups; `nil` for fewer than two parts or three groups.
  package var stability: ImportanceStability? {
    var nextGroup = features.count
    let setOfGroup = groups.groups.map { group in
      if group.count == 1 { return group[0] }
      defer { nextGroup += 1 }
      return nextGroup
    }
    let falls = parts.map { part in setOfGroup.map { part.falls[$0].value } }
    guard falls.count > 1, let groupCount = falls.first?.count, groupCount > 2 else { return nil }
    var correlations: [Double] = []
    for first in falls.indices {
      for second in 0..<first {
        if let found = RankCorrelation.spearman(falls[first], falls[second]) {
          correlations.append(found)
        }
      }
    }
    guard !correlations.isEmpty else { return nil }
    let means = (0..<groupCount).map { group in falls.reduce(0) { $0 + $1[group] } }
    let first = means.indices.max { (means[$0], $1) < (means[$1], $0) } ?? 0
    let ranks = falls.map { falls in 1 + falls.count { $0 > falls[first] } }
    return ImportanceStability(
      partCount: falls.count,
      correlation: correlations.reduce(0, +) / Double(correlations.count),
      ranksOfFirst: ranks.min()!...ranks.max()!)
  }
}
