import Learning
import Synthesis
import Testing

@Suite struct PlantedDriverTests {
  /// Enough rows that even the weakest driver stands three standard errors out.
  private static let customers = SyntheticCustomers(rowCount: 40_000, seed: 11)
  private static let table = CustomerTable(customers.csv())

  /// The standardised excess of churn over what was expected, each row weighted.
  private func excess(weights: [Double], expected: [Double]) -> Double {
    var sum = 0.0
    var variance = 0.0
    for row in weights.indices {
      let residual = (Self.customers.labels[row] ? 1 : 0) - expected[row]
      sum += weights[row] * residual
      variance += weights[row] * weights[row] * expected[row] * (1 - expected[row])
    }
    return sum / variance.squareRoot()
  }

  @Test func `between 12 and 18 percent of the customers churn`() {
    for seed in 1...5 as ClosedRange<UInt64> {
      let labels = SyntheticCustomers(rowCount: 6_000, seed: seed).labels
      #expect((0.12...0.18).contains(Double(labels.count { $0 }) / 6_000))
    }
  }

  @Test func `as many churn as the true probabilities say`() {
    let weights = Array(repeating: 1.0, count: Self.customers.rowCount)
    #expect(abs(excess(weights: weights, expected: Self.customers.trueProbabilities)) < 3)
  }

  @Test func `as many churn in every tenth of the true probabilities`() {
    let probabilities = Self.customers.trueProbabilities
    let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    for tenth in 0..<10 {
      var weights = Array(repeating: 0.0, count: probabilities.count)
      for position in tenth * 4_000..<(tenth + 1) * 4_000 { weights[order[position]] = 1 }
      #expect(abs(excess(weights: weights, expected: probabilities)) < 3.5, "tenth \(tenth)")
    }
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `the truth ranks well but not perfectly`(seed: UInt64) {
    let customers = SyntheticCustomers(rowCount: 6_000, seed: seed)
    let auc = rocAUC(scores: customers.trueProbabilities, labels: customers.labels)
    #expect((0.85...0.91).contains(auc))
  }

  @Test func `the truth can be computed from the file alone`() {
    let table = Self.table
    let change = table.complete("usage_change_28d")
    let silence = table.numbers("champion_days_silent")
    let success = table.numbers("agent_success_28d")
    let runs = table.complete("agent_runs_28d")
    let failures = table.complete("failed_payments_84d")
    let renews = table.texts("auto_renew")
    let renewal = table.numbers("days_to_renewal")
    let tenure = table.complete("tenure_days")
    let tickets = table.complete("tickets_28d_per_seat")
    let depth = table.complete("feature_depth_30d")
    let score = table.numbers("nps_last")
    for row in table.rows.indices {
      var logOdds = -3.3
      if change[row] < 0.6 { logOdds += 1.2 + 3 * (0.6 - change[row]) }
      if let days = silence[row], days > 28 { logOdds += 1.6 }
      if runs[row] >= 300, let rate = success[row], rate < 0.9 { logOdds += 1.6 }
      logOdds += 1.1 * min(failures[row], 2)
      if renews[row] == "yes" { logOdds -= 1.2 }
      if let days = renewal[row], days <= 60 { logOdds += 1.5 }
      logOdds += 1.4 * max(0, 1 - abs(tenure[row] - 75) / 75)
      if tenure[row] > 90 { logOdds += min(6 * tickets[row], 2) }
      logOdds -= 4 * (depth[row] - 0.5)
      if let points = score[row] { logOdds -= 0.1 * (points - 7) }
      let probability = LogLoss.probability(logOdds)
      #expect(abs(probability - Self.customers.trueProbabilities[row]) < 1e-12, "row \(row)")
    }
  }

  /// Each row is compared with itself without the driver: the closest match there is.
  @Test(arguments: SyntheticCustomers.plantedDrivers.indices)
  func `without a driver, the labels would be unlikely`(index: Int) {
    let driver = SyntheticCustomers.plantedDrivers[index]
    let effects = Self.customers.customers.map(driver.effect)
    guard driver.direction != .none else {
      #expect(effects.allSatisfy { $0 == 0 })
      return
    }
    let expected = zip(Self.customers.trueProbabilities, effects).map {
      LogLoss.probability(LogLoss.score($0) - $1)
    }
    #expect(excess(weights: effects, expected: expected) > 3, "\(driver.feature)")
  }

  @Test(arguments: [
    ("usage_change_28d", 0.6), ("feature_depth_30d", 0.5), ("nps_last", 6),
    ("days_to_renewal", 61),
  ])
  func `churn is more frequent below a value of a falling driver`(column: String, value: Double) {
    let (below, above) = shares(of: Self.table.numbers(column), dividedAt: value)
    #expect(below > above + 0.03)
  }

  @Test(arguments: [
    ("champion_days_silent", 29.0), ("failed_payments_84d", 1), ("tickets_28d_per_seat", 0.2),
  ])
  func `churn is more frequent above a value of a rising driver`(column: String, value: Double) {
    let (below, above) = shares(of: Self.table.numbers(column), dividedAt: value)
    #expect(above > below + 0.03)
  }

  @Test func `churn is less frequent with automatic renewal`() {
    let renews = Self.table.texts("auto_renew").map { $0 == "yes" ? 1.0 : 0 }
    let (without, with) = shares(of: renews, dividedAt: 0.5)
    #expect(without > with + 0.05)
  }

  @Test func `churn is most frequent in the middle of onboarding`() {
    let tenure = Self.table.complete("tenure_days")
    let (early, _) = shares(of: tenure.map { $0 < 40 ? $0 : nil }, dividedAt: 40)
    let (middle, _) = shares(of: tenure.map { (60..<90).contains($0) ? $0 : nil }, dividedAt: 90)
    let (_, late) = shares(of: tenure, dividedAt: 150)
    #expect(middle > early && middle > late + 0.05)
  }

  @Test func `failing agents matter where there are many runs, and only there`() {
    let runs = Self.table.complete("agent_runs_28d")
    let success = Self.table.numbers("agent_success_28d")
    let many = success.indices.map { runs[$0] >= 300 ? success[$0] : nil }
    let few = success.indices.map { runs[$0] < 300 ? success[$0] : nil }
    let (failingOften, workingOften) = shares(of: many, dividedAt: 0.9)
    let (failingRarely, workingRarely) = shares(of: few, dividedAt: 0.9)
    #expect(failingOften > workingOften + 0.1)
    #expect(failingRarely < workingRarely + 0.03)
  }

  @Test func `tickets matter after day 90, and only then`() {
    let tenure = Self.table.complete("tenure_days")
    let tickets = Self.table.complete("tickets_28d_per_seat")
    let late = tickets.indices.map { tenure[$0] > 90 ? tickets[$0] : nil }
    let early = tickets.indices.map { tenure[$0] <= 90 ? tickets[$0] : nil }
    let (fewLate, manyLate) = shares(of: late, dividedAt: 0.2)
    let (fewEarly, manyEarly) = shares(of: early, dividedAt: 0.2)
    #expect(manyLate > fewLate + 0.1)
    #expect(abs(manyEarly - fewEarly) < 0.03)
  }

  @Test func `the lucky number ranks nobody`() {
    let auc = rocAUC(
      scores: Self.table.complete("lucky_number"), labels: Self.customers.labels)
    #expect(abs(auc - 0.5) < 0.03)
  }

  @Test func `the region ranks nobody`() {
    let regions = Self.table.texts("region")
    let levels = Set(regions).sorted()
    let scores = regions.map { Double(levels.firstIndex(of: $0)!) }
    #expect(abs(rocAUC(scores: scores, labels: Self.customers.labels) - 0.5) < 0.03)
    // Region by region; a standard error beyond 3.5 would be a 1 in 150 event over 14 regions.
    for level in levels {
      let weights = regions.map { $0 == level ? 1.0 : 0 }
      #expect(abs(excess(weights: weights, expected: Self.customers.trueProbabilities)) < 3.5)
    }
  }

  @Test func `each driver names columns of the table`() {
    let header = Self.customers.header
    for driver in SyntheticCustomers.plantedDrivers {
      #expect(header.contains(driver.feature))
      #expect(driver.gate.map(header.contains) ?? true)
      #expect(driver.sentence.hasSuffix("."))
    }
    let features = SyntheticCustomers.plantedDrivers.map(\.feature)
    #expect(Set(features).count == features.count)
  }

  /// The share that churns below a value, and at or above it; missing values are left out.
  private func shares(
    of values: [Double?], dividedAt value: Double
  ) -> (below: Double, above: Double) {
    var churned = (below: 0.0, above: 0.0)
    var total = (below: 0.0, above: 0.0)
    for row in values.indices {
      guard let number = values[row] else { continue }
      let label = Self.customers.labels[row] ? 1.0 : 0
      if number < value {
        churned.below += label
        total.below += 1
      } else {
        churned.above += label
        total.above += 1
      }
    }
    return (churned.below / total.below, churned.above / total.above)
  }
}
