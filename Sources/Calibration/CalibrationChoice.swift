import Learning

/// How `auto` chose a method: by log loss on rows that the calibrators were not fitted to.
public struct CalibrationChoice: Equatable, Sendable {
  /// The method that was chosen: the simplest whose loss is above the least by no more than
  /// ``margin``.
  public var method: CalibrationMethod
  /// The methods that the number of positives allows, the simplest first; at least one.
  public var candidates: [Candidate]

  /// A method and how it did.
  public struct Candidate: Equatable, Sendable {
    /// The method; never `auto`.
    public var method: CalibrationMethod
    /// The mean loss of held-out rows, each by a calibrator fitted to other folds.
    public var logLoss: Double

    /// Puts a result together.
    public init(method: CalibrationMethod, logLoss: Double) {
      self.method = method
      self.logLoss = logLoss
    }
  }

  /// Puts a choice together.
  public init(method: CalibrationMethod, candidates: [Candidate]) {
    self.method = method
    self.candidates = candidates
  }

  /// How much more loss a simpler method may have. Less than any use of a model can tell; a margin of
  /// one standard error did worse on new rows (`Docs/Methods/Calibration.md`).
  public static let margin = 2e-4

  /// The methods to choose from, the simplest first, by how many rows the rarer outcome has.
  ///
  /// A curve needs more positives than a line, and isotonic regression, which may take any form, most
  /// (Niculescu-Mizil and Caruana 2005, "Predicting good probabilities with supervised learning",
  /// section 5: about 1,000 rows; here it has to do better on held-out rows as well).
  public static func candidates(rarerCount: Int) -> [CalibrationMethod] {
    [.none, .temperature, .platt] + (rarerCount >= 100 ? [.beta] : [])
      + (rarerCount >= 500 ? [.isotonic] : [])
  }
}

/// Chooses among methods by cross-fitting over parts of the held-out rows.
///
/// Parts are condensed first: what the choice compares are means over thousands of rows, and a
/// calibrator fitted to 4,096 means of neighbouring scores differs from one fitted to all by less
/// than the loss can tell.
final class CalibrationChooser {
  private let parts: [CalibrationRows]
  private let goesForward: Bool
  private let methods: [CalibrationMethod]
  /// Fits by the parts that they leave out, which the choices of several folds share.
  private var fits: [[Int]: [Calibrator]] = [:]

  static let scoreLimit = 4096

  /// - Parameter parts: With `goesForward`, in the order of time.
  init(parts: [CalibrationRows], rarerCount: Int, goesForward: Bool) {
    self.parts = parts.map { $0.condensed(to: Self.scoreLimit) }
    self.goesForward = goesForward
    methods = CalibrationChoice.candidates(rarerCount: rarerCount)
  }

  /// The choice for rows of a part, made without it (going forward: and without later ones); for all
  /// parts where it is `nil`.
  ///
  /// - Returns: `nil` where fewer than two parts are left, or some have one outcome only.
  func choice(judging excluded: Int?) -> CalibrationChoice? {
    let used = parts.indices.filter { part in
      excluded.map { goesForward ? part < $0 : part != $0 } ?? true
    }
    guard used.count >= 2 else { return nil }
    // The losses of a positive and a negative row at each score, shape `[methodCount][pointCount]`.
    var losses = [[(positive: Double, negative: Double)]](repeating: [], count: methods.count)
    var judged: [CalibrationRows] = []
    for part in used.dropFirst(goesForward ? 1 : 0) {
      let learned = used.filter { goesForward ? $0 < part : $0 != part }
      guard let calibrators = calibrators(fittedTo: learned) else { return nil }
      judged.append(parts[part])
      for (index, calibrator) in calibrators.enumerated() {
        losses[index] += parts[part].scores.map { score in
          let probability = calibrator.probability(score)
          return (-PortableMath.log(probability), -PortableMath.log1p(-probability))
        }
      }
    }
    return choice(
      losses, positive: judged.flatMap(\.positive), negative: judged.flatMap(\.negative))
  }

  private func calibrators(fittedTo learned: [Int]) -> [Calibrator]? {
    if let known = fits[learned] { return known }
    let rows = CalibrationRows.joined(learned.map { parts[$0] })
    guard rows.hasBothOutcomes else { return nil }
    let fitted = methods.map { CalibrationFit($0, to: rows).calibrator }
    fits[learned] = fitted
    return fitted
  }

  private func choice(
    _ losses: [[(positive: Double, negative: Double)]], positive: [Double], negative: [Double]
  ) -> CalibrationChoice {
    let total = positive.reduce(0, +) + negative.reduce(0, +)
    let candidates = methods.indices.map { method in
      let sum = positive.indices.reduce(0.0) { sum, point in
        let loss = losses[method][point]
        return sum + positive[point] * loss.positive + negative[point] * loss.negative
      }
      return CalibrationChoice.Candidate(method: methods[method], logLoss: sum / total)
    }
    let least = candidates.map(\.logLoss).min()!
    let chosen = candidates.first { $0.logLoss <= least + CalibrationChoice.margin }!
    return CalibrationChoice(method: chosen.method, candidates: candidates)
  }
}
