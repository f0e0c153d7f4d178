import CDesignBlock
import Learning
import LinearAlgebra

/// The penalised log loss of a training set as a function of the parameters:
/// `sum over rows of weight * loss + sum over parameters of ridge / 2 * parameter^2`.
///
/// Rows are shared out over lanes, whose number depends on the size of the problem and on nothing
/// else; a lane works through its blocks in order, and lanes are added up in order. What a library
/// adds up is exact (see ``CurvatureSums``). So the bits of the result are the same for any number of
/// threads and on any processor.
struct LogisticObjective: Sendable {
  let set: TrainingSet
  let layout: DesignLayout
  /// The strength of the squared penalty on each parameter, shape `[parameterCount]`.
  let ridge: [Double]
  /// What is known of each row's log odds beforehand, shape `[rowCount]`; `nil` for 0.
  let offsets: [Double]?
  let threads: Int
  /// The weight of all rows: the scale on which a gradient counts as small.
  let totalWeight: Double

  /// Which part of a Hessian is summed.
  enum HessianParts: Sendable {
    case none
    /// All of it, but of dense columns nearly (see ``CurvatureSums``): enough for a step, and three
    /// times as fast.
    case rough
    /// As ``rough``, but of a sample of the rows alone: a tenth of the cost of ``all``.
    case sampled
    case all
    /// Only the products of dense columns with each other and the diagonal of the sparse ones: what
    /// fits in memory whatever the number of columns.
    case blocks
  }

  /// Which rows are summed over.
  enum Rows: Sendable {
    case all
    /// Every eighth block, counted eight times.
    case sampled
  }

  /// Every how many blocks one is sampled.
  private static let sampledOneIn = 8

  private static func isSampled(_ block: Int) -> Bool { block % sampledOneIn == 0 }

  /// About how many rows are sampled.
  var sampledRowCount: Int { self.set.rowCount / Self.sampledOneIn }

  /// Whether a sample of the rows says enough about all of them.
  var canSample: Bool { sampledRowCount >= 40 * layout.parameterCount }

  /// How many rows a block has; the last may have fewer.
  let blockRowCount: Int
  private let laneCount: Int

  /// The objective and its derivatives at one point.
  struct Point: Sendable {
    var parameters: [Double]
    /// In nats.
    var value: Double
    /// Shape `[parameterCount]`.
    var gradient: [Double]
    /// Lower triangle, column by column, shape `[parameterCount, parameterCount]`; `nil` where it
    /// was not asked for.
    var hessian: [Double]?
    /// The blocks of the Hessian; `nil` where they were not asked for.
    var preconditioner: BlockPreconditioner?
  }

  init(
    set: TrainingSet, layout: DesignLayout, ridge: [Double], offsets: [Double]? = nil, threads: Int
  ) {
    precondition(ridge.count == layout.parameterCount, "\(ridge.count) penalties")
    self.set = set
    self.layout = layout
    self.ridge = ridge
    self.offsets = offsets
    self.threads = threads
    totalWeight = set.weights?.reduce(0, +) ?? Double(set.rowCount)
    // A block of dense columns that stays in a core's own cache; never more rows than keep the
    // library's sums exact.
    blockRowCount = min(1024, max(64, (1 << 16) / layout.denseCount / 8 * 8))
    let blockCount = (set.rowCount + blockRowCount - 1) / blockRowCount
    // Each lane has its own sums, so that many parameters make for few lanes.
    let lanesInMemory = (1 << 24) / (layout.parameterCount * layout.parameterCount)
    laneCount = max(1, min(8, blockCount / 4, max(2, lanesInMemory)))
  }

  /// The objective and its gradient at `parameters`, and its Hessian if asked for.
  ///
  /// - Parameter rows: Of a sample all three are estimates of those of all rows.
  func point(
    at parameters: [Double], of rows: Rows = .all, hessian parts: HessianParts
  ) -> Point {
    let lanes = Parallel.map(laneCount, threads: threads) { lane in
      self.sums(ofLane: lane, at: parameters, of: rows, hessian: parts)
    }
    var total = lanes[0]
    for lane in lanes.dropFirst() { total.add(lane) }
    let multiple = Double(set.rowCount) / Double(total.rowCount)
    var point = Point(
      parameters: parameters, value: total.loss * multiple,
      gradient: total.gradient.map { $0 * multiple })
    if let curvature = total.curvature {
      if parts == .blocks {
        point.preconditioner = BlockPreconditioner(curvature.blocks, layout: layout, ridge: ridge)
      } else {
        point.hessian = curvature.hessian(
          ofRows: Double(set.rowCount) / Double(total.curvatureRowCount))
      }
    }
    for (index, strength) in ridge.enumerated() {
      point.value += strength / 2 * parameters[index] * parameters[index]
      point.gradient[index] += strength * parameters[index]
      point.hessian?[index * ridge.count + index] += strength
    }
    return point
  }

  /// Calls `body` with the position of each block of rows of a lane, in order, and with the block,
  /// its slopes and curvatures those at `parameters`; returns the loss of the lane's rows.
  func forEachBlock(
    ofLane lane: Int, at parameters: [Double], of chosen: Rows = .all,
    keepsColumns: (Int) -> Bool = { _ in true }, _ body: (Int, DesignBlock) -> Void
  ) -> Double {
    let blockCount = (set.rowCount + blockRowCount - 1) / blockRowCount
    let block = DesignBlock(layout: layout, capacity: blockRowCount)
    var loss = 0.0
    for index in blockCount * lane / laneCount..<blockCount * (lane + 1) / laneCount
    where chosen == .all || Self.isSampled(index) {
      let first = index * blockRowCount
      let rows = first..<min(first + blockRowCount, set.rowCount)
      block.load(
        rows, of: set.matrix, times: parameters, keepsColumns: keepsColumns(index))
      if let offsets {
        for (position, row) in rows.enumerated() { unsafe block.scores[position] += offsets[row] }
      }
      loss += block.differentiate(rows, of: set)
      body(index, block)
    }
    return loss
  }

  /// The first row of the block at a position.
  func firstRow(ofBlock index: Int) -> Int { index * blockRowCount }

  /// How many lanes there are, for passes that gather more than ``point(at:hessian:)``.
  var lanes: Range<Int> { 0..<laneCount }

  private func sums(
    ofLane lane: Int, at parameters: [Double], of rows: Rows, hessian parts: HessianParts
  ) -> LaneSums {
    var gradient = [Double](repeating: 0, count: layout.parameterCount)
    var curvature =
      parts == .none
      ? nil
      : CurvatureSums(
        layout, blocked: parts == .blocks, rough: parts == .rough || parts == .sampled)
    var curvatureRowCount = 0
    var rowCount = 0
    func isForCurvature(_ block: Int) -> Bool {
      parts != .none && (parts != .sampled || Self.isSampled(block))
    }
    let loss = forEachBlock(
      ofLane: lane, at: parameters, of: rows, keepsColumns: isForCurvature
    ) { index, block in
      rowCount += block.rowCount
      unsafe gradient.withUnsafeMutableBufferPointer {
        unsafe block.addWeightedSum(factors: block.slopes, to: $0.baseAddress!)
      }
      guard isForCurvature(index) else { return }
      curvature?.add(block)
      curvatureRowCount += block.rowCount
    }
    return LaneSums(
      loss: loss, gradient: gradient, rowCount: rowCount, curvature: curvature,
      curvatureRowCount: curvatureRowCount)
  }
}

/// What one lane adds up.
private struct LaneSums: Sendable {
  var loss: Double
  var gradient: [Double]
  /// How many rows both are of.
  var rowCount: Int
  var curvature: CurvatureSums?
  /// How many rows `curvature` is of.
  var curvatureRowCount: Int

  mutating func add(_ other: LaneSums) {
    loss += other.loss
    for index in gradient.indices { gradient[index] += other.gradient[index] }
    rowCount += other.rowCount
    curvatureRowCount += other.curvatureRowCount
    if let curvature = other.curvature { self.curvature?.add(curvature) }
  }
}

extension DesignBlock {
  /// Sets slopes and curvatures by the scores of `rows`, and returns their loss.
  fileprivate func differentiate(_ rows: Range<Int>, of set: TrainingSet) -> Double {
    // SAFETY: `rows` are within the set, and the block's vectors have room for them.
    unsafe set.labels.withUnsafeBufferPointer { labels in
      let labels = unsafe labels.baseAddress! + rows.lowerBound
      guard let weights = set.weights else {
        return unsafe rk_design_differentiate(
          Int64(rowCount), Self.widestVectors, scores, labels, nil, slopes, curvatures)
      }
      return unsafe weights.withUnsafeBufferPointer { weights in
        unsafe rk_design_differentiate(
          Int64(rowCount), Self.widestVectors, scores, labels,
          weights.baseAddress! + rows.lowerBound, slopes, curvatures)
      }
    }
  }
}
