import Diagnostics

/// Rows of cells, set in columns for a terminal.
package struct AlignedTable {
  package enum Alignment { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]]

  /// - Parameter header: The first row; no row of its own where empty.
  package init(_ alignments: [Alignment], header: [String] = []) {
    self.alignments = alignments
    rows = header.isEmpty ? [] : [header]
  }

  package mutating func add(_ cells: String...) { rows.append(cells) }

  package mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines, indented by two, each column as wide as its widest cell.
  package var text: String {
    let widths = alignments.indices.map { column in
      rows.map { $0.count > column ? Self.width($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = " "
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - Self.width(cell))
        line += " " + (alignments[column] == .left ? cell + padding : padding + cell) + " "
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// How many columns of a terminal a text takes, as far as one can know.
  private static func width(_ text: String) -> Int { text.count }
}

/// A bar whose length shows a share of the largest.
package func bar(_ value: Double, of largest: Double, width: Int = 24) -> String {
  guard largest > 0, value > 0 else { return "" }
  // Of several that are infinite each is the largest.
  let share = value == largest ? 1 : value / largest
  return String(repeating: "█", count: max(1, Int((share * Double(width)).rounded())))
}
