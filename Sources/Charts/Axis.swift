/// One axis of a chart: what is measured, in which unit, and how values turn into places.
public struct Axis: Equatable, Sendable {
  /// How values are laid out, and how ticks are written.
  public enum Scale: Equatable, Sendable {
    /// Ticks at 1, 2 or 5 times a power of ten, with thousands separators.
    case linear
    /// Decades; values of 0 or less have no place and are left out.
    case log
    /// Shares between 0 and 1, written as per cent.
    case percent
    /// Log odds, written as the probabilities they stand for.
    case logOdds
    /// Counts of days, with ticks at whole days, weeks or years of 365 days.
    case days
    /// Days since 1970-01-01, written as dates.
    case date
  }

  /// What is measured, such as `Customers reached`.
  public var title: String
  /// The unit behind the title, such as `EUR`; empty where the title says it all.
  public var unit: String
  /// How values are laid out.
  public var scale: Scale
  /// The least and the greatest value shown; `nil` takes what the data need, rounded to ticks.
  public var range: ClosedRange<Double>?

  /// Describes an axis.
  public init(
    _ title: String, unit: String = "", scale: Scale = .linear, range: ClosedRange<Double>? = nil
  ) {
    self.title = title
    self.unit = unit
    self.scale = scale
    self.range = range
  }
}
