import Learning

/// The planes of a block of rows, and the memory for them.
///
/// Rows are padded to groups of 64; what the padding holds is tested too, and dropped.
@safe struct PlaneBlock: ~Copyable {
  private let layout: BytePlanes
  private let kernel: ScanKernel
  /// The most rows a block has: a multiple of 64, and how many bytes a plane takes.
  let capacity: Int
  /// Shape `[planeCount, capacity]`.
  private(set) var start: UnsafeMutablePointer<Int8>
  private var numbers: UnsafeMutablePointer<Double>
  /// How many groups of 64 rows the block has now.
  private(set) var groups = 0

  /// Makes room for `capacity` rows.
  init(_ layout: BytePlanes, capacity: Int, kernel: ScanKernel) {
    precondition(capacity > 0 && capacity % 64 == 0, "room for \(capacity) rows")
    self.layout = layout
    self.kernel = kernel
    self.capacity = capacity
    // Zeros, so that padding is never read before something is written to it.
    unsafe start = .zeros(layout.planeCount * capacity)
    unsafe numbers = .zeros(capacity)
  }

  deinit {
    unsafe start.deallocate()
    unsafe numbers.deallocate()
  }

  /// Takes up rows of a matrix: fills all planes.
  ///
  /// - Precondition: At most as many rows as the block has room for; the matrix has the model's
  ///   features.
  mutating func load(_ matrix: FeatureMatrix, rows: Range<Int>) {
    precondition(
      rows.count <= capacity && rows.lowerBound >= 0 && rows.upperBound <= matrix.rowCount)
    groups = (rows.count + 63) / 64
    // SAFETY: `groups * 64 <= capacity`, the room in `numbers` and each plane.
    var loaded = -1
    for ranks in layout.ranks {
      // A column too short for its last group is copied, as are codes; once for all its planes.
      if case .number(let values) = matrix.columns[ranks.feature], rows.count == 64 * groups {
        unsafe values.withUnsafeBufferPointer {
          unsafe fill(ranks, from: $0.baseAddress! + rows.lowerBound)
        }
      } else {
        if loaded != ranks.feature { copy(matrix.columns[ranks.feature], rows) }
        loaded = ranks.feature
        unsafe fill(ranks, from: numbers)
      }
    }
    for category in layout.categories {
      fill(category, from: matrix.columns[category.feature], rows)
    }
  }

  /// Fills the planes of one feature with what other rows hold of it.
  ///
  /// - Parameters:
  ///   - order: The row of the column that each row takes its value from; `nil` for its own.
  ///   - rows: The rows that the block has taken up.
  /// - Precondition: `order` names rows of the column.
  mutating func replace(
    _ feature: FeaturePlanes, from column: FeatureColumn, _ order: [Int32]?, at rows: Range<Int>
  ) {
    precondition(rows.count <= capacity && (order?.count ?? column.count) >= rows.upperBound)
    if !feature.ranks.isEmpty {
      if let order { copy(column, order, rows) } else { copy(column, rows) }
      // SAFETY: as in `load`.
      for index in feature.ranks { unsafe fill(layout.ranks[index], from: numbers) }
    }
    guard let index = feature.category else { return }
    let category = layout.categories[index]
    for (offset, row) in rows.enumerated() {
      let source = order.map { Int($0[row]) } ?? row
      switch column {
      case .category(let codes):
        look(up: category.position(of: codes[source]), in: category, for: offset)
      case .number(let values):
        look(up: category.position(of: values[source]), in: category, for: offset)
      }
    }
  }

  private func copy(_ column: FeatureColumn, _ order: [Int32], _ rows: Range<Int>) {
    // SAFETY: positions are below `rows.count <= capacity`; the arrays check their own.
    switch column {
    case .number(let values):
      for (position, row) in rows.enumerated() {
        unsafe numbers[position] = values[Int(order[row])]
      }
    case .category(let codes):
      for (position, row) in rows.enumerated() {
        unsafe numbers[position] = Double(codes[Int(order[row])])
      }
    }
  }

  private func copy(_ column: FeatureColumn, _ rows: Range<Int>) {
    // SAFETY: positions are below `rows.count <= capacity`; the array checks its own.
    switch column {
    case .number(let values):
      for (position, row) in rows.enumerated() { unsafe numbers[position] = values[row] }
    case .category(let codes):
      for (position, row) in rows.enumerated() { unsafe numbers[position] = Double(codes[row]) }
    }
  }

  @unsafe private func fill(_ ranks: RankPlanes, from values: UnsafePointer<Double>) {
    unsafe layout.keys.withUnsafeBufferPointer {
      unsafe kernel.rank(
        values, groups: groups, among: $0.baseAddress! + ranks.keyStart, steps: ranks.steps,
        missingRight: ranks.missingRight.map { unsafe start + $0 * capacity },
        missingLeft: ranks.missingLeft.map { unsafe start + $0 * capacity })
    }
  }

  private func fill(_ category: CategoryPlanes, from column: FeatureColumn, _ rows: Range<Int>) {
    switch column {
    case .category(let codes):
      for (offset, row) in rows.enumerated() {
        look(up: category.position(of: codes[row]), in: category, for: offset)
      }
    case .number(let values):
      for (offset, row) in rows.enumerated() {
        look(up: category.position(of: values[row]), in: category, for: offset)
      }
    }
  }

  /// Writes the outcomes of a category's tests for one row.
  @inline(__always)
  private func look(up position: Int, in category: CategoryPlanes, for offset: Int) {
    let bytes = layout.bytesOfCodes.span
    let first = category.byteStart + position * category.planeCount
    for plane in 0..<category.planeCount {
      // SAFETY: `offset < capacity`, and the planes of a category are below `planeCount`.
      unsafe start[(category.firstPlane + plane) * capacity + offset] = bytes[first + plane]
    }
  }
}

extension UnsafeMutablePointer where Pointee: Numeric {
  /// Room for `count` zeros, to be deallocated by the caller.
  @unsafe static func zeros(_ count: Int) -> Self {
    let start = Self.allocate(capacity: max(1, count))
    unsafe start.initialize(repeating: 0, count: max(1, count))
    return unsafe start
  }
}
