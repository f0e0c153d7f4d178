import Configuration
import Diagnostics
import Tabular

/// The names of an event log's columns in its files.
struct EventColumns: Sendable {
  var key: String
  var user: String?
  var time: String
  var name: String?
  var value: String?
  var actor: String?
  var status: String?
  var available: String?
  var eventID: String?
  /// How the files are read.
  var options: TableReader.Options

  /// The columns that the file must have.
  var required: [String] {
    [key, time] + [user, name, value, actor, status, available, eventID].compactMap(\.self)
  }

  /// How ``TableReader`` reads them.
  var types: [String: DeclaredType] {
    var types: [String: DeclaredType] = [key: .identifier, time: .timestamp]
    for column in [user, name, actor, status, eventID].compactMap(\.self) {
      types[column] = .category
    }
    if let value { types[value] = .number }
    if let available { types[available] = .date }
    return types
  }
}

/// The readable twin of ``EventBlock``: a block as a table, and each row of it as an event.
///
/// It reads what the fast path cannot, and says what is wrong where something is.
final class EventTable {
  private let targets: EventTargets
  private let source: EventBlockSource
  private let layout: EventLayout
  private let columns: EventColumns

  init(
    _ targets: EventTargets, source: EventBlockSource, layout: EventLayout, columns: EventColumns
  ) {
    self.targets = targets
    self.source = source
    self.layout = layout
    self.columns = columns
  }

  /// Reads whole records.
  ///
  /// - Parameters:
  ///   - lines: Lines of the file between its header and the records.
  ///   - byte: Where the records begin in the file.
  /// - Throws: what ``TableReader`` throws, with the line counted from the start of the file as if
  ///   the block followed its header.
  func read(
    _ bytes: [UInt8], to writer: ShelfWriter, ledger: RowLedger, lines: Int, byte: Int
  ) throws(Diagnostic) -> EventLogCount {
    let part = BytesSource(name: source.name, [source.headerBytes, bytes])
    // Threads that stop at the first bad row share no ledger.
    let ledger =
      ledger.policy == .stop ? try RowLedger(.stop, rejects: nil) : ledger
    let table = try ledger.read(
      part, declared: columns.types, required: [], options: columns.options,
      lines: lines - source.added.lines,
      bytes: byte - source.headerBytes.count - source.added.bytes)
    var count = EventLogCount()
    count.rowCount = table.rowCount
    guard case .identifier(let ids) = table[columns.key]?.values,
      case .date(let times) = table[columns.time]?.values
    else { preconditionFailure("the columns were declared") }
    let users = categories(table, columns.user).map(WordFingerprints.init)
    let eventKeys = categories(table, columns.eventID).map(WordFingerprints.init)
    let names = try columns.name.map { (name) throws(Diagnostic) in
      try codes(of: categories(table, name)!)
    }
    let actors = traits(categories(table, columns.actor), targets.words.actorTraits)
    let statuses = traits(categories(table, columns.status), targets.words.statusTraits)
    var values: [Double]?
    if let column = columns.value, case .number(let numbers) = table[column]?.values {
      values = numbers
    }
    var available: [Double]?
    if let column = columns.available, case .date(let dates) = table[column]?.values {
      available = dates
    }
    for row in 0..<table.rowCount {
      guard let account = account(Array(ids.bytes[ids.range(at: row)])) else {
        count.orphanRowCount += 1
        continue
      }
      if let eventIDs = targets.eventIDs, let id = eventKeys?[row], !eventIDs.isNew(id) {
        count.repeatedRowCount += 1
        continue
      }
      let time = times[row]
      let day = Int((time / 86_400).rounded(.down))
      let hour = (time - Double(day) * 86_400) / 3600
      var bits = layout.constantTraits | (actors?[row] ?? 0) | (statuses?[row] ?? 0)
      // A date without a time is midnight; nothing says that it was at night.
      if hour > 0 && !(9..<17).contains(hour) { bits |= ActivityTraits.offHours }
      let lag = available.map { self.lag(of: $0[row], day: day) } ?? layout.constantLag
      try writer.add(
        account,
        key: ActivityKey(
          account: 0, day: day, name: Int(names?[row] ?? layout.constantName), traits: bits,
          lag: lag
        ).bits, user: users?[row] ?? 0, amount: try amount(values?[row], row))
      count.days = (min(count.days.first, day), max(count.days.last, day))
    }
    return count
  }

  private func categories(_ table: Table, _ name: String?) -> CategoryValues? {
    guard let name, case .category(let values) = table[name]?.values else { return nil }
    return values
  }

  /// The code of each row's event name.
  private func codes(of names: CategoryValues) throws(Diagnostic) -> [Int32] {
    var codeOfLevel: [Int32] = []
    for level in names.levels {
      codeOfLevel.append(targets.names.code(of: EventWords.name(Array(level.utf8))))
    }
    let missing =
      names.codes.contains(-1) ? targets.names.code(of: EventWords.name([])) : -1
    if max(codeOfLevel.max() ?? 0, missing) >= ActivityKey.nameLimit {
      throw EventWords.tooManyNames
    }
    return names.codes.map { $0 < 0 ? missing : codeOfLevel[Int($0)] }
  }

  private func traits(_ words: CategoryValues?, _ meaning: ([UInt8]) -> UInt64) -> [UInt64]? {
    words.map { words in
      let ofLevel = words.levels.map { meaning(Array($0.utf8)) }
      return words.codes.map { $0 < 0 ? 0 : ofLevel[Int($0)] }
    }
  }

  private func account(_ id: [UInt8]) -> Int32? {
    var code = targets.addsAccounts ? targets.keys.code(of: id) : targets.keys.knownCode(of: id)
    if let key = code, let accountOfKey = targets.accountOfKey {
      code = accountOfKey[Int(key)] < 0 ? nil : accountOfKey[Int(key)]
    }
    return code
  }

  private func lag(of available: Double, day: Int) -> Int {
    guard available.isFinite else { return layout.constantLag }
    let known = Int((available / 86_400).rounded(.down))
    return min(max(0, known - day), ActivityKey.lagLimit)
  }

  private func amount(_ value: Double?, _ row: Int) throws(Diagnostic) -> Int64 {
    guard let value, value.isFinite else { return 0 }
    guard let amount = ExactAmount(value) else {
      throw Diagnostic(
        .valueNumberRange, "a value of an event is beyond 9.2e12", file: source.name,
        column: columns.value, hint: "state values in a larger unit")
    }
    return amount.millionths
  }
}

/// The fingerprints of the words of a column: users, or events.
private struct WordFingerprints {
  private let ofLevel: [UInt64]
  private let codes: [Int32]

  init(_ words: CategoryValues) {
    ofLevel = words.levels.map { Fingerprint64.of(Array($0.utf8)) }
    codes = words.codes
  }

  subscript(row: Int) -> UInt64 { codes[row] < 0 ? 0 : ofLevel[Int(codes[row])] }
}
