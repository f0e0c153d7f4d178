import Learning

/// How the log odds of what happened follow the log odds that were foretold.
///
/// A logistic regression of the outcome on the log odds of the probability (Cox 1958, "Two further
/// applications of a model for binary regression"; Van Calster et al. 2019, "Calibration: the
/// Achilles heel of predictive analytics"). Perfect probabilities have slope 1 and intercept 0. A
/// slope below 1 tells of probabilities that are too extreme, a negative intercept of ones that are
/// too high.
public struct CalibrationLine: Codable, Equatable, Sendable {
  /// A coefficient and how well it is known.
  public struct Estimate: Codable, Equatable, Sendable {
    /// The coefficient of greatest likelihood.
    public var value: Double
    /// Its standard error: of the likelihood's curvature where rows count alike and each stands for
    /// itself; else clustered (Liang and Zeger 1986), with `units / (units - 1)`. `nil` for one unit.
    public var standardError: Double?
  }

  /// What the log odds foretold are multiplied by; `nil` where no finite slope is best: where all
  /// probabilities are one, or some value parts all positives from all negatives.
  public var slope: Estimate?
  /// What is added; `nil` with the slope.
  public var intercept: Estimate?
  /// What is added to the log odds foretold where the slope is kept at 1: calibration in the large.
  public var interceptInTheLarge: Estimate

  /// `nil` where rows have one outcome, or scores are no probabilities.
  init?(_ rows: RankedRows) {
    let ranking = rows.ranking
    guard ranking.hasBothClasses, ranking.holdsProbabilities else { return nil }
    let fit = OddsFit(rows, ranking)
    interceptInTheLarge = fit.shifted()
    (slope, intercept) = fit.line() ?? (nil, nil)
  }
}

/// The logistic fits of one and of two coefficients to the distinct scores.
private struct OddsFit {
  let rows: RankedRows
  let ranking: Ranking
  /// The log odds of each distinct probability; 0 and 1 as in `Losses`.
  let odds: [Double]
  /// The weighted mean of `odds`. Fits are made about it, where the coefficients hardly correlate.
  let centre: Double
  /// The intercept about the centre where the slope is 1.
  private var shift = 0.0

  init(_ rows: RankedRows, _ ranking: Ranking) {
    self.rows = rows
    self.ranking = ranking
    let odds = ranking.scores.map {
      LogLoss.score(min(max($0, .leastNonzeroMagnitude), 1.0.nextDown))
    }
    var sum = 0.0
    for index in odds.indices {
      sum += (ranking.positive(index) + ranking.negative(index)) * odds[index]
    }
    self.odds = odds
    centre = sum / ranking.total
    shift = minimised(from: (centre, 1), isSlopeFree: false).0
  }

  /// `z = odds + a`.
  func shifted() -> CalibrationLine.Estimate {
    let a = shift
    let sums = derivatives(a, 1)
    let clustered = clusteredError(a, 1) { $0.intercept / sums.curvature.0 }
    return CalibrationLine.Estimate(
      // About the centre, slope 1 has the intercept `a - centre`.
      value: a - centre,
      standardError: isSimple
        ? (1 / sums.curvature.0).squareRoot() : clustered)
  }

  /// `z = slope * odds + intercept`; `nil` where the greatest likelihood lies at infinity.
  func line() -> (slope: CalibrationLine.Estimate?, intercept: CalibrationLine.Estimate?)? {
    guard isFinite else { return nil }
    let (a, b) = minimised(from: (shift, 1), isSlopeFree: true)
    let (aa, ab, bb) = derivatives(a, b).curvature
    let determinant = aa * bb - ab * ab
    guard determinant > 0 else { return nil }
    func slopeShare(_ score: Score) -> Double {
      (aa * score.slope - ab * score.intercept) / determinant
    }
    func interceptShare(_ score: Score) -> Double {
      (bb * score.intercept - ab * score.slope) / determinant - centre * slopeShare(score)
    }
    let simple = (
      slope: (aa / determinant).squareRoot(),
      intercept: ((bb + 2 * centre * ab + centre * centre * aa) / determinant).squareRoot()
    )
    return (
      CalibrationLine.Estimate(
        value: b, standardError: isSimple ? simple.slope : clusteredError(a, b, slopeShare)),
      CalibrationLine.Estimate(
        value: a - b * centre,
        standardError: isSimple ? simple.intercept : clusteredError(a, b, interceptShare))
    )
  }

  /// Whether rows count alike and stand for themselves.
  private var isSimple: Bool { rows.weightOfRow == nil && rows.unitOfRow == nil }

  /// Whether positives and negatives overlap, without which the likelihood has no maximum (Albert
  /// and Anderson 1984).
  private var isFinite: Bool {
    let positive = ranking.scores.indices.filter { ranking.positive($0) > 0 }
    let negative = ranking.scores.indices.filter { ranking.negative($0) > 0 }
    return odds[positive.last!] < odds[negative.first!]
      && odds[negative.last!] < odds[positive.first!]
  }

  /// What a row adds to the gradient.
  private struct Score {
    var intercept = 0.0
    var slope = 0.0
  }

  /// The root of the sum over units of squared influences.
  private func clusteredError(_ a: Double, _ b: Double, _ share: (Score) -> Double) -> Double? {
    guard rows.unitCount > 1 else { return nil }
    var influence = [Double](repeating: 0, count: rows.unitCount)
    for row in rows.cellOfRow.indices {
      let cell = Int(rows.cellOfRow[row])
      let x = odds[cell / 2] - centre
      let excess = rows.weight(of: row) * (Double(cell & 1) - LogLoss.probability(a + b * x))
      influence[rows.unit(of: row)] += share(Score(intercept: excess, slope: excess * x))
    }
    let count = Double(rows.unitCount)
    return (influence.reduce(0) { $0 + $1 * $1 } * count / (count - 1)).squareRoot()
  }

  /// Newton's method, from slope 1; a step that might go too far is halved until the loss falls.
  private func minimised(from start: (Double, Double), isSlopeFree: Bool) -> (Double, Double) {
    var (a, b) = start
    let furthest = max((odds[0] - centre).magnitude, (odds[odds.count - 1] - centre).magnitude)
    for _ in 0..<100 {
      let (gradient, (aa, ab, bb)) = derivatives(a, b)
      let determinant = isSlopeFree ? aa * bb - ab * ab : aa
      guard determinant > 0 else { break }
      let step =
        isSlopeFree
        ? (
          (bb * gradient.intercept - ab * gradient.slope) / determinant,
          (aa * gradient.slope - ab * gradient.intercept) / determinant
        ) : (gradient.intercept / aa, 0)
      var length = 1.0
      // No row's log odds move by more than this. Below a half, no curvature changes by more than
      // a factor of 1.7, so that the loss must fall (Bach 2010, "Self-concordant analysis for
      // logistic regression", proposition 1).
      let move = step.0.magnitude + furthest * step.1.magnitude
      if move > 0.5 {
        let loss = loss(a, b)
        while self.loss(a + length * step.0, b + length * step.1) > loss, length > 1e-6 {
          length /= 2
        }
      }
      (a, b) = (a + length * step.0, b + length * step.1)
      // Each step doubles the digits: after one so small, what is left is beneath rounding.
      if move < 1e-8 { break }
    }
    return (a, b)
  }

  private func loss(_ a: Double, _ b: Double) -> Double {
    var sum = 0.0
    for index in odds.indices {
      let z = a + b * (odds[index] - centre)
      sum +=
        ranking.positive(index) * LogLoss.value(score: z, label: true)
        + ranking.negative(index) * LogLoss.value(score: z, label: false)
    }
    return sum
  }

  /// The gradient of the likelihood and the curvature of the loss.
  private func derivatives(
    _ a: Double, _ b: Double
  ) -> (gradient: Score, curvature: (Double, Double, Double)) {
    var gradient = Score()
    var (aa, ab, bb) = (0.0, 0.0, 0.0)
    for index in odds.indices {
      let x = odds[index] - centre
      let z = a + b * x
      // Both the probability and its opposite in full precision, from one exponential.
      let small = PortableMath.exp(-z.magnitude)
      let large = 1 / (1 + small)
      let (probability, opposite) = z >= 0 ? (large, small * large) : (small * large, large)
      let excess = ranking.positive(index) * opposite - ranking.negative(index) * probability
      gradient.intercept += excess
      gradient.slope += excess * x
      let curvature =
        (ranking.positive(index) + ranking.negative(index)) * (probability * opposite)
      aa += curvature
      ab += curvature * x
      bb += curvature * x * x
    }
    return (gradient, (aa, ab, bb))
  }
}
