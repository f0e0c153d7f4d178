/// How values are spread: one outline of steps per group, over a common axis.
public struct Histogram: Chart {
  /// The bins of one group.
  public struct Group: Equatable, Sendable {
    /// What the direct label says.
    public var name: String
    /// The bins from left to right.
    public var bins: [Bin]
    /// The colour.
    public var tone: Tone

    /// Gathers bins.
    public init(_ name: String, bins: [Bin], tone: Tone) {
      self.name = name
      self.bins = bins
      self.tone = tone
    }
  }

  /// A name that no other chart of the page has.
  public var id: String
  /// What the chart shows, in a few words.
  public var title: String
  /// What the chart says, in a sentence, for those who do not see it.
  public var summary: String
  /// The axis of the values.
  public var x: Axis
  /// The axis of counts or shares; it starts at 0.
  public var y: Axis
  /// What is drawn, the last on top.
  public var groups: [Group]
  /// Lines to compare with.
  public var references: [Reference]
  /// Whether it takes the whole width of the page or half of it.
  public var width: ChartWidth

  /// Describes a chart.
  public init(
    id: String, title: String, summary: String, x: Axis, y: Axis, groups: [Group],
    references: [Reference] = [], width: ChartWidth = .half
  ) {
    self.id = id
    self.title = title
    self.summary = summary
    self.x = x
    self.y = y
    self.groups = groups
    self.references = references
    self.width = width
  }
}

extension Histogram {
  /// The shapes within a frame.
  public func drawing(_ frame: ChartFrame) -> Picture {
    let outlines = groups.map { group in
      Series(group.name, points: Self.outline(group.bins), tone: group.tone)
    }
    return CurveDrawing(
      frame: frame, x: x, y: y, series: outlines, filled: Set(outlines.indices),
      references: references, showsZero: true
    ).picture()
  }

  /// The corners of the steps, from the ground and back to it.
  private static func outline(_ bins: [Bin]) -> [Point] {
    var points: [Point] = []
    for bin in bins {
      if points.isEmpty { points.append(Point(x: bin.from, y: 0)) }
      points.append(Point(x: bin.from, y: bin.value))
      points.append(Point(x: bin.to, y: bin.value))
    }
    if let last = bins.last { points.append(Point(x: last.to, y: 0)) }
    return points
  }
}
