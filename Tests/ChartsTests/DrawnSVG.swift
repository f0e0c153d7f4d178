import Charts
import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What is in an `<svg>`, as an XML parser reads it.
final class DrawnSVG: NSObject, XMLParserDelegate {
  /// A text with its place.
  struct Text {
    var x: Double
    var y: Double
    var anchor: String
    var kind: String
    var words = ""

    /// From where to where it may reach.
    var extent: ClosedRange<Double> {
      let isBold = ["l", "v", "to", "on"].contains { kind.split(separator: " ").contains($0[...]) }
      let width = TextWidth.of(words, size: 12, isBold: isBold)
      let start = anchor == "end" ? x - width : anchor == "middle" ? x - width / 2 : x
      return start...(start + width)
    }
  }

  private(set) var texts: [Text] = []
  private(set) var paths: [String] = []
  private(set) var ids: [String] = []
  private(set) var title = ""
  private(set) var details = ""
  private(set) var width = 0.0
  private(set) var height = 0.0
  private(set) var isWellFormed = false
  private var open: [String] = []

  init(_ svg: String) {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    isWellFormed = parser.parse()
  }

  /// All the numbers of all paths.
  var coordinates: [Double] {
    paths.flatMap { path in
      path.split { !"0123456789.-".contains($0) }.map { Double($0) ?? .nan }
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(name)
    if let id = attributes["id"] { ids.append(id) }
    if let path = attributes["d"] { paths.append(path) }
    if name == "svg" {
      width = Double(attributes["width"] ?? "") ?? .nan
      height = Double(attributes["height"] ?? "") ?? .nan
    }
    if name == "text" {
      texts.append(
        Text(
          x: Double(attributes["x"] ?? "") ?? .nan, y: Double(attributes["y"] ?? "") ?? .nan,
          anchor: attributes["text-anchor"] ?? "start", kind: attributes["class"] ?? ""))
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters characters: String) {
    switch open {
    case ["svg", "title"]: title += characters
    case ["svg", "desc"]: details += characters
    case let path where path.last == "text": texts[texts.count - 1].words += characters
    default: break
    }
  }
}
