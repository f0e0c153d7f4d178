/// Finds places for labels where they cover nothing.
struct LabelPlacement {
  /// A rectangle in units.
  struct Box: Equatable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height
        && other.y < y + height
    }

    func contains(_ other: Box) -> Bool {
      x <= other.x && y <= other.y && other.x + other.width <= x + width
        && other.y + other.height <= y + height
    }

    func contains(_ place: Thinning.Place) -> Bool {
      x <= place.x && place.x <= x + width && y <= place.y && place.y <= y + height
    }

    /// How far a segment keeps away, 0 where it touches; good to about two units.
    func distance(to from: Thinning.Place, _ to: Thinning.Place) -> Double {
      if contains(from) || contains(to) { return 0 }
      let corners: [Thinning.Place] = [
        [x, y], [x + width, y], [x + width, y + height], [x, y + height],
      ]
      // A segment through the box has corners on both of its sides.
      let way = to - from
      let sides = corners.map { (corner: Thinning.Place) in
        way.x * (corner.y - from.y) - way.y * (corner.x - from.x)
      }
      let reaches =
        min(from.x, to.x) <= x + width && max(from.x, to.x) >= x
        && min(from.y, to.y) <= y + height && max(from.y, to.y) >= y
      if reaches, sides.contains(where: { $0 >= 0 }), sides.contains(where: { $0 <= 0 }) {
        return 0
      }
      var least = corners.map { Thinning.distance($0, from, to) }.min() ?? .infinity
      for end in [from, to] {
        let inner = Thinning.Place(
          min(max(end.x, x), x + width), min(max(end.y, y), y + height))
        let gap = end - inner
        least = min(least, (gap * gap).sum().squareRoot())
      }
      return least
    }
  }

  /// What labels must stay within.
  var bounds: Box
  /// Lines, by owner.
  var lines: [(owner: Int, places: [Thinning.Place])] = []
  /// Points of faint lines, which a label may cover but better does not.
  var faint: [Thinning.Place] = []
  /// What is taken: markers and labels placed so far.
  var taken: [Box] = []

  static let height = 14.0

  /// The best of some places for a label, which is then taken; `nil` where all are in the way.
  ///
  /// - Parameters:
  ///   - candidates: Boxes, with what speaks against each.
  ///   - owner: Whose label it is: it may be nearer to its own line than to others.
  mutating func placed(_ candidates: [(box: Box, cost: Double)], owner: Int) -> Box? {
    var best: (box: Box, score: Double)?
    for (box, cost) in candidates {
      guard bounds.contains(box), !taken.contains(where: { $0.overlaps(box) }) else { continue }
      var nearest = 30.0
      var isFree = true
      for line in lines {
        for index in line.places.indices.dropFirst() {
          let gap = box.distance(to: line.places[index - 1], line.places[index])
          if gap < (line.owner == owner ? 1 : 3) {
            isFree = false
            break
          }
          if line.owner != owner { nearest = min(nearest, gap) }
        }
        guard isFree else { break }
      }
      guard isFree else { continue }
      let score = nearest - cost - Double(faint.count { box.contains($0) })
      if best.map({ score > $0.score }) ?? true { best = (box, score) }
    }
    if let best { taken.append(best.box) }
    return best?.box
  }

  /// Boxes above and below a line at places spread over it.
  static func along(_ places: [Thinning.Place], width: Double) -> [(box: Box, cost: Double)] {
    guard let first = places.first, let last = places.last else { return [] }
    let steps = 24
    let left = min(first.x, last.x)
    let right = max(first.x, last.x)
    var candidates: [(box: Box, cost: Double)] = []
    for step in 0...steps {
      let x = left + (right - left) * Double(step) / Double(steps)
      guard let y = height(of: places, at: x) else { continue }
      let share = Double(step) / Double(steps)
      // Best in the right half, where curves have parted and not yet ended.
      let cost = (share - 0.65).magnitude * 14
      for (dx, dy, extra) in [
        (-width / 2, -Self.height - 4, 0.0), (-width / 2, 5, 0.5), (6, -Self.height - 2, 0.3),
        (6, 3, 0.3), (-width - 6, -Self.height - 2, 0.3), (-width - 6, 3, 0.6),
        (10, -Self.height / 2, 1), (-width - 10, -Self.height / 2, 1),
      ] {
        candidates.append(
          (Box(x: x + dx, y: y + dy, width: width, height: Self.height), cost + extra))
      }
    }
    return candidates
  }

  /// Boxes beside an outline, those near its highest point first.
  static func atPeak(_ places: [Thinning.Place], width: Double) -> [(box: Box, cost: Double)] {
    guard let peak = places.min(by: { $0.y < $1.y }) else { return [] }
    return along(places, width: width).map { box, _ in
      let gap = Thinning.Place(box.x + box.width / 2, box.y + Self.height / 2) - peak
      return (box, (gap * gap).sum().squareRoot() / 3)
    }
  }

  /// Where a line is at a place of the horizontal axis.
  private static func height(of places: [Thinning.Place], at x: Double) -> Double? {
    if places.count == 1 { return places[0].y }
    for index in places.indices.dropFirst() {
      let (from, to) = (places[index - 1], places[index])
      guard min(from.x, to.x) <= x, x <= max(from.x, to.x) else { continue }
      if from.x == to.x { return (from.y + to.y) / 2 }
      return from.y + (to.y - from.y) * (x - from.x) / (to.x - from.x)
    }
    return nil
  }
}
