/// A value for each pair of two things, as cells that are the fuller the greater it is.
public struct HeatMap: Chart {
  public var id: String
  public var title: String
  public var summary: String
  /// What goes from left to right.
  public var xTitle: String
  /// The columns from left to right.
  public var xLabels: [String]
  /// What goes from bottom to top.
  public var yTitle: String
  /// The rows from bottom to top.
  public var yLabels: [String]
  /// The scale of the values, and their range.
  public var values: Axis
  /// The cells, shape `[yLabels.count, xLabels.count]`; `nil` where there is nothing to show.
  public var cells: [[Double?]]
  public var width: ChartWidth

  /// Describes a chart.
  ///
  /// - Precondition: `cells` has a row for each of `yLabels` and in it a cell for each of `xLabels`.
  public init(
    id: String, title: String, summary: String, xTitle: String, xLabels: [String], yTitle: String,
    yLabels: [String], values: Axis, cells: [[Double?]], width: ChartWidth = .half
  ) {
    precondition(
      cells.count == yLabels.count && cells.allSatisfy { $0.count == xLabels.count },
      "cells of shape [\(cells.count), \(cells.map(\.count))], labels [\(yLabels.count), "
        + "\(xLabels.count)]")
    self.id = id
    self.title = title
    self.summary = summary
    self.xTitle = xTitle
    self.xLabels = xLabels
    self.yTitle = yTitle
    self.yLabels = yLabels
    self.values = values
    self.cells = cells
    self.width = width
  }
}
