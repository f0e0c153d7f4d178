/// Draws series over two axes, for ``LineChart`` and ``Histogram``.
struct CurveDrawing {
  var frame: ChartFrame
  var x: Axis
  var y: Axis
  var series: [Series]
  /// Series to be filled down to the bottom, by index.
  var filled: Set<Int> = []
  var references: [Reference]
  var density: [Bin] = []
  var isSquare = false
  /// Whether 0 belongs to the vertical axis.
  var showsZero = false

  private static let densityHeight = 26.0
  static let fontSize = Plot.fontSize

  /// The picture. Labels stand beside their lines; where one finds no place there, all stand in a
  /// key above.
  func picture() -> Picture {
    drawn(withKey: false) ?? drawn(withKey: true)!
  }

  /// The picture, or `nil` where a label found no place and there is no key.
  private func drawn(withKey: Bool) -> Picture? {
    let points = series.flatMap(\.points)
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard !finite.isEmpty || !density.isEmpty else {
      return .saying("There is nothing to draw here.", in: frame)
    }
    var yValues = finite.flatMap { [$0.y, $0.low ?? $0.y, $0.high ?? $0.y] }
    var xValues = finite.map(\.x) + density.flatMap { [$0.from, $0.to] }
    for reference in references {
      switch reference {
      case .horizontal(let at, _): yValues.append(at)
      case .vertical(let at, _): xValues.append(at)
      case .diagonal: break
      }
    }

    // Above the highest outline there is room for its name.
    if !filled.isEmpty, let greatest = yValues.max() { yValues.append(greatest * 1.1) }
    // Of two axes of the same kind, a square has the same on both: its diagonal is where they agree.
    let isMirrored = isSquare && x.scale == y.scale && x.range == nil && y.range == nil
    if isMirrored { (xValues, yValues) = (xValues + yValues, xValues + yValues) }

    let yRuler = Ruler(y, values: yValues, wanted: 5, showsZero: showsZero)
    let left = max(8, Plot.tickWidth(yRuler) + 8)
    let right = frame.width - 10
    let keyRows = withKey ? keyRows(width: frame.width) : []
    let titleLine = 12.0
    let top = 26 + Double(keyRows.count) * 18 + (keyRows.isEmpty ? 0 : 6)
    let plotHeight = isSquare ? min(right - left, 360) : frame.isNarrow ? 200 : 270
    let bottom = top + plotHeight
    let ticksBelow = density.isEmpty ? bottom : bottom + Self.densityHeight + 4
    let plot = Plot(
      x: isMirrored
        ? Ruler(x, values: xValues, wanted: 5)
        : Plot.horizontal(x, values: xValues, width: right - left, endsAtTicks: false),
      y: yRuler, left: left, right: right, top: top, bottom: bottom)
    var picture = Picture(
      width: frame.width, height: ticksBelow + (Plot.title(x).isEmpty ? 24 : 42))
    plot.drawAxes(
      in: &picture, titleLine: titleLine, ticksBelow: ticksBelow, verticalGrid: isSquare)

    let count = { (test: (Point) -> Bool) in points.count(where: test) }
    picture.remark(missing: count { plot.place($0.x, $0.y) == nil })
    picture.remark(
      outside: count { point in
        guard let across = plot.x.share(point.x), let up = plot.y.share(point.y) else {
          return false
        }
        return min(across, up) < -1e-9 || max(across, up) > 1 + 1e-9
      })

    drawKey(keyRows, in: &picture, top: titleLine + 18)
    drawDensity(in: &picture, plot: plot)
    var labels = LabelPlacement(
      bounds: .init(x: left + 1, y: top, width: right - left + 8, height: bottom - top - 1))
    drawReferences(in: &picture, plot: plot, lines: &labels)
    drawSeries(in: &picture, plot: plot, labels: &labels)
    let isComplete = drawLabels(in: &picture, plot: plot, labels: &labels, series: !withKey)
    return isComplete || withKey ? picture : nil
  }

  // MARK: - Marks

  /// Runs of points without a gap, in units.
  func runs(_ series: Series, _ plot: Plot) -> [[Thinning.Place]] {
    var runs: [[Thinning.Place]] = [[]]
    for point in series.points {
      guard let place = plot.place(point.x, point.y) else {
        if !runs[runs.count - 1].isEmpty { runs.append([]) }
        continue
      }
      if series.style == .steps, let last = runs[runs.count - 1].last {
        runs[runs.count - 1].append([place.x, last.y])
      }
      runs[runs.count - 1].append(place)
    }
    return runs.filter { !$0.isEmpty }
  }

  private func drawSeries(in picture: inout Picture, plot: Plot, labels: inout LabelPlacement) {
    for (index, series) in series.enumerated() {
      drawBand(series, index: index, in: &picture, plot: plot, labels: &labels)
    }
    for (index, series) in series.enumerated() {
      let hasLine = series.style != .points
      let limit = series.style == .thin ? 60 : 400
      var data = ""
      var alone = ""
      for run in runs(series, plot) where hasLine {
        let line = Thinning.thinned(run, limit: limit)
        if line.count == 1 { alone += Marker.circle.path(at: line[0], radius: 2) }
        if line.count > 1 {
          if filled.contains(index), let first = line.first, let last = line.last {
            picture.path(
              "M\(Picture.place(first.x, plot.bottom))" + Self.path(line).replacingStart("L")
                + "L\(Picture.place(last.x, plot.bottom))z", class: "b \(series.tone)")
          }
          data += Self.path(line)
        }
        if series.style == .thin {
          labels.faint += line
        } else {
          labels.lines.append((index, line))
        }
      }
      picture.path(data, class: "\(Self.lineClass(series.style)) \(series.tone)")
      picture.path(alone, class: "f \(series.tone)")
      if series.style == .points || series.style == .linePoints {
        drawPoints(series, index: index, in: &picture, plot: plot, labels: &labels)
      }
    }
  }

  private func drawPoints(
    _ series: Series, index: Int, in picture: inout Picture, plot: Plot,
    labels: inout LabelPlacement
  ) {
    let greatest = series.points.compactMap(\.weight).filter(\.isFinite).max() ?? 0
    var whiskers = ""
    var outlines = ""
    for point in series.points {
      guard let place = plot.place(point.x, point.y) else { continue }
      var top = place.y
      var bottom = place.y
      if let low = point.low, let high = point.high, let from = plot.place(point.x, low),
        let to = plot.place(point.x, high)
      {
        whiskers += "M\(Picture.place(from.x, from.y))V\(Picture.number(to.y))"
        (top, bottom) = (min(to.y, top), max(from.y, bottom))
      }
      var radius = 4.0
      if greatest > 0, let weight = point.weight {
        radius = 2.5 + 4.5 * max(0, weight / greatest).squareRoot()
      }
      let marker = Marker.allCases[index % Marker.allCases.count]
      outlines += marker.path(at: place, radius: radius)
      labels.taken.append(
        .init(
          x: place.x - radius, y: min(top, place.y - radius), width: 2 * radius,
          height: max(bottom, place.y + radius) - min(top, place.y - radius)))
      if series.style == .points { labels.lines.append((index, [place, place])) }
    }
    picture.path(whiskers, class: "w \(series.tone)")
    picture.path(outlines, class: "m \(series.tone)")
  }

  private func drawBand(
    _ series: Series, index: Int, in picture: inout Picture, plot: Plot,
    labels: inout LabelPlacement
  ) {
    guard series.style != .points, series.style != .linePoints else {
      return
    }
    var lows: [Thinning.Place] = []
    var highs: [Thinning.Place] = []
    func flush() {
      if lows.count > 1 {
        let upper = Thinning.thinned(highs, limit: 150)
        let lower = Thinning.thinned(lows, limit: 150)
        labels.lines += [(index, upper), (index, lower)]
        picture.path(
          Self.path(upper) + Self.path(lower.reversed()).replacingStart("L") + "z",
          class: "b \(series.tone)")
      }
      (lows, highs) = ([], [])
    }
    for point in series.points {
      if let low = point.low, let high = point.high, let from = plot.place(point.x, low),
        let to = plot.place(point.x, high)
      {
        if series.style == .steps, let before = lows.last, let above = highs.last {
          lows.append([from.x, before.y])
          highs.append([to.x, above.y])
        }
        lows.append(from)
        highs.append(to)
      } else {
        flush()
      }
    }
    flush()
  }

  /// Draws where the rows are. Bins may differ in width, so that their areas stand for their values;
  /// heights go by the square root, or one crowded value would flatten all others.
  private func drawDensity(in picture: inout Picture, plot: Plot) {
    let bins = density.compactMap { bin -> (from: Double, to: Double, density: Double)? in
      guard bin.value > 0, bin.value.isFinite,
        let from = plot.place(bin.from, plot.y.low)?.x, let to = plot.place(bin.to, plot.y.low)?.x,
        to >= from
      else { return nil }
      // A single value is as wide as the eye can see.
      let middle = (from + to) / 2
      let half = max((to - from) / 2, 0.6)
      return (middle - half, middle + half, bin.value / (2 * half))
    }
    guard let greatest = bins.map(\.density).max() else { return }
    let base = plot.bottom + Self.densityHeight + 3
    var bars = ""
    for bin in bins {
      let height = max(0.6, (bin.density / greatest).squareRoot() * Self.densityHeight)
      let gap = bin.to - bin.from > 4 ? 0.5 : 0
      bars +=
        "M\(Picture.place(bin.from + gap, base))V\(Picture.number(base - height))"
        + "H\(Picture.number(bin.to - gap))V\(Picture.number(base))z"
    }
    picture.path(bars, class: "d")
  }

  private func drawReferences(
    in picture: inout Picture, plot: Plot, lines: inout LabelPlacement
  ) {
    for (index, reference) in references.enumerated() {
      guard let ends = Self.ends(reference, plot) else { continue }
      picture.line(ends.0.x, ends.0.y, ends.1.x, ends.1.y, class: "r")
      lines.lines.append((-1 - index, [ends.0, ends.1]))
    }
  }

  static func ends(_ reference: Reference, _ plot: Plot) -> (
    Thinning.Place, Thinning.Place
  )? {
    switch reference {
    case .horizontal(let at, _):
      return plot.up(at).map { ([plot.left, $0], [plot.right, $0]) }
    case .vertical(let at, _):
      return plot.across(at).map { ([$0, plot.bottom], [$0, plot.top]) }
    case .diagonal:
      let low = max(plot.x.low, plot.y.low)
      let high = min(plot.x.high, plot.y.high)
      guard low < high, plot.x.axis.scale == plot.y.axis.scale, plot.x.axis.scale != .log,
        let from = plot.place(low, low), let to = plot.place(high, high)
      else { return nil }
      return (from, to)
    }
  }

  // MARK: - Paths

  static func lineClass(_ style: Series.Style) -> String {
    switch style {
    case .dashed: "s da"
    case .dotted: "s do"
    case .thin: "s th"
    case .line, .steps, .points, .linePoints: "s"
    }
  }

  private static func path(_ places: [Thinning.Place]) -> String {
    var data = ""
    for (index, place) in places.enumerated() {
      data += (index == 0 ? "M" : "L") + Picture.place(place.x, place.y)
    }
    return data
  }
}

extension String {
  /// A path that goes on from another: its first letter replaced.
  fileprivate func replacingStart(_ letter: String) -> String { letter + dropFirst() }
}
