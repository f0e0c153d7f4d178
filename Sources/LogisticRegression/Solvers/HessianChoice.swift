import Learning

/// Chooses for each step of Newton's method whether the Hessian that there is should go on to serve,
/// or which one to sum at the next point, by how many passes over the rows it takes to the end.
///
/// The decrement falls to a share of itself with each step. That share grows with the way to the
/// minimum, in standard deviations of the scores, over which the curvatures change, and is no less than
/// what a Hessian of a sample of the rows, or of numbers of few digits, makes for.
struct HessianChoice {
  private let totalWeight: Double
  private let tolerance: Double
  /// How many passes each Hessian costs beside the one that sums the gradient anyway.
  private let passCounts: [LogisticObjective.HessianParts: Double]
  /// The least share that steps with a Hessian leave of the decrement.
  private var floors: [LogisticObjective.HessianParts: Double]
  /// Of which kind the Hessian in use is.
  private var kind: LogisticObjective.HessianParts
  /// Whether no step has been taken with it.
  private var isNew = true
  /// What the last step with it left of the decrement; `nil` before the first.
  private var share: Double?
  /// The last step: its decrement, and which kind of Hessian it was the first with, if any.
  private var last: (decrement: Double, firstOf: LogisticObjective.HessianParts?)?

  /// - Parameter kind: Of the Hessian that there is at the start.
  init(
    _ objective: LogisticObjective, tolerance: Double, kind: LogisticObjective.HessianParts
  ) {
    totalWeight = objective.totalWeight
    self.tolerance = tolerance
    let count = Double(objective.layout.parameterCount)
    // Measured at 28 and at 200 columns.
    passCounts = [
      .none: 0, .sampled: (0.4 + count / 128) / 8, .rough: 0.4 + count / 128,
      .all: 0.5 + count / 32,
    ]
    // The eigenvalues of a sample's Hessian are off by about twice the root of columns by rows.
    floors = [.sampled: 4 * count / Double(objective.sampledRowCount)]
    self.kind = kind
  }

  /// What Hessian the next point is to have; `.none` where it is best to go on with the last one.
  ///
  /// - Parameter decrement: Of the step that leads there.
  mutating func next(decrement: Double) -> LogisticObjective.HessianParts {
    if let last {
      let measured = decrement / last.decrement
      // The first step with a Hessian tells how good its kind is; of all rows, only if it is bad.
      if let kind = last.firstOf, kind == .sampled || measured > 0.2 {
        floors[kind] = max(floors[kind] ?? 0, measured)
      }
      share = isNew ? nil : measured
    }
    last = (decrement, isNew ? kind : nil)
    isNew = false
    let kept = min(share ?? expectedShare(kind, decrement), 0.99)
    let next = decrement * kept
    guard next > tolerance else { return .none }
    let way = PortableMath.log(tolerance / next)
    var best = (parts: LogisticObjective.HessianParts.none, cost: way / PortableMath.log(kept))
    for parts in candidates {
      let cost = passCounts[parts]! + way / PortableMath.log(expectedShare(parts, next))
      if cost < best.cost { best = (parts, cost) }
    }
    if best.parts != .none { (kind, isNew) = (best.parts, true) }
    return best.parts
  }

  /// Kinds of which one may follow: no return to fewer rows or digits.
  private var candidates: [LogisticObjective.HessianParts] {
    switch kind {
    case .sampled: [.sampled, .rough]
    case .rough: [.rough, .all]
    default: [.all]
    }
  }

  private func expectedShare(
    _ parts: LogisticObjective.HessianParts, _ decrement: Double
  ) -> Double {
    let distance = 3 * (decrement / totalWeight).squareRoot()
    return min(max(distance, floors[parts] ?? 0), 0.99)
  }
}
