import CivilCalendar
import Configuration
import Diagnostics
import Tabular

/// What one pass over the files of a table found, beyond what a history keeps: all columns, also
/// those that the configuration does not use.
struct ScannedTable {
  /// Of which table.
  let source: SourceName
  /// Rows of each file.
  private(set) var files: [(path: String, rowCount: Int)] = []
  /// Rows of all files.
  private(set) var rowCount = 0
  /// Rows of accounts that do not exist.
  private(set) var orphanRowCount = 0
  /// Accounts that have a row.
  private(set) var accountCount = 0
  /// The first and the last day of the table's own date column.
  private(set) var days: (first: CalendarDay, last: CalendarDay)?
  /// Rows by month, as 12 times the year plus the month from 0.
  private(set) var rowCountOfMonth: [Int: Int] = [:]
  /// Rows without a date where the table has a column of dates.
  private(set) var undatedRowCount = 0
  /// Rows dated before 1990.
  private(set) var ancientRowCount = 0
  /// Rows that repeat another byte by byte.
  private(set) var repeated = RepeatedRows()
  /// Rows that repeat a key, where the table has one.
  private(set) var repeatedKeyCount = 0
  /// The columns of all files, in the order in which they are met.
  private(set) var columns: [ScannedColumn] = []

  private var hasRow: [Bool]
  private var keys = RepeatedRows()

  /// Reads the files.
  ///
  /// - Parameters:
  ///   - accountOfKey: The account by the hash of the cell that names it.
  ///   - keyColumn: Our name of the column that names the account.
  /// - Throws: what ``CSVRecordReader`` throws; bad rows are passed over here, since the history's
  ///   reader has refused them already.
  init(
    _ source: SourceName, _ configuration: RetentionConfiguration, accountCount: Int,
    keyColumn: String, accountOfKey: borrowing [UInt64: Int32],
    noteKey: ((UInt64, Int32) -> Void)? = nil
  ) throws(Diagnostic) {
    self.source = source
    hasRow = [Bool](repeating: false, count: accountCount)
    guard let table = configuration.sources[source] else { return }
    let options = try table.options(timeZone: configuration.timeZone)
    for file in try configuration.files(of: source) {
      let before = rowCount
      try read(
        file, table, options, accountCount: accountCount, keyColumn: keyColumn, accountOfKey,
        noteKey)
      files.append((file, rowCount - before))
    }
    self.accountCount = hasRow.count { $0 }
    repeatedKeyCount = max(0, keys.count)
  }

  private mutating func read(
    _ path: String, _ table: TableSource, _ options: TableReader.Options, accountCount: Int,
    keyColumn: String, _ accountOfKey: borrowing [UInt64: Int32],
    _ noteKey: ((UInt64, Int32) -> Void)?
  ) throws(Diagnostic) {
    var reader = try CSVRecordReader(try CSVFileSource(path: path), dialect: options.dialect)
    let header = reader.header
    let ours = Dictionary(
      source.columnNames.map { (table.columns[$0] ?? $0, $0) },
      uniquingKeysWith: { first, _ in first
      })
    var places: [Int] = []
    for name in header {
      if let known = columns.firstIndex(where: { $0.name == name }) {
        places.append(known)
      } else {
        places.append(columns.count)
        columns.append(
          ScannedColumn(
            name: name, role: ours[name], source: source,
            isAttribute: table.attributes.contains(name), accountCount: accountCount,
            format: options.format[name]))
      }
    }
    func place(_ column: String?) -> Int? {
      column.flatMap { header.firstIndex(of: table.columns[$0] ?? $0) }
    }
    let account = place(keyColumn)
    let date = place(source.dateColumn)
    let key = place(source.rowKey)
    let dateFormat = date.map { options.format[header[$0]] }
    var lastDate: (hash: UInt64, day: CalendarDay?) = (0, nil)
    let ancient = CalendarDay("1990-01-01")!
    while true {
      let fault = try reader.readBatch(rowLimit: 4096)
      guard !reader.lines.isEmpty || fault != nil else { return }
      let bytes = reader.buffer.span
      let width = header.count
      for row in reader.lines.indices {
        rowCount += 1
        repeated.add(ByteHash.of(bytes.extracting(reader.records[row].range)))
        func cell(_ column: Int) -> Range<Int> {
          trimmed(bytes, reader.fields[row * width + column].range)
        }
        if let key { keys.add(ByteHash.of(bytes.extracting(cell(key)))) }
        var day: CalendarDay?
        if let date, let dateFormat {
          let text = cell(date)
          // Rows of one day or of one account often share their date.
          let hash = ByteHash.of(bytes.extracting(text))
          if hash != lastDate.hash {
            lastDate = (
              hash,
              dateFormat.seconds(in: bytes.extracting(text)).map(
                CalendarDay.init(secondsSince1970:))
            )
          }
          day = lastDate.day
          if let day { note(day, ancient) } else { undatedRowCount += 1 }
        }
        guard let account else { continue }
        let keyHash = ByteHash.of(bytes.extracting(cell(account)))
        guard let owner = accountOfKey[keyHash] else {
          orphanRowCount += 1
          continue
        }
        hasRow[Int(owner)] = true
        if let noteKey, let subscription = place("sub_id") {
          noteKey(ByteHash.of(bytes.extracting(cell(subscription))), owner)
        }
        for column in 0..<width where columns[places[column]].isWatched {
          columns[places[column]].add(bytes.extracting(cell(column)), owner, day)
        }
      }
      if reader.lines.isEmpty, fault == nil { return }
    }
  }

  private mutating func note(_ day: CalendarDay, _ ancient: CalendarDay) {
    days = days.map { (min($0.first, day), max($0.last, day)) } ?? (day, day)
    if day < ancient { ancientRowCount += 1 }
    let date = day.components
    rowCountOfMonth[date.year * 12 + date.month - 1, default: 0] += 1
  }
}

extension SourceName {
  /// The column that dates a row.
  var dateColumn: String? {
    switch self {
    case .accounts: "created_at"
    case .subscriptions: "start"
    case .events, .payments, .campaigns, .outcomes: "ts"
    case .tickets: "opened"
    case .users: "created_at"
    case .tiers: nil
    }
  }

  /// The column that is unique by right.
  var rowKey: String? {
    switch self {
    case .accounts: "account_id"
    case .tickets: "ticket_id"
    case .events: "event_id"
    case .users, .subscriptions, .payments, .campaigns, .outcomes, .tiers: nil
    }
  }

  /// Whether a row was written on its day, and not later.
  var isDatedLog: Bool { [.events, .tickets, .payments, .campaigns].contains(self) }
}

/// A range of bytes without the blanks and tabs at its ends.
private func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
  var (low, high) = (range.lowerBound, range.upperBound)
  while low < high, bytes[low] == 0x20 || bytes[low] == 0x09 { low += 1 }
  while low < high, bytes[high - 1] == 0x20 || bytes[high - 1] == 0x09 { high -= 1 }
  return low..<high
}
