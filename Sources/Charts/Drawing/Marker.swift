/// The shapes of points, one per series, so that colour is not all that tells them apart.
enum Marker: Int, CaseIterable {
  case circle, square, diamond, triangle

  /// The outline of a marker around a place, of about the same area for each shape.
  func path(at place: Thinning.Place, radius: Double) -> String {
    let (x, y) = (place.x, place.y)
    switch self {
    case .circle:
      let r = Picture.number(radius)
      return "M\(Picture.place(x - radius, y))a\(r) \(r) 0 1 0 \(Picture.number(2 * radius)) 0"
        + "a\(r) \(r) 0 1 0 \(Picture.number(-2 * radius)) 0z"
    case .square:
      let half = radius * 0.89
      return "M\(Picture.place(x - half, y - half))h\(Picture.number(2 * half))"
        + "v\(Picture.number(2 * half))h\(Picture.number(-2 * half))z"
    case .diamond:
      let half = radius * 1.25
      return "M\(Picture.place(x - half, y))L\(Picture.place(x, y - half))"
        + "L\(Picture.place(x + half, y))L\(Picture.place(x, y + half))z"
    case .triangle:
      let half = radius * 1.3
      return "M\(Picture.place(x - half, y + half * 0.7))L\(Picture.place(x, y - half))"
        + "L\(Picture.place(x + half, y + half * 0.7))z"
    }
  }
}
