import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct ErrorDocumentationTests {
  /// A row of a table of kinds in `Docs/Errors.md`.
  private struct DocumentedKind: Hashable {
    var name: String
    var exitCode: String
  }

  /// The rows of the page whose first cell is a name in backquotes, in the order of the page.
  private static func documentedKinds() throws -> [DocumentedKind] {
    let page = ReferenceFiles.packageRoot.appending(path: "Docs/Errors.md")
    return try String(contentsOf: page, encoding: .utf8).split(separator: "\n").compactMap { line in
      guard line.hasPrefix("| `") else { return nil }
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count >= 2, cells[0].count > 2, cells[0].hasSuffix("`") else { return nil }
      return DocumentedKind(name: String(cells[0].dropFirst().dropLast()), exitCode: cells[1])
    }
  }

  @Test(arguments: Diagnostic.Kind.allCases)
  func `every kind of error is documented once, beside its exit code`(_ kind: Diagnostic.Kind)
    throws
  {
    let rows = try Self.documentedKinds().filter { $0.name == kind.rawValue }
    #expect(rows == [DocumentedKind(name: kind.rawValue, exitCode: "\(kind.exitCode)")])
  }

  @Test func `no kind is documented that does not exist`() throws {
    let unknown = try Self.documentedKinds().filter { Diagnostic.Kind(rawValue: $0.name) == nil }
    #expect(unknown == [])
  }
}
