import Explanation

/// Curves and surfaces as `retain explain --curve --json` has them.
public struct CurvesJSON: Encodable {
  private let curves: [CurveJSON]
  private let surfaces: [SurfaceJSON]

  /// Takes over the parts.
  public init(_ curves: [FeatureCurve], _ surfaces: [FeatureSurface]) {
    self.curves = curves.map(CurveJSON.init)
    self.surfaces = surfaces.map(SurfaceJSON.init)
  }
}

/// A curve in JSON.
struct CurveJSON: Encodable {
  let feature: String
  let kind: String
  let words: String?
  let unit: String?
  let points: [PointJSON]
  let missing: PointJSON?
  let meanLogOdds: Double
  let meanProbability: Double
  let rows: Int
  let models: Int
  let band: String
  let agreement: Nullable
  let monotone: MonotoneJSON?
  let lines: [LineJSON]?
  let contributions: [ContributionJSON]?

  init(_ curve: FeatureCurve) {
    feature = curve.feature.name
    kind = curve.kind.rawValue
    words = curve.words
    unit = curve.unit
    points = curve.points.map(PointJSON.init)
    missing = curve.missing.map(PointJSON.init)
    meanLogOdds = curve.meanLogOdds
    meanProbability = curve.meanProbability
    rows = curve.rowCount
    models = curve.partCount
    band = curve.band.rawValue
    agreement = Nullable(curve.agreement)
    monotone = curve.monotone.map(MonotoneJSON.init)
    lines = curve.lines.isEmpty ? nil : curve.lines.map(LineJSON.init)
    contributions =
      curve.contributions.isEmpty ? nil : curve.contributions.map(ContributionJSON.init)
  }
}

struct PlaceJSON: Encodable {
  let value: Double?
  let level: String?
  let isMissing: Bool

  init(_ place: FeatureCurve.Place) {
    switch place {
    case .number(let number): (value, level, isMissing) = (number, nil, false)
    case .level(_, let name): (value, level, isMissing) = (nil, name, false)
    case .missing: (value, level, isMissing) = (nil, nil, true)
    }
  }
}

struct PointJSON: Encodable {
  let place: PlaceJSON
  let logOdds: Nullable
  let logOddsLow: Nullable
  let logOddsHigh: Nullable
  let probability: Nullable
  let low: Nullable
  let high: Nullable
  let rowShare: Double

  init(_ point: FeatureCurve.Point) {
    place = PlaceJSON(point.place)
    logOdds = Nullable(point.logOdds)
    logOddsLow = Nullable(point.logOddsLow)
    logOddsHigh = Nullable(point.logOddsHigh)
    probability = Nullable(point.probability)
    low = Nullable(point.low)
    high = Nullable(point.high)
    rowShare = point.rowShare
  }
}

struct MonotoneJSON: Encodable {
  let verdict: String
  let risingShare: Double
  let fallingShare: Double
  let upwardShare: Double
  let largestFall: MoveJSON?
  let largestRise: MoveJSON?
  let isExact: Bool
  let rows: Int
  let demanded: Int?
  let keepsDemand: Bool?

  struct MoveJSON: Encodable {
    let logOdds: Double
    let from: Double
    let to: Double

    init(_ move: MonotoneCheck.Move) {
      logOdds = move.size
      from = move.from
      to = move.to
    }
  }

  init(_ check: MonotoneCheck) {
    verdict = check.verdict.rawValue
    risingShare = check.risingShare
    fallingShare = check.fallingShare
    upwardShare = check.upwardShare
    largestFall = check.largestFall.map(MoveJSON.init)
    largestRise = check.largestRise.map(MoveJSON.init)
    isExact = check.isExact
    rows = check.rowCount
    demanded = check.demanded
    keepsDemand = check.keepsDemand
  }
}

struct LineJSON: Encodable {
  let row: Int
  let place: PlaceJSON
  let logOdds: [Double]
  let probability: [Double]

  init(_ line: IndividualLine) {
    row = line.row
    place = PlaceJSON(line.place)
    logOdds = line.logOdds
    probability = line.probability
  }
}

struct ContributionJSON: Encodable {
  let place: PlaceJSON
  let logOdds: Double

  init(_ point: ContributionPoint) {
    place = PlaceJSON(point.place)
    logOdds = point.logOdds
  }
}

/// A surface in JSON; its arrays go row by row, a row per place of the first feature.
struct SurfaceJSON: Encodable {
  let first: String
  let second: String
  let kind: String
  let firstPlaces: [PlaceJSON]
  let secondPlaces: [PlaceJSON]
  let logOdds: [Double]
  let probability: [Double]
  let interaction: [Double]
  let rowShare: [Double]
  let interactionShare: FigureJSON?
  let rows: Int
  let models: Int

  struct FigureJSON: Encodable {
    let mean: Double
    let low: Double
    let high: Double
  }

  init(_ surface: FeatureSurface) {
    first = surface.first.name
    second = surface.second.name
    kind = surface.kind.rawValue
    firstPlaces = surface.firstPlaces.map(PlaceJSON.init)
    secondPlaces = surface.secondPlaces.map(PlaceJSON.init)
    logOdds = surface.logOdds
    probability = surface.probability
    interaction = surface.interaction
    rowShare = surface.rowShare
    interactionShare = surface.interactionShare.map {
      FigureJSON(mean: $0.mean, low: $0.low, high: $0.high)
    }
    rows = surface.rowCount
    models = surface.partCount
  }
}
