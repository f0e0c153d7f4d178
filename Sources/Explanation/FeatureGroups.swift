import Learning

/// Features that go together, found without looking at outcomes.
///
/// Clusters are joined from single features upwards, the two that agree most first, by the mean
/// agreement of their members (average linkage; Sokal and Michener 1958), as long as that is at least
/// ``threshold``. Compare "Permutation importance with multicollinear or correlated features" of
/// scikit-learn, https://scikit-learn.org/stable/auto_examples/inspection/.
package struct FeatureGroups: Sendable, Equatable {
  /// Members of a group agree by so much in the mean.
  package static let threshold: Float = 0.7

  /// The features of each group, ascending; groups by their first feature. A feature that stands alone
  /// is a group of one.
  package let groups: [[Int]]

  /// Groups the columns of a matrix by some of its rows.
  package init(of matrix: FeatureMatrix, threads: Int) {
    self.init(
      agreement: ColumnAgreement(matrix).matrix(threads: threads), count: matrix.columns.count)
  }

  /// Groups features by how they agree.
  ///
  /// - Parameter agreement: Shape `[count, count]`, symmetric.
  package init(agreement: [Float], count: Int, threshold: Float = FeatureGroups.threshold) {
    precondition(agreement.count == count * count, "\(agreement.count) values of \(count) features")
    var agreement = agreement
    var members = (0..<count).map { [$0] }
    var isActive = [Bool](repeating: true, count: count)

    /// The cluster that agrees most with one; the first of equals.
    func nearest(_ cluster: Int) -> (other: Int, value: Float) {
      var best = (other: -1, value: -Float.infinity)
      for other in 0..<count
      where other != cluster && isActive[other] && agreement[cluster * count + other] > best.value {
        best = (other, agreement[cluster * count + other])
      }
      return best
    }

    var nearestOf = (0..<count).map(nearest)
    while true {
      var best = (cluster: -1, value: -Float.infinity)
      for cluster in 0..<count where isActive[cluster] && nearestOf[cluster].value > best.value {
        best = (cluster, nearestOf[cluster].value)
      }
      guard best.cluster >= 0, best.value >= threshold else { break }
      let other = nearestOf[best.cluster].other
      let (kept, joined) = (min(best.cluster, other), max(best.cluster, other))
      let sizes = (Float(members[kept].count), Float(members[joined].count))
      for third in 0..<count where isActive[third] && third != kept && third != joined {
        let mean =
          (sizes.0 * agreement[kept * count + third] + sizes.1 * agreement[joined * count + third])
          / (sizes.0 + sizes.1)
        agreement[kept * count + third] = mean
        agreement[third * count + kept] = mean
      }
      members[kept] += members[joined]
      isActive[joined] = false
      for cluster in 0..<count
      where isActive[cluster]
        && (cluster == kept || [kept, joined].contains(nearestOf[cluster].other))
      {
        nearestOf[cluster] = nearest(cluster)
      }
    }
    groups = members.indices.filter { isActive[$0] }.map { members[$0].sorted() }
  }
}
