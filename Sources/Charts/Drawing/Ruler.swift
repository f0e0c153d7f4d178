import CivilCalendar
import Learning

/// An axis that knows its data: its range, its ticks, and where each value lies.
package struct Ruler: Sendable {
  /// A mark with its text.
  package struct Tick: Equatable, Sendable {
    package var value: Double
    package var text: String
  }

  package let axis: Axis
  /// The least and the greatest value, laid out as ``Axis/Scale`` says; `low < high`.
  package let low: Double
  package let high: Double
  package let ticks: [Tick]

  /// Lays out an axis for data.
  ///
  /// - Parameters:
  ///   - values: What must be seen; what is not finite does not count.
  ///   - wanted: About how many ticks there is room for.
  ///   - showsZero: Whether 0 belongs to the picture, as for bars.
  ///   - endsAtTicks: Whether the axis is rounded out to ticks, or ends where the data end.
  package init(
    _ axis: Axis, values: some Sequence<Double>, wanted: Int, showsZero: Bool = false,
    endsAtTicks: Bool = true
  ) {
    self.axis = axis
    var low = Double.infinity
    var high = -Double.infinity
    for value in values {
      guard let place = Self.laidOut(value, on: axis.scale) else { continue }
      low = min(low, place)
      high = max(high, place)
    }
    if showsZero, axis.scale != .log { (low, high) = (min(low, 0), max(high, 0)) }
    let isFixed: Bool
    if let range = axis.range, let from = Self.laidOut(range.lowerBound, on: axis.scale),
      let to = Self.laidOut(range.upperBound, on: axis.scale), from < to
    {
      (low, high, isFixed) = (from, to, true)
    } else {
      isFixed = false
      if low > high { (low, high) = axis.scale == .logOdds ? (-2, 2) : (0, 1) }
      (low, high) = Self.opened(low, high, scale: axis.scale)
      // Uneven ticks are nothing to end at; some room beyond the data is.
      if axis.scale == .logOdds, endsAtTicks {
        (low, high) = (low - (high - low) * 0.04, high + (high - low) * 0.04)
      }
    }
    let marks = Self.marks(low, high, scale: axis.scale, wanted: max(2, wanted))
    if !isFixed, !endsAtTicks {
      // What begins near zero is read more easily from zero.
      if axis.scale != .log, axis.scale != .logOdds, axis.scale != .date, low > 0, low < high / 5 {
        low = 0
      }
    } else if !isFixed, marks.step > 0 {
      // The picture ends at ticks; a part of a step that is mere rounding does not count.
      low = max(
        -Double.greatestFiniteMagnitude, (low / marks.step + 1e-9).rounded(.down) * marks.step)
      high = min(
        Double.greatestFiniteMagnitude, (high / marks.step - 1e-9).rounded(.up) * marks.step)
    }
    self.low = low
    self.high = high
    var ticks: [Tick] = []
    for tick in marks.step > 0
      ? Self.evenTicks(low, high, step: marks.step, axis: axis) : marks.ticks
    // Where digits do not tell two ticks apart, one is enough.
    where tick.text != ticks.last?.text { ticks.append(tick) }
    self.ticks = ticks
  }

  /// The share of the way from the start of the axis to its end, from 0 to 1 within its range;
  /// `nil` for what has no place on it.
  package func share(_ value: Double) -> Double? {
    guard let place = Self.laidOut(value, on: axis.scale) else { return nil }
    // Halves, because the difference of the greatest numbers is none.
    return (place / 2 - low / 2) / (high / 2 - low / 2)
  }

  /// As ``share(_:)``, for what may lie outside, moved to the nearest end.
  package func clampedShare(_ value: Double) -> Double? {
    share(value).map { min(max($0, 0), 1) }
  }

  /// Values of this axis in words, to be read together.
  package func texts(_ values: [Double]) -> [String] {
    switch axis.scale {
    case .percent: return NumberText.percents(values)
    case .logOdds: return NumberText.percents(values.map(Self.probability))
    case .date: return values.map { $0.isFinite ? Self.date($0) : "–" }
    case .linear, .log, .days:
      let isWhole = values.allSatisfy { $0.magnitude < 1e6 && $0 == $0.rounded() }
      return isWhole ? values.map { NumberText.fixed($0, decimals: 0) } : NumberText.aligned(values)
    }
  }

  // MARK: - Places

  private static func laidOut(_ value: Double, on scale: Axis.Scale) -> Double? {
    guard value.isFinite else { return nil }
    switch scale {
    case .linear, .percent, .days: return value
    case .log: return value > 0 ? PortableMath.log(value) / PortableMath.log(10) : nil
    // Beyond these, probabilities are 0 and 1, and there is no calendar.
    case .logOdds: return min(max(value, -700), 700)
    case .date: return bounded(value)
    }
  }

  static func probability(_ logOdds: Double) -> Double {
    1 / (1 + PortableMath.exp(-logOdds))
  }

  static func date(_ day: Double) -> String {
    CalendarDay(number: Int32(bounded(day).rounded())).description
  }

  /// The day, or the nearest one between the years 1 and 9999.
  private static func bounded(_ day: Double) -> Double { min(max(day, -719_162), 2_932_896) }

  /// A range with some width, around what may be a single value.
  private static func opened(_ low: Double, _ high: Double, scale: Axis.Scale) -> (Double, Double) {
    let size = max(low.magnitude, high.magnitude)
    // Ticks are whole days.
    if scale == .days, high - low < 1, size < 1e9 { return (low - 0.5, high + 0.5) }
    if scale == .date, high - low < 1 { return (low - 15, high + 15) }
    // Nearer than this, ticks between the values could not be told apart in their digits.
    guard high / 2 - low / 2 <= size * 1e-9 else { return (low, high) }
    switch scale {
    case .log, .logOdds: return (low - 1, high + 1)
    case .percent where low >= 0 && high <= 1: return (max(0, low - 0.05), min(1, high + 0.05))
    case .linear, .percent, .days, .date:
      if size == 0 { return (0, 1) }
      let most = Double.greatestFiniteMagnitude
      return (max(-most, low - size / 2), min(most, high + size / 2))
    }
  }

  // MARK: - Ticks

  /// Either a step between ticks, or the ticks themselves where they are uneven.
  private static func marks(_ low: Double, _ high: Double, scale: Axis.Scale, wanted: Int)
    -> (step: Double, ticks: [Tick])
  {
    switch scale {
    case .linear, .percent: return (roundStep((high / 2 - low / 2) / Double(wanted) * 2), [])
    case .days: return (dayStep((high - low) / Double(wanted)), [])
    case .date: return (0, dates(low, high, wanted: wanted))
    case .log: return (0, decades(low, high, wanted: wanted))
    case .logOdds: return (0, odds(low, high, wanted: wanted))
    }
  }

  /// The least of 1, 2 and 5 times a power of ten that is not below `least`.
  static func roundStep(_ least: Double) -> Double {
    guard least.isFinite, least > 0 else { return least > 0 ? 1e308 : 1 }
    let power = NumberText.exponent(least)
    for factor in [1.0, 2, 5, 10] {
      let step = Double("\(Int(factor))e\(power)") ?? .infinity
      if step >= least * (1 - 1e-9), step > 0 { return min(step, 1e308) }
    }
    return 1e308
  }

  private static func dayStep(_ least: Double) -> Double {
    let steps: [Double] = [1, 2, 7, 14, 30, 60, 90, 180, 365, 730, 1825, 3650]
    return steps.first { $0 >= least } ?? roundStep(least / 365) * 365
  }

  private static func evenTicks(_ low: Double, _ high: Double, step: Double, axis: Axis) -> [Tick] {
    let first = (low / step - 1e-9).rounded(.up)
    let count = min(50, max(0, Int(((high / step + 1e-9) - first).rounded(.down))))
    // A multiple of the step and not a sum, so that zero is zero.
    let values = (0...count).map { (first + Double($0)) * step }.filter(\.isFinite)
    return zip(values, stepTexts(values, step: step, axis: axis)).map { Tick(value: $0, text: $1) }
  }

  private static func stepTexts(_ values: [Double], step: Double, axis: Axis) -> [String] {
    let greatest = values.map(\.magnitude).max() ?? 0
    switch axis.scale {
    case .percent:
      let decimals = min(9, max(0, -NumberText.exponent(step * 100 * (1 + 1e-9))))
      return values.map { NumberText.fixed($0 * 100, decimals: decimals) + NumberText.percent }
    default:
      if greatest >= 1e15 || step < 1e-6 { return values.map(NumberText.scientific) }
      let (divisor, letter) =
        greatest >= 1e6 && step >= greatest * 1e-4 ? NumberText.scale(greatest) : (1, "")
      let decimals = min(9, max(0, -NumberText.exponent(step / divisor * (1 + 1e-9))))
      return values.map {
        $0 == 0 ? "0" : NumberText.fixed($0 / divisor, decimals: decimals) + letter
      }
    }
  }

  private static func decades(_ low: Double, _ high: Double, wanted: Int) -> [Tick] {
    let first = Int((low - 1e-9).rounded(.up))
    let last = Int((high + 1e-9).rounded(.down))
    let factors: [Double] = high - low < 1.5 ? [1, 2, 5] : high - low < 3 ? [1, 3] : [1]
    let stride = max(1, (last - first) / wanted + ((last - first) % wanted == 0 ? 0 : 1))
    var ticks: [Tick] = []
    for power in Swift.stride(from: first - 1, through: last, by: 1) {
      guard factors.count > 1 || ((power - first) % stride == 0 && power >= first) else { continue }
      for factor in factors {
        let value = factor * NumberText.powerOfTen(power)
        guard let place = laidOut(value, on: .log), place >= low - 1e-9, place <= high + 1e-9
        else { continue }
        let text =
          power >= 6 || power < -4
          ? NumberText.scientific(value) : NumberText.fixed(value, decimals: max(0, -power))
        ticks.append(Tick(value: value, text: text))
      }
    }
    return ticks
  }

  private static func odds(_ low: Double, _ high: Double, wanted: Int) -> [Tick] {
    let coarse = [0.0001, 0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 0.9999]
    let fine = [
      0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6,
      0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999,
    ]
    let seen = [fine, coarse].map { candidates in
      candidates.map { (odds: PortableMath.log($0 / (1 - $0)), share: $0) }
        .filter { $0.odds >= low && $0.odds <= high }
    }
    let chosen = seen[0].count <= wanted + 2 ? seen[0] : seen[1]
    if chosen.count < 2 { return nearOdds(low, high, wanted: wanted) }
    return chosen.map { mark in
      let decimals = [0, 1, 2].first { digits in
        let scaled = mark.share * 100 * NumberText.powerOfTen(digits)
        return (scaled - scaled.rounded()).magnitude < 1e-6
      }
      return Tick(
        value: mark.odds,
        text: NumberText.fixed(mark.share * 100, decimals: decimals ?? 2) + NumberText.percent)
    }
  }

  /// Round probabilities between two that are near each other; none where both are all but 0 or 1.
  private static func nearOdds(_ low: Double, _ high: Double, wanted: Int) -> [Tick] {
    let (from, to) = (probability(low), probability(high))
    guard to - from > 1e-9 else { return [] }
    let step = roundStep((to - from) / Double(wanted))
    return evenTicks(from, to, step: step, axis: Axis("", scale: .percent)).compactMap { tick in
      guard tick.value > 0, tick.value < 1 else { return nil }
      return Tick(value: PortableMath.log(tick.value / (1 - tick.value)), text: tick.text)
    }
  }

  /// Days, firsts of months or of years, whichever are few enough.
  private static func dates(_ low: Double, _ high: Double, wanted: Int) -> [Tick] {
    let days = (bounded(low), bounded(high))
    let least = max((days.1 - days.0) / Double(wanted), 0.1)
    if let step = [1.0, 2, 7, 14].first(where: { $0 >= least }) {
      var day = days.0.rounded(.up)
      var ticks: [Tick] = []
      while day <= days.1 {
        ticks.append(Tick(value: day, text: date(day)))
        day += step
      }
      return ticks
    }
    let months = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600].first { Double($0) * 30.4 >= least }
    let step = months ?? 1200
    let start = CalendarDay(number: Int32(days.0.rounded(.down))).components
    // Counted from the year 0, so that steps of years fall on round years.
    var month = (start.year * 12 + start.month - 1) / step * step
    var ticks: [Tick] = []
    while ticks.count < 60, let day = CalendarDay(year: month / 12, month: month % 12 + 1, day: 1),
      Double(day.number) <= days.1
    {
      let text = date(Double(day.number))
      if Double(day.number) >= days.0 {
        ticks.append(
          Tick(value: Double(day.number), text: String(text.dropLast(step % 12 == 0 ? 6 : 3))))
      }
      month += step
    }
    return ticks
  }
}
