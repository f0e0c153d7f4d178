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

  /// A name that no other chart of the page has.
  public var id: String
  /// What the chart shows, in a few words.
  public var title: String
  /// What the chart says, in a sentence, for those who do not see it.
  public var summary: String
  /// The axis of the sums; it starts at 0.
  public var x: Axis
  /// What the parts are called, from left to right; with more than there are tones, the rest is
  /// grey.
  public var parts: [String]
  /// The rows from top to bottom.
  public var rows: [Row]
  /// Whether it takes the whole width of the page or half of it.
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

extension StackedBar {
  /// The shapes within a frame.
  public func drawing(_ frame: ChartFrame) -> Picture {
    let shown = rows.prefix(RowLayout.limit)
    let sums = shown.map { Self.drawable($0.values).reduce(0, +) }
    guard !shown.isEmpty, !parts.isEmpty else {
      return .saying("There is nothing to draw here.", in: frame)
    }
    let key = Key.rows(
      parts.enumerated().map { ($0.offset, $0.element) }, mark: 18, width: frame.width,
      isBold: false)
    // Where all rows add up to the same, the sums say nothing.
    let isUniform = sums.allSatisfy { ($0 - sums[0]).magnitude <= sums[0] * 1e-9 }
    let texts =
      isUniform
      ? sums.map { _ in "" }
      : Ruler(x, values: sums, wanted: 5, showsZero: true).texts(sums)
    let layout = RowLayout(
      zip(shown, texts).map { RowLayout.Row(label: $0.label, value: $1) }, in: frame,
      top: 8 + Double(key.count) * 18)
    var picture = Picture(width: frame.width, height: layout.height(x))
    let plot = layout.drawAxis(
      Plot.horizontal(x, values: sums, width: layout.right - layout.left, showsZero: true),
      in: &picture)
    for (row, entries) in key.enumerated() {
      for entry in entries {
        let (index, text, x) = (entry.index, entry.text, entry.x)
        let y = 2 + Double(row) * 18
        picture.rectangle(
          x: x, y: y, width: 12, height: 12, class: "f st \(Self.tone(index))")
        picture.text(
          text, x: x + 18, y: y + 10.5, class: "n",
          full: text == Markup.cleaned(parts[index]) ? "" : parts[index])
      }
    }
    for (row, bar) in shown.enumerated() {
      let values = Self.drawable(bar.values)
      let words = plot.x.texts(values)
      var sum = 0.0
      for (index, value) in values.enumerated() where value > 0 {
        guard let from = plot.place(sum, 0)?.x, let to = plot.place(sum + value, 0)?.x else {
          break
        }
        sum += value
        let top = layout.markTop(row)
        picture.rectangle(
          x: from, y: top - 1, width: to - from, height: RowLayout.markHeight + 3,
          class: "f st \(Self.tone(index))", hint: "\(parts[index]): \(words[index])")
        if TextWidth.of(words[index], size: Plot.fontSize) + 8 <= to - from {
          picture.text(
            words[index], x: (from + to) / 2, y: top + 11.5, anchor: .middle, class: "on")
        }
      }
    }
    layout.drawTexts(in: &picture)
    picture.remark(
      missing: shown.reduce(0) { $0 + $1.values.count { !$0.isFinite || $0 < 0 } })
    return picture
  }

  private static func drawable(_ values: [Double]) -> [Double] {
    values.map { $0.isFinite && $0 > 0 ? $0 : 0 }
  }

  private static func tone(_ index: Int) -> Tone {
    index < Tone.allCases.count ? Tone.allCases[index] : .grey
  }
}
