import GradientBoosting
import Learning

extension TreeSHAP {
  /// A table pays from so many rows for each of its patterns on.
  private static let rowsPerPattern = 2

  /// What ``contributions(of:rows:threads:)`` gives, many rows at a time.
  package func scannedContributions(
    of matrix: FeatureMatrix, rows: Range<Int>, threads: Int
  ) -> [Double] {
    let width = model.featureCount
    let scanner = store.scanner { PieceScanner(model, pieces) }
    let blockRowCount = scanner.scanner.blockRowCount
    let blocks = stride(from: rows.lowerBound, to: rows.upperBound, by: blockRowCount).map {
      $0..<min($0 + blockRowCount, rows.upperBound)
    }
    var values = [Double](repeating: 0, count: rows.count * width)
    for run in store.runs {
      let tables = store.tables(of: run, threads: threads) { index in
        pieces.isLookedUp(pieces.pieces[index])
          && Self.rowsPerPattern << pieces.pieces[index].bits.count <= rows.count
      } _: { index in
        table(of: pieces.pieces[index])
      }
      unsafe values.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let start = buffer.baseAddress
        Parallel.forEach(blocks.count, threads: threads) { index in
          guard let start = unsafe start else { return }
          let block = blocks[index]
          // SAFETY: blocks share out the rows, and each writes to its own.
          unsafe add(
            run, tables, scanner, matrix, block,
            to: start + (block.lowerBound - rows.lowerBound) * width)
        }
      }
    }
    return values
  }

  /// Adds a run of pieces to the contributions of a block.
  @unsafe private func add(
    _ run: Range<Int>, _ tables: [[Double]], _ scanner: PieceScanner, _ matrix: FeatureMatrix,
    _ rows: Range<Int>, to target: UnsafeMutablePointer<Double>
  ) {
    let room = scanner.scanner.blockRowCount
    let width = model.featureCount
    let used = scanner.usedFeatures
    var block = PatternBlock(scanner.scanner)
    block.load(matrix, rows: rows)
    // Feature by feature, each with a place for every row of the block.
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: max(1, used.count * room))
    defer { unsafe sums.deallocate() }
    // SAFETY: `rows.count <= room`, places are below `used.count`, features below `width`.
    for (place, feature) in used.enumerated() {
      for row in 0..<rows.count {
        unsafe sums[place * room + row] = target[row * width + feature]
      }
    }
    var work = PieceWork(game)
    for index in run {
      let piece = pieces.pieces[index]
      let places = scanner.places[index]
      let table = tables[run.count == tables.count ? index - run.lowerBound : index]
      if !table.isEmpty {
        unsafe block.withPatterns(scanner.firstPattern[index]) { patterns in
          // SAFETY: a pattern has `bits.count` bits, each column of the table so many numbers.
          unsafe table.withUnsafeBufferPointer { table in
            for (column, place) in places.enumerated() {
              unsafe Self.add(
                table.baseAddress! + column << piece.bits.count, patterns.baseAddress!,
                count: rows.count, to: sums + place * room)
            }
          }
        }
      } else {
        work.load(&block, scanner.firstPattern[index], piece.wordCount, rows.count)
        work.evaluate(piece, pieces)
        unsafe work.slotOfRow.withUnsafeBufferPointer { slots in
          unsafe work.sums.withUnsafeBufferPointer { parts in
            for (column, place) in places.enumerated() {
              let first = work.sums(ofColumn: column).lowerBound
              // SAFETY: a slot is below the number of patterns, each with a sum in the column.
              unsafe Self.add(
                parts.baseAddress! + first, slots.baseAddress!, count: rows.count,
                to: sums + place * room)
            }
          }
        }
      }
    }
    for (place, feature) in used.enumerated() {
      for row in 0..<rows.count {
        unsafe target[row * width + feature] = sums[place * room + row]
      }
    }
  }

  @inline(__always)
  @unsafe private static func add(
    _ column: UnsafePointer<Double>, _ patterns: UnsafePointer<UInt16>, count: Int,
    to sums: UnsafeMutablePointer<Double>
  ) {
    // SAFETY: the caller's patterns are below what the column holds.
    for row in 0..<count { unsafe sums[row] += column[Int(patterns[row])] }
  }

  /// What a piece adds for each pattern, shape `[features.count, 2^bits.count]`.
  private func table(of piece: TreePiece) -> [Double] {
    let count = 1 << piece.bits.count
    var table = [Double](repeating: 0, count: piece.features.count * count)
    var game = game
    var parts: [Double] = []
    var products: [SIMD4<Double>] = []
    var patterns = [UInt16](repeating: 0, count: count)
    for index in piece.leaves {
      let leaf = pieces.leaves[index]
      game.prepare(index, of: pieces)
      game.table(to: &parts, products: &products)
      for pattern in 0..<count { patterns[pattern] = pieces.stepPattern(leaf, of: UInt16(pattern)) }
      for (position, step) in pieces.steps[leaf.steps].enumerated() {
        unsafe table.withUnsafeMutableBufferPointer { table in
          unsafe parts.withUnsafeBufferPointer { parts in
            // SAFETY: a leaf's pattern is below `2^steps.count`, a step's column below the piece's.
            unsafe Self.add(
              parts.baseAddress! + position << leaf.steps.count, patterns, count: count,
              to: table.baseAddress! + Int(step.column) << piece.bits.count)
          }
        }
      }
    }
    return table
  }
}
