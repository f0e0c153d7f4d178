import GradientBoosting

/// What one leaf adds to a row's contributions, which follows from the steps on the way to it that
/// the row takes.
///
/// Made ready for one leaf after another; patterns have a bit for each step, 16 to a number.
struct LeafGame: Sendable {
  private enum Rule: Sendable {
    case path([Int: QuadratureRule])
    case background(BackgroundPatterns)
  }
  private let rule: Rule
  private(set) var leaf = 0
  private(set) var stepCount = 0
  private(set) var value = 0.0
  private(set) var fours = 1
  /// Shape `[stepCount, 2, fours]`: each step's factor at the points, where the row does not take it
  /// and where it does.
  private(set) var factors: [SIMD4<Double>] = []
  /// One over each factor; 0 where the factor is 0.
  private(set) var reciprocals: [SIMD4<Double>] = []
  /// Shape `[stepCount, 2]`: the leaf's value times what becoming known changes of the factor.
  private(set) var changes: [Double] = []
  /// The same without the value: what becoming known changes of the factor.
  private(set) var moves: [Double] = []
  private(set) var weights: [SIMD4<Double>] = []

  /// Shares below this count as 0: their reciprocals leave the range of numbers.
  private static let leastShare = 0x1p-900

  /// The game whose coalitions are worth the mean over training rows.
  init(path pieces: TreePieces) {
    var rules: [Int: QuadratureRule] = [:]
    for leaf in pieces.leaves {
      let fours = QuadratureRule.fourCount(factorCount: leaf.steps.count)
      if rules[fours] == nil { rules[fours] = QuadratureRule(fourCount: fours) }
    }
    rule = .path(rules)
  }

  /// The game whose coalitions are worth the mean over a background's rows.
  init(background: BackgroundPatterns) { rule = .background(background) }

  /// Whether coalitions are worth the mean over training rows.
  var isPathDependent: Bool {
    if case .path = rule { true } else { false }
  }

  /// Turns to a leaf.
  mutating func prepare(_ index: Int, of pieces: TreePieces) {
    let next = pieces.leaves[index]
    leaf = index
    stepCount = next.steps.count
    value = next.value
    guard case .path(let rules) = rule else { return }
    fours = QuadratureRule.fourCount(factorCount: stepCount)
    let rule = rules[fours]!
    weights = rule.weights
    factors.removeAll(keepingCapacity: true)
    reciprocals.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
    moves.removeAll(keepingCapacity: true)
    for step in pieces.steps[next.steps] {
      let share = step.share < Self.leastShare ? 0 : step.share
      for taken in [0.0, 1.0] {
        moves.append(taken - share)
        changes.append(value * (taken - share))
        for four in 0..<fours {
          let factor = share * (1 - rule.points[four]) + taken * rule.points[four]
          factors.append(factor)
          reciprocals.append(taken == 0 && share == 0 ? SIMD4() : 1 / factor)
        }
      }
    }
  }

  /// What the leaf adds to each of its steps' features, for some rows.
  ///
  /// - Parameters:
  ///   - patterns: Shape `[rowCount, wordCount]`, a bit for each step.
  ///   - target: Shape `[rowCount, stepCount]`.
  @unsafe func contributions(
    of patterns: UnsafePointer<UInt16>, wordCount: Int, rowCount: Int,
    to target: UnsafeMutablePointer<Double>
  ) {
    // SAFETY: the caller's patterns have a bit, its target a place for each step; factors and
    // reciprocals have `2 * stepCount * fours` elements, changes `2 * stepCount`.
    if case .background(let background) = rule {
      for row in 0..<rowCount {
        unsafe background.contributions(
          ofLeaf: leaf, value: value, stepCount: stepCount, patterns + row * wordCount,
          to: target + row * stepCount)
      }
      return
    }
    let (stepCount, fours) = (stepCount, fours)
    unsafe withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: fours) { products in
      let products = unsafe products.baseAddress!
      unsafe factors.withUnsafeBufferPointer { factors in
        unsafe reciprocals.withUnsafeBufferPointer { reciprocals in
          unsafe changes.withUnsafeBufferPointer { changes in
            unsafe weights.withUnsafeBufferPointer { weights in
              for row in 0..<rowCount {
                let words = unsafe patterns + row &* wordCount
                let parts = unsafe target + row &* stepCount
                if fours == 2 {
                  // By far the most of the leaves that come here: both fours stay in registers.
                  var (first, second) = unsafe (weights[0], weights[1])
                  for step in 0..<stepCount {
                    let place = unsafe 4 &* step &+ 2 &* Self.bit(step, of: words)
                    unsafe first *= factors[place]
                    unsafe second *= factors[place &+ 1]
                  }
                  for step in 0..<stepCount {
                    let place = unsafe 2 &* step &+ Self.bit(step, of: words)
                    var sums = unsafe first * reciprocals[2 &* place]
                    sums += unsafe second * reciprocals[2 &* place &+ 1]
                    unsafe parts[step] = changes[place] * Self.total(sums)
                  }
                  continue
                }
                for four in 0..<fours { unsafe products[four] = weights[four] }
                for step in 0..<stepCount {
                  let place = unsafe 2 &* step &+ Self.bit(step, of: words)
                  for four in 0..<fours {
                    unsafe products[four] *= factors[place &* fours &+ four]
                  }
                }
                for step in 0..<stepCount {
                  let place = unsafe 2 &* step &+ Self.bit(step, of: words)
                  var sums = unsafe products[0] * reciprocals[place &* fours]
                  for four in stride(from: 1, to: fours, by: 1) {
                    sums += unsafe products[four] * reciprocals[place &* fours &+ four]
                  }
                  unsafe parts[step] = changes[place] * Self.total(sums)
                }
              }
            }
          }
        }
      }
    }
  }

  /// Whether a row takes a step: 1 or 0.
  @inline(__always)
  @unsafe private static func bit(_ step: Int, of words: UnsafePointer<UInt16>) -> Int {
    unsafe Int(truncatingIfNeeded: words[step &>> 4] &>> UInt16(truncatingIfNeeded: step & 15) & 1)
  }

  /// The same as an array.
  func contributions(of pattern: [UInt16]) -> [Double] {
    unsafe [Double](unsafeUninitializedCapacity: stepCount) { buffer, count in
      // SAFETY: the pattern is one of the leaf's, and there is a place for each step.
      unsafe contributions(
        of: pattern, wordCount: pattern.count, rowCount: 1, to: buffer.baseAddress!)
      count = stepCount
    }
  }

  /// The same for all patterns, shape `[stepCount, 2^stepCount]`, with the same bits.
  ///
  /// - Parameters:
  ///   - products: Room for `2^stepCount` products.
  ///   - target: Shape `[stepCount, 2^stepCount]`.
  func table(to table: inout [Double], products: inout [SIMD4<Double>]) {
    let count = 1 << stepCount
    if table.count < stepCount * count {
      table += repeatElement(0, count: stepCount * count - table.count)
    }
    guard case .path = rule else {
      for pattern in 0..<count {
        for (step, part) in contributions(of: [UInt16(pattern)]).enumerated() {
          table[step * count + pattern] = part
        }
      }
      return
    }
    if products.count < count * fours {
      products += repeatElement(SIMD4(), count: count * fours - products.count)
    }
    // Products over the first steps are those of all patterns of these.
    for four in 0..<fours { products[four * count] = weights[four] }
    for step in 0..<stepCount {
      for four in 0..<fours {
        let missed = factors[2 * step * fours + four]
        let taken = factors[(2 * step + 1) * fours + four]
        for pattern in four * count..<four * count + 1 << step {
          products[pattern + 1 << step] = products[pattern] * taken
          products[pattern] *= missed
        }
      }
    }
    for step in 0..<stepCount {
      for pattern in 0..<count {
        let place = 2 * step + pattern >> step & 1
        var sums = products[pattern] * reciprocals[place * fours]
        for four in stride(from: 1, to: fours, by: 1) {
          sums += products[four * count + pattern] * reciprocals[place * fours + four]
        }
        table[step * count + pattern] = changes[place] * Self.total(sums)
      }
    }
  }

  /// The sum of four numbers, in an order that all vectors can follow.
  @inline(__always)
  static func total(_ four: SIMD4<Double>) -> Double {
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
