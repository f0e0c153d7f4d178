/// A value for each pair of two things, as cells that are the fuller the greater it is.
public struct HeatMap: Chart {
  /// A name that no other chart of the page has.
  public var id: String
  /// What the chart shows, in a few words.
  public var title: String
  /// What the chart says, in a sentence, for those who do not see it.
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
  /// Whether it takes the whole width of the page or half of it.
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

extension HeatMap {
  /// How many shades there are; each has a class of the style sheet.
  static let shadeCount = 8

  /// The shapes within a frame.
  public func drawing(_ frame: ChartFrame) -> Picture {
    let finite = cells.joined().compactMap { $0 }.filter(\.isFinite)
    guard !finite.isEmpty else { return .saying("There is nothing to draw here.", in: frame) }
    let ruler = Ruler(values, values: finite, wanted: 5)
    let size = Plot.fontSize
    let labels = yLabels.map { TextWidth.of($0, size: size) }.max() ?? 0
    let labelRoom = min(labels, frame.width * 0.3)
    let left = labelRoom + 8
    let top = 44.0
    let cellWidth = (frame.width - 2 - left) / Double(xLabels.count)
    let cellHeight = min(max(22, 200 / Double(yLabels.count)), 40)
    let bottom = top + cellHeight * Double(yLabels.count)
    var picture = Picture(width: frame.width, height: bottom + 42)

    drawLegend(ruler, in: &picture)
    Plot.drawTitle(
      "↑ ", Axis(yTitle), in: &picture, x: 0, y: top - 8, anchor: .start, room: frame.width)
    let texts = texts(ruler)
    let textWidth = texts.joined().map { TextWidth.of($0, size: size) }.max() ?? 0
    let writesValues = textWidth + 6 <= cellWidth
    for (row, rowCells) in cells.enumerated() {
      let y = bottom - cellHeight * Double(row + 1)
      let label = TextWidth.fitted(yLabels[row], to: labelRoom, size: size)
      picture.text(
        label, x: labelRoom, y: y + cellHeight / 2 + 4, anchor: .end, class: "n",
        full: label == Markup.cleaned(yLabels[row]) ? "" : yLabels[row])
      for (column, value) in rowCells.enumerated() {
        let x = left + cellWidth * Double(column)
        guard let value, let share = ruler.clampedShare(value) else {
          picture.rectangle(
            x: x + 0.5, y: y + 0.5, width: cellWidth - 1, height: cellHeight - 1, class: "e")
          picture.text("–", x: x + cellWidth / 2, y: y + cellHeight / 2 + 4, anchor: .middle)
          continue
        }
        let shade = 1 + min(Self.shadeCount - 1, Int(share * Double(Self.shadeCount)))
        picture.rectangle(
          x: x + 0.5, y: y + 0.5, width: cellWidth - 1, height: cellHeight - 1,
          class: "h h\(shade)",
          hint: writesValues || finite.count > 400
            ? "" : "\(xLabels[column]), \(yLabels[row]): \(texts[row][column])")
        if writesValues {
          picture.text(
            texts[row][column], x: x + cellWidth / 2, y: y + cellHeight / 2 + 4, anchor: .middle,
            class: "i")
        }
      }
    }
    drawColumns(in: &picture, left: left, cellWidth: cellWidth, bottom: bottom)
    Plot.drawTitle(
      "", Axis(xTitle), after: " →", in: &picture, x: frame.width - 2, y: bottom + 35, anchor: .end,
      room: frame.width - 2)
    picture.remark(missing: cells.joined().compactMap { $0 }.count - finite.count)
    return picture
  }

  /// The cells in words, to be read together.
  private func texts(_ ruler: Ruler) -> [[String]] {
    let flat = ruler.texts(cells.joined().map { $0 ?? .nan })
    let width = xLabels.count
    return cells.indices.map { Array(flat[$0 * width..<($0 + 1) * width]) }
  }

  private func drawColumns(
    in picture: inout Picture, left: Double, cellWidth: Double, bottom: Double
  ) {
    // Where labels are wider than their cells, every second or third one is written.
    let widest = min(xLabels.map { TextWidth.of($0, size: Plot.fontSize) }.max() ?? 0, 96)
    let stride = max(1, Int(((widest + 8) / cellWidth).rounded(.up)))
    for column in Swift.stride(from: 0, to: xLabels.count, by: stride) {
      let room = max(cellWidth, widest + 2)
      let text = TextWidth.fitted(xLabels[column], to: room, size: Plot.fontSize)
      let half = TextWidth.of(text, size: Plot.fontSize) / 2
      let middle = left + cellWidth * (Double(column) + 0.5)
      picture.text(
        text, x: min(max(middle, half), picture.width - half), y: bottom + 16, anchor: .middle,
        full: text == Markup.cleaned(xLabels[column]) ? "" : xLabels[column])
    }
  }

  /// The shades from the least to the greatest value, with both in words.
  private func drawLegend(_ ruler: Ruler, in picture: inout Picture) {
    let ends = [ruler.ticks.first?.text ?? "", ruler.ticks.last?.text ?? ""]
    let size = Plot.fontSize
    let shade = 14.0
    let width = Double(Self.shadeCount) * shade
    let right = picture.width - 2
    let high = TextWidth.of(ends[1], size: size)
    let low = TextWidth.of(ends[0], size: size)
    let start = right - high - 6 - width
    picture.text(ends[1], x: right, y: 12, anchor: .end)
    for index in 0..<Self.shadeCount {
      picture.rectangle(
        x: start + Double(index) * shade, y: 2, width: shade, height: 12, class: "h h\(index + 1)")
    }
    picture.text(ends[0], x: start - 6, y: 12, anchor: .end)
    Plot.drawTitle(
      "", values, in: &picture, x: 0, y: 12, anchor: .start, room: start - low - 16)
  }
}
