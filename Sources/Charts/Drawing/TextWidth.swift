/// How wide a text may be, whatever font the page ends up with.
///
/// A chart is drawn where no browser is, so widths are those of DejaVu Sans, as wide as Verdana and
/// wider than the fonts that systems bring for their own texts.
package enum TextWidth {
  /// Widths of the characters from space to `~` in thousandths of the font's size.
  private static let ascii: [Double] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
  ]

  /// What bold letters are wider by.
  private static let bold = 1.12

  /// The width in units of a text in a font of `size` units.
  package static func of(_ text: String, size: Double, isBold: Bool = false) -> Double {
    var thousandths = 0.0
    for scalar in Markup.cleaned(text).unicodeScalars { thousandths += width(scalar) }
    return thousandths / 1000 * size * (isBold ? bold : 1)
  }

  /// As much of the beginning as fits into `room` units, with `…` where something is cut off.
  package static func fitted(_ text: String, to room: Double, size: Double, isBold: Bool = false)
    -> String
  {
    let text = Markup.cleaned(text)
    if of(text, size: size, isBold: isBold) <= room { return text }
    let room = room - of("…", size: size, isBold: isBold)
    var kept = ""
    var used = 0.0
    for character in text {
      var width = 0.0
      for scalar in character.unicodeScalars { width += self.width(scalar) }
      used += width / 1000 * size * (isBold ? bold : 1)
      if used > room { break }
      kept.append(character)
    }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
  }

  private static func width(_ scalar: Unicode.Scalar) -> Double {
    switch scalar.value {
    case 0x20..<0x7f: return ascii[Int(scalar.value) - 0x20]
    case 0xa0, 0x2009, 0x202f: return 318
    case 0x2013: return 500
    case 0x2212: return 838
    case _ where Markup.isMark(scalar): return 0
    // Letters of Europe: a few are as wide as two.
    case 0xa0..<0x250: return [0xc6, 0xe6, 0x152, 0x153].contains(scalar.value) ? 1050 : 800
    case 0x250..<0x590: return 950
    // Hebrew is narrow, Arabic has wide final letters.
    case 0x590..<0x600: return 750
    case 0x600..<0x1100: return 1050
    // Full-width letters of East Asia, and pictures.
    case 0x1100..<0x1200, 0x2e80..<0xd7b0, 0xf900..<0xfb00: return 1050
    case 0x10000...: return 1400
    default: return 1050
    }
  }
}
