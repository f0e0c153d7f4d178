/// Random numbers that depend on a seed and on nothing else, now and in every later release.
///
/// Method: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators",
/// section 4). The standard library's `shuffle` and `random(in:)` may change from one Swift to the
/// next, so the draws that reach a model are made here.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts the sequence of `seed`; `stream` tells uses of one seed apart.
  public init(seed: UInt64, stream: UInt64 = 0) {
    state = seed &+ stream &* 0xd134_2543_de82_ef95
    // Neighbouring seeds start far apart.
    state = next()
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number in `[0, 1)`, uniform over the multiples of `2^-53`.
  public mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number in `0..<bound`.
  ///
  /// Its bias is below `bound / 2^64`, far beneath anything that can be seen.
  public mutating func nextIndex(below bound: Int) -> Int {
    precondition(bound > 0, "bound is \(bound); expected at least 1")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// `0..<count` in random order (Fisher and Yates; Durstenfeld 1964).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// Puts the elements in random order.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, nextIndex(below: last + 1))
    }
  }

  /// `sampleCount` of `0..<count`, each at most once, in ascending order.
  public mutating func sample(_ sampleCount: Int, of count: Int) -> [Int] {
    precondition(sampleCount <= count, "\(sampleCount) of only \(count)")
    var chosen: [Int] = []
    chosen.reserveCapacity(sampleCount)
    // Selection sampling (Knuth, volume 2, section 3.4.2, algorithm S): one pass, already sorted.
    for index in 0..<count where chosen.count < sampleCount {
      if nextIndex(below: count - index) < sampleCount - chosen.count { chosen.append(index) }
    }
    return chosen
  }
}
