/// Bars from a common zero, one below the other, with intervals: importances, families, segments.
public struct BarChart: Chart {
  /// One bar.
  public struct Bar: Equatable, Sendable {
    /// What it measures.
    public var label: String
    /// Its length.
    public var value: Double
    /// The lower end of its interval, if it has one.
    public var low: Double?
    /// The upper end of its interval, if it has one.
    public var high: Double?
    /// What is written behind the value, such as a count.
    public var note: String
    /// Its colour.
    public var tone: Tone

    /// Describes a bar.
    public init(
      _ label: String, value: Double, low: Double? = nil, high: Double? = nil, note: String = "",
      tone: Tone = .blue
    ) {
      self.label = label
      self.value = value
      self.low = low
      self.high = high
      self.note = note
      self.tone = tone
    }
  }

  public var id: String
  public var title: String
  public var summary: String
  /// The axis of the values; it always shows 0.
  public var x: Axis
  /// The bars from top to bottom.
  public var rows: [Bar]
  /// Lines to compare with; only vertical ones have a meaning.
  public var references: [Reference]
  public var width: ChartWidth

  /// Describes a chart.
  public init(
    id: String, title: String, summary: String, x: Axis, rows: [Bar],
    references: [Reference] = [], width: ChartWidth = .full
  ) {
    self.id = id
    self.title = title
    self.summary = summary
    self.x = x
    self.rows = rows
    self.references = references
    self.width = width
  }
}
