import CivilCalendar
import Configuration
import Tabular

/// A column of a raw table: which of its words each account has, and since when.
struct ScannedColumn {
  /// The column's name in the file.
  let name: String
  /// Our name of it; `nil` for a column that is none of ours.
  let role: String?
  /// Whether it is a feature as it is.
  let isAttribute: Bool
  /// Whether cells are still worth looking at.
  private(set) var isWatched: Bool
  /// The words in order of first appearance; the first stands for any value at all.
  private(set) var words = ["(any value)"]
  /// The first day of each word for each account, as a day's number, shape `[words.count]
  /// [accountCount]`; `.max` for an account without the word. Rows without a date have day 0.
  private(set) var firstDays: [[Int32]]
  /// Rows of each word.
  private(set) var rowCounts = [0]
  /// Whether the column has more words than are told apart.
  private(set) var isWide = false
  /// Rows without a value.
  private(set) var missingCount = 0
  /// The account's value as a number, or as a day; NaN where it has none. Only in accounts.
  private(set) var numbers: [Double]
  private(set) var areNumbers = true
  private(set) var areDates = true

  private var codeOfHash: [UInt64: Int] = [:]
  private let levelLimit: Int
  private let accountCount: Int
  private let format: ColumnFormat

  /// A column of which nothing was seen yet.
  init(
    name: String, role: String?, source: SourceName, isAttribute: Bool, accountCount: Int,
    format: ColumnFormat
  ) {
    self.name = name
    self.role = role
    self.isAttribute = isAttribute
    self.accountCount = accountCount
    self.format = format
    isWatched =
      role.map { Self.wordRoles.contains($0) } ?? (source != .tiers && source != .outcomes)
    firstDays = [[Int32](repeating: .max, count: isWatched ? accountCount : 0)]
    numbers =
      source == .accounts && isWatched ? [Double](repeating: .nan, count: accountCount) : []
    // At most 128 MB of days.
    levelLimit = max(16, min(1000, (32 << 20) / max(1, accountCount)))
  }

  /// Columns of ours whose cells are words of a list; keys, dates, amounts and free text are not.
  private static let wordRoles: Set<String> = [
    "segment", "plan", "billing_period_months", "auto_renew", "product", "event", "actor",
    "status", "severity", "reopened", "role", "department", "arm",
  ]

  /// Takes a cell into account.
  mutating func add(_ cell: Span<UInt8>, _ account: Int32, _ day: CalendarDay?) {
    guard !format.isMissing(cell) else {
      missingCount += 1
      return
    }
    note(0, account, day)
    if !numbers.isEmpty { noteNumber(cell, account) }
    guard !isWide else { return }
    let hash = ByteHash.of(cell)
    if let code = codeOfHash[hash] {
      note(code, account, day)
    } else if words.count > levelLimit {
      isWide = true
      words.removeLast(words.count - 1)
      firstDays.removeLast(firstDays.count - 1)
      rowCounts.removeLast(rowCounts.count - 1)
      codeOfHash = [:]
    } else {
      codeOfHash[hash] = words.count
      words.append(String(decoding: cell.indices.map { cell[$0] }, as: UTF8.self))
      firstDays.append([Int32](repeating: .max, count: accountCount))
      rowCounts.append(0)
      note(words.count - 1, account, day)
    }
  }

  private mutating func note(_ code: Int, _ account: Int32, _ day: CalendarDay?) {
    rowCounts[code] += 1
    let day = day?.number ?? 0
    if day < firstDays[code][Int(account)] { firstDays[code][Int(account)] = day }
  }

  private mutating func noteNumber(_ cell: Span<UInt8>, _ account: Int32) {
    if areNumbers, case .value(let number) = NumberGrammar.read(cell) {
      numbers[Int(account)] = number
      areDates = false
    } else if areDates, let seconds = format.seconds(in: cell) {
      numbers[Int(account)] = (seconds / 86_400).rounded(.down)
      areNumbers = false
    } else {
      areNumbers = false
      areDates = false
    }
  }
}
