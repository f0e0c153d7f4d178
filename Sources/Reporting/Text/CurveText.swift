import Diagnostics
import Explanation
import Learning

extension FeatureCurve {
  /// The curve for a terminal: what it says, a chart or a table, its band, and whether rows keep to
  /// one direction.
  public var text: String {
    var text = heading + "\n" + sentence + "\n\n"
    text += CurveChart(self)?.text ?? table
    if CurveChart(self) != nil, let missing {
      text +=
        "  missing: \(Numbers.percent(missing.probability)) "
        + "(\(band(missing))), \(Numbers.percent(missing.rowShare)) of the rows\n"
    }
    var remarks: [String] = []
    // Of a curve that stays where it is there is nothing to agree on.
    if let agreement, !isFlat {
      remarks.append(
        "the \(partCount) models have \(Numbers.percent(agreement, 0)) of the curve in common")
    }
    if let monotone { remarks.append(monotone.text(feature)) }
    return text + (remarks.isEmpty ? "" : "\n" + remarks.joined(separator: "\n") + "\n")
  }

  private var heading: String {
    let name = displayText(feature.name)
    var subject = name
    if let words, words != feature.name {
      subject += ": \(displayText(words))"
      // "days since the last event" names its unit.
      if let unit, unit != "category", !words.hasPrefix(unit) {
        subject += " (\(displayText(unit)))"
      }
    }
    let rows = Numbers.count(rowCount, "row")
    let drawnOn =
      band == .parts
      ? "mean of \(partCount) models on \(rows) that they have not learned from; the band is from the "
        + "lowest to the highest"
      : "\(rows); the band is 95 % of what rows drawn anew give"
    return "\(subject)\n\(kind.title), \(drawnOn)"
  }

  private func band(_ point: Point) -> String {
    "\(Numbers.percent(point.low)) to \(Numbers.percent(point.high))"
  }

  // MARK: In a sentence

  /// What the curve says, in one sentence; of a quantity, between its outermost percentiles.
  public var sentence: String {
    let seen = usual.filter { !$0.probability.isNaN }
    guard let first = seen.first, let last = seen.last, seen.count > 1 else {
      return "the rows have one value: there is nothing to see"
    }
    let lowest = seen.min { $0.probability < $1.probability }!
    let highest = seen.max { $0.probability < $1.probability }!
    if isFlat {
      return "the probability stays at \(Numbers.percent(first.probability)) whatever the value"
    }
    if case .level = first.place {
      return "probability is highest, \(Numbers.percent(highest.probability)), for "
        + "\(name(highest)), and lowest, \(Numbers.percent(lowest.probability)), for \(name(lowest))"
    }
    if case .boolean = feature.kind {
      return "probability is \(Numbers.percent(last.probability)) for \(name(last)) and "
        + "\(Numbers.percent(first.probability)) for \(name(first))"
    }
    var (up, down) = (0.0, 0.0)
    for (point, next) in zip(seen, seen.dropFirst()) {
      up += max(0, next.probability - point.probability)
      down += max(0, point.probability - next.probability)
    }
    let way = down <= 0.1 * (up + down) ? "rises" : (up <= 0.1 * (up + down) ? "falls" : nil)
    guard let way else {
      return "probability goes up and down: lowest, \(Numbers.percent(lowest.probability)), at "
        + "\(name(lowest)), highest, \(Numbers.percent(highest.probability)), at "
        + place(highest)
    }
    return "probability \(way) from \(Numbers.percent(first.probability)) at \(name(first)) to "
      + "\(Numbers.percent(last.probability)) at \(place(last))"
      + (steepest(seen).map { ", most of it between \(name($0.from)) and \(name($0.to))" } ?? "")
  }

  /// The fewest points that have four fifths of the way from the first to the last; `nil` where that
  /// is more than half of them.
  private func steepest(_ seen: [Point]) -> (from: Point, to: Point)? {
    let way = seen.last!.probability - seen[0].probability
    for length in 1...max(1, seen.count / 2) {
      let starts = 0..<max(0, seen.count - length)
      func share(_ start: Int) -> Double {
        (seen[start + length].probability - seen[start].probability) / way
      }
      if let start = starts.max(by: { share($0) < share($1) }), share(start) >= 0.8 {
        return start == 0 && start + length == seen.count - 1
          ? nil : (seen[start], seen[start + length])
      }
    }
    return nil
  }

  /// Whether the probability moves by less than is printed.
  private var isFlat: Bool {
    let seen = usual.map(\.probability).filter { !$0.isNaN }
    return (seen.max() ?? 0) - (seen.min() ?? 0) < 0.0005
  }

  /// The points that a reader is shown: of a quantity with many values, without the outermost per cent
  /// of the rows on either side, whose values can be far away.
  package var usual: [Point] {
    guard case .number? = points.first?.place, points.count > CurveChart.mostRows else {
      return points
    }
    let present = points.reduce(0) { $0 + $1.rowShare }
    var below = 0.0
    var kept: [Point] = []
    for point in points {
      let through = below + point.rowShare
      if through > 0.01 * present && below < 0.99 * present { kept.append(point) }
      below = through
    }
    return kept.count > 1 ? kept : points
  }

  private func name(_ point: Point) -> String { point.place.text(feature) }

  /// A value with what it is a value of.
  private func place(_ point: Point) -> String {
    guard let words else { return "\(displayText(feature.name)) = \(name(point))" }
    // "28 days since the last event" needs no name; "0.3: share of ..." does.
    if let unit, words.hasPrefix(unit + " ") { return "\(name(point)) \(displayText(words))" }
    return "\(name(point)) (\(displayText(words)))"
  }

  // MARK: As a table

  private var table: String {
    var table = AlignedTable(
      [.left, .right, .left, .right, .left],
      header: ["", "probability", "band", "rows", ""])
    let all = points + (missing.map { [$0] } ?? [])
    let largest = all.map(\.probability).filter { !$0.isNaN }.max() ?? 0
    for point in all {
      table.add(
        displayText(name(point)), Numbers.percent(point.probability), band(point),
        Numbers.percent(point.rowShare), bar(point.probability, of: largest))
    }
    return table.text
  }
}

extension FeatureCurve.Kind {
  /// What the curve is, as a heading.
  package var title: String {
    switch self {
    case .pdp: "Partial dependence"
    case .ale: "Accumulated local effects"
    case .shap: "Mean contribution"
    }
  }
}

extension FeatureCurve.Place {
  /// The value as a table shows it.
  package func text(_ feature: Feature) -> String {
    switch self {
    case .number(let value): feature.valueText(value)
    case .level(_, let name): displayText(name)
    case .missing: "missing"
    }
  }
}

extension MonotoneCheck {
  /// Which way rows go, in words.
  public func text(_ feature: Feature) -> String {
    let rise = feature.kind == .boolean ? "goes from no to yes" : "rises"
    let tried =
      isExact
      ? "checked for \(Numbers.count(rowCount, "row")) at every value where the model can change"
      : "checked for \(Numbers.count(rowCount, "row")) at the curve's points"
    var text: String
    switch verdict {
    case .rising: text = "no row's score ever falls as the value \(rise) (\(tried))"
    case .falling: text = "no row's score ever rises as the value \(rise) (\(tried))"
    case .flat: text = "no row's score moves at all (\(tried))"
    case .both:
      text =
        "rows go both ways, \(Numbers.percent(upwardShare, 0)) of all movement is up as the value "
        + "\(rise)\n(\(tried)):\n"
        + "  \(share(risingShare)) of the rows rise somewhere, by at most \(words(largestRise))\n"
        + "  \(share(fallingShare)) of the rows fall somewhere, by at most \(words(largestFall))"
    }
    switch (demanded, keepsDemand) {
    case (let sign?, true?):
      text += "\nthe model was trained to \(sign > 0 ? "rise" : "fall") only, and does"
    case (let sign?, false?):
      text += "\nthe model was trained to \(sign > 0 ? "rise" : "fall") only, but does NOT"
    default: break
    }
    return text
  }

  private func share(_ share: Double) -> String {
    share < 0.01 ? "under 1 %" : Numbers.percent(share, 0)
  }

  private func words(_ move: Move?) -> String {
    guard let move else { return "nothing" }
    let size = "\(Numbers.fixed(move.size, 2)) in log odds"
    let (from, to) = (Numbers.quantity(move.from), Numbers.quantity(move.to))
    return from == to ? "\(size) past \(from)" : "\(size) between \(from) and \(to)"
  }
}
