import Evaluation

/// A profit curve as JSON: `plan`, `points` and `best`.
public struct ProfitJSON: Encodable {
  private let plan: PlanJSON
  private let points: [PointJSON]
  private let best: PointJSON

  /// Takes over the figures.
  public init(_ curve: ProfitCurve, plan: ContactPlan) {
    self.plan = PlanJSON(plan)
    points = curve.points.map(PointJSON.init)
    best = PointJSON(curve.best)
  }

  private struct PlanJSON: Encodable {
    let costPerContact: Double
    let valuePerSaved: Double
    let successRate: Double
    let contactLimit: Nullable
    let moneyLimit: Nullable

    init(_ plan: ContactPlan) {
      costPerContact = plan.costPerContact
      valuePerSaved = plan.valuePerSaved
      successRate = plan.successRate
      contactLimit = Nullable(plan.contactLimit)
      moneyLimit = Nullable(plan.moneyLimit)
    }
  }

  private struct PointJSON: Encodable {
    let share: Double
    let contacts: Double
    let lowestScore: Nullable
    let positives: Double
    let cost: Double
    let profit: Double

    init(_ point: ProfitCurve.Point) {
      share = point.share
      contacts = point.contacts
      lowestScore = Nullable(point.lowestScore)
      positives = point.positives
      cost = point.cost
      profit = point.profit
    }
  }
}

/// Money captured as JSON: `total`, `interval_method` and `rows`.
public struct MoneyCaptureJSON: Encodable {
  private let total: Double
  private let intervalMethod: String
  private let rows: [RowJSON]

  /// Takes over the figures.
  public init(_ capture: MoneyCapture) {
    total = capture.total
    intervalMethod = capture.intervalMethod.rawValue
    rows = capture.rows.map(RowJSON.init)
  }

  private struct RowJSON: Encodable {
    let share: Double
    let money: Double
    let captured: Double
    let lift: Double
    let low: Nullable
    let high: Nullable

    init(_ row: MoneyCapture.Row) {
      share = row.share
      money = row.money
      captured = row.captured
      lift = row.lift
      low = Nullable(row.low)
      high = Nullable(row.high)
    }
  }
}

/// A confusion as JSON: the four counts and the rates made of them.
public struct ConfusionJSON: Encodable {
  private let truePositives: Double
  private let falsePositives: Double
  private let trueNegatives: Double
  private let falseNegatives: Double
  private let calledShare: Double
  private let accuracy: Double
  private let precision: Nullable
  private let recall: Nullable
  private let specificity: Nullable
  private let negativePredictiveValue: Nullable
  private let balancedAccuracy: Nullable
  private let f1: Nullable
  private let matthewsCorrelation: Nullable

  /// Takes over the figures.
  public init(_ confusion: Confusion) {
    truePositives = confusion.truePositives
    falsePositives = confusion.falsePositives
    trueNegatives = confusion.trueNegatives
    falseNegatives = confusion.falseNegatives
    calledShare = confusion.calledShare
    accuracy = confusion.accuracy
    precision = Nullable(confusion.precision)
    recall = Nullable(confusion.recall)
    specificity = Nullable(confusion.specificity)
    negativePredictiveValue = Nullable(confusion.negativePredictiveValue)
    balancedAccuracy = Nullable(confusion.balancedAccuracy)
    f1 = Nullable(confusion.f1)
    matthewsCorrelation = Nullable(confusion.matthewsCorrelation)
  }
}
