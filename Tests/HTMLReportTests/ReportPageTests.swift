import Charts
import Foundation
import HTMLReport
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct ReportPageTests {
  @Test func `a page is the stored one`() throws {
    // Made again with `Scripts/make-golden report`.
    let text = Self.withoutStyle(Self.sample(name: "acct_1").html)
    if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
      let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/page.html")
      try Data(text.utf8).write(to: file)
    }
    #expect(try text == String(decoding: ReferenceFiles.golden("page.html"), as: UTF8.self))
  }

  static let nasty = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    "a & b < c > d", "{{title}} {{{style}}}", "]]> <!-- --> </style>", "\u{202E}gnp.exe",
    "nul\u{0}bell\u{7}", "\"\u{301} onclick=\"alert(1)", "<\u{338}b>", "שלום עולם",
    String(repeating: "wide ", count: 800),
  ]

  @Test(arguments: nasty) func `a text is text wherever it stands`(name: String) throws {
    let html = Self.sample(name: name).html
    #expect(!html.contains("<script>alert") && !html.contains("<img"))
    for scalar in ["\u{202E}", "\u{0}", "\u{7}"] { #expect(!html.contains(scalar)) }
    let outline = try Outline(Self.withoutStyle(html))
    // The page has the same elements and attributes, whatever the texts are.
    #expect(
      outline.elements == (try Outline(Self.withoutStyle(Self.sample(name: "x").html))).elements)
    for attribute in outline.attributes {
      #expect(!attribute.hasPrefix("on"), "\(attribute)")
    }
    let known = name.unicodeScalars.filter { $0.properties.isAlphabetic }
    let shown = outline.text.unicodeScalars.filter { $0.properties.isAlphabetic }
    #expect(
      String(String.UnicodeScalarView(shown)).contains(
        String(String.UnicodeScalarView(known.prefix(3)))))
  }

  @Test func `a page loads nothing and says so`() throws {
    let html = Self.sample(name: "x").html
    #expect(html.contains("Content-Security-Policy"))
    #expect(html.contains("default-src &#39;none&#39;"))
    let outline = try Outline(Self.withoutStyle(html))
    #expect(
      !outline.elements.contains { ["link", "img", "iframe", "object", "base"].contains($0) })
    for (name, value) in outline.values {
      #expect(name != "src" && name != "srcset")
      if name == "href" || name == "xlink:href" { #expect(value.hasPrefix("#"), "\(value)") }
    }
    for word in ["@import", "url(", "http:", "https:", "fetch(", "XMLHttpRequest"] {
      #expect(!html.contains(word), "\(word)")
    }
  }

  @Test func `ids are told once, and links lead to them`() throws {
    let outline = try Outline(Self.withoutStyle(Self.sample(name: "x").html))
    let ids = outline.values.filter { $0.0 == "id" }.map(\.1)
    #expect(Set(ids).count == ids.count)
    for (name, value) in outline.values where name == "href" || name == "aria-labelledby" {
      for id in value.split(separator: " ") {
        #expect(ids.contains(id.hasPrefix("#") ? String(id.dropFirst()) : String(id)), "\(id)")
      }
    }
  }

  @Test func `what is not there leaves no empty frame`() throws {
    let page = ReportPage(title: "t", subtitle: "s", tone: .unsure, headline: "h")
    let outline = try Outline(Self.withoutStyle(page.html))
    #expect(!outline.elements.contains("section") && !outline.elements.contains("table"))
    #expect(!outline.text.contains("What to do next"))
    #expect(!outline.text.contains("Not in this report"))
  }

  @Test func `numbers of a table are sorted by what they are, not by how they look`() {
    var table = ReportTable(
      caption: "c", columns: [.words("w"), .number("n")], isInteractive: true)
    table.add(["a", .init("1,234", sortedBy: 1234)])
    table.add(["b", .init("-", sortedBy: .nan)])
    let html = ReportPage(
      title: "t", subtitle: "", tone: .good, headline: "",
      sections: [ReportSection(id: "x", title: "x", statement: "", blocks: [.table(table)])]
    ).html
    #expect(html.contains("class=\"number\" data-value=\"1234.0\">1,234</td>"))
    #expect(html.contains("<td class=\"number\">-</td>"))
    #expect(html.contains("class=\"sortable\""))
  }

  // MARK: - Pages

  /// A page with one of everything, and a name in every place.
  static func sample(name: String) -> ReportPage {
    var table = ReportTable(
      caption: "Table of \(name)", columns: [.words(name), .number("value")], isInteractive: true)
    table.add([.init(name), .init("1.5", sortedBy: 1.5)])
    let chart = BarChart(
      id: "chart-1", title: name, summary: name, x: Axis("value"),
      rows: [BarChart.Bar("bar", value: 1)])
    return ReportPage(
      title: "Report of \(name)", subtitle: name, tone: .good, headline: "Good: \(name).",
      findings: [name], advice: [name, "Second."],
      figures: [
        .init(name: name, value: "0.5", interval: "0.4 to 0.6 \(name)", note: name),
        .init(name: "Plain", value: "1", note: "no interval"),
      ],
      sections: [
        ReportSection(
          id: "first", title: name, statement: name,
          blocks: [
            .heading(name), .paragraph(name), .list([name, "second"]),
            .figures([chart.figure(note: name)]), .table(table),
            .lines([
              .init(name: name, markup: chart.svg.replacing("chart-1", with: "chart-2"), note: name)
            ]),
            .facts([.init(name, name)]),
            .folded(title: name, [.paragraph(name), .folded(title: "inner", [.table(table)])]),
            .card(title: name, [.paragraph(name), .list([name])]),
          ], guide: name),
        ReportSection(id: "second", title: "Second", statement: "No guide.", blocks: []),
      ], omissions: [.init(title: name, reason: name)], footer: name)
  }

  /// The page without style and script, which are not its own.
  static func withoutStyle(_ html: String) -> String {
    var text = html
    for tag in ["style", "script"] {
      if let start = text.range(of: "<\(tag)>"),
        let end = text.range(of: "</\(tag)>", range: start.upperBound..<text.endIndex)
      {
        text.removeSubrange(start.upperBound..<end.lowerBound)
      }
    }
    return text
  }
}

/// The elements, attributes and texts of a page, which must be well-formed.
final class Outline: NSObject, XMLParserDelegate {
  private(set) var elements: [String] = []
  private(set) var values: [(String, String)] = []
  private(set) var text = ""
  var attributes: [String] { values.map(\.0) }

  struct Malformed: Error { var line: Int }

  init(_ html: String) throws {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    guard parser.parse() else { throw Malformed(line: parser.lineNumber) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements.append(name)
    values += attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
