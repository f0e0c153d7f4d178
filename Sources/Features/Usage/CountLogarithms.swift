import Learning

/// Logarithms of counts: those of small ones, which are most, are looked up, because a logarithm
/// costs as much as counting 20 events.
struct CountLogarithms: Sendable {
  private let small = (0..<512).map { PortableMath.log(Double($0)) }

  /// The natural logarithm of a count.
  subscript(count: Int) -> Double {
    small.indices.contains(count) ? small[count] : PortableMath.log(Double(count))
  }
}
