import Diagnostics

/// Something remarkable about a cell that was accepted all the same.
public enum CellNote: String, Sendable, CaseIterable {
  /// An integer of more digits than a 64-bit float holds.
  case precisionLoss = "precision_loss"
  /// `NaN` in a column of numbers, taken for a missing value.
  case nanAsMissing = "nan_as_missing"
  /// The second 60, taken for the 59th.
  case leapSecond = "leap_second"
  /// A time that the clocks skipped, moved forward by as much as they were.
  case gapTime = "dst_gap"
  /// A time that the clocks showed twice, taken for the first.
  case ambiguousTime = "dst_ambiguous"
  /// A key such as 1.23457E+15: a spreadsheet has rounded a number that was none.
  case scientificKey = "id_scientific"
  /// A key that only its spelling in Unicode tells from another one.
  case keySpelling = "key_normalisation"
  /// A key with characters that nobody sees.
  case invisibleKey = "key_invisible"
  /// The key `NULL`, which is a text like any other.
  case nullKey = "key_null"

  /// What it says of a column, for a warning.
  fileprivate func sentence(_ count: Int) -> String {
    let cells = count == 1 ? "1 cell" : "\(count) cells"
    return switch self {
    case .precisionLoss: "\(cells) with more digits than a 64-bit float holds; is it an id?"
    case .nanAsMissing: "\(cells) NaN, read as missing"
    case .leapSecond: "\(cells) with the second 60, read as 59"
    case .gapTime: "\(cells) with a time that the clocks skipped, moved forward"
    case .ambiguousTime: "\(cells) with a time that the clocks showed twice, taken for the first"
    case .scientificKey: "\(cells) like 1.2E+15: spreadsheet-damaged ids?"
    case .keySpelling: "\(cells) with a key that differs from another in its Unicode spelling alone"
    case .invisibleKey: "\(cells) with invisible characters in the key"
    case .nullKey: "\(cells) with the key NULL, read as a text"
    }
  }
}

/// The remarkable cells of one column, counted.
public struct CellNotes: Sendable, Equatable {
  private var counts: [CellNote: Int] = [:]

  /// No notes.
  public init() {}

  /// How many cells have this note.
  public subscript(note: CellNote) -> Int { counts[note] ?? 0 }

  /// The notes that there are, in a fixed order.
  public var present: [(note: CellNote, count: Int)] {
    CellNote.allCases.compactMap { note in counts[note].map { (note, $0) } }
  }

  mutating func add(_ note: CellNote, count: Int = 1) {
    if count > 0 { counts[note, default: 0] += count }
  }
}

extension Table {
  /// All that the reader put up with, in words.
  public var warningSentences: [String] {
    warnings.sentences
      + columns.flatMap { column in
        column.notes.present.map { note, count in
          "column '\(displayText(column.name))': \(note.sentence(count))"
        }
      }
  }

  /// All that the reader put up with, as counts by name.
  public var warningCounts: [String: Int] {
    var counts = warnings.counts
    for column in columns {
      for (note, count) in column.notes.present { counts[note.rawValue, default: 0] += count }
    }
    if !ignoredColumns.isEmpty { counts["extra_column"] = ignoredColumns.count }
    return counts
  }
}
