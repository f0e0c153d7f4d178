/// Leaves out the points of a line that nobody would see.
package enum Thinning {
  /// A point in units.
  package typealias Place = SIMD2<Double>

  /// The points without those that lie within a tolerance of the line through the others, and more
  /// than `limit` points only where fewer would be seen.
  ///
  /// First each column of half a unit keeps its first, lowest, highest and last point (Jugel et al.
  /// 2014, "M4", https://www.vldb.org/pvldb/vol7/p797-jugel.pdf), which bounds the work that
  /// follows; then Douglas and Peucker 1973. The ends and all extremes stay.
  ///
  /// - Complexity: O(n) for many points.
  package static func thinned(_ points: [Place], limit: Int = 400) -> [Place] {
    var kept = points.count > 2 * limit ? columns(points) : points
    var tolerance = 0.12
    while true {
      let simplified = simplified(kept, tolerance: tolerance)
      if simplified.count <= limit || tolerance > 1 { return simplified }
      kept = simplified
      tolerance *= 2
    }
  }

  /// First, lowest, highest and last point of each run of points within half a unit of width.
  static func columns(_ points: [Place]) -> [Place] {
    var kept: [Place] = []
    var start = 0
    while start < points.count {
      let column = (points[start].x * 2).rounded(.down)
      var end = start + 1
      while end < points.count, (points[end].x * 2).rounded(.down) == column { end += 1 }
      var lowest = start
      var highest = start
      for index in start..<end {
        if points[index].y < points[lowest].y { lowest = index }
        if points[index].y > points[highest].y { highest = index }
      }
      for index in Set([start, lowest, highest, end - 1]).sorted() { kept.append(points[index]) }
      start = end
    }
    return kept
  }

  /// Douglas and Peucker: a span of points is a straight line if none lies off it.
  static func simplified(_ points: [Place], tolerance: Double) -> [Place] {
    guard points.count > 2 else { return points }
    var isKept = [Bool](repeating: false, count: points.count)
    isKept[0] = true
    isKept[points.count - 1] = true
    var spans = [(0, points.count - 1)]
    while let (first, last) = spans.popLast() {
      var farthest = first
      var greatest = tolerance
      for index in first + 1..<max(last, first + 1) {
        let distance = distance(points[index], points[first], points[last])
        if distance > greatest { (farthest, greatest) = (index, distance) }
      }
      guard farthest != first else { continue }
      isKept[farthest] = true
      spans.append((first, farthest))
      spans.append((farthest, last))
    }
    return points.indices.filter { isKept[$0] }.map { points[$0] }
  }

  /// How far a point is from the segment between two others.
  package static func distance(_ point: Place, _ from: Place, _ to: Place) -> Double {
    let way = to - from
    let length = (way * way).sum()
    let share = length > 0 ? min(max(((point - from) * way).sum() / length, 0), 1) : 0
    let gap = point - (from + way * share)
    return (gap * gap).sum().squareRoot()
  }
}
