import Learning

/// What an account's events of one day are drawn from.
struct AccountDay {
  let day: Int
  /// Nothing happens before this second.
  let firstSecond: Int
  /// Events of people, on average.
  var humanMean = 0.0
  /// Runs of agents, on average.
  var agentMean = 0.0
  /// The chance that a run succeeds.
  var agentSuccess = 1.0
  /// Calls of the day's batch; 0 for none.
  var callCount = 0.0
  /// Storage in use, in gigabytes.
  var storage = 0.0
  var gateHitCount = 0
  var reachesLimit = false
  /// The people who joined on the day.
  var joined = 0..<0

  init(day: Int, firstSecond: Int) {
    self.day = day
    self.firstSecond = firstSecond
  }
}

extension SeededGenerator {
  /// A Poisson count of any mean.
  ///
  /// A sum of Poisson counts is one: parts keep the product of uniforms away from 0.
  mutating func nextCount(mean: Double) -> Int {
    guard mean > 0 else { return 0 }
    var count = 0
    var remaining = mean
    while remaining > 30 {
      count += nextPoisson(mean: 30)
      remaining -= 30
    }
    return count + nextPoisson(mean: remaining)
  }
}
