import Diagnostics
import Learning

/// Fits a path of penalties, from one at which every penalised coefficient is 0 down to a small
/// share of it, to all rows and to those of each fold, and takes one of them.
///
/// Each fit starts where the one before it ended, so that a path costs little more than its last fit.
/// Folds have their own standardisation and levels, and the same `lambda`s as all rows have.
struct PenaltySearch: Sendable {
  let learner: LogisticRegressionLearner
  let count: Int
  let rule: PenaltyRule

  /// How near the minimum a fit is that is only compared with others. A coefficient may be further
  /// off, in standard errors, the more rows there are, since these are the smaller: the mean loss of a
  /// held-out row is good to about nine digits.
  private func roughTolerance(_ problem: LogisticProblem) -> Double {
    1e-14 * max(1, problem.totalWeight / 1000)
  }
  private static let foldCount = 5

  struct Solution: Sendable {
    var problem: LogisticProblem
    var solver: CoordinateDescentSolver
    var strength: ElasticNet.Strength
    var convergence: Convergence
    var path: PenaltyPath
  }

  /// The fit to all rows with the penalty that the rule takes.
  func solution(on set: TrainingSet, threads: Int) throws(Diagnostic) -> Solution {
    let splits = try splits(of: set)
    let whole = try LogisticProblem(learner, set, threads: threads)
    let start = started(whole)
    let lambdas = lambdas(downFrom: start.largestThreshold / whole.totalWeight, whole)
    // All rows and the folds at once, each on few threads: passes then wait for nobody.
    let tasks = splits.count + 1
    let own = max(1, threads / tasks)
    let results = Parallel.map(tasks, threads: threads) { task -> Result<PathFit, Diagnostic> in
      Result { () throws(Diagnostic) in
        task == 0
          ? fitted(whole, start, lambdas, heldOut: nil)
          : try judged(splits[task - 1], of: set, lambdas, threads: own)
      }
    }
    var fits: [PathFit] = []
    for result in results { fits.append(try result.get()) }
    let path = path(lambdas, whole, fits)
    return try polished(whole, fits[0], path, start)
  }

  /// The splits of which both sides have both outcomes.
  private func splits(of set: TrainingSet) throws(Diagnostic) -> [Split] {
    let splits = set.scheme.splits(labels: set.labels, foldCount: Self.foldCount).filter {
      set.hasBothOutcomes($0.training) && set.hasBothOutcomes($0.validation)
    }
    guard splits.count >= 2 else {
      throw Diagnostic(
        .dataTooFewRows, "fewer than two folds have both outcomes, so no penalty can be chosen",
        hint: "leave out --penalty-path, and give the penalty with --l1 and --l2")
    }
    return splits
  }

  /// What a path left behind.
  private struct PathFit: Sendable {
    /// Shape `[count][parameterCount]`.
    var parameters: [[Double]] = []
    /// The mean log loss of a held-out row at each penalty, shape `[count]`; empty without any.
    var losses: [Double] = []
    /// Of the held-out rows.
    var weight = 0.0
    var solver: CoordinateDescentSolver
  }

  private func started(_ problem: LogisticProblem) -> CoordinateDescentSolver {
    var solver = CoordinateDescentSolver(
      objective: problem.objective(l2: 0), net: problem.net,
      iterationLimit: learner.iterationLimit, start: problem.start)
    _ = solver.minimiseUnpenalised(tolerance: roughTolerance(problem))
    return solver
  }

  private func lambdas(downFrom threshold: Double, _ problem: LogisticProblem) -> [Double] {
    // Without any l1, no penalty makes all coefficients 0; glmnet begins as if there were a little.
    let largest = threshold / max(learner.l1Ratio, 1e-3)
    let ratio =
      learner.pathRatio
      ?? (problem.set.rowCount > problem.layout.parameterCount ? 1e-4 : 1e-2)
    let step = PortableMath.log(ratio) / Double(max(1, count - 1))
    // Where nothing is penalised, or nothing tells anything, all penalties are alike.
    return (0..<count).map { (largest > 0 ? largest : 1) * PortableMath.exp(step * Double($0)) }
  }

  private func strength(_ lambda: Double, _ problem: LogisticProblem) -> ElasticNet.Strength {
    let sum = lambda * problem.totalWeight
    return ElasticNet.Strength(l1: sum * learner.l1Ratio, l2: sum * (1 - learner.l1Ratio))
  }

  private func fitted(
    _ problem: LogisticProblem, _ start: CoordinateDescentSolver, _ lambdas: [Double],
    heldOut: LogisticObjective?
  ) -> PathFit {
    var fit = PathFit(solver: start)
    fit.weight = heldOut?.totalWeight ?? 0
    for lambda in lambdas {
      _ = fit.solver.minimise(strength(lambda, problem), tolerance: roughTolerance(problem))
      if let heldOut {
        fit.losses.append(heldOut.loss(at: fit.solver.point.parameters) / heldOut.totalWeight)
      } else {
        fit.parameters.append(fit.solver.point.parameters)
      }
    }
    return fit
  }

  private func judged(
    _ split: Split, of set: TrainingSet, _ lambdas: [Double], threads: Int
  ) throws(Diagnostic) -> PathFit {
    let problem = try LogisticProblem(learner, set.selecting(split.training), threads: threads)
    let heldOut = try problem.objective(
      onHeldOut: set.selecting(split.validation), of: learner)
    return fitted(problem, started(problem), lambdas, heldOut: heldOut)
  }

  private func path(_ lambdas: [Double], _ whole: LogisticProblem, _ fits: [PathFit])
    -> PenaltyPath
  {
    let folds = fits.dropFirst()
    let weight = folds.reduce(0) { $0 + $1.weight }
    let entries = lambdas.indices.map { place in
      let mean = folds.reduce(0) { $0 + $1.weight * $1.losses[place] } / weight
      let square = folds.reduce(0) { sum, fold in
        sum + fold.weight * (fold.losses[place] - mean) * (fold.losses[place] - mean)
      }
      let strength = strength(lambdas[place], whole)
      return PenaltyPath.Entry(
        lambda: lambdas[place], l1: strength.l1, l2: strength.l2,
        lossOfFold: folds.map { $0.losses[place] }, meanLoss: mean,
        standardError: (square / weight / Double(folds.count - 1)).squareRoot(),
        coefficientCount: fits[0].parameters[place].indices.count {
          $0 != whole.layout.interceptIndex && fits[0].parameters[place][$0] != 0
        })
    }
    return PenaltyPath(entries: entries, chosen: rule.choice(among: entries))
  }

  /// Goes on from where all rows' path passed the chosen penalty, as near as rounding lets it.
  private func polished(
    _ whole: LogisticProblem, _ fit: PathFit, _ path: PenaltyPath, _ start: CoordinateDescentSolver
  ) throws(Diagnostic) -> Solution {
    let strength = strength(path.entries[path.chosen].lambda, whole)
    var solver = CoordinateDescentSolver(
      objective: start.objective, net: whole.net, iterationLimit: learner.iterationLimit,
      start: fit.parameters[path.chosen])
    let convergence = solver.minimise(strength, tolerance: whole.tolerance / 100)
    if convergence.iterationCount > 0, learner.inference != .none { solver.renewHessian() }
    return Solution(
      problem: whole, solver: solver, strength: strength, convergence: convergence, path: path)
  }
}

extension LogisticProblem {
  /// The weight of all rows.
  var totalWeight: Double { self.set.weights?.reduce(0, +) ?? Double(self.set.rowCount) }

  /// The promised decrease, in nats, at which a fit ends: coefficients are then within about its root,
  /// in standard errors, of the minimum.
  var tolerance: Double { max(1e-18, 1e-20 * totalWeight) }
}
