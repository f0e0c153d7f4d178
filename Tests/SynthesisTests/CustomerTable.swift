import Synthesis

/// The CSV as a reader without any of this package sees it.
struct CustomerTable {
  let header: [String]
  let rows: [[String]]

  init(_ csv: [UInt8]) {
    let lines = String(decoding: csv, as: UTF8.self).split(separator: "\n")
    header = lines[0].split(separator: ",").map(String.init)
    rows = lines.dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The cells of a column, top to bottom.
  func texts(_ column: String) -> [String] {
    guard let index = header.firstIndex(of: column) else {
      preconditionFailure("there is no column \(column)")
    }
    return rows.map { $0[index] }
  }

  /// The numbers of a column; none where the cell is empty.
  func numbers(_ column: String) -> [Double?] {
    texts(column).map { text in
      precondition(text.isEmpty || Double(text) != nil, "\(column): \(text) is not a number")
      return Double(text)
    }
  }

  /// The numbers of a column that has no empty cell.
  func complete(_ column: String) -> [Double] { numbers(column).map { $0! } }
}

/// How often a random positive is ranked above a random negative, ties counting half.
func rocAUC(scores: [Double], labels: [Bool]) -> Double {
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  var rankSum = 0.0
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
    // The rows start..<end are tied: each has the mean of the ranks start + 1 ... end.
    let rank = Double(start + 1 + end) / 2
    for position in start..<end where labels[order[position]] { rankSum += rank }
    start = end
  }
  let positives = Double(labels.count { $0 })
  let negatives = Double(labels.count) - positives
  return (rankSum - positives * (positives + 1) / 2) / (positives * negatives)
}

/// FNV-1a in 64 bits (Fowler, Noll, Vo): enough to notice a changed byte.
func digest(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
