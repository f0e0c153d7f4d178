/// The shapes of a chart, in the order in which they are drawn.
public struct Picture: Sendable {
  /// Where a text hangs from its place.
  package enum Anchor: String, Sendable {
    case start, middle, end
  }

  /// The size in units.
  package var width: Double
  package var height: Double
  /// Sentences for the description about what could not be drawn.
  package var remarks: [String] = []
  private var body = ""

  package init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// The whole element. Its ids start with `id`.
  package func element(id: String, class kind: String, title: String, description: String)
    -> String
  {
    """
    <svg class="\(kind)" role="img" viewBox="0 0 \(Self.number(width)) \(Self.number(height))" \
    width="\(Self.number(width))" height="\(Self.number(height))" \
    aria-labelledby="\(id)-t \(id)-d"><title id="\(id)-t">\(Markup.text(Markup.shortened(title, to: 200)))</title>\
    <desc id="\(id)-d">\(Markup.text(Markup.shortened(description, to: 1000)))</desc>\(body)</svg>
    """
  }

  package mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class kind: String
  ) {
    path("M\(Self.place(x1, y1))L\(Self.place(x2, y2))", class: kind)
  }

  package mutating func path(_ data: String, class kind: String) {
    if !data.isEmpty { body += "<path class=\"\(kind)\" d=\"\(data)\"/>" }
  }

  /// A rectangle, with `hint` as what a pointer at rest is told.
  package mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, class kind: String, hint: String = ""
  ) {
    let shape =
      "<rect class=\"\(kind)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
      + "width=\"\(Self.number(max(0, width)))\" height=\"\(Self.number(max(0, height)))\""
    body += hint.isEmpty ? shape + "/>" : shape + "><title>\(Markup.text(hint))</title></rect>"
  }

  /// A line of text whose baseline is at `y`; `full` is told to a pointer at rest.
  package mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, class kind: String = "",
    full: String = ""
  ) {
    body += "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
    if !kind.isEmpty { body += " class=\"\(kind)\"" }
    body += ">"
    if !full.isEmpty { body += "<title>\(Markup.text(full))</title>" }
    body += Markup.text(text) + "</text>"
  }

  /// A pair of coordinates as paths have them.
  package static func place(_ x: Double, _ y: Double) -> String {
    "\(number(x)) \(number(y))"
  }

  /// A length in units to a tenth, which no eye sees past.
  package static func number(_ value: Double) -> String {
    // Nothing is drawn as far out as this; the bound keeps the conversion from trapping.
    let tenths = value.isNaN ? 0 : Int((min(max(value, -1e6), 1e6) * 10).rounded())
    let (whole, tenth) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
    return (tenths < 0 ? "-" : "") + "\(whole)" + (tenth == 0 ? "" : ".\(tenth)")
  }
}
