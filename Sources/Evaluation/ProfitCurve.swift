/// What it costs to contact customers and what it brings.
public struct ContactPlan: Codable, Equatable, Sendable {
  /// What one contact costs.
  public var costPerContact: Double
  /// What a customer who would have left is worth when kept, where rows bring no money of their own.
  public var valuePerSaved: Double
  /// The share of contacted leavers who are kept, in `0...1`.
  public var successRate: Double
  /// The most customers that can be contacted; `nil` for all.
  public var contactLimit: Double?
  /// The most that contacts may cost; `nil` for any sum.
  public var moneyLimit: Double?

  /// Puts a plan together; what is not finite or negative makes the curve `nil`.
  public init(
    costPerContact: Double, valuePerSaved: Double = 0, successRate: Double = 1,
    contactLimit: Double? = nil, moneyLimit: Double? = nil
  ) {
    self.costPerContact = costPerContact
    self.valuePerSaved = valuePerSaved
    self.successRate = successRate
    self.contactLimit = contactLimit
    self.moneyLimit = moneyLimit
  }

  /// Whether every number means something.
  var isSound: Bool {
    [costPerContact, valuePerSaved, successRate, contactLimit ?? 0, moneyLimit ?? 0]
      .allSatisfy { $0 >= 0 && $0.isFinite } && successRate <= 1
  }

  /// The most contacts that both limits allow.
  var mostContacts: Double {
    let byMoney = moneyLimit.flatMap { costPerContact > 0 ? $0 / costPerContact : nil }
    return min(contactLimit ?? .infinity, byMoney ?? .infinity)
  }
}

/// What contacting the best customers first would have brought, by how many are contacted.
///
/// Each contacted row that is positive brings `successRate` times its value; each contact costs.
/// Tied rows are contacted in random order, so profit runs straight from one end of a tie to the
/// other.
///
/// The best cut is the best of the judged rows. It was chosen on the rows it is judged on, so its
/// profit flatters a little; take the cut from one table and the profit from another to know.
public struct ProfitCurve: Codable, Equatable, Sendable {
  /// One number of contacts.
  public struct Point: Codable, Equatable, Sendable {
    /// The share of all rows contacted, in `0...1`.
    public var share: Double
    /// The weight of the rows contacted.
    public var contacts: Double
    /// The lowest score among them; `nil` without contacts.
    public var lowestScore: Double?
    /// The weight of positive rows among them.
    public var positives: Double
    /// What their contacts cost.
    public var cost: Double
    /// What is kept less the cost.
    public var profit: Double
  }

  /// Evenly spaced shares from 0 to 1, those beyond the limits left out.
  public var points: [Point]
  /// The greatest profit within the limits; of equal ones, that with the fewest contacts.
  public var best: Point

  /// Works out a plan on rows of known outcome.
  ///
  /// - Parameters:
  ///   - scores: Who is contacted first, shape `[rowCount]`; `probability * money` to go by what is at
  ///     stake.
  ///   - money: What each row is worth when kept, shape `[rowCount]`, at least 0; `nil` for
  ///     `plan.valuePerSaved` each.
  ///   - weights: How many customers each row stands for; `nil` for 1 each.
  ///   - pointCount: How many steps the shares from 0 to 1 have.
  /// - Returns: `nil` where no row has weight, or a number is negative or not finite that must not be.
  /// - Precondition: All arrays have one length; `pointCount > 0`.
  public init?(
    scores: [Double], labels: [Bool], plan: ContactPlan, money: [Double]? = nil,
    weights: [Double]? = nil, pointCount: Int = 20
  ) {
    precondition(pointCount > 0, "pointCount is \(pointCount); expected at least 1")
    guard plan.isSound,
      let rows = RankedRows(scores: scores, labels: labels, weights: weights, money: money)
    else { return nil }
    let ranking = rows.ranking
    let moneyAtScore = rows.positiveMoney
    let total = ranking.given(ranking.total)
    let limit = min(plan.mostContacts, total)
    var steps = (0...pointCount).map { total * Double($0) / Double(pointCount) }
      .filter { $0 <= limit }[...]

    var point = Point(
      share: 0, contacts: 0, lowestScore: nil, positives: 0, cost: 0, profit: 0)
    var saved = 0.0
    /// The point at `contacts` within the rows tied at a score.
    func reached(_ contacts: Double, _ index: Int, from begun: Double, to end: Double) -> Point {
      let part = end > begun ? (contacts - begun) / (end - begun) : 0
      let positives = point.positives + part * ranking.given(ranking.positive(index))
      let value =
        money == nil
        ? positives * plan.valuePerSaved : saved + part * ranking.given(moneyAtScore[index])
      let cost = contacts * plan.costPerContact
      return Point(
        share: min(1, contacts / total), contacts: contacts,
        lowestScore: contacts > 0 ? ranking.scores[index] : nil, positives: positives, cost: cost,
        profit: plan.successRate * value - cost)
    }

    var (points, best) = ([Point](), point)
    for index in ranking.scores.indices {
      let begun = point.contacts
      guard begun < limit else { break }
      let isLast = index == ranking.scores.count - 1
      let end =
        isLast
        ? total : begun + ranking.given(ranking.positive(index) + ranking.negative(index))
      while let step = steps.first, step < end || isLast {
        points.append(step == 0 ? point : reached(step, index, from: begun, to: end))
        steps.removeFirst()
      }
      // Profit is straight within a tie, so the best lies at an end of one or at the limit.
      let next = reached(min(end, limit), index, from: begun, to: end)
      if next.profit > best.profit { best = next }
      if money != nil { saved += ranking.given(moneyAtScore[index]) }
      point = next
    }
    if points.isEmpty { points = [best] }
    self.points = points
    self.best = best
  }
}
