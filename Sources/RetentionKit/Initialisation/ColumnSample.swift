import CivilCalendar
import Tabular

/// What the cells of a column that were looked at have in common.
struct ColumnSample {
  /// What the column holds.
  enum Kind {
    case empty, flag, number, date, word
  }

  /// The most distinct values that are kept.
  static let distinctLimit = 20_000

  /// The name in the header.
  let name: String
  private(set) var valueCount = 0
  private(set) var missingCount = 0
  /// How often each value occurs, up to ``distinctLimit`` values.
  private(set) var counts: [String: Int] = [:]
  private(set) var isCapped = false
  private(set) var areWhole = true
  private(set) var range: ClosedRange<Double>?
  private var numberCount = 0
  private var flagCount = 0
  /// The days that the values would be in each shape that all of them have.
  private var days: [DateShape: ClosedRange<CalendarDay>]?

  init(name: String) { self.name = name }

  // MARK: Looking

  /// Takes a cell into account.
  mutating func add(_ cell: String) {
    let bytes = Array(cell.utf8)
    guard !MissingToken.matches(bytes.span) else {
      missingCount += 1
      return
    }
    valueCount += 1
    if days?.isEmpty != true { addDay(cell) }
    count(cell)
    if case .value = BooleanGrammar.read(bytes.span) { flagCount += 1 }
    if case .value(let number) = NumberGrammar.read(bytes.span) {
      numberCount += 1
      areWhole = areWhole && number == number.rounded(.towardZero)
      range = min(range?.lowerBound ?? number, number)...max(range?.upperBound ?? number, number)
    }
  }

  /// Takes a cell of a later row into account: only how far dates reach, and which words there are.
  mutating func addLater(_ cell: String) {
    let bytes = Array(cell.utf8)
    guard !MissingToken.matches(bytes.span) else { return }
    if days?.isEmpty == false { addDay(cell) } else { count(cell) }
  }

  /// Whether later rows can still say something.
  var isWorthReading: Bool {
    switch kind {
    case .date: true
    case .word: !isCapped
    // Ids: a value may come again far below.
    case .number: areWhole && isUnique && !isCapped
    case .empty, .flag: false
    }
  }

  /// Takes over what was seen of the same column in another file.
  mutating func join(_ other: ColumnSample) {
    valueCount += other.valueCount
    missingCount += other.missingCount
    numberCount += other.numberCount
    flagCount += other.flagCount
    areWhole = areWhole && other.areWhole
    isCapped = isCapped || other.isCapped
    for (word, times) in other.counts { count(word, times: times) }
    if let range, let others = other.range {
      self.range =
        min(range.lowerBound, others.lowerBound)...max(range.upperBound, others.upperBound)
    } else {
      range = range ?? other.range
    }
    if let days, let others = other.days {
      self.days = days.filter { others[$0.key] != nil }
      for (shape, range) in self.days! {
        let other = others[shape]!
        self.days![shape] =
          min(range.lowerBound, other.lowerBound)...max(range.upperBound, other.upperBound)
      }
    } else {
      days = days ?? other.days
    }
  }

  private mutating func count(_ word: String, times: Int = 1) {
    if counts.count < Self.distinctLimit || counts[word] != nil {
      counts[word, default: 0] += times
    } else {
      isCapped = true
    }
  }

  private mutating func addDay(_ cell: String) {
    let shapes = DateShape.shapes(of: cell)
    guard let known = days else {
      days = [:]
      for (shape, day) in shapes { days![shape] = day...day }
      return
    }
    var kept: [DateShape: ClosedRange<CalendarDay>] = [:]
    for (shape, day) in shapes {
      guard let range = known[shape] else { continue }
      kept[shape] = min(range.lowerBound, day)...max(range.upperBound, day)
    }
    days = kept
  }

  // MARK: What was found

  /// What the column holds, by its name as well where numbers may be instants.
  var kind: Kind {
    if valueCount == 0 { return .empty }
    if dateShape != nil { return .date }
    if flagCount == valueCount { return .flag }
    return numberCount == valueCount ? .number : .word
  }

  /// How the dates are written; `nil` where the values are no dates.
  var dateShape: DateShape? { dateShapes.first }

  /// Whether the days can be read in two ways, so that the order of day and month is a guess.
  var isDateAmbiguous: Bool { dateShapes.count > 1 }

  private var dateShapes: [DateShape] {
    guard let days else { return [] }
    // A number may be an instant only where the name says so.
    let isTime = ColumnNaming(name).isTime
    return days.keys.filter { shape in
      switch shape {
      case .iso, .pattern: true
      case .digits, .epoch: isTime
      }
    }.sorted { ($0.format ?? "") < ($1.format ?? "") }
  }

  /// The first and the last day; `nil` where the values are no dates.
  var daysSeen: ClosedRange<CalendarDay>? { dateShape.flatMap { days?[$0] } }

  /// Whether no value occurs twice.
  var isUnique: Bool { valueCount > 0 && missingCount == 0 && !counts.values.contains { $0 > 1 } }

  /// The values by how often they occur, then by their bytes.
  var words: [String] {
    counts.sorted { first, second in
      first.value == second.value
        ? Array(first.key.utf8).lexicographicallyPrecedes(Array(second.key.utf8))
        : first.value > second.value
    }.map(\.key)
  }

  /// Whether the values are few enough words to be a list.
  var isList: Bool {
    !isCapped && counts.count >= 2 && counts.count <= 50 && counts.count * 2 <= valueCount
  }
}
