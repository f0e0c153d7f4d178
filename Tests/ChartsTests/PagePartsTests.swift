import Charts
import Crypto
import Foundation
import TestSupport
import Testing

@Suite struct PagePartsTests {
  @Test func `the parts are the files they were made from`() throws {
    let folder = ReferenceFiles.packageRoot.appending(path: "Sources/Charts/Page")
    let style = try Data(contentsOf: folder.appending(path: "style.css"))
    #expect(style == Data(PageParts.styleSheet.utf8))
    let script = try Data(contentsOf: folder.appending(path: "table.js"))
    #expect(script == Data(PageParts.tableScript.utf8))
  }

  @Test func `the policy allows the table script and no other`() {
    let digest = Data(SHA256.hash(data: Data(PageParts.tableScript.utf8))).base64EncodedString()
    #expect(PageParts.contentSecurityPolicy.contains("script-src 'sha256-\(digest)'"))
    #expect(!PageParts.contentSecurityPolicy.contains("script-src 'unsafe-inline'"))
  }

  @Test func `nothing in the parts ends the element they are put into`() {
    #expect(!PageParts.styleSheet.contains("</"))
    #expect(!PageParts.tableScript.contains("</"))
  }

  /// The colours of `:root`: for light, dark and print, in that order.
  private func palettes() -> [[String: String]] {
    PageParts.styleSheet.components(separatedBy: ":root {").dropFirst().map { block in
      var colours: [String: String] = [:]
      for line in block.prefix(while: { $0 != "}" }).split(separator: ";") {
        let parts = line.split(separator: ":").map {
          $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        if parts.count == 2, parts[0].hasPrefix("--"), parts[1].hasPrefix("#") {
          colours[String(parts[0].dropFirst(2))] = parts[1]
        }
      }
      return colours
    }
  }

  private func rgb(_ colour: String) -> [Double] {
    let value = Int(colour.dropFirst(), radix: 16) ?? 0
    return [16, 8, 0].map { Double(value >> $0 & 255) / 255 }
  }

  private func contrast(_ one: [Double], _ other: [Double]) -> Double {
    let levels = [one, other].map { colour in
      zip(colour, [0.2126, 0.7152, 0.0722]).reduce(0) { sum, part in
        let (value, weight) = part
        return sum + weight * (value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4))
      }
    }.sorted()
    return (levels[1] + 0.05) / (levels[0] + 0.05)
  }

  @Test func `colours of text and marks stand out in light, dark and print`() throws {
    let palettes = palettes()
    #expect(palettes.count == 3)
    for palette in palettes {
      for ground in ["paper", "raised", "stripe"] {
        let paper = rgb(try #require(palette[ground]))
        for name in ["ink", "soft", "link"] + Tone.allCases.map(\.rawValue) {
          let colour = rgb(try #require(palette[name]))
          let value = contrast(colour, paper)
          #expect(value >= 4.5, "\(name) on \(ground): \(value)")
        }
      }
      // The fullest cell of a heat map still carries its number.
      let (paper, heat) = (rgb(try #require(palette["paper"])), rgb(try #require(palette["heat"])))
      let cell = zip(heat, paper).map { 0.75 * $0 + 0.25 * $1 }
      let ink = rgb(try #require(palette["ink"]))
      #expect(contrast(ink, cell) >= 4.5)
    }
  }

  /// What a colour becomes without one kind of cone: Viénot, Brettel and Mollon 1999, linear RGB.
  private func seen(_ colour: [Double], by kind: [[Double]]) -> [Double] {
    let linear = colour.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    return kind.map { row in zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  @Test func `the first two tones differ for every common colour vision`() throws {
    let kinds = [
      [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
      [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    ]
    for palette in palettes() {
      let blue = rgb(try #require(palette["blue"]))
      let orange = rgb(try #require(palette["orange"]))
      for kind in kinds {
        let (one, other) = (seen(blue, by: kind), seen(orange, by: kind))
        let gap = zip(one, other).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
        #expect(gap > 0.25)
      }
    }
  }
}
