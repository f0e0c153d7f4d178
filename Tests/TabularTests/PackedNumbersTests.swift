import Diagnostics
import Learning
import Tabular
import TestSupport
import Testing

/// Numbers in four bytes or fewer, and back.
@Suite struct PackedNumbersTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Packs numbers and expects the same bits, had all at once, one by one, and in parts.
  private func expectSame(_ values: [Double], _ comment: Comment? = nil) {
    let packed = PackedNumbers(values)
    let bits = values.map(\.bitPattern)
    #expect(packed.count == values.count, comment)
    #expect(packed.unpacked.map(\.bitPattern) == bits, comment)
    #expect(values.indices.map { packed[$0].bitPattern } == bits, comment)
    let some = values.indices.filter { $0 % 3 == 1 }
    #expect(packed.values(at: some).map(\.bitPattern) == some.map { bits[$0] }, comment)
    let part = values.count / 5..<values.count - values.count / 7
    #expect(packed.values(at: Array(part)).map(\.bitPattern) == Array(bits[part]), comment)
  }

  /// What is hard to keep: signs of zero, NaNs that are not the usual one, the ends of each form.
  private let hostile: [Double] = [
    0, -0.0, 1, -1, 254, 255, 256, 65_534, 65_535, 65_536, 134_217_727, 134_217_728, -134_217_727,
    0.1, -0.1, 0.3, 1.0 / 3, 13_421_772.7, 13_421_772.8, 1e-14, 1e-15, 134_217_727e-14,
    9_007_199_254_740_993, 4_294_967_295, 4_294_967_296, 1e22, 1e300, -1e-300, 0.1.nextUp,
    0.1.nextDown, .pi, .nan, -.nan, Double(nan: 7, signaling: false), .infinity, -.infinity,
    .greatestFiniteMagnitude, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .leastNormalMagnitude,
  ]

  @Test func `hostile numbers come back bit by bit`() {
    expectSame([])
    expectSame(hostile)
    for value in hostile { expectSame([value], "\(value)") }
  }

  @Test func `each form of a block gives back its numbers`() {
    let rowCount = 20_000
    func expectForm(_ comment: Comment, _ value: (Int) -> Double) {
      expectSame((0..<rowCount).map(value), comment)
    }
    expectForm("bytes") { $0 % 11 == 0 ? .nan : Double($0 % 255) }
    expectForm("halves") { $0 % 11 == 0 ? .nan : Double($0 * 37 % 65_535) }
    expectForm("codes") { $0 % 11 == 0 ? .nan : Double($0 * 7919 % 1_000_003 - 500_000) / 1000 }
    expectForm("codes, some listed") { $0 % 9 == 0 ? 1 / Double($0 + 3) : Double($0) / 8 }
    expectForm("doubles") { 1 / Double($0 + 3) }
    expectForm("doubles, some codes") { $0 % 3 == 0 ? -0.0 : 1 / Double($0 + 3) }
    expectForm("nothing") { _ in .nan }
    for value in hostile {
      // One that does not fit must not change its neighbours, first, last or in between.
      for place in [0, 8191, 8192, 12_345] {
        expectForm("\(value) at \(place)") { $0 == place ? value : Double($0 % 200) }
      }
      expectForm("\(value) among fractions") { $0 % 100 == 50 ? value : Double($0) / 16 }
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `random decimals in a file are the numbers that the grammar reads`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    func digits(_ limit: Int) -> String {
      (0..<Int(generator.next() % UInt64(limit + 1))).map { _ in "\(generator.next() % 10)" }
        .joined()
    }
    var cells = ["1.", ".5", "-.5", "+3", " 7.50 ", "-0", "-0.0", "0000000000000000000012", "1e3"]
    cells += ["134217727", "134217728", "1.34217727", "1.34217728", "0.00000000000001", "9e-20"]
    while cells.count < 30_000 {
      let sign = ["", "-", "+", "-"][Int(generator.next() % 4)]
      let (whole, fraction) = (digits(8), digits(seed == 1 ? 3 : 16))
      let point = fraction.isEmpty && generator.next() % 2 == 0 ? "" : "."
      let text = sign + whole + point + fraction
      cells.append(whole.isEmpty && fraction.isEmpty ? "NA" : text)
    }
    let expected = cells.map { cell -> UInt64 in
      guard case .value(let value) = NumberGrammar.read(Array(cell.utf8).span) else {
        return Double.nan.bitPattern
      }
      return value.bitPattern
    }
    let path = try folder.write("x,y\n" + cells.map { "\($0),1\n" }.joined(), to: "decimals.csv")
    guard case .number(let read)? = try TableReader.read(path: path)["x"]?.values else {
      Issue.record("the column is not read as numbers")
      return
    }
    #expect(read.map(\.bitPattern) == expected)
    let shelf = try TableReader.shelved(
      path: path, declared: [:], required: [], options: TableReader.Options(), folder: nil,
      progress: nil)
    let packed = try #require(shelf.takePacked(0))
    #expect(packed.unpacked.map(\.bitPattern) == expected)
    expectSame(read)
  }

  @Test func `cells that are no plain decimals are refused as ever`() throws {
    for cell in ["-", ".", "-.", "1.2.3", "1,5", "0x10", "--1", "1-", "1 2", "1.5e", "٣"] {
      let path = try folder.write("x\n\"\(cell)\"\n", to: "fault.csv")
      #expect(throws: Diagnostic.self, "\(cell)") {
        try TableReader.read(path: path, declared: ["x": .number])
      }
    }
  }

  @Test func `rows left out of packed blocks leave the others as they are`() throws {
    // One column, so that a batch is several blocks.
    let cells = (0..<70_000).map { $0 % 1000 == 17 ? "bad" : "\(Double($0 * 31 % 9999) / 100)" }
    let path = try folder.write("x\n" + cells.map { $0 + "\n" }.joined(), to: "bad.csv")
    var options = TableReader.Options()
    options.onBadRow = .skip(.percent(50))
    let table = try TableReader.read(path: path, declared: ["x": .number], options: options)
    #expect(table.rowCounts.rejected == 70)
    guard case .number(let values)? = table["x"]?.values else {
      Issue.record("the column is not read as numbers")
      return
    }
    #expect(values == cells.compactMap { Double($0) })
  }

  @Test func `a column may begin with many empty cells`() throws {
    let cells = (0..<20_000).map { $0 < 17_000 ? "" : "\(Double($0) / 4)" }
    let path = try folder.write("x,y\n" + cells.map { $0 + ",1\n" }.joined(), to: "late.csv")
    guard case .number(let values)? = try TableReader.read(path: path)["x"]?.values else {
      Issue.record("the column is not read as numbers")
      return
    }
    #expect(values.prefix(17_000).allSatisfy { $0.isNaN })
    #expect(Array(values.dropFirst(17_000)) == cells.dropFirst(17_000).compactMap { Double($0) })
  }
}
