/// Rows with a label, a mark over a common axis, and a value in words: the frame of bars and
/// waterfalls.
///
/// Where labels have room they stand in a column on the left, and values in one on the right. Where
/// not, both stand in a line above their mark, which then has the whole width.
struct RowLayout {
  /// What is written beside a mark.
  struct Row {
    var label: String
    var value: String
    var note = ""
    /// Whether the row stands for a total.
    var isTotal = false
  }

  let rows: [Row]
  let isStacked: Bool
  let left: Double
  let right: Double
  let top: Double
  private let width: Double
  private let labelRoom: Double
  /// The room for notes, in a column of their own.
  private let noteRoom: Double

  /// The height of a mark.
  static let markHeight = 14.0
  private static let fontSize = Plot.fontSize
  /// More rows than this are not drawn: nobody would read them.
  static let limit = 80

  init(_ rows: [Row], in frame: ChartFrame, top: Double = 4) {
    self.rows = rows
    self.top = top
    width = frame.width
    let labels = rows.map { Self.labelWidth($0) }.max() ?? 0
    noteRoom = rows.map { Self.noteWidth($0) }.max() ?? 0
    let values = noteRoom + (rows.map { Self.valueWidth($0) }.max() ?? 0)
    isStacked = frame.isNarrow && (labels > 120 || labels + values > 210)
    if isStacked {
      (left, right, labelRoom) = (2, frame.width - 2, frame.width)
    } else {
      labelRoom = min(labels, frame.width * 0.36)
      left = labelRoom + 10
      right = max(left + 120, frame.width - values - 12)
    }
  }

  private var rowHeight: Double { isStacked ? 40 : 26 }
  var bottom: Double { top + Double(rows.count) * rowHeight }

  /// The height of the picture with an axis below.
  func height(_ axis: Axis) -> Double { bottom + (Plot.title(axis).isEmpty ? 26 : 44) }

  /// The upper edge of a mark.
  func markTop(_ row: Int) -> Double {
    top + Double(row) * rowHeight + (isStacked ? 20 : (rowHeight - Self.markHeight) / 2)
  }

  /// Writes labels and values.
  func drawTexts(in picture: inout Picture) {
    for (index, row) in rows.enumerated() {
      let baseline = isStacked ? markTop(index) - 6 : markTop(index) + 11
      let room = isStacked ? width - Self.valueWidth(row) - noteRoom - 14 : labelRoom
      let label = TextWidth.fitted(
        row.label, to: room, size: Self.fontSize, isBold: row.isTotal)
      picture.text(
        label, x: isStacked ? left : left - 10, y: baseline, anchor: isStacked ? .start : .end,
        class: row.isTotal ? "n to" : "n",
        full: label == Markup.cleaned(row.label) ? "" : row.label)
      if !row.value.isEmpty {
        picture.text(
          row.value, x: width - 2 - noteRoom, y: baseline, anchor: .end, class: "v")
      }
      if !row.note.isEmpty {
        picture.text(
          Self.note(row), x: width - 2 - noteRoom + 8, y: baseline, class: "q",
          full: Self.note(row) == Markup.cleaned(row.note) ? "" : row.note)
      }
    }
  }

  /// Draws the axis below the rows.
  func drawAxis(_ ruler: Ruler, in picture: inout Picture) -> Plot {
    // Rows have no vertical axis; one without ticks leaves only the lines of the horizontal one.
    let plot = Plot(
      x: ruler, y: .blank, left: left, right: right, top: top, bottom: bottom + 2)
    plot.drawAxes(in: &picture, titleLine: 0, ticksBelow: bottom + 2, verticalGrid: true)
    return plot
  }

  private static func labelWidth(_ row: Row) -> Double {
    TextWidth.of(row.label, size: fontSize, isBold: row.isTotal)
  }

  private static func valueWidth(_ row: Row) -> Double {
    TextWidth.of(row.value, size: fontSize, isBold: true)
  }

  private static func note(_ row: Row) -> String {
    TextWidth.fitted(row.note, to: 130, size: fontSize)
  }

  private static func noteWidth(_ row: Row) -> Double {
    row.note.isEmpty ? 0 : TextWidth.of(note(row), size: fontSize) + 8
  }
}

extension Ruler {
  /// An axis with nothing on it.
  static let blank = Ruler(Axis(""), low: 0, high: 1, ticks: [])

  private init(_ axis: Axis, low: Double, high: Double, ticks: [Tick]) {
    self.axis = axis
    self.low = low
    self.high = high
    self.ticks = ticks
  }
}
