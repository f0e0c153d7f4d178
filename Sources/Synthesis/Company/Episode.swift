import Learning

/// A stretch of days on which something is different, such as failing agents.
struct Episode {
  private var endsOn = Int.min
  /// How strong it is, in `0...1`.
  private(set) var strength = 0.0

  /// Whether it goes on.
  func isOn(_ day: Int) -> Bool { day < endsOn }

  /// The strength while it goes on, else 0.
  func strength(on day: Int) -> Double { isOn(day) ? strength : 0 }

  /// Begins one with the given chance, unless one goes on.
  ///
  /// - Returns: Whether one has begun.
  mutating func maybeBegin(
    on day: Int, chance: Double, dayCount: ClosedRange<Int>, _ generator: inout SeededGenerator
  ) -> Bool {
    guard !isOn(day), generator.nextBool(probability: chance) else { return false }
    endsOn = day + dayCount.lowerBound + generator.nextIndex(below: dayCount.count)
    strength = 0.5 + 0.5 * generator.nextUnit()
    return true
  }

  /// Ends it early.
  mutating func end() { endsOn = .min }
}
