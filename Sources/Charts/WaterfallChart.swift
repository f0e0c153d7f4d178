/// How a starting value becomes a final one, a contribution at a time.
public struct WaterfallChart: Chart {
  /// One contribution.
  public struct Step: Equatable, Sendable {
    /// What contributes, such as `Days since last active: 41`.
    public var label: String
    /// By how much, on the scale of the axis.
    public var change: Double
    /// The change in words; empty writes the number.
    public var text: String

    /// Describes a contribution.
    public init(_ label: String, change: Double, text: String = "") {
      self.label = label
      self.change = change
      self.text = text
    }
  }

  /// A name that no other chart of the page has.
  public var id: String
  /// What the chart shows, in a few words.
  public var title: String
  /// What the chart says, in a sentence, for those who do not see it.
  public var summary: String
  /// The axis of the values; ``Axis/Scale/logOdds`` writes log odds as probabilities.
  public var x: Axis
  /// What the first row is called, such as `Average customer`.
  public var startLabel: String
  /// Where it starts, on the scale of the axis.
  public var start: Double
  /// The contributions from top to bottom.
  public var steps: [Step]
  /// What the last row is called.
  public var endLabel: String
  /// Whether it takes the whole width of the page or half of it.
  public var width: ChartWidth

  /// Describes a chart.
  public init(
    id: String, title: String, summary: String, x: Axis, startLabel: String, start: Double,
    steps: [Step], endLabel: String, width: ChartWidth = .full
  ) {
    self.id = id
    self.title = title
    self.summary = summary
    self.x = x
    self.startLabel = startLabel
    self.start = start
    self.steps = steps
    self.endLabel = endLabel
    self.width = width
  }
}

extension WaterfallChart {
  /// The shapes within a frame.
  public func drawing(_ frame: ChartFrame) -> Picture {
    let shown = steps.prefix(RowLayout.limit).filter(\.change.isFinite)
    guard start.isFinite else { return .saying("There is nothing to draw here.", in: frame) }
    // Of the steps that are not drawn the end must still know.
    let end = steps.filter(\.change.isFinite).reduce(start) { $0 + $1.change }
    var levels = [start]
    for step in shown { levels.append(levels[levels.count - 1] + step.change) }
    let ends = Ruler(x, values: levels + [end], wanted: 5).texts([start, end])
    let changes = NumberText.aligned(shown.map(\.change))
    let layout = RowLayout(
      [.init(label: startLabel, value: ends[0], isTotal: true)]
        + zip(shown, changes).map { step, text in
          RowLayout.Row(
            label: step.label,
            value: step.text.isEmpty ? (step.change > 0 ? "+" : "") + text : step.text)
        } + [.init(label: endLabel, value: ends[1], isTotal: true)],
      in: frame)
    var picture = Picture(width: frame.width, height: layout.height(x))
    let plot = layout.drawAxis(
      Plot.horizontal(x, values: levels + [end], width: layout.right - layout.left), in: &picture)
    for (index, step) in shown.enumerated() {
      guard let from = plot.place(levels[index], 0)?.x, let to = plot.place(levels[index + 1], 0)?.x
      else { continue }
      let row = index + 1
      let top = layout.markTop(row)
      let bottom = top + RowLayout.markHeight
      picture.line(from, layout.markTop(row - 1), from, bottom, class: "co")
      picture.path(
        Self.arrow(from: from, to: to, top: top),
        class: "f \(step.change > 0 ? Tone.orange : Tone.blue)")
    }
    for (row, level) in [(0, start), (layout.rows.count - 1, end)] {
      guard let place = plot.place(level, 0)?.x else { continue }
      let top = layout.markTop(row)
      if row > 0 { picture.line(place, layout.markTop(row - 1), place, top, class: "co") }
      picture.path(
        Marker.diamond.path(at: [place, top + RowLayout.markHeight / 2], radius: 5), class: "k")
    }
    layout.drawTexts(in: &picture)
    picture.remark(missing: steps.count(where: { !$0.change.isFinite }))
    return picture
  }

  /// A bar with a point towards where it leads, so that its direction shows without colour.
  private static func arrow(from: Double, to: Double, top: Double) -> String {
    let height = RowLayout.markHeight
    let way = to - from
    let head = min(5, way.magnitude) * (way < 0 ? -1 : 1)
    return "M\(Picture.place(from, top))H\(Picture.number(to - head))"
      + "L\(Picture.place(to, top + height / 2))L\(Picture.place(to - head, top + height))"
      + "H\(Picture.number(from))z"
  }
}
