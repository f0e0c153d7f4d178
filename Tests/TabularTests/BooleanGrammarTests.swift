import Tabular
import Testing

@Suite struct BooleanGrammarTests {
  private func read(_ text: String) -> BooleanGrammar.Reading {
    BooleanGrammar.read(Array(text.utf8).span)
  }

  @Test func `words for yes and no are read in any case`() {
    for text in ["yes", "YES", "True", "t", "Y", " true\t"] { #expect(read(text) == .value(true)) }
    for text in ["no", "NO", "False", "f", "N", "fALSE "] { #expect(read(text) == .value(false)) }
  }

  @Test func `missing words are missing and all else is no boolean`() {
    for text in ["", "NA", "null", "NaN", "\\N"] { #expect(read(text) == .missing) }
    for text in ["0", "1", "on", "yess", "truefalse", "y e", "ja", "9", "\u{19}"] {
      #expect(read(text) == .notABoolean)
    }
  }
}
