import Reporting
import Testing

@Suite struct AlignedTableTests {
  @Test func `columns are as wide as their widest cell, and lines end without blanks`() {
    var table = AlignedTable([.left, .right, .left], header: ["name", "value", "note"])
    table.add("a", "1.5", "")
    table.add("longer", "10.25", "x")
    #expect(
      table.text == """
          name    value  note
          a         1.5
          longer  10.25  x

        """)
  }

  @Test func `a table without header or rows is empty, and a short row is allowed`() {
    var table = AlignedTable([.left, .left])
    #expect(table.text.isEmpty)
    table.add("only")
    #expect(table.text == "  only\n")
  }

  @Test func `an accent takes one place however it is written`() {
    var table = AlignedTable([.left, .left])
    table.add("caf\u{e9}", "|")
    table.add("cafe\u{301}", "|")
    table.add("cafes", "|")
    let lines = table.text.split(separator: "\n")
    #expect(Set(lines.map { $0.count }) == [10])
  }

  @Test func `a bar shows a share of the largest, and nothing for what is not positive`() {
    #expect(bar(1, of: 1, width: 10).count == 10)
    #expect(bar(0.5, of: 1, width: 10).count == 5)
    #expect(bar(1e-9, of: 1, width: 10).count == 1)
    #expect(bar(0, of: 1).isEmpty)
    #expect(bar(-1, of: 1).isEmpty)
    #expect(bar(-1, of: -1).isEmpty)
  }
}
