/// Room for the histograms of a tree's leaves, used over and over.
struct HistogramStore: Sendable {
  typealias Slot = Int

  private let binCount: Int
  private let bins: LargeArray<HistogramBin>
  private let slotCount: Int
  private var free: [Slot] = []

  /// The most memory that histograms may take, in bytes; beyond it, leaves are added up again.
  private static let byteLimit = 1 << 28

  init(binCount: Int, leafLimit: Int) {
    let size = max(1, binCount) * MemoryLayout<HistogramBin>.stride
    self.binCount = max(1, binCount)
    // Two at least: a parent and a child.
    slotCount = max(2, min(leafLimit + 1, Self.byteLimit / size))
    bins = LargeArray(count: slotCount * self.binCount)
  }

  /// Takes everything back.
  mutating func reset() { free = (0..<slotCount).reversed() }

  /// Room for one histogram, what it holds being old; `nil` where there is none.
  mutating func take() -> Slot? { free.popLast() }

  mutating func release(_ slot: Slot?) {
    if let slot { free.append(slot) }
  }

  /// The bins of all features, shape `[totalBinCount]`.
  func start(_ slot: Slot) -> UnsafeMutablePointer<HistogramBin> {
    precondition((0..<slotCount).contains(slot), "slot \(slot) of \(slotCount)")
    // SAFETY: the slot is one of those that were allocated.
    return unsafe bins.start + slot * binCount
  }
}
