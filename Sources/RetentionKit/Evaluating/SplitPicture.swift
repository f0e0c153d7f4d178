import CivilCalendar
import Diagnostics
import Learning
import Reporting

/// What each fold learns from, leaves out and judges, for people to look at.
public struct SplitPicture: Sendable, Equatable {
  /// Rows that a fold learns from, or judges.
  public struct Side: Sendable, Equatable {
    /// How many rows.
    public var rowCount: Int
    /// How many of them are positive.
    public var positiveCount: Int
    /// How many groups, for instance accounts; `nil` where rows stand alone.
    public var groupCount: Int?
    /// The earliest and the latest time; `nil` where folds do not go by time.
    public var times: ClosedRange<Double>?
  }

  /// One fold.
  public struct Fold: Sendable, Equatable {
    /// What it learns from.
    public var learned: Side
    /// What it judges.
    public var judged: Side
    /// Earlier rows that are left out because their outcomes were not yet known on the first day
    /// judged: their label windows end later.
    public var purgedRowCount: Int
    /// Earlier rows that are left out because their group is judged.
    public var judgedGroupRowCount: Int
    /// The fold along the timeline, the earliest first: `=` learned from, `.` left out, `#` judged.
    public var bar: String
  }

  /// The rule of the division: `stratified`, `grouped` or `forward`.
  public var rule: String
  /// How long after a row's time its label is known.
  public var embargo: Double
  /// Whether times are seconds since 1970, the first moments of days, and not plain numbers.
  public var timesAreDates: Bool
  /// The folds in their order.
  public var folds: [Fold]

  /// The widest bar.
  static let barWidth = 40

  /// Looks at the splits of a scheme.
  ///
  /// - Parameter labels: Shape `[rowCount]`.
  public init(_ splits: [Split], labels: [Bool], scheme: ValidationScheme, timesAreDates: Bool) {
    rule = scheme.name
    self.timesAreDates = timesAreDates
    var time: [Double]?
    embargo = 0
    if case .forward(let times, _, let gap) = scheme.rule { (time, embargo) = (times, gap) }
    let gap = embargo
    let timeline = time.map(Timeline.init)
    var judgedBefore = 0
    let judgedCount = splits.reduce(0) { $0 + $1.validation.count }
    folds = splits.map { split in
      func side(_ rows: [Int]) -> Side {
        Side(
          rowCount: rows.count, positiveCount: rows.count { labels[$0] },
          groupCount: scheme.groups.map { groups in Set(rows.lazy.map { groups[$0] }).count },
          times: time.flatMap { time in
            let own = rows.lazy.map { time[$0] }
            return own.min().map { $0...own.max()! }
          })
      }
      var fold = Fold(
        learned: side(split.training), judged: side(split.validation), purgedRowCount: 0,
        judgedGroupRowCount: 0, bar: "")
      guard let time, let timeline, let first = fold.judged.times?.lowerBound else {
        let cells = (judgedBefore, judgedBefore + split.validation.count)
        judgedBefore += split.validation.count
        fold.bar = Self.bar(cells, of: judgedCount)
        return fold
      }
      let used = Set(split.training).union(split.validation)
      for row in time.indices where time[row] < first && !used.contains(row) {
        if time[row] + gap > first {
          fold.purgedRowCount += 1
        } else {
          fold.judgedGroupRowCount += 1
        }
      }
      fold.bar = timeline.bar(
        learned: split.training.map { time[$0] }, judged: split.validation.map { time[$0] })
      return fold
    }
  }

  /// A fold of rows without times: its share of all rows.
  private static func bar(_ judged: (Int, Int), of rowCount: Int) -> String {
    let first = judged.0 * barWidth / max(1, rowCount)
    let end = max(first + 1, judged.1 * barWidth / max(1, rowCount))
    return String((0..<barWidth).map { $0 >= first && $0 < end ? "#" : "=" })
  }

  /// All times of a table, in as many cells as a line has room for.
  private struct Timeline {
    private let times: [Double]
    private var cellCount: Int { min(times.count, SplitPicture.barWidth) }

    init(_ time: [Double]) { times = Set(time).sorted() }

    private func cell(_ time: Double) -> Int {
      var (low, high) = (0, times.count)
      while low < high {
        let middle = (low + high) / 2
        if times[middle] < time { low = middle + 1 } else { high = middle }
      }
      return low * cellCount / times.count
    }

    func bar(learned: [Double], judged: [Double]) -> String {
      var cells = [Character](repeating: " ", count: cellCount)
      let judgedCells = Set(Set(judged).map(cell))
      for index in 0..<(judgedCells.min() ?? 0) { cells[index] = "." }
      for index in Set(Set(learned).map(cell)) { cells[index] = "=" }
      for index in judgedCells { cells[index] = "#" }
      return String(cells)
    }
  }
}

extension SplitPicture {
  /// The folds in lines, each with a bar.
  public var text: String {
    var lines = AlignedTable(
      [.right, .left, .right, .right, .right, .right, .left],
      header: ["fold", "", "rows", "positive", groupTitle, "left out", timesTitle])
    for (index, fold) in folds.enumerated() {
      lines.add(
        "\(index + 1)", "learned", Numbers.count(fold.learned.rowCount),
        Numbers.count(fold.learned.positiveCount), groups(fold.learned), "", span(fold.learned))
      if rule == "forward" {
        lines.add(
          "", "not yet known", "", "", "", Numbers.count(fold.purgedRowCount),
          embargo > 0 ? "embargo of \(length(embargo))" : "no embargo")
        if fold.judgedGroupRowCount > 0 {
          lines.add(
            "", "accounts judged", "", "", "", Numbers.count(fold.judgedGroupRowCount), "")
        }
      }
      lines.add(
        "", "judged", Numbers.count(fold.judged.rowCount),
        Numbers.count(fold.judged.positiveCount), groups(fold.judged), "", span(fold.judged))
    }
    let width = folds.map(\.bar.count).max() ?? 0
    let bars = folds.enumerated().map { index, fold in
      "  fold \(index + 1)  \(fold.bar.trimmedRight)\n"
    }
    let about =
      rule == "forward"
      ? "Folds go forward in time: each learns from what was known when the rows it judges began."
      : rule == "grouped"
        ? "Folds keep the rows of a group together." : "Folds have the same share of positives."
    return "\(about)\n" + lines.text + "\n"
      + (rule == "forward" ? "  earliest to latest" : "  all rows")
      + ", = learned from, \(rule == "forward" ? ". left out, " : "")# judged\n"
      + (width > 0 ? bars.joined() : "")
  }

  private var groupTitle: String {
    folds.contains { $0.judged.groupCount != nil } ? "accounts" : ""
  }

  private var timesTitle: String { rule == "forward" ? (timesAreDates ? "days" : "times") : "" }

  private func groups(_ side: Side) -> String { side.groupCount.map(Numbers.count) ?? "" }

  private func span(_ side: Side) -> String {
    guard let times = side.times else { return "" }
    return times.lowerBound == times.upperBound
      ? moment(times.lowerBound) : "\(moment(times.lowerBound)) to \(moment(times.upperBound))"
  }

  private func moment(_ time: Double) -> String {
    timesAreDates ? CalendarDay(secondsSince1970: time).description : Numbers.quantity(time)
  }

  private func length(_ time: Double) -> String {
    timesAreDates ? Numbers.count(Int((time / 86_400).rounded()), "day") : Numbers.quantity(time)
  }
}

extension String {
  /// Without blanks at its end.
  fileprivate var trimmedRight: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

/// The folds in JSON, under `splits`.
struct SplitJSON: Encodable {
  private let fold: Int
  private let learned: SideJSON
  private let judged: SideJSON
  private let embargoDays: Int?
  private let purgedRows: Int
  private let judgedGroupRows: Int

  private struct SideJSON: Encodable {
    let rows: Int
    let positives: Int
    let groups: Int?
    let from: String?
    let to: String?

    init(_ side: SplitPicture.Side, _ picture: SplitPicture) {
      rows = side.rowCount
      positives = side.positiveCount
      groups = side.groupCount
      from = side.times.map { Self.moment($0.lowerBound, picture) }
      to = side.times.map { Self.moment($0.upperBound, picture) }
    }

    private static func moment(_ time: Double, _ picture: SplitPicture) -> String {
      picture.timesAreDates ? CalendarDay(secondsSince1970: time).description : "\(time)"
    }
  }

  static func all(_ picture: SplitPicture) -> [SplitJSON] {
    picture.folds.indices.map { SplitJSON($0, picture) }
  }

  private init(_ index: Int, _ picture: SplitPicture) {
    let fold = picture.folds[index]
    self.fold = index
    learned = SideJSON(fold.learned, picture)
    judged = SideJSON(fold.judged, picture)
    embargoDays =
      picture.rule == "forward" && picture.timesAreDates
      ? Int((picture.embargo / 86_400).rounded()) : nil
    purgedRows = fold.purgedRowCount
    judgedGroupRows = fold.judgedGroupRowCount
  }
}
