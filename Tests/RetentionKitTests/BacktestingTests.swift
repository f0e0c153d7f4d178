import CivilCalendar
import Learning
import RetentionKit
import TestSupport
import Testing

private func day(_ number: Int) -> CalendarDay { CalendarDay(number: Int32(number)) }

/// Accounts 0..<10 on weekly days; account 0 is the riskiest from a day on.
private func looks(_ days: [CalendarDay], riskyFrom: CalendarDay) -> [[LeadTime.Look]] {
  days.map { asOf in
    (0..<10).map { account in
      LeadTime.Look(
        account: account,
        probability: account == 0 ? (asOf >= riskyFrom ? 0.9 : 0.01) : 0.1 + Double(account) / 100,
        mrr: account == 0 ? 40 : 10)
    }
  }
}

struct LeadTimeTests {
  private let days = (0..<40).map { day(7 * $0) }

  @Test func `what is flagged is flagged at least so many days before`() {
    // It leaves on day 230, and is risky from day 196, a look, on: 34 days before.
    let table = LeadTime(
      of: [LeadTime.Departure(account: 0, day: day(230), mrr: 40)], days: days,
      looks: looks(days, riskyFrom: day(196)), rule: .top(0.1))
    #expect(table.outcomeCount == 1)
    #expect(table.milestones.map(\.days) == [90, 60, 30, 14, 7])
    #expect(table.milestones.map { $0.shareOfMRR?.value } == [0, 0, 1, 1, 1])
    #expect(table.weeks.map(\.days) == stride(from: 91, to: 0, by: -7).map(\.self))
    // Week 5 is 35 days, one more than there are.
    #expect(table.weeks.first { $0.days == 35 }?.flaggedMRR == 0)
    #expect(table.weeks.first { $0.days == 28 }?.flaggedMRR == 40)
    // One of ten is flagged, and pays 40 of 130 once it is the one.
    let last = table.milestones[4]
    #expect(abs(last.shareOfAllAccounts! - 0.1) < 1e-12)
    #expect(abs(last.shareOfAllMRR! - 40.0 / 130) < 1e-12)
    #expect(last.shareOfMRR?.low == nil)
  }

  @Test func `who was flagged once stays flagged by then`() {
    var looks = looks(days, riskyFrom: day(500))
    looks[25][0].probability = 0.9  // Day 175, 55 days before.
    let table = LeadTime(
      of: [LeadTime.Departure(account: 0, day: day(230), mrr: 40)], days: days, looks: looks,
      rule: .top(0.1))
    #expect(table.weeks.map { $0.shareOfMRR!.value }.reduce(0, +) == 1)
    #expect(
      table.weeks.map { $0.everShareOfMRR! } == table.weeks.map { $0.days > 49 ? 0 : 1 })
  }

  @Test func `accounts that were not yet customers are counted apart`() {
    var looks = looks(days, riskyFrom: day(0))
    for index in looks.indices where days[index] < day(190) { looks[index].removeFirst() }
    let table = LeadTime(
      of: [
        LeadTime.Departure(account: 0, day: day(230), mrr: 40),
        LeadTime.Departure(account: 1, day: day(230), mrr: 10),
      ], days: days, looks: looks, rule: .top(0.1))
    #expect(table.milestones.map(\.unscoredCount) == [1, 1, 0, 0, 0])
    #expect(table.milestones.map(\.unscoredMRR) == [40, 40, 0, 0, 0])
    #expect(table.milestones.map(\.scoredMRR) == [10, 10, 50, 50, 50])
    #expect(table.milestones.map { $0.shareOfMRR!.value } == [0, 0, 0.8, 0.8, 0.8])
  }

  @Test func `outcomes too soon after the first day are not judged`() {
    let departures = [90, 91].map { LeadTime.Departure(account: 0, day: day($0), mrr: 40) }
    let table = LeadTime(
      of: departures, days: days, looks: looks(days, riskyFrom: day(0)), rule: .top(0.1))
    #expect((table.outcomeCount, table.tooEarlyCount) == (1, 1))
    let none = LeadTime(of: departures, days: [], looks: [], rule: .top(0.1))
    #expect(none.outcomeCount == 0)
    #expect(none.milestones.allSatisfy { $0.shareOfMRR == nil && $0.shareOfAccounts == nil })
  }

  @Test func `ties at the end of the share are flagged in part`() {
    #expect(FlagRule.top(0.5).flags([0.3, 0.3, 0.9, 0.1]) == [0.5, 0.5, 1, 0])
    #expect(FlagRule.top(0.1).flags([0.2, 0.2, 0.2, 0.2, 0.2]) == Array(repeating: 0.1, count: 5))
    #expect(FlagRule.probability(0.3).flags([0.3, 0.29]) == [1, 0])
  }

  @Test func `scores that know nothing flag the share, and the intervals hold it`() {
    var covered = (accounts: 0, mrr: 0)
    var mean = 0.0
    let runs = 200
    for seed in 0..<runs {
      var generator = SeededGenerator(seed: UInt64(seed), stream: 4)
      let money = (0..<200).map { _ in PortableMath.exp(3 * generator.nextUnit()) }
      let looks = days.map { _ in
        (0..<200).map {
          LeadTime.Look(account: $0, probability: generator.nextUnit(), mrr: money[$0])
        }
      }
      let departures = (0..<60).map {
        LeadTime.Departure(
          account: 3 * $0, day: day(100 + generator.nextIndex(below: 150)), mrr: money[3 * $0])
      }
      let table = LeadTime(
        of: departures, days: days, looks: looks, rule: .top(0.1), seed: UInt64(seed))
      let row = table.milestones[seed % 5]
      let (accounts, mrr) = (row.shareOfAccounts!, row.shareOfMRR!)
      if accounts.low! <= 0.1, accounts.high! >= 0.1 { covered.accounts += 1 }
      if mrr.low! <= 0.1, mrr.high! >= 0.1 { covered.mrr += 1 }
      mean += mrr.value / Double(runs)
    }
    #expect(abs(mean - 0.1) < 0.015, "\(mean)")
    #expect(covered.accounts >= runs * 91 / 100, "\(covered)")
    #expect(covered.mrr >= runs * 91 / 100, "\(covered)")
  }

  @Test func `the order of outcomes and of accounts changes no bit`() {
    let departures = (0..<10).map {
      LeadTime.Departure(account: $0, day: day(200 + $0), mrr: 1 / Double($0 + 3), levels: ["a"])
    }
    let looks = looks(days, riskyFrom: day(100))
    let table = LeadTime(
      of: departures, days: days, looks: looks, rule: .top(0.25), segmentColumns: ["segment"])
    #expect(
      LeadTime(
        of: departures.reversed(), days: days, looks: looks, rule: .top(0.25),
        segmentColumns: ["segment"]) == table)
    #expect(table.segments.map(\.outcomeCount) == [10])
    #expect(table.segments[0].rows == table.milestones)
  }
}

struct RankCorrelationTests {
  @Test func `ranks of ties are their mean`() {
    #expect(RankCorrelation.ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
  }

  @Test func `Spearman's correlation is that of scipy`() {
    // scipy.stats.spearmanr([1, 2, 2, 4, 7], [3, 1, 4, 4, 9]).statistic
    let value = RankCorrelation.spearman([1, 2, 2, 4, 7], [3, 1, 4, 4, 9])!
    #expect(abs(value - 0.7631578947368421) < 1e-12, "\(value)")
    #expect(abs(RankCorrelation.spearman([1, 2, 3], [9, 5, 1])! + 1) < 1e-12)
    #expect(RankCorrelation.spearman([1, 1, 1], [1, 2, 3]) == nil)
    #expect(RankCorrelation.spearman([1, 2], [1, 2]) == nil)
  }
}

struct ScoreStabilityTests {
  @Test func `days are told apart, and who is on two of them is compared`() {
    let rows = [0, 31].flatMap { number in
      (0..<40).map { account in
        ScoreStability.Row(
          place: PanelRow(account: account, asOf: day(number)),
          probability: Double(number == 0 ? account : 40 - account) / 100,
          label: account >= 20)
      }
    }
    let stability = ScoreStability(
      of: rows.reversed(), cutoffs: [day(0), day(31)], falls: [[0.1, 0.2, 0], [0.3, 0.1, 0]],
      names: ["a", "b", "c"])
    #expect(stability.days.map(\.asOf) == [day(0), day(31)])
    #expect(stability.days.map(\.rocAUC) == [1, 0])
    #expect(stability.days.map(\.observedRate) == [0.5, 0.5])
    #expect(stability.days[0].correlationWithPrevious == nil)
    #expect(abs(stability.days[1].correlationWithPrevious! + 1) < 1e-12)
    #expect(stability.features.map(\.feature) == ["a", "b", "c"])
    #expect(stability.features.map(\.ranks) == [[2, 1], [1, 2], [3, 3]])
    #expect(abs(stability.importanceCorrelations[0]! - 0.5) < 1e-12)
    #expect(stability.keptOfTopTen == [3])
  }

  @Test func `few outcomes have no figure`() {
    let rows = (0..<40).map {
      ScoreStability.Row(
        place: PanelRow(account: $0, asOf: day(0)), probability: Double($0) / 100, label: $0 > 30)
    }
    let stability = ScoreStability(of: rows, cutoffs: [], falls: [], names: [])
    #expect(stability.days.map(\.rocAUC) == [nil])
    #expect(stability.days.map(\.positiveCount) == [9])
    #expect(stability.features.isEmpty)
  }
}
