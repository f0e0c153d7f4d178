import CivilCalendar
import Learning
import Revenue
import Testing
import UsageHistory

@Suite struct RevenueTimelineTests {
  @Test func `a subscription runs from its start to the day before its end`() {
    let timeline = RevenueTimeline([spell(10, 20)])
    #expect([9, 10, 19, 20].map { timeline.mrr(on: day($0)) } == [0, 100, 100, 0].map(money))
  }

  @Test func `the sum over subscriptions is exact`() {
    var spells = (0..<10).map { sub in
      var part = spell(0, sub: UInt32(sub))
      part.mrr = ExactAmount(0.1)!
      return part
    }
    #expect(RevenueTimeline(spells).mrr(on: day(0)) == money(1))
    spells.reverse()
    #expect(RevenueTimeline(spells).mrr(on: day(0)) == money(1))
  }

  @Test func `seats are added up, and the plan is the highest`() {
    let timeline = RevenueTimeline(
      [spell(0, sub: 1, plan: 2, seats: 3), spell(0, sub: 2, plan: 0, seats: 4), spell(0, sub: 3)],
      plans: plans)
    #expect(timeline.seats(on: day(1)) == 7)
    #expect(timeline.planRank(on: day(1)) == 2)
    #expect(timeline.seats(on: day(-1)).isNaN)
    #expect(timeline.planRank(on: day(-1)).isNaN)
  }

  @Test func `the later of two overlapping spells holds, and the earlier does not come back`() {
    let timeline = RevenueTimeline([spell(0, 100, mrr: 10), spell(50, 70, mrr: 30)])
    #expect([49, 50, 69, 70].map { timeline.mrr(on: day($0)) } == [10, 30, 30, 0].map(money))
    #expect(timeline.overlapCount == 1)
  }

  @Test func `spells of different subscriptions do not overlap`() {
    let timeline = RevenueTimeline([spell(0, 100, sub: 1), spell(50, 70, sub: 2)])
    #expect(timeline.mrr(on: day(60)) == money(200))
    #expect(timeline.overlapCount == 0)
  }

  @Test func `spells that end before they start, or never started, are left out and counted`() {
    let timeline = RevenueTimeline([spell(0, 50), spell(20, 10), spell(30, 30), spell(40, 39)])
    #expect(timeline.mrr(on: day(45)) == money(100))
    #expect(timeline.reversedCount == 2)
    #expect(timeline.neverStartedCount == 1)
    #expect(timeline.overlapCount == 0)
  }

  @Test func `of two spells that start on one day the one known later holds`() {
    let spells = [spell(0, mrr: 10, knownOn: 9), spell(0, 50, mrr: 30)]
    for order in [spells, spells.reversed()] {
      #expect(RevenueTimeline(order).mrr(on: day(1)) == money(10))
    }
  }

  @Test func `a break of the gap at most leaves one stay`() {
    let seven = RevenueTimeline([spell(0, 10), spell(17, sub: 2)], gapDays: 7)
    #expect(seven.periods == [.init(from: 0, to: nil)])
    let eight = RevenueTimeline([spell(0, 10), spell(18, sub: 2)], gapDays: 7)
    #expect(eight.periods == [.init(from: 0, to: 10), .init(from: 18, to: nil)])
  }

  @Test func `revenue stands through a break of the gap at most`() {
    let other = spell(0, mrr: 1, sub: 9)
    let within = RevenueTimeline([spell(0, 10), spell(17), other], gapDays: 7)
    #expect(within.mrr(on: day(12)) == money(1))
    #expect(within.standingMRR(on: day(12)) == money(101))
    let beyond = RevenueTimeline([spell(0, 10), spell(18), other], gapDays: 7)
    #expect(beyond.standingMRR(on: day(12)) == money(1))
  }

  @Test func `revenue stands where another subscription takes over within the gap`() {
    let timeline = RevenueTimeline([spell(0, 10), spell(15, mrr: 60, sub: 2)], gapDays: 7)
    #expect([9, 12, 15].map { timeline.standingMRR(on: day($0)) } == [100, 100, 60].map(money))
    #expect(RevenueTimeline([spell(0, 10)], gapDays: 7).standingMRR(on: day(10)) == .zero)
  }

  @Test(arguments: 0..<200)
  func `the order of rows has no say, and each subscription runs once`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var spells = generator.spells()
    let timeline = RevenueTimeline(spells, plans: plans, gapDays: 7)
    generator.shuffle(&spells)
    let shuffled = RevenueTimeline(spells, plans: plans, gapDays: 7)
    #expect(timeline.overlapCount == shuffled.overlapCount)
    #expect(timeline.periods == shuffled.periods)
    for number in stride(from: 0, to: 400, by: 3) {
      let runs = timeline.runs(on: day(number))
      #expect(Set(runs.map(\.subscription)).count == runs.count)
      #expect(timeline.mrr(on: day(number)) == shuffled.mrr(on: day(number)))
      #expect(timeline.standingMRR(on: day(number)) == shuffled.standingMRR(on: day(number)))
      let stays = timeline.periods.contains {
        $0.start <= day(number) && $0.end.map { $0 > day(number) } ?? true
      }
      #expect(runs.isEmpty || stays)
    }
  }
}

extension RevenueTimeline.Period {
  init(from start: Int, to end: Int?) {
    self = RevenueTimeline([spell(start, end)]).periods[0]
  }
}
