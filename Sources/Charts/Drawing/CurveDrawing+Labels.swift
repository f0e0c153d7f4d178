/// Names of series and references, beside their lines or in a key above.
extension CurveDrawing {
  /// Writes the labels of series and references; whether each found a place.
  func drawLabels(
    in picture: inout Picture, plot: Plot, labels: inout LabelPlacement, series isDirect: Bool
  ) -> Bool {
    let room = (plot.right - plot.left) * 0.6
    var isComplete = true
    for (index, series) in series.enumerated() where isDirect && Self.isNamed(series) {
      let text = TextWidth.fitted(series.name, to: room, size: Self.fontSize, isBold: true)
      let width = TextWidth.of(text, size: Self.fontSize, isBold: true)
      let places =
        series.style == .points
        ? series.points.compactMap { plot.place($0.x, $0.y) }
        : runs(series, plot).map { Thinning.thinned($0) }.max { $0.count < $1.count } ?? []
      guard !places.isEmpty else { continue }
      var candidates =
        filled.contains(index)
        ? LabelPlacement.atPeak(places, width: width)
        : LabelPlacement.along(places, width: width)
      // Beside the line, or else beside its band.
      if series.style != .points {
        for line in labels.lines where line.owner == index && line.places != places {
          candidates += LabelPlacement.along(line.places, width: width).map {
            ($0.box, $0.cost + 4)
          }
        }
      }
      guard let box = labels.placed(candidates, owner: index) else {
        isComplete = false
        continue
      }
      picture.text(
        text, x: box.x, y: box.y + 11, class: "l \(series.tone)",
        full: text == Markup.cleaned(series.name) ? "" : series.name)
    }
    for (index, reference) in references.enumerated() {
      guard let ends = Self.ends(reference, plot) else { continue }
      let label = Self.label(reference)
      guard !label.isEmpty else { continue }
      let text = TextWidth.fitted(label, to: room, size: Self.fontSize)
      let width = TextWidth.of(text, size: Self.fontSize)
      guard
        let box = labels.placed(
          Self.candidates(reference, ends, width: width), owner: -1 - index)
      else { continue }
      picture.text(
        text, x: box.x, y: box.y + 11, class: "q", full: text == Markup.cleaned(label) ? "" : label)
    }
    return isComplete
  }

  private static func candidates(
    _ reference: Reference, _ ends: (Thinning.Place, Thinning.Place), width: Double
  ) -> [(box: LabelPlacement.Box, cost: Double)] {
    guard case .vertical = reference else {
      return LabelPlacement.along([ends.0, ends.1], width: width)
    }
    return stride(from: 0.0, through: 1, by: 0.1).flatMap { share in
      let y = ends.1.y + (ends.0.y - ends.1.y - LabelPlacement.height) * share
      return [(ends.0.x + 5, 0.0), (ends.0.x - 5 - width, 2.0)].map { x, cost in
        (
          LabelPlacement.Box(x: x, y: y, width: width, height: LabelPlacement.height),
          cost + share * 20
        )
      }
    }
  }

  private static func label(_ reference: Reference) -> String {
    switch reference {
    case .diagonal(let label), .horizontal(_, let label), .vertical(_, let label): label
    }
  }

  private static func isNamed(_ series: Series) -> Bool {
    !series.name.isEmpty && series.style != .thin
  }

  /// The named series in rows as wide as the picture.
  func keyRows(width: Double) -> [[Key.Entry]] {
    let named = series.enumerated().filter { Self.isNamed($0.element) }
    return Key.rows(
      named.map { ($0.offset, $0.element.name) }, mark: 28, width: width, isBold: true)
  }

  func drawKey(_ rows: [[Key.Entry]], in picture: inout Picture, top: Double) {
    for (row, entries) in rows.enumerated() {
      let baseline = top + 11 + Double(row) * 18
      for entry in entries {
        let (index, text, x) = (entry.index, entry.text, entry.x)
        let series = series[index]
        if series.style != .points {
          picture.line(
            x, baseline - 4, x + 22, baseline - 4,
            class: "\(Self.lineClass(series.style)) \(series.tone)")
        }
        if series.style == .points || series.style == .linePoints {
          let marker = Marker.allCases[index % Marker.allCases.count]
          picture.path(
            marker.path(at: [x + 11, baseline - 4], radius: 4), class: "m \(series.tone)")
        }
        picture.text(
          text, x: x + 28, y: baseline, class: "l \(series.tone)",
          full: text == Markup.cleaned(series.name) ? "" : series.name)
      }
    }
  }
}
