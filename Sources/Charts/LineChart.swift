/// Lines, bands, points and steps over two axes: curves of ranking and profit, calibration,
/// dependence.
public struct LineChart: Chart {
  /// The proportions of the picture.
  public enum Shape: Sendable {
    /// Wider than high.
    case landscape
    /// As high as wide, for two axes of the same kind.
    case square
  }

  /// A name that no other chart of the page has.
  public var id: String
  /// What the chart shows, in a few words.
  public var title: String
  /// What the chart says, in a sentence, for those who do not see it.
  public var summary: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// What is drawn, the last on top.
  public var series: [Series]
  /// Lines to compare with.
  public var references: [Reference]
  /// Where the rows are, as a strip of small bars below the horizontal axis, of any widths; empty for
  /// none.
  public var density: [Bin]
  /// The proportions.
  public var shape: Shape
  /// Whether it takes the whole width of the page or half of it.
  public var width: ChartWidth

  /// Describes a chart.
  public init(
    id: String, title: String, summary: String, x: Axis, y: Axis, series: [Series],
    references: [Reference] = [], density: [Bin] = [], shape: Shape = .landscape,
    width: ChartWidth = .half
  ) {
    self.id = id
    self.title = title
    self.summary = summary
    self.x = x
    self.y = y
    self.series = series
    self.references = references
    self.density = density
    self.shape = shape
    self.width = width
  }
}

extension LineChart {
  /// The shapes within a frame.
  public func drawing(_ frame: ChartFrame) -> Picture {
    CurveDrawing(
      frame: frame, x: x, y: y, series: series, references: references, density: density,
      isSquare: shape == .square
    ).picture()
  }
}
