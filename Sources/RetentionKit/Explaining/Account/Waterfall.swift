import Reporting

/// The way from a base to a probability, one step per driver, as bars on a common axis.
struct Waterfall {
  /// A step: what it adds, and what of.
  struct Step {
    var points: Double
    var label: String
  }

  /// Signs of the axis.
  private static let width = 30
  private var table = AlignedTable([.right, .right, .left, .left])

  /// Draws the steps in their order.
  init(base: Double, baseLabel: String, steps: [Step], end: Double, endLabel: String) {
    var totals = [base]
    for step in steps { totals.append(totals.last! + step.points) }
    let low = min(0, totals.min()!)
    let high = max(totals.max()!, end)
    func place(_ total: Double) -> Int {
      high > low ? Int(((total - low) / (high - low) * Double(Self.width)).rounded()) : 0
    }
    func bar(from start: Int, to end: Int, _ sign: Character) -> String {
      let (first, last) = (min(start, end), max(start, end))
      // A step that is too small for a sign still shows where the total stands.
      if first == last { return spaces(first) + "|" + spaces(Self.width - last) }
      return spaces(first) + String(repeating: sign, count: last - first)
        + spaces(Self.width - last + 1)
    }
    func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
    table.add(
      "", Numbers.percent(base), bar(from: place(base), to: place(base), "|"), baseLabel)
    for (index, step) in steps.enumerated() {
      table.add(
        Numbers.points(step.points), Numbers.percent(totals[index + 1]),
        bar(
          from: place(totals[index]), to: place(totals[index + 1]), step.points > 0 ? "█" : "░"),
        step.label)
    }
    table.add("", Numbers.percent(end), bar(from: place(end), to: place(end), "|"), endLabel)
  }

  /// The lines.
  var text: String { table.text }
}
