import Diagnostics
import Foundation

/// A time zone of the IANA database, as a list of the instants at which its clocks were set.
///
/// The list is made once, so that a cell costs a binary search. It reaches over the years 1970 to
/// 2199 and does not depend on the zone of the process.
public struct LocalTimeZone: Sendable {
  /// The name, such as `Europe/Berlin`.
  public let identifier: String
  /// How far the clocks are ahead of UTC, span by span, in seconds.
  private let offsets: [Double]
  /// When each span but the first begins, in seconds since 1970 UTC.
  private let starts: [Double]
  /// What the clocks show when each span but the last ends; ascending.
  private let localEnds: [Double]

  /// Looks a zone up.
  ///
  /// - Throws: `config.timezone` for an unknown name.
  public init(_ identifier: String) throws(Diagnostic) {
    guard let zone = TimeZone(identifier: identifier) else {
      throw Diagnostic(
        .configTimeZone, "there is no time zone '\(displayText(identifier))'",
        hint: "give a name of the IANA database, such as Europe/Berlin or UTC")
    }
    func offset(_ time: Int) -> Int {
      zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time)))
    }
    // A day more at either end: local times of the first and the last day may lie beyond in UTC.
    let range = -86_400..<7_258_118_400 + 86_400
    var offsets = [offset(range.lowerBound)]
    var starts: [Int] = []
    // No clocks were set twice within a week; where they were, the instant is found by halving.
    let step = 7 * 86_400
    for start in stride(from: range.lowerBound, to: range.upperBound, by: step) {
      let after = offset(start + step)
      guard after != offsets[offsets.count - 1] else { continue }
      var low = start
      var high = start + step
      while high - low > 1 {
        let middle = (low + high) / 2
        if offset(middle) == after { high = middle } else { low = middle }
      }
      starts.append(high)
      offsets.append(after)
    }
    self.identifier = identifier
    self.offsets = offsets.map(Double.init)
    self.starts = starts.map(Double.init)
    localEnds = zip(starts, offsets).map { Double($0 + $1) }
  }

  /// The instant at which the clocks show a time.
  ///
  /// A time that they skipped moves forward by as much as they did; one that they showed twice is
  /// the first of the two.
  ///
  /// - Parameter local: Seconds since 1970-01-01T00:00:00 by the clocks.
  func seconds(atLocal local: Double) -> (seconds: Double, note: CellNote?) {
    var low = 0
    var high = localEnds.count
    while low < high {
      let middle = (low + high) / 2
      if localEnds[middle] > local { high = middle } else { low = middle + 1 }
    }
    // `low` is the first span that ends after the time.
    let seconds = local - offsets[low]
    if low > 0, seconds < starts[low - 1] {
      return (local - offsets[low - 1], .gapTime)
    }
    if low < starts.count, local - offsets[low + 1] >= starts[low] {
      return (seconds, .ambiguousTime)
    }
    return (seconds, nil)
  }
}

extension LocalTimeZone: Equatable {
  /// Whether two zones have the same name.
  public static func == (first: LocalTimeZone, second: LocalTimeZone) -> Bool {
    first.identifier == second.identifier
  }
}
