import Explanation

/// A curve of a quantity in characters: values from left to right, probability upwards.
///
/// ```
///   19.0 % |                    ▄▆░     full up to the curve, in eighths at its top
///          |            ▂▄▅▆▇▓▓█▓▓▓     ░ up to the upper end of the band
///    4.0 % |▁▁▁▂▃▄▅▆████████████████    ▓ below the curve, above the lower end
///          +------------------------
///    rows   █▇▅▃▂▁▁▁▁▁                  where the rows are
///           0          14         28
/// ```
struct CurveChart {
  private let curve: FeatureCurve
  private let points: [FeatureCurve.Point]
  private let values: [Double]
  /// Whether the axis has the points at equal distances, because their values lie in one corner.
  private let isByPoint: Bool

  private static let width = 64
  private static let height = 12
  /// So many points and fewer are better read in a table.
  static let mostRows = 6
  private static let eighths: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Prepares a chart; `nil` for a category, a yes/no and a quantity of few values.
  init?(_ curve: FeatureCurve) {
    let points = curve.usual.filter { !$0.probability.isNaN }
    let values = points.compactMap { point -> Double? in
      guard case .number(let value) = point.place else { return nil }
      return value
    }
    guard values.count == points.count, values.count > Self.mostRows else { return nil }
    let corner = (values.last! - values[0]) / 10
    let present = points.reduce(0) { $0 + $1.rowShare }
    func share(_ isThere: (Double) -> Bool) -> Double {
      zip(points, values).reduce(0) { $0 + (isThere($1.1) ? $1.0.rowShare : 0) } / present
    }
    isByPoint =
      share { $0 <= values[0] + corner } > 0.7 || share { $0 >= values.last! - corner } > 0.7
    self.curve = curve
    self.points = points
    self.values = values
  }

  var text: String {
    let columns = (0..<Self.width).map(column)
    let bounds = Self.bounds(columns.map(\.low).min()!, columns.map(\.high).max()!)
    // Each at the upper edge of its line.
    let labels = [
      0: Numbers.percent(bounds.high),
      Self.height / 2: Numbers.percent((bounds.low + bounds.high) / 2),
    ]
    let margin = max(7, labels.values.map(\.count).max()!)
    func line(_ label: String, _ mark: String, _ body: String) -> String {
      var line =
        "  " + String(repeating: " ", count: margin - label.count) + label + " " + mark + body
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }
    var text = ""
    let cell = (bounds.high - bounds.low) / Double(Self.height)
    for row in 0..<Self.height {
      let bottom = bounds.high - Double(row + 1) * cell
      text += line(
        labels[row] ?? "", "│", String(columns.map { Self.mark($0, bottom: bottom, height: cell) }))
    }
    text += line(
      Numbers.percent(bounds.low), "└", String(repeating: "─", count: Self.width))
    text += line("rows", " ", density)
    text += line("", " ", axis)
    if isByPoint { text += line("", " ", "(the axis is stretched where many rows are)") }
    return text
  }

  /// Where the axis of probability begins and ends.
  private static func bounds(_ low: Double, _ high: Double) -> (low: Double, high: Double) {
    // From 0 on, unless the curve moves little beside its height.
    if low < 0.5 * high { return (0, high) }
    let room = max(high - low, 0.001) * 0.15
    return (max(0, low - room), min(1, high + room))
  }

  /// What a cell of the chart shows, from `bottom` upwards.
  private static func mark(
    _ column: (low: Double, middle: Double, high: Double), bottom: Double, height: Double
  ) -> Character {
    let filled = ((column.middle - bottom) / height * 8).rounded()
    if filled >= 8 { return bottom + height / 2 > column.low ? "▓" : "█" }
    if filled >= 1 { return eighths[Int(filled) - 1] }
    return bottom + height / 2 < column.high ? "░" : " "
  }

  /// The curve above the middle of a column.
  private func column(_ index: Int) -> (low: Double, middle: Double, high: Double) {
    let share = Double(index) / Double(Self.width - 1)
    let (left, part) = place(share)
    func between(_ value: (FeatureCurve.Point) -> Double) -> Double {
      let right = min(left + 1, points.count - 1)
      return value(points[left]) + part * (value(points[right]) - value(points[left]))
    }
    return (between(\.low), between(\.probability), between(\.high))
  }

  /// The point at or before a share of the axis, and how far on the way to the next that is.
  private func place(_ share: Double) -> (point: Int, part: Double) {
    if isByPoint {
      let position = share * Double(points.count - 1)
      let left = min(Int(position), points.count - 1)
      return (left, position - Double(left))
    }
    let value = value(share)
    let left = max(0, (values.firstIndex { $0 > value } ?? values.count) - 1)
    guard left + 1 < values.count else { return (left, 0) }
    return (left, (value - values[left]) / (values[left + 1] - values[left]))
  }

  /// The value at a share of the axis.
  private func value(_ share: Double) -> Double {
    guard isByPoint else { return values[0] + share * (values.last! - values[0]) }
    let (left, part) = place(share)
    guard left + 1 < values.count else { return values[left] }
    return values[left] + part * (values[left + 1] - values[left])
  }

  /// Where the rows are: each point's share spread over the way from the point before.
  private var density: String {
    var shares = [Double](repeating: 0, count: Self.width)
    func position(_ index: Int) -> Double {
      let share =
        isByPoint
        ? Double(index) / Double(points.count - 1)
        : (values[index] - values[0]) / (values.last! - values[0])
      return share * Double(Self.width - 1)
    }
    let isDiscrete = curve.points.count < 30 && !isByPoint
    for (index, point) in points.enumerated() {
      let end = Int(position(index).rounded())
      let start = isDiscrete || index == 0 ? end : Int(position(index - 1).rounded()) + 1
      for column in min(start, end)...end {
        shares[column] += point.rowShare / Double(end - min(start, end) + 1)
      }
    }
    let largest = shares.max() ?? 0
    return String(
      shares.map { share -> Character in
        guard share > 0, largest > 0 else { return " " }
        return Self.eighths[max(0, Int((share / largest * 8).rounded()) - 1)]
      })
  }

  /// Five values under the axis.
  private var axis: String {
    var line = [Character](repeating: " ", count: Self.width)
    for tick in 0..<5 {
      let share = Double(tick) / 4
      let label = Array(Self.tick(value(share), of: values.last! - values[0]))
      let middle = Int((share * Double(Self.width - 1)).rounded())
      let start = min(max(0, middle - label.count / 2), Self.width - label.count)
      guard start >= 0 else { continue }
      for (offset, character) in label.enumerated() { line[start + offset] = character }
    }
    return String(line)
  }

  /// A value with as many decimals as tell it from its neighbours.
  private static func tick(_ value: Double, of range: Double) -> String {
    range >= 20 && value.magnitude < 1e6
      ? Numbers.quantity(value.rounded()) : Numbers.quantity(value)
  }
}
