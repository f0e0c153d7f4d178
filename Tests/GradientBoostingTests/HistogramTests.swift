import GradientBoosting
import Learning
import Testing

@Suite struct HistogramTests {
  /// A table of `counts.count` features with so many values each.
  private func matrix(_ counts: [Int], rowCount: Int, seed: UInt64) -> FeatureMatrix {
    var generator = SeededGenerator(seed: seed)
    return FeatureMatrix(
      features: counts.indices.map { index in
        Feature(
          name: "f\(index)",
          kind: index % 5 == 4
            ? .category(levels: (0..<counts[index]).map(String.init)) : .number)
      },
      columns: counts.indices.map { index in
        index % 5 == 4
          ? .category(
            (0..<rowCount).map { _ in Int32(generator.nextIndex(below: counts[index])) })
          : .number(
            (0..<rowCount).map { _ in
              // Every third feature is sparse.
              if index % 3 == 1, generator.nextIndex(below: 4) > 0 { return 1 }
              return generator.nextIndex(below: 9) == 0
                ? .nan : Double(generator.nextIndex(below: counts[index]))
            })
      }, rowCount: rowCount)
  }

  private func gradients(_ rowCount: Int, seed: UInt64) -> LargeArray<PackedGradient> {
    var generator = SeededGenerator(seed: seed)
    let gradients = LargeArray<PackedGradient>(count: rowCount)
    let limits = PackedGradient.limits(rowCount: rowCount)
    for row in 0..<rowCount {
      let gradient = generator.nextIndex(below: 2 * Int(limits.gradient)) - Int(limits.gradient)
      let hessian = generator.nextIndex(below: Int(limits.hessian))
      gradients[row] = UInt32(UInt16(bitPattern: Int16(gradient))) << 16 | UInt32(hessian)
    }
    return gradients
  }

  /// The histogram of all features, one row and one feature after the other.
  private func plainHistogram(
    _ matrix: BinnedMatrix, _ rows: [Int], _ gradients: LargeArray<PackedGradient>
  ) -> [HistogramBin] {
    var sums = [HistogramBin](repeating: HistogramBin(), count: matrix.totalBinCount)
    for row in rows {
      let gradient = Int64(Int16(truncatingIfNeeded: gradients[row] >> 16))
      let hessian = Int64(gradients[row] & 0xFFFF)
      for feature in matrix.usableFeatures {
        let bin = matrix.bins(of: feature).lowerBound + matrix.columns.bin(feature, row: row)
        sums[bin] = HistogramBin(
          gradientSum: sums[bin].gradientSum + gradient,
          hessianSum: sums[bin].hessianSum + hessian)
      }
    }
    return sums
  }

  private func histogram(
    _ matrix: BinnedMatrix, _ rows: NodeRows, _ gradients: LargeArray<PackedGradient>,
    _ builder: HistogramBuilder
  ) -> [HistogramBin] {
    let sums = LargeArray<HistogramBin>(count: matrix.totalBinCount)
    let parts = unsafe builder.add(rows, gradients: gradients, to: sums.start)
    unsafe builder.finish(0..<sums.count, in: sums.start, parts: parts)
    return (0..<sums.count).map { sums[$0] }
  }

  /// Slots of one feature, shared slots, several tiles, and features of more than 256 bins.
  static let shapes: [[Int]] = [
    [3], [2, 2, 3], [300, 7, 200, 1, 900], [3, 4, 3, 2, 2, 3, 3, 3],
    (0..<70).map { 40 + $0 * 3 }, (0..<45).map { 2 + $0 % 4 },
  ]

  @Test(arguments: shapes, [1, 2, 3])
  func `sums in 64 bits equal those of one row after the other`(shape: [Int], threads: Int) {
    let rowCount = 20_000
    let pool = WorkerPool(threads: threads)
    let binned = BinnedMatrix(
      matrix(shape, rowCount: rowCount, seed: 3), binLimit: 255, pool: pool)
    let builder = HistogramBuilder(binned, pool: pool)
    let gradients = gradients(rowCount, seed: 5)
    let some = stride(from: 1, to: rowCount, by: 3).map(\.self)
    let list = LargeArray<UInt32>(count: some.count)
    for (position, row) in some.enumerated() { list[position] = UInt32(row) }
    #expect(
      histogram(binned, .listed(list), gradients, builder)
        == plainHistogram(binned, some, gradients))
    // A second node finds the buffers as the first did.
    #expect(
      histogram(binned, .consecutive(first: 0, count: rowCount), gradients, builder)
        == plainHistogram(binned, Array(0..<rowCount), gradients))
  }

  @Test func `features that mostly hold one value are listed, and sums are the same`() {
    let pool = WorkerPool(threads: 2)
    let sparse = BinnedMatrix(
      matrix([90, 100, 120, 80, 100, 90, 200, 250], rowCount: 9000, seed: 4), binLimit: 255,
      pool: pool)
    #expect(sparse.sparse?.features == [1, 7])
    let gradients = gradients(9000, seed: 6)
    #expect(
      histogram(
        sparse, .consecutive(first: 0, count: 9000), gradients,
        HistogramBuilder(sparse, pool: pool)) == plainHistogram(sparse, Array(0..<9000), gradients))
  }

  @Test(arguments: [1, 1000, 65_536, 65_537, 200_000])
  func `rows at the limits do not overflow`(half: Int) {
    let rowCount = 2 * half
    let limits = PackedGradient.limits(rowCount: rowCount)
    let pool = WorkerPool(threads: 1)
    let matrix = FeatureMatrix(
      features: [Feature(name: "x", kind: .number)],
      columns: [.number((0..<rowCount).map { $0 < rowCount / 2 ? 0 : 1 })], rowCount: rowCount)
    let binned = BinnedMatrix(matrix, binLimit: 255, pool: pool)
    let gradients = LargeArray<PackedGradient>(count: rowCount)
    for row in 0..<rowCount {
      let gradient = Int16(row < half ? -limits.gradient : limits.gradient)
      gradients[row] = UInt32(UInt16(bitPattern: gradient)) << 16 | UInt32(limits.hessian)
    }
    let sums = histogram(
      binned, .consecutive(first: 0, count: rowCount), gradients,
      HistogramBuilder(binned, pool: pool))
    let (gradient, hessian) = (
      Int64(limits.gradient) * Int64(half), Int64(limits.hessian) * Int64(half)
    )
    #expect(sums.map(\.gradientSum) == [-gradient, gradient])
    #expect(sums.map(\.hessianSum) == [hessian, hessian])
    #expect((sums[0] + sums[1]).hessianSum == 2 * hessian)
    #expect((sums[0] + sums[1] - sums[0]) == sums[1])
  }

  @Test func `features of few values share a slot`() {
    let pool = WorkerPool(threads: 1)
    let shared = BinnedMatrix(
      matrix([3, 3, 3, 3], rowCount: 5000, seed: 8), binLimit: 255, pool: pool)
    #expect(shared.tiles.map(\.slots.count) == [1])
    let own = BinnedMatrix(
      matrix([30, 30, 30, 30], rowCount: 5000, seed: 8), binLimit: 255, pool: pool)
    // The second is sparse, and listed.
    #expect(own.tiles.map(\.slots.count) == [3] && own.sparse?.features == [1])
  }

  @Test func `features that are never set together share a slot`() {
    // A hundred flags, of which each row has one.
    let flags = (0..<100).map { flag in
      FeatureColumn.number((0..<4000).map { $0 % 100 == flag ? 1 : 0 })
    }
    let matrix = FeatureMatrix(
      features: (0..<100).map { Feature(name: "f\($0)", kind: .number) }, columns: flags,
      rowCount: 4000)
    let binned = BinnedMatrix(matrix, binLimit: 255, pool: WorkerPool(threads: 1))
    #expect(binned.tiles.map(\.slots.count) == [1])
  }

  @Test func `a copied and a constant column cannot be split`() {
    let values = (0..<100).map { Double($0 % 7) }
    let matrix = FeatureMatrix(
      features: ["a", "b", "c", "d"].map { Feature(name: $0, kind: .number) },
      columns: [
        .number(values), .number([Double](repeating: 1, count: 100)), .number(values),
        .number(values.map { -$0 }),
      ], rowCount: 100)
    let binned = BinnedMatrix(matrix, binLimit: 255, pool: WorkerPool(threads: 1))
    #expect(binned.usableFeatures == [0, 3])
  }
}
