import GradientBoosting
import Learning
import Testing

@Suite struct PatternScannerTests {
  @Test(arguments: ScanKernel.supported, 1...3)
  func `a bit is 1 where a row passes all of its tests`(kernel: ScanKernel, seed: UInt64) {
    var random = RandomTrees(seed: seed)
    let model = random.trees(leaves: [40, 90], nanThresholds: true)
    let matrix = random.matrix(rowCount: 200)
    var generator = SeededGenerator(seed: seed)
    let conditions: [[[SideTest]]] = [1, 7, 8, 9, 16].map { bitCount in
      (0..<bitCount).map { _ in
        (0..<generator.nextIndex(below: 4)).map { _ in
          let tree = generator.nextIndex(below: 2)
          let tests = model.trees[tree].nodes.indices.filter { !model.trees[tree].nodes[$0].isLeaf }
          return SideTest(
            tree: tree, node: tests[generator.nextIndex(below: tests.count)],
            goesRight: generator.nextUnit() < 0.5)
        }
      }
    }
    let scanner = PatternScanner(
      model, conditions: conditions, blockRowCount: 128, kernel: kernel)
    var block = PatternBlock(scanner)
    for rows in [0..<128, 128..<200, 3..<4] {
      block.load(matrix, rows: rows)
      let values = RowBlock(matrix, rows: rows)
      for (index, bits) in conditions.enumerated() {
        let found = unsafe block.withPatterns(index) { unsafe Array($0.prefix(rows.count)) }
        for position in 0..<rows.count {
          var expected: UInt16 = 0
          for (bit, tests) in bits.enumerated() {
            let isMet = values.withRow(position) { row in
              var isMet = true
              for test in tests where !test.isPassed(by: row, in: model.trees) { isMet = false }
              return isMet
            }
            if isMet { expected |= 1 << UInt16(bit) }
          }
          #expect(found[position] == expected)
        }
      }
    }
  }
}
