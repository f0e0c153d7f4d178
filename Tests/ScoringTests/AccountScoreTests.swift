import Calibration
import Explanation
import Learning
import Scoring
import Tabular
import TestSupport
import Testing

@Suite struct AccountScoreTests {
  private let set = SampleModels.set

  /// Rows of the sample table, with their positions as keys.
  private func table(_ rows: [Int]) -> EncodedTable {
    let matrix = set.matrix.selecting(rows)
    var ids = TextValues()
    for row in rows { ids.append(Array("account \(row)".utf8).span) }
    var columns = [TableColumn(name: "account", values: .identifier(ids))]
    for (feature, column) in zip(matrix.features, matrix.columns) {
      switch column {
      case .number(let values):
        columns.append(
          TableColumn(
            name: feature.name,
            values: feature.kind == .boolean ? .boolean(values) : .number(values)))
      case .category(let codes):
        columns.append(
          TableColumn(
            name: feature.name,
            values: .category(
              CategoryValues(
                codes: codes, levels: (0..<feature.levelCount).map { feature.levelName(Int32($0)) })
            )
          ))
      }
    }
    return SampleModels.model(.trees).schema.encoded(Table(columns: columns, rowCount: rows.count))
  }

  @Test func `a percentile counts lower rows and half of the tied ones`() {
    let model = SampleModels.model(.logistic)
    let raw = model.learner.scores(of: set.matrix, threads: 1)
    let order = raw.indices.sorted { raw[$0] < raw[$1] }
    let (low, middle, high) = (order[0], order[700], order[1499])
    let scores = model.scores(of: table([middle, high, middle, low, middle]), threads: 1)
    // One below, then three tied ones of which half count: (1 + 1.5) / 5.
    #expect(scores.map(\.percentile) == [50, 90, 50, 10, 50])
    #expect(model.scores(of: table([high]), threads: 1)[0].percentile == 50)
  }

  @Test(arguments: SampleLearner.allCases, [CalibrationMethod.platt, .isotonic])
  func `the order of the rows changes nothing of any account's score`(
    learner: SampleLearner, calibration: CalibrationMethod
  ) {
    let model = SampleModels.model(learner, calibration: calibration)
    var generator = SeededGenerator(seed: 3)
    let rows = Array(0..<400) + Array(0..<100)
    let order = generator.permutation(of: rows.count)
    let straight = model.scores(of: table(rows), threads: 1)
    let shuffled = model.scores(of: table(order.map { rows[$0] }), threads: 2)
    // As texts, since a missing value in a reason does not equal itself.
    for (position, row) in order.enumerated() {
      #expect("\(shuffled[position])" == "\(straight[row])")
    }
  }

  @Test func `percentiles ascend with the probability and average 50`() {
    let scores = SampleModels.model(.trees).scores(of: table(Array(0..<1500)), threads: 1)
    let sorted = scores.sorted { $0.probability < $1.probability }
    for (one, next) in zip(sorted, sorted.dropFirst()) {
      #expect((one.percentile < next.percentile) == (one.probability < next.probability))
    }
    #expect(abs(scores.reduce(0) { $0 + $1.percentile } / 1500 - 50) < 1e-9)
  }

  @Test(arguments: SampleLearner.allCases, [CalibrationMethod.none, .platt, .isotonic, .beta])
  func `without levels points add up to the distance from the probability of the mean score`(
    learner: SampleLearner, calibration: CalibrationMethod
  ) {
    let model = SampleModels.model(learner, calibration: calibration)
    let attribution = model.learner.attribution(of: set.matrix, threads: 2)
    let start = model.calibrator.probability(attribution.meanScore)
    let scale = model.pointScale(meanScore: attribution.meanScore)
    #expect(scale.baseProbability == start)
    let probabilities = model.probabilities(of: set.matrix, threads: 1)
    var largest = 0.0
    for row in 0..<set.rowCount {
      let points = scale.points(ofRow: row, attribution: attribution)
      #expect(points.count == set.matrix.features.count)
      largest = max(largest, abs(points.reduce(0, +) - (probabilities[row] - start)))
    }
    #expect(largest < 1e-9)
  }

  @Test func `points are defined where the row is the mean row itself`() {
    let model = SampleModels.model(.logistic)
    let attribution = Attribution(meanScore: 0.25, featureCount: 4, values: [1.5, 0, -1.5, 0])
    let points = model.pointScale(meanScore: 0.25).points(ofRow: 0, attribution: attribution)
    #expect(points.allSatisfy { $0.isFinite })
    #expect(points[0] > 0 && points[0] == -points[2])
  }

  @Test(arguments: SampleLearner.allCases, [false, true])
  func `no reason pulls away from the side on which the account stands`(
    learner: SampleLearner, hasLevels: Bool
  ) {
    var model = SampleModels.model(learner)
    let attribution = model.learner.attribution(of: set.matrix, threads: 2)
    if hasLevels { model.levels = ReferenceLevels(of: attribution) }
    let scale = model.pointScale(meanScore: attribution.meanScore)
    let start = scale.baseProbability
    #expect(!hasLevels || (start - model.summary.baseRate).magnitude < 1e-12)
    let scores = model.scores(of: table(Array(0..<1500)), reasonLimit: 2, threads: 2)
    for (row, score) in scores.enumerated() {
      #expect(score.reasons.count <= 2)
      for reason in score.reasons {
        #expect((reason.points > 0) == (score.probability >= start))
        #expect(reason.points.magnitude >= 0.0005)
      }
      // The strongest first, and none left out that is stronger than one given.
      let points = scale.points(ofRow: row, attribution: attribution)
      let toItsSide = zip(points, attribution.contributions(ofRow: row))
        .filter { points, contribution in
          (points > 0) == (score.probability >= start) && points * contribution > 0
        }
        .map(\.0.magnitude).filter { $0 >= 0.0005 }.sorted(by: >)
      #expect(score.reasons.map(\.points.magnitude) == Array(toItsSide.prefix(2)))
    }
    #expect(scores.contains { !$0.reasons.isEmpty })
  }

  @Test func `a reason carries the account's own value`() throws {
    let scores = SampleModels.model(.trees).scores(of: table([7, 8, 9]), threads: 1)
    for (row, score) in zip([7, 8, 9], scores) {
      for reason in score.reasons {
        let feature = try #require(set.matrix.features.firstIndex(of: reason.feature))
        switch set.matrix.columns[feature] {
        case .number(let values):
          #expect(reason.value.bitPattern == values[row].bitPattern)
        case .category(let codes): #expect(reason.value == Double(codes[row]))
        }
      }
    }
  }

  @Test func `without reasons the scores are the same`() {
    let model = SampleModels.model(.trees)
    let with = model.scores(of: table(Array(0..<200)), threads: 1)
    let without = model.scores(of: table(Array(0..<200)), reasonLimit: 0, threads: 1)
    #expect(without.allSatisfy { $0.reasons.isEmpty })
    #expect(with.map(\.probability) == without.map(\.probability))
    #expect(with.map(\.percentile) == without.map(\.percentile))
  }
}
