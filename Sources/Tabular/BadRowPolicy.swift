/// What becomes of a row that breaks a rule.
public enum BadRowPolicy: Sendable, Equatable {
  /// The first one ends the reading.
  case stop
  /// It is left out as a whole and counted, as long as the budget lasts.
  case skip(BadRowBudget)
}

/// How many rows may be bad.
public enum BadRowBudget: Sendable, Equatable {
  /// So many; the first beyond them ends the reading at once.
  case count(Int)
  /// So many of 100 rows read; since that takes all rows, it is judged at the end.
  case percent(Double)

  /// Reads `N` or `P%`, with N a whole number from 0 on and P from 0 to 100.
  public init?(_ text: String) {
    guard text.utf8.last == UInt8(ascii: "%") else {
      guard let count = Int(text), count >= 0, text.utf8.first != UInt8(ascii: "+") else {
        return nil
      }
      self = .count(count)
      return
    }
    let digits = Array(text.utf8.dropLast())
    guard case .value(let percent) = NumberGrammar.read(digits.span), 0...100 ~= percent else {
      return nil
    }
    self = .percent(percent)
  }

  /// Whether the budget is used up, with more rows to come.
  func isExceededAtOnce(by counts: RowCounts) -> Bool {
    if case .count(let limit) = self { return counts.rejected > limit }
    return false
  }

  /// Whether all rows together had more bad ones than allowed.
  func isExceeded(by counts: RowCounts) -> Bool {
    switch self {
    case .count(let limit): counts.rejected > limit
    case .percent(let limit): Double(counts.rejected) * 100 > limit * Double(counts.read)
    }
  }
}

extension BadRowBudget: CustomStringConvertible {
  /// As the budget is written: `N` or `P%`.
  public var description: String {
    switch self {
    case .count(let count): return "\(count)"
    case .percent(let percent):
      let isWhole = percent == percent.rounded()
      return (isWhole ? "\(Int(percent))" : "\(percent)") + "%"
    }
  }
}

/// How many rows there were, and what became of them.
public struct RowCounts: Sendable, Equatable {
  /// Rows that are in the table.
  public var accepted = 0
  /// Rows that broke a rule and were left out.
  public var rejected = 0

  /// States the counts.
  public init(accepted: Int = 0, rejected: Int = 0) {
    self.accepted = accepted
    self.rejected = rejected
  }

  /// Rows of the file, without header and blank lines.
  public var read: Int { accepted + rejected }

  /// What the counts say in words; nothing where all rows are good.
  public var sentences: [String] {
    guard rejected > 0 else { return [] }
    return ["\(rejected) of \(read) rows \(rejected == 1 ? "is" : "are") bad and left out"]
  }
}
