import Calibration
import Reporting
import Scoring

extension AccountStory {
  /// The story in JSON.
  public func json(modelID: String) -> some Encodable {
    AccountStoryJSON(self, modelID: modelID)
  }
}

private struct AccountStoryJSON: Encodable {
  let accountID: String
  let asOf: String?
  let target: String
  let modelID: String
  let probability: Double
  let probabilityLow: Double?
  let probabilityHigh: Double?
  let certainty: String?
  let percentile: Double
  let band: String
  let rawScore: Double
  let rowsRead: Int
  let rowsAccepted: Int
  let rowsRejected: Int
  let meanRawScore: Double
  let baseProbability: Double
  let plan: String?
  let segment: String?
  let mrr: Double?
  let renewal: String?
  let knownSince: String?
  let reasons: [String]
  let contributions: [Contribution]
  let families: [Sum]
  let actionable: [Sum]
  let peers: Peers?
  let history: [Course]
  let pastScores: [PastScore]
  let similar: Similar?

  struct Contribution: Encodable {
    let feature: String
    let value: String
    let logOdds: Double
    let points: Double
    let text: String?
    let past: String?
    let pastDays: Int?
    let peersLower: Double?
    let peersMedian: Double?
    let peersUpper: Double?
    let family: String?
    let isActionable: Bool?
  }

  struct Sum: Encodable {
    let name: String
    let points: Double
    let features: Int
  }

  struct Peers: Encodable {
    let label: String
    let accounts: Int
  }

  struct Course: Encodable {
    let name: String
    let firstDay: String
    let weeks: [Nullable]
  }

  struct PastScore: Encodable {
    let asOf: String
    let probability: Nullable
  }

  struct Similar: Encodable {
    let neighbours: [Neighbour]
    let nearest: Int
    let share: Double
    let shareOfAll: Double
    let compared: Int
    let meanDistance: Double
  }

  struct Neighbour: Encodable {
    let accountID: String
    let asOf: String?
    let probability: Double
    let distance: Double
    let hasOutcome: Bool
    let daysUntil: Int?
    let outcome: String
    let values: [String: String]
  }

  init(_ story: AccountStory, modelID: String) {
    let explanation = story.explanation
    let score = explanation.score
    accountID = score.accountID
    asOf = story.asOf?.description
    target = explanation.target.column
    self.modelID = modelID
    probability = score.probability
    probabilityLow = score.certainty?.low
    probabilityHigh = score.certainty?.high
    certainty = score.certainty?.verdict.rawValue
    percentile = score.percentile
    band = score.band.rawValue
    rawScore = score.rawScore
    rowsRead = explanation.rowCounts.read
    rowsAccepted = explanation.rowCounts.accepted
    rowsRejected = explanation.rowCounts.rejected
    meanRawScore = explanation.meanScore
    baseProbability = explanation.baseProbability
    plan = story.facts.plan
    segment = story.facts.segment
    mrr = story.facts.mrr
    renewal = story.facts.renewal?.description
    knownSince = story.facts.since?.description
    reasons = story.reasons.isEmpty ? [ReasonWords.nothing] : story.reasons.map(\.text)
    let driverOfName = Dictionary(
      story.drivers.map { ($0.reason.feature.name, $0) }, uniquingKeysWith: { first, _ in first })
    contributions = explanation.parts.map { part in
      let feature = part.reason.feature
      let driver = driverOfName[feature.name]
      func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
      return Contribution(
        feature: feature.name, value: feature.valueText(part.reason.value),
        logOdds: part.logOdds, points: part.reason.points, text: driver?.text,
        past: driver?.thenDays == nil ? nil : driver.map { feature.valueText($0.then) },
        pastDays: driver?.thenDays, peersLower: finite(driver?.typical?.lower),
        peersMedian: finite(driver?.typical?.median), peersUpper: finite(driver?.typical?.upper),
        family: driver?.family?.rawValue, isActionable: driver?.isActionable)
    }
    families = story.familySums.map(Sum.init)
    actionable = story.actionableSums.map(Sum.init)
    peers = story.peers.map { Peers(label: $0.label, accounts: $0.count) }
    history = story.courses.map {
      Course(
        name: $0.name, firstDay: $0.firstDay.description, weeks: $0.values.map { Nullable($0) })
    }
    pastScores = story.pastScores.map {
      PastScore(asOf: $0.day.description, probability: Nullable($0.probability))
    }
    similar = story.similar.map { Similar($0, of: story) }
  }
}

extension AccountStoryJSON.Sum {
  fileprivate init(_ sum: AccountStory.Sum) {
    self.init(name: sum.name, points: sum.points, features: sum.count)
  }
}

extension AccountStoryJSON.Similar {
  fileprivate init(_ similar: SimilarAccounts, of story: AccountStory) {
    self.init(
      neighbours: similar.neighbours.map { neighbour in
        AccountStoryJSON.Neighbour(
          accountID: neighbour.accountID, asOf: neighbour.asOf?.description,
          probability: neighbour.probability, distance: neighbour.distance,
          hasOutcome: neighbour.hasOutcome, daysUntil: neighbour.daysUntil,
          outcome: story.outcomeText(of: neighbour),
          values: Dictionary(
            zip(similar.features.map(\.name), neighbour.values),
            uniquingKeysWith: { first, _ in first }))
      }, nearest: similar.nearestCount, share: similar.share, shareOfAll: similar.shareOfAll,
      compared: similar.comparedCount, meanDistance: similar.meanDistance)
  }
}
