import Learning

/// A table put together in a test, on its way to a CSV file.
public struct TableText {
  /// The column names.
  public var header: [String]
  /// The cells, shape `[rowCount][columnCount]`; without commas, quotes or line ends.
  public var rows: [[String]]

  /// Puts a table together.
  public init(header: [String], rows: [[String]] = []) {
    self.header = header
    self.rows = rows
  }

  /// The file's text: LF line ends, the last one included.
  public var csv: String { ([header] + rows).map { $0.joined(separator: ",") + "\n" }.joined() }

  /// Adds a column at the end.
  public func adding(_ name: String, _ cell: (Int) -> String) -> TableText {
    TableText(
      header: header + [name], rows: rows.enumerated().map { row, cells in cells + [cell(row)] })
  }

  /// Another table with the cells of one column replaced.
  public func replacing(_ name: String, _ cell: (Int, String) -> String) -> TableText {
    let column = header.firstIndex(of: name)!
    var table = self
    for row in rows.indices { table.rows[row][column] = cell(row, rows[row][column]) }
    return table
  }

  /// A table whose label depends on `x` (rising), `y` (falling, with gaps) and `level`, and not on
  /// `noise`.
  ///
  /// Columns: `account_id, x, y, level, noise, churned`; about a third of the rows churned.
  public static func customers(rowCount: Int, seed: UInt64) -> TableText {
    var generator = SeededGenerator(seed: seed)
    var table = TableText(header: ["account_id", "x", "y", "level", "noise", "churned"])
    for row in 0..<rowCount {
      let x = (generator.nextUnit() * 400).rounded() / 100 - 2
      let y = generator.nextUnit() < 0.1 ? Double.nan : (generator.nextUnit() * 100).rounded()
      let level = generator.nextIndex(below: 3)
      let noise = (generator.nextUnit() * 1000).rounded() / 1000
      let score = 1.5 * x - (y.isNaN ? 0 : (y - 50) / 40) + Double(level) - 2
      let churned = generator.nextUnit() < LogLoss.probability(score)
      table.rows.append([
        "acct_\(row + 1)", "\(x)", y.isNaN ? "" : "\(Int(y))", ["low", "mid", "top"][level],
        "\(noise)", churned ? "yes" : "no",
      ])
    }
    return table
  }
}

/// A CSV file taken apart without the reader under test.
public struct CSVText {
  /// The names in the first line.
  public let header: [String]
  /// The other records.
  public let rows: [[String]]

  /// Takes apart RFC 4180 text with LF line ends; quotes may hold anything.
  public init(_ text: String) {
    var records: [[String]] = [[]]
    var field = ""
    var isQuoted = false
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while let scalar = next {
      next = scalars.next()
      switch scalar {
      case "\"" where isQuoted && next == "\"":
        field.unicodeScalars.append(scalar)
        next = scalars.next()
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        records[records.count - 1].append(field)
        field = ""
      case "\n" where !isQuoted:
        records[records.count - 1].append(field)
        field = ""
        records.append([])
      default: field.unicodeScalars.append(scalar)
      }
    }
    records.removeLast()
    header = records.first ?? []
    rows = Array(records.dropFirst())
  }

  /// The cells of a column.
  public subscript(_ name: String) -> [String] {
    guard let column = header.firstIndex(of: name) else { return [] }
    return rows.map { $0.indices.contains(column) ? $0[column] : "" }
  }
}
