/// How the strength of a penalty is found.
public enum PenaltyChoice: Sendable, Equatable {
  /// It is the learner's `l1` and `l2`.
  case fixed
  /// It is one of `count`, tried on held-out rows.
  case path(count: Int, rule: PenaltyRule)
}

/// Which penalty of a path is taken.
public enum PenaltyRule: String, Sendable, CaseIterable {
  /// The one with the least mean log loss on held-out rows (`lambda.min` in glmnet).
  case best
  /// The strongest whose mean log loss is within one standard error of the least (`lambda.1se` in
  /// glmnet; Breiman et al. 1984, "Classification and Regression Trees", section 3.4.3).
  case oneStandardError = "1se"
}

/// What a path of penalties showed, from the strongest to the weakest.
public struct PenaltyPath: Sendable, Equatable {
  /// One penalty, and how it did on rows that were held out.
  public struct Entry: Sendable, Equatable {
    /// glmnet's `lambda`: the strength beside the mean, not the sum, of the rows' losses.
    public var lambda: Double
    /// The strength on the magnitudes of coefficients, beside the sum of all rows' losses.
    public var l1: Double
    /// The strength on half their squares.
    public var l2: Double
    /// The mean log loss of a held-out row in each fold, in nats, shape `[foldCount]`.
    public var lossOfFold: [Double]
    /// Their mean, folds counting by the weight of their held-out rows.
    public var meanLoss: Double
    /// The standard error of that mean, by how far the folds are apart.
    public var standardError: Double
    /// How many coefficients but the intercept are not 0 in the fit to all rows.
    public var coefficientCount: Int
  }

  /// From the strongest penalty to the weakest.
  public var entries: [Entry]
  /// The one that was taken.
  public var chosen: Int

  /// Whether a weaker penalty than any that was tried may do better.
  public var endsAtWeakest: Bool {
    chosen == entries.count - 1 && entries[chosen].meanLoss < entries[0].meanLoss
  }
}

extension PenaltyRule {
  /// The place of the penalty that is taken; of equal ones the strongest.
  func choice(among entries: [PenaltyPath.Entry]) -> Int {
    var best = 0
    for place in entries.indices where entries[place].meanLoss < entries[best].meanLoss {
      best = place
    }
    switch self {
    case .best: return best
    case .oneStandardError:
      let limit = entries[best].meanLoss + entries[best].standardError
      return entries.firstIndex { $0.meanLoss <= limit } ?? best
    }
  }
}
