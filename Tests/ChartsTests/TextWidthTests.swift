import Charts
import TestSupport
import Testing

@Suite struct TextWidthTests {
  @Test func `widths are those of DejaVu Sans`() {
    // 0.635 for each of a, 0.278 for i, of a font of 10 units.
    #expect(TextWidth.of("bi", size: 10).isWithin(1e-12, of: 9.13))
    #expect(TextWidth.of("", size: 10) == 0)
    #expect(TextWidth.of("e\u{301}", size: 10) == TextWidth.of("e", size: 10))
  }

  @Test(arguments: [
    "A long name of a feature", "東京東京東京東京", "👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", "a\u{301}\u{301}bcdefgh", "שלום עולם",
  ])
  func `what is cut off fits and ends with an ellipsis`(text: String) {
    for room in stride(from: 20.0, to: 150, by: 7) {
      let fitted = TextWidth.fitted(text, to: room, size: 12)
      #expect(TextWidth.of(fitted, size: 12) <= room)
      #expect(fitted == text || fitted.hasSuffix("…"))
    }
    #expect(TextWidth.fitted(text, to: 1000, size: 12) == text)
  }
}
