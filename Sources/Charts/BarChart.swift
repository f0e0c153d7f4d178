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

  /// A name that no other chart of the page has.
  public var id: String
  /// What the chart shows, in a few words.
  public var title: String
  /// What the chart says, in a sentence, for those who do not see it.
  public var summary: String
  /// The axis of the values; it always shows 0.
  public var x: Axis
  /// The bars from top to bottom.
  public var rows: [Bar]
  /// Lines to compare with; only vertical ones have a meaning.
  public var references: [Reference]
  /// Whether it takes the whole width of the page or half of it.
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

extension BarChart {
  /// The shapes within a frame.
  public func drawing(_ frame: ChartFrame) -> Picture {
    let shown = rows.prefix(RowLayout.limit)
    let finite = shown.filter(\.value.isFinite)
    guard !shown.isEmpty else { return .saying("There is nothing to draw here.", in: frame) }
    let marks = references.compactMap { reference -> (at: Double, label: String)? in
      if case .vertical(let at, let label) = reference { (at, label) } else { nil }
    }
    let values =
      finite.flatMap { [$0.value, $0.low ?? $0.value, $0.high ?? $0.value] } + marks.map(\.at)
    let texts = Ruler(x, values: values, wanted: 5, showsZero: true).texts(shown.map(\.value))
    let layout = RowLayout(
      zip(shown, texts).map { RowLayout.Row(label: $0.label, value: $1, note: $0.note) },
      in: frame, top: marks.contains { !$0.label.isEmpty } ? 22 : 4)
    var picture = Picture(width: frame.width, height: layout.height(x))
    let ruler = Plot.horizontal(
      x, values: values, width: layout.right - layout.left, showsZero: true, endsAtTicks: false)
    let plot = layout.drawAxis(ruler, in: &picture)
    let zero = plot.across(0) ?? (ruler.low > 0 ? plot.left : plot.right)
    for (index, row) in shown.enumerated() {
      guard let end = plot.place(row.value, 0) else { continue }
      let top = layout.markTop(index)
      picture.rectangle(
        x: min(zero, end.x), y: top, width: max((end.x - zero).magnitude, 1),
        height: RowLayout.markHeight, class: "f \(row.tone)")
      if let low = row.low, let high = row.high, let from = plot.place(low, 0),
        let to = plot.place(high, 0)
      {
        let middle = top + RowLayout.markHeight / 2
        let (left, right) = (Picture.number(from.x), Picture.number(to.x))
        picture.path(
          "M\(left) \(Picture.number(middle))H\(right)M\(left) \(Picture.number(middle - 3.5))v7"
            + "M\(right) \(Picture.number(middle - 3.5))v7", class: "wi")
      }
    }
    picture.line(zero, plot.top, zero, plot.bottom, class: "a")
    drawReferences(marks, in: &picture, plot: plot)
    layout.drawTexts(in: &picture)
    picture.remark(missing: shown.count - finite.count)
    if rows.count > shown.count {
      picture.remarks.append("\(rows.count - shown.count) more rows are not drawn.")
    }
    return picture
  }

  private func drawReferences(
    _ marks: [(at: Double, label: String)], in picture: inout Picture, plot: Plot
  ) {
    var taken = -Double.infinity
    for (at, label) in marks.sorted(by: { $0.at < $1.at }) {
      guard let place = plot.across(at) else { continue }
      picture.line(place, plot.top - 2, place, plot.bottom, class: "r")
      let text = TextWidth.fitted(label, to: picture.width * 0.6, size: Plot.fontSize)
      let half = TextWidth.of(text, size: Plot.fontSize) / 2
      let middle = min(max(place, half), picture.width - half)
      guard !text.isEmpty, middle - half > taken else { continue }
      taken = middle + half + 6
      picture.text(text, x: middle, y: 13, anchor: .middle, class: "q")
    }
  }
}
