/// The inside of a chart with two axes: where values lie in the picture.
struct Plot {
  var x: Ruler
  var y: Ruler
  var left: Double
  var right: Double
  var top: Double
  var bottom: Double

  /// The size of the texts of axes, which the style sheet repeats.
  static let fontSize = 12.0

  /// The place of a value; beyond the range of an axis, its nearest end.
  func place(_ xValue: Double, _ yValue: Double) -> Thinning.Place? {
    guard let across = x.clampedShare(xValue), let up = y.clampedShare(yValue) else { return nil }
    return [left + across * (right - left), bottom - up * (bottom - top)]
  }

  /// Where a value of the horizontal axis lies, or `nil` where it is not on it.
  func across(_ value: Double) -> Double? {
    guard let share = x.share(value), share > -1e-9, share < 1 + 1e-9 else { return nil }
    return left + min(max(share, 0), 1) * (right - left)
  }

  /// Where a value of the vertical axis lies, or `nil` where it is not on it.
  func up(_ value: Double) -> Double? {
    guard let share = y.share(value), share > -1e-9, share < 1 + 1e-9 else { return nil }
    return bottom - min(max(share, 0), 1) * (bottom - top)
  }

  /// How wide the texts of the vertical axis are.
  static func tickWidth(_ ruler: Ruler) -> Double {
    ruler.ticks.map { TextWidth.of($0.text, size: fontSize) }.max() ?? 0
  }

  /// An axis with as many ticks as have room within `width` units.
  static func horizontal(
    _ axis: Axis, values: some Sequence<Double>, width: Double, showsZero: Bool = false,
    endsAtTicks: Bool = true
  ) -> Ruler {
    var ruler = Ruler(
      axis, values: values, wanted: 2, showsZero: showsZero, endsAtTicks: endsAtTicks)
    for wanted in [8, 7, 6, 5, 4, 3] {
      let more = Ruler(
        axis, values: values, wanted: wanted, showsZero: showsZero, endsAtTicks: endsAtTicks)
      let needed = more.ticks.reduce(0) { $0 + TextWidth.of($1.text, size: fontSize) + 18 }
      if needed <= width {
        ruler = more
        break
      }
    }
    return ruler
  }

  /// The title of an axis with its unit.
  static func title(_ axis: Axis) -> String {
    axis.unit.isEmpty ? axis.title : "\(axis.title), \(axis.unit)"
  }

  /// Draws grid lines, ticks and titles; `axisTop` is the baseline of the vertical axis' title.
  func drawAxes(
    in picture: inout Picture, titleLine: Double, ticksBelow: Double, verticalGrid: Bool
  ) {
    var taken = -Double.infinity
    // Ticks of probabilities may lie close together.
    var lowest = Double.infinity
    for tick in y.ticks {
      guard let height = up(tick.value), lowest - height >= 14 else { continue }
      lowest = height
      picture.line(left, height, right, height, class: "g")
      picture.text(tick.text, x: left - 7, y: height + 4, anchor: .end)
    }
    if verticalGrid {
      for tick in x.ticks {
        if let place = across(tick.value) { picture.line(place, top, place, bottom, class: "g") }
      }
    }
    picture.line(left, bottom, right, bottom, class: "a")
    for tick in x.ticks {
      guard let place = across(tick.value) else { continue }
      let half = TextWidth.of(tick.text, size: Self.fontSize) / 2
      let middle = min(max(place, half), picture.width - half)
      guard middle - half >= taken else { continue }
      taken = middle + half + 6
      if !verticalGrid { picture.line(place, bottom, place, bottom + 4, class: "a") }
      picture.text(tick.text, x: middle, y: ticksBelow + 16, anchor: .middle)
    }
    Self.drawTitle(
      "↑ ", y.axis, in: &picture, x: 0, y: titleLine, anchor: .start, room: picture.width)
    Self.drawTitle(
      "", x.axis, after: " →", in: &picture, x: right, y: ticksBelow + 35, anchor: .end,
      room: right)
  }

  /// Writes the title of an axis with an arrow towards greater values.
  static func drawTitle(
    _ before: String, _ axis: Axis, after: String = "", in picture: inout Picture, x: Double,
    y: Double, anchor: Picture.Anchor, room: Double
  ) {
    let title = Self.title(axis)
    guard !title.isEmpty else { return }
    let arrow = TextWidth.of(before + after, size: fontSize)
    let fitted = TextWidth.fitted(title, to: room - arrow, size: fontSize)
    picture.text(
      before + fitted + after, x: x, y: y, anchor: anchor, class: "x",
      full: fitted == Markup.cleaned(title) ? "" : title)
  }
}

extension Picture {
  /// A picture of words, where there is nothing to draw.
  static func saying(_ words: String, in frame: ChartFrame) -> Picture {
    var picture = Picture(width: frame.width, height: 72)
    picture.rectangle(x: 0.5, y: 0.5, width: frame.width - 1, height: 71, class: "e")
    picture.text(
      TextWidth.fitted(words, to: frame.width - 16, size: Plot.fontSize), x: frame.width / 2, y: 40,
      anchor: .middle, class: "x")
    picture.remarks = [words]
    return picture
  }

  /// Says how many values had no place; nothing if all had one.
  mutating func remark(missing count: Int) {
    guard count > 0 else { return }
    remarks.append(
      count == 1
        ? "1 value has no place on the axes and is left out."
        : "\(count) values have no place on the axes and are left out.")
  }

  /// Says how many values lie outside the axes; nothing if none does.
  mutating func remark(outside count: Int) {
    guard count > 0 else { return }
    remarks.append(
      count == 1
        ? "1 value lies beyond the axes and is drawn at their end."
        : "\(count) values lie beyond the axes and are drawn at their end.")
  }
}
