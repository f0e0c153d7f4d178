/// Numbers in their order as a line of blocks.
package enum Sparkline {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// One sign per number, its height from zero to the largest; a dot where a number is not known.
  package static func text(_ values: [Double]) -> String {
    let known = values.filter(\.isFinite)
    let low = min(0, known.min() ?? 0)
    let high = max(0, known.max() ?? 0)
    return String(
      values.map { value -> Character in
        guard value.isFinite else { return "·" }
        // Halves, because the difference of two large numbers may be too large for one.
        let height = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0
        return blocks[min(7, Int(height * 7.999))]
      })
  }
}
