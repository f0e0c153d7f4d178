/// A point of a series; one that is not finite is left out, and a line breaks there.
public struct Point: Equatable, Sendable {
  /// Where it is along the horizontal axis.
  public var x: Double
  /// Where it is along the vertical axis.
  public var y: Double
  /// The lower end of its interval, if it has one.
  public var low: Double?
  /// The upper end of its interval, if it has one.
  public var high: Double?
  /// How much it stands for, such as a count of customers: the area of its marker. The largest of
  /// a series has the full size.
  public var weight: Double?

  /// Places a point.
  public init(
    x: Double, y: Double, low: Double? = nil, high: Double? = nil, weight: Double? = nil
  ) {
    self.x = x
    self.y = y
    self.low = low
    self.high = high
    self.weight = weight
  }
}

/// Points that belong together.
public struct Series: Equatable, Sendable {
  /// How points are drawn. Styles differ in more than colour, so that print and every eye tell
  /// series apart.
  public enum Style: Equatable, Sendable {
    /// A solid line; intervals of the points become a band.
    case line
    /// A line of dashes; intervals become a band.
    case dashed
    /// A line of dots; intervals become a band.
    case dotted
    /// A faint line without a label, for many at once, such as single customers.
    case thin
    /// Markers with interval bars.
    case points
    /// Markers with interval bars, and a line through them.
    case linePoints
    /// A line that keeps each value until the next point.
    case steps
  }

  /// What the direct label says; empty for none.
  public var name: String
  /// The points in the order in which a line visits them.
  public var points: [Point]
  /// How they are drawn.
  public var style: Style
  /// Their colour.
  public var tone: Tone

  /// Gathers points.
  public init(
    _ name: String, points: [Point], style: Style = .line, tone: Tone = .blue
  ) {
    self.name = name
    self.points = points
    self.style = style
    self.tone = tone
  }

  /// Gathers pairs of coordinates.
  public init(
    _ name: String, xy: [(Double, Double)], style: Style = .line, tone: Tone = .blue
  ) {
    self.init(name, points: xy.map { Point(x: $0.0, y: $0.1) }, style: style, tone: tone)
  }
}

/// A line to compare the data with.
public enum Reference: Equatable, Sendable {
  /// From corner to corner of the values: `y = x`.
  case diagonal(label: String)
  /// A level of the vertical axis.
  case horizontal(at: Double, label: String)
  /// A place on the horizontal axis.
  case vertical(at: Double, label: String)
}

/// A range of values and what lies in it.
public struct Bin: Equatable, Sendable {
  /// Where it starts.
  public var from: Double
  /// Where it ends.
  public var to: Double
  /// How much is in it: a count or a share.
  public var value: Double

  /// Describes a bin.
  public init(from: Double, to: Double, value: Double) {
    self.from = from
    self.to = to
    self.value = value
  }
}
