/// A line as high as a line of text, for tables and cards.
public struct Sparkline: Chart {
  public var id: String
  public var title: String
  public var summary: String
  /// The values in order, evenly spaced; one that is not finite leaves a gap.
  public var values: [Double]
  /// The colour.
  public var tone: Tone
  public var width: ChartWidth { .half }

  /// Describes a line.
  public init(id: String, title: String, summary: String, values: [Double], tone: Tone = .blue) {
    self.id = id
    self.title = title
    self.summary = summary
    self.values = values
    self.tone = tone
  }
}
