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

  public var id: String
  public var title: String
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
