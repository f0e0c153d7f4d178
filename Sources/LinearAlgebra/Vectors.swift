/// Loops over plain vectors that give the same bits on every processor: eight sums side by side,
/// added up in a fixed order, without fused multiply-add.
public enum Vectors {
  /// Eight numbers side by side.
  public typealias Eight = SIMD8<Double>

  /// The sum of `first[i] * second[i]` over `0..<count`.
  @inlinable
  public static func dot(
    _ first: UnsafePointer<Double>, _ second: UnsafePointer<Double>, count: Int
  ) -> Double {
    var sums = Eight.zero
    var index = 0
    while index &+ 8 <= count {
      // SAFETY: eight elements from `index` on are within `count`.
      unsafe sums += eight(first, index) * eight(second, index)
      index &+= 8
    }
    var total = sum(sums)
    while index < count {
      unsafe total += first[index] * second[index]
      index &+= 1
    }
    return total
  }

  /// Adds `factor * source[i]` to `target[i]` for `0..<count`.
  @inlinable
  public static func add(
    _ factor: Double, times source: UnsafePointer<Double>, to target: UnsafeMutablePointer<Double>,
    count: Int
  ) {
    var index = 0
    while index &+ 8 <= count {
      // SAFETY: eight elements from `index` on are within `count`.
      unsafe store(eight(target, index) + factor * eight(source, index), target, index)
      index &+= 8
    }
    while index < count {
      unsafe target[index] += factor * source[index]
      index &+= 1
    }
  }

  /// Eight elements from `index` on.
  @inlinable @inline(__always)
  public static func eight(_ vector: UnsafePointer<Double>, _ index: Int) -> Eight {
    unsafe UnsafeRawPointer(vector + index).loadUnaligned(as: Eight.self)
  }

  /// Writes eight elements from `index` on.
  @inlinable @inline(__always)
  public static func store(_ values: Eight, _ vector: UnsafeMutablePointer<Double>, _ index: Int) {
    unsafe UnsafeMutableRawPointer(vector + index).storeBytes(of: values, as: Eight.self)
  }

  /// The sum of eight numbers, in a fixed order.
  @inlinable @inline(__always)
  public static func sum(_ values: Eight) -> Double {
    let four = values.lowHalf + values.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}
