import Charts
import Testing

@Suite struct MarkupTests {
  @Test func `what has a meaning in markup is escaped`() {
    #expect(
      Markup.text(#"<b>"A" & 'B'</b>"#)
        == "&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;")
  }

  @Test func `control characters become spaces, turns of direction go, letters of any script stay`()
  {
    #expect(Markup.text("a\u{0}b\tc\u{7f}\u{85}d\u{2028}e") == "a b c  d e")
    #expect(Markup.text("x\u{202e}y\u{2067}z\u{200f}") == "xyz")
    #expect(Markup.text("é שלום 東京 👩‍👩‍👧") == "é שלום 東京 👩‍👩‍👧")
    let none = [0xfffe, 0x1ffff, 0xfdd0].compactMap { Unicode.Scalar(UInt32($0)) }
    #expect(none.count == 3)
    for scalar in none { #expect(Markup.text("a\(Character(scalar))b") == "ab") }
  }

  @Test func `of marks piled on one letter four stay`() {
    let piled = "e" + String(repeating: "\u{301}", count: 1000)
    #expect(Markup.cleaned(piled).unicodeScalars.count == 5)
  }

  @Test func `an id holds small letters, digits and single hyphens`() {
    #expect(Markup.identifier("Lead time <90> \"days\"") == "lead-time-90-days-")
    #expect(Markup.identifier("東") == "-")
    #expect(Markup.identifier("") == "chart")
  }
}
