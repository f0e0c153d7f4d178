/// Names with their marks in rows, for what has no label beside it.
enum Key {
  /// One name.
  struct Entry {
    /// What it names.
    var index: Int
    /// The name, cut off where it is wider than the picture.
    var text: String
    /// Where its mark starts.
    var x: Double
  }

  /// Names from left to right, in as many rows as they need.
  ///
  /// - Parameter mark: The room of a mark and of the space behind it.
  static func rows(
    _ names: [(index: Int, name: String)], mark: Double, width: Double, isBold: Bool
  ) -> [[Entry]] {
    let size = Plot.fontSize
    var rows: [[Entry]] = []
    var used = Double.infinity
    for (index, name) in names {
      let text = TextWidth.fitted(name, to: width - mark - 2, size: size, isBold: isBold)
      let needed = mark + TextWidth.of(text, size: size, isBold: isBold)
      if used + 14 + needed > width {
        rows.append([])
        used = -14
      }
      rows[rows.count - 1].append(Entry(index: index, text: text, x: used + 14))
      used += 14 + needed
    }
    return rows
  }
}
