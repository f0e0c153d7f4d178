import LinearAlgebra

/// Steps of several parameters to their common minimum, by a factor that is made once and serves as
/// long as no further parameter joins: those that leave are held where they are.
struct JointStep: Sendable {
  /// The working parameters that may step, ascending.
  private(set) var places: [Int]
  private let l2: Double
  private let factor: CholeskyFactor
  /// The solutions for a single 1, by position; made when first asked for.
  private var columns: [Int: [Double]] = [:]

  /// Holding more than this many costs as much as a new factor.
  private static let heldLimit = 40
  /// At most one parameter in so many moves by itself, next to those that step together.
  private static let aloneShare = 8

  /// - Parameters:
  ///   - curvature: Of the working parameters, both triangles.
  ///   - ridge: What is added to its diagonal.
  /// - Returns: `nil` where the matrix has no factor.
  init?(_ places: [Int], l2: Double, curvature: [Double], ridge: [Double]) {
    let order = places.count
    var lower = [Double](repeating: 0, count: order * order)
    for (column, place) in places.enumerated() {
      for row in column..<order {
        lower[column * order + row] = curvature[places[row] * ridge.count + place]
      }
      lower[column * order + column] += ridge[place]
    }
    var factor = CholeskyFactor(lower: lower, order: order)
    // Levels of one category beside the intercept are collinear, and without squares in the penalty
    // their common shift may be free: a little of the diagonal holds it back, and the steps that
    // follow make up for it.
    var share = 1e-9
    while factor?.smallestPivotShare(of: lower) ?? 0 < share / 10, share < 1e-2 {
      for index in 0..<order { lower[index * order + index] *= 1 + share }
      factor = CholeskyFactor(lower: lower, order: order)
      share *= 100
    }
    guard let factor else { return nil }
    self.places = places
    self.l2 = l2
    self.factor = factor
  }

  /// The same factor where the working parameters have other places, in the same order.
  func moved(_ placeOf: (Int) -> Int) -> JointStep {
    var moved = self
    moved.places = places.map(placeOf)
    return moved
  }

  /// Which of its parameters are among these, ascending ones; `nil` where it serves them too badly:
  /// few must be held, and few left to themselves.
  func serving(_ free: [Int], l2: Double) -> [Bool]? {
    guard l2 == self.l2 else { return nil }
    var isFree = [Bool](repeating: false, count: places.count)
    var position = 0
    var count = 0
    for (index, place) in places.enumerated() {
      while position < free.count, free[position] < place { position += 1 }
      guard position < free.count, free[position] == place else { continue }
      isFree[index] = true
      count += 1
    }
    let isUseful =
      count > 0 && places.count - count <= Self.heldLimit
      && (free.count - count) * Self.aloneShare <= free.count
    return isUseful ? isFree : nil
  }

  /// The step of all parameters, none of them held.
  func solution(of right: [Double]) -> [Double] { factor.solve(right) }

  /// The step that is best where some parameters go to given ends.
  ///
  /// - Parameters:
  ///   - direct: The step with none of them held.
  ///   - ends: The step of each that is held; `nil` for the others.
  /// - Returns: `nil` where there are too many to hold.
  mutating func constrained(_ direct: [Double], to ends: [Double?]) -> [Double]? {
    let held = ends.indices.filter { ends[$0] != nil }
    if held.isEmpty { return direct }
    guard held.count <= 2 * Self.heldLimit else { return nil }
    for index in held where columns[index] == nil {
      var unit = [Double](repeating: 0, count: places.count)
      unit[index] = 1
      columns[index] = factor.solve(unit)
    }
    // Forces on the held parameters that bring each to its end.
    let order = held.count
    var lower = [Double](repeating: 0, count: order * order)
    for (column, index) in held.enumerated() {
      for row in column..<order { lower[column * order + row] = columns[index]![held[row]] }
    }
    guard let small = CholeskyFactor(lower: lower, order: order) else { return nil }
    let forces = small.solve(held.map { ends[$0]! - direct[$0] })
    var step = direct
    for (force, index) in zip(forces, held) {
      let column = columns[index]!
      // SAFETY: both have as many elements as there are places.
      unsafe step.withUnsafeMutableBufferPointer {
        unsafe Vectors.add(force, times: column, to: $0.baseAddress!, count: column.count)
      }
    }
    for index in held { step[index] = ends[index]! }
    return step
  }
}
