/// A picture drawn from data as inline SVG: no script, no file beside it, the same bytes for the
/// same data.
///
/// Colours, fonts and dark mode are the page's: see ``PageParts/styleSheet``.
public protocol Chart: Sendable {
  /// A name that no other chart of the page has; it starts the ids within the picture.
  var id: String { get }
  /// What the chart shows, in a few words.
  var title: String { get }
  /// What the chart says, in a sentence, for those who do not see it.
  var summary: String { get }
  /// Whether it takes the whole width of the page or half of it.
  var width: ChartWidth { get }
  /// The picture: one `<svg>`, or for a chart of full width one for wide and one for narrow screens.
  var svg: String { get }
  /// The shapes within a frame.
  func drawing(_ frame: ChartFrame) -> Picture
}

/// How much of the page's width a chart takes on a wide screen. On a phone all take the same.
public enum ChartWidth: Sendable {
  /// One of two beside each other.
  case half
  /// All of it. Such a chart is drawn twice, and the style sheet shows the one that fits.
  case full
}

/// What a chart is drawn for.
public struct ChartFrame: Sendable {
  /// The width in units; at the usual size a unit is about a pixel.
  public var width: Double
  /// Whether labels have little room.
  public var isNarrow: Bool
  /// The start of all ids.
  var id: String
}

extension Chart {
  /// The picture.
  public var svg: String {
    let name = Markup.identifier(id)
    let narrow = ChartFrame(width: 400, isNarrow: true, id: name)
    guard width == .full else { return element(narrow, class: "half") }
    return element(
      ChartFrame(width: 820, isNarrow: false, id: name + "-wide"), class: "wide")
      + element(narrow, class: "narrow")
  }

  /// The picture under its title, as a `<figure>`.
  ///
  /// - Parameter note: A sentence below the picture, such as how to read it; plain text.
  public func figure(note: String = "") -> String {
    let caption = note.isEmpty ? "" : "<p class=\"note\">\(Markup.text(note))</p>"
    return """
      <figure class="chart \(width == .full ? "full" : "half")" id="\(Markup.identifier(id))-figure">\
      <figcaption>\(Markup.text(Markup.shortened(title, to: 160)))</figcaption>\(svg)\(caption)</figure>
      """
  }

  private func element(_ frame: ChartFrame, class kind: String) -> String {
    let picture = drawing(frame)
    return picture.element(
      id: frame.id, class: "chart \(kind)", title: title,
      description: picture.remarks.isEmpty
        ? summary : ([summary] + picture.remarks).joined(separator: " "))
  }
}
