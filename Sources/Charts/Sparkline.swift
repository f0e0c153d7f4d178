/// A line as high as a line of text, for tables and cards.
public struct Sparkline: Chart {
  /// A name that no other chart of the page has.
  public var id: String
  /// What the chart shows, in a few words.
  public var title: String
  /// What the chart says, in a sentence, for those who do not see it.
  public var summary: String
  /// The values in order, evenly spaced; one that is not finite leaves a gap.
  public var values: [Double]
  /// The colour.
  public var tone: Tone
  /// Whether it takes the whole width of the page or half of it.
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

extension Sparkline {
  /// The picture, as wide as a word or two.
  public var svg: String {
    let name = Markup.identifier(id)
    let picture = drawing(ChartFrame(width: 84, isNarrow: true, id: name))
    return picture.element(
      id: name, class: "chart spark", title: title,
      description: ([summary] + picture.remarks).joined(separator: " "))
  }

  /// The shapes within a frame.
  public func drawing(_ frame: ChartFrame) -> Picture {
    var picture = Picture(width: frame.width, height: 22)
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else {
      picture.line(3, 11, frame.width - 3, 11, class: "r")
      picture.remarks = ["There is nothing to draw here."]
      return picture
    }
    let step = (frame.width - 8) / Double(max(values.count - 1, 1))
    var runs: [[Thinning.Place]] = [[]]
    for (index, value) in values.enumerated() {
      guard value.isFinite else {
        if !runs[runs.count - 1].isEmpty { runs.append([]) }
        continue
      }
      let share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5
      runs[runs.count - 1].append([4 + Double(index) * step, 18 - share * 14])
    }
    var data = ""
    for run in runs {
      for (index, place) in Thinning.thinned(run, limit: 80).enumerated() {
        data += (index == 0 ? "M" : "L") + Picture.place(place.x, place.y)
      }
    }
    picture.path(data, class: "s \(tone)")
    if let last = runs.last(where: { !$0.isEmpty })?.last {
      picture.path(Marker.circle.path(at: last, radius: 2.5), class: "f \(tone)")
    }
    picture.remark(missing: values.count - finite.count)
    return picture
  }
}
