import CivilCalendar
import Diagnostics
import Explanation
import Learning
import Reporting
import Scoring

/// The accounts of a report: what the model says of each, and why, of those that are shown.
struct ReportAccounts: Sendable {
  /// One account.
  struct Row: Sendable {
    var id: String
    var probability: Double
    var percentile: Double
    var band: ScoreBand
    /// Monthly recurring revenue, or the money of a column; NaN where unknown.
    var money = Double.nan
    var daysToRenewal: Int?
    /// Whether the outcome came, where that is known.
    var outcome: Bool?

    /// Probability times money; NaN without money.
    var expected: Double { probability * money }
  }

  /// Why an account scores as it does.
  struct Drivers: Sendable {
    /// How far each feature moves the probability, in 0...1, shape `[featureCount]`.
    var points: [Double]
    /// How far each moves the score, in log odds, shape `[featureCount]`.
    var contributions: [Double]
    /// The values of the features: a quantity, or a category's code. Shape `[featureCount]`.
    var values: [Double]
    /// The probability to which points are added.
    var base: Double

    /// The features that speak most for the side on which the account stands, the strongest first.
    func strongest(_ limit: Int) -> [Int] {
      Attribution.strongest(points, contributions: contributions[...], limit: limit)
    }
  }

  /// All of them, in the order of the data.
  var rows: [Row]
  /// The day that they are looked at; `nil` for those of a plain table.
  var asOf: CalendarDay?
  /// The features, in the order of drivers.
  var features: [Feature]
  /// Reasons in words, the strongest first, by row, of the accounts that are listed.
  var reasonTexts: [Int: [String]] = [:]
  /// The accounts that are shown one by one, in full, by row.
  var stories: [Int: AccountStory] = [:]
  /// By row, of the accounts that are shown and of those that stand for all.
  var drivers: [Int: Drivers] = [:]
  /// The rows that stand for all where drivers are summed up, ascending.
  var sample: [Int]
  /// The rows of the table of accounts, the most at stake first.
  var listed: [Int]
  /// The rows shown one by one, with a word for each.
  var examples: [(title: String, row: Int)]

  /// So many accounts are listed.
  static let listLimit = 200
  /// So many accounts stand for all of them in sums of drivers.
  static let sampleLimit = 2000

  /// Chooses who is shown.
  init(_ rows: [Row], asOf: CalendarDay?, features: [Feature], words: ReportWords) {
    self.rows = rows
    self.asOf = asOf
    self.features = features
    let count = rows.count
    sample =
      count <= Self.sampleLimit
      ? Array(rows.indices)
      : (0..<Self.sampleLimit).map { $0 * count / Self.sampleLimit }
    let byProbability = rows.indices.sorted {
      (-rows[$0].probability, $0) < (-rows[$1].probability, $1)
    }
    let hasMoney = rows.contains { $0.money > 0 }
    func stake(_ row: Int) -> Double { rows[row].expected.isNaN ? -1 : rows[row].expected }
    let byStake =
      hasMoney ? byProbability.sorted { (-stake($0), $0) < (-stake($1), $1) } : byProbability
    listed = Array(byStake.prefix(Self.listLimit))
    var chosen: [(title: String, row: Int)] = []
    func choose(_ title: String, _ candidates: some Sequence<Int>, _ limit: Int) {
      var left = limit
      for row in candidates where left > 0 && !chosen.contains(where: { $0.row == row }) {
        chosen.append((title, row))
        left -= 1
      }
    }
    if hasMoney { choose("most money at stake", byStake, 2) }
    choose("high \(words.level)", byProbability, 2)
    choose("middling \(words.level)", byProbability.dropFirst(count / 5), 2)
    choose("low \(words.level)", byProbability.reversed(), 1)
    examples = chosen
  }

  /// The rows whose drivers are wanted, ascending.
  var wanted: [Int] { Set(sample + listed + examples.map(\.row)).sorted() }

  /// The strongest drivers of an account, as reasons.
  func reasons(ofRow row: Int, limit: Int) -> [Reason] {
    guard let found = drivers[row] else { return [] }
    return found.strongest(limit).map {
      Reason(feature: features[$0], value: found.values[$0], points: found.points[$0])
    }
  }

  /// Adds the drivers of rows by a model.
  ///
  /// - Parameter rows: The rows of the report that the rows of `matrix` are.
  mutating func explain(
    _ rows: [Int], by model: RetentionModel, on matrix: FeatureMatrix, threads: Int
  ) {
    let attribution = model.learner.attribution(of: matrix, threads: threads)
    let scale = model.pointScale(meanScore: attribution.meanScore)
    for (place, row) in rows.enumerated() {
      drivers[row] = Drivers(
        points: scale.points(ofRow: place, attribution: attribution),
        contributions: attribution.contributions(ofRow: place),
        values: matrix.columns.map { $0.value(at: place) }, base: scale.baseProbability)
    }
  }

  /// The scores, with the strongest reasons of the accounts that are listed and none of the others.
  func listedScores(_ scores: [AccountScore]) -> [AccountScore] {
    var scores = scores
    for row in listed { scores[row].reasons = reasons(ofRow: row, limit: 3) }
    return scores
  }

  /// Puts the reasons of the accounts that are listed into words.
  mutating func say(_ scores: [AccountScore], _ words: ReasonWords) {
    for row in listed { reasonTexts[row] = words.texts(of: scores[row], row: row) }
  }

  /// Adds the accounts that are shown one by one.
  mutating func tell(_ stories: AccountStories) throws(Diagnostic) {
    for example in examples {
      self.stories[example.row] = try stories.story(of: rows[example.row].id)
    }
  }
}
