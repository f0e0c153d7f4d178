/// Rows of parts that add up, such as the drivers of risk by family.
public struct StackedBar: Chart {
  /// One row.
  public struct Row: Equatable, Sendable {
    /// What it is about.
    public var label: String
    /// The parts in the order of ``StackedBar/parts``, none below 0.
    public var values: [Double]

    /// Describes a row.
    public init(_ label: String, values: [Double]) {
      self.label = label
      self.values = values
    }
  }

  public var id: String
  public var title: String
  public var summary: String
  /// The axis of the sums; it starts at 0.
  public var x: Axis
  /// What the parts are called, from left to right; with more than there are tones, the rest is
  /// grey.
  public var parts: [String]
  /// The rows from top to bottom.
  public var rows: [Row]
  public var width: ChartWidth

  /// Describes a chart.
  ///
  /// - Precondition: Each row has a value for each part.
  public init(
    id: String, title: String, summary: String, x: Axis, parts: [String], rows: [Row],
    width: ChartWidth = .full
  ) {
    for row in rows {
      precondition(
        row.values.count == parts.count, "\(row.values.count) values for \(parts.count) parts")
    }
    self.id = id
    self.title = title
    self.summary = summary
    self.x = x
    self.parts = parts
    self.rows = rows
    self.width = width
  }
}
