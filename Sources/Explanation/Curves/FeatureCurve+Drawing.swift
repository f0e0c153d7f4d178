import Evaluation
import Learning

extension FeatureCurve {
  /// The curves of features, in their order.
  ///
  /// - Parameters:
  ///   - features: Positions in the parts' matrices.
  ///   - parts: Models with rows, at least one, each with at least one row; all of the same features.
  ///     The curve is their mean, weighted by rows; with several, the band is from the lowest to the
  ///     highest.
  /// - Precondition: Curves of contributions need the parts' attributions.
  /// - Returns: The same bits for any `threads`.
  public static func curves(
    of features: [Int], parts: [CurvePart], _ settings: CurveSettings, threads: Int
  ) -> [FeatureCurve] {
    precondition(
      !parts.isEmpty && parts.allSatisfy { $0.matrix.rowCount > 0 }, "curves of no rows")
    let outer = min(threads, features.count)
    let ready = parts.map { ReadyPart($0, settings, threads: threads) }
    return Parallel.map(features.count, threads: outer) { index in
      CurveDrawing(
        feature: features[index], parts: ready, settings: settings,
        threads: max(1, threads / max(1, outer))
      ).curve
    }
  }
}

/// A part with what all features need of it.
struct ReadyPart: Sendable {
  let part: CurvePart
  let weights: [Double]
  let scores: [Double]
  let attribution: Attribution?

  init(_ part: CurvePart, _ settings: CurveSettings, threads: Int) {
    self.part = part
    weights = part.weights ?? [Double](repeating: 1, count: part.matrix.rowCount)
    scores = part.score(part.matrix, threads)
    guard settings.kind == .shap else {
      attribution = nil
      return
    }
    guard let attribution = part.attribution else {
      preconditionFailure("curves of contributions need an attribution")
    }
    self.attribution = attribution(part.matrix, threads)
  }
}

/// The drawing of one feature's curve.
private struct CurveDrawing {
  private let feature: Int
  private let parts: [ReadyPart]
  private let settings: CurveSettings
  private let threads: Int
  private let grid: CurveGrid

  init(feature: Int, parts: [ReadyPart], settings: CurveSettings, threads: Int) {
    self.feature = feature
    self.parts = parts
    self.settings = settings
    self.threads = threads
    grid = CurveGrid(
      of: feature, in: parts.map(\.part.matrix), pointCount: settings.pointCount)
  }

  /// One part's curves on both scales, as a function of the rows' weights.
  private struct Drawn {
    let logOdds: ([Double]) -> CurveValues
    let probability: ([Double]) -> CurveValues
    let cells: [Int]
    let sweep: SweptRows?
    let chances: SweptRows?
  }

  var curve: FeatureCurve {
    let description = parts[0].part.matrix.features[feature]
    let order = settings.kind == .ale ? neighbours : []
    let drawn = parts.map { draw($0, order: order) }
    let logOdds = zip(parts, drawn).map { $1.logOdds($0.weights) }
    let probability = zip(parts, drawn).map { $1.probability($0.weights) }
    let weights = parts.map { $0.weights.reduce(0, +) }
    let middle = (logOdds: mean(logOdds, weights), probability: mean(probability, weights))
    let shares = rowShares(drawn)
    let bands =
      parts.count > 1
      ? (
        logOdds: band(levelled(logOdds, shares, weights)),
        probability: band(levelled(probability, shares, weights))
      ) : resampled(drawn[0])
    func point(_ index: Int, _ place: FeatureCurve.Place) -> FeatureCurve.Point {
      FeatureCurve.Point(
        place: place, logOdds: middle.logOdds[index],
        logOddsLow: bands.logOdds[index].low, logOddsHigh: bands.logOdds[index].high,
        probability: middle.probability[index], low: bands.probability[index].low,
        high: bands.probability[index].high, rowShare: shares[index])
    }
    let points = grid.names(description).enumerated().map { point($0, $1) }
    let words = settings.descriptions[description.name]
    var curve = FeatureCurve(
      feature: description, kind: settings.kind, words: words?.words, unit: words?.unit,
      points: points, missing: grid.hasMissing ? point(grid.count, .missing) : nil,
      meanLogOdds: mean(parts.map { [self.mean($0, \.self)] }, weights)[0],
      meanProbability: mean(parts.map { [self.mean($0, $0.part.probability)] }, weights)[0],
      rowCount: parts.reduce(0) { $0 + $1.part.matrix.rowCount }, partCount: parts.count,
      band: parts.count > 1 ? .parts : .rows,
      agreement: parts.count > 1 ? agreement(logOdds, shares) : nil)
    if settings.checksDirection, case .number = grid.places {
      curve.monotone = MonotoneCheck(
        of: feature, parts.map(\.part), grid: grid,
        demanded: settings.demanded[description.name], threads: threads)
    }
    addRows(to: &curve, drawn)
    return curve
  }

  /// The places in the order in which they are neighbours.
  private var neighbours: [Int] {
    guard case .category = grid.places, settings.levelOrder == .similar else {
      return Array(0..<grid.count)
    }
    let matrices = parts.map(\.part.matrix)
    return LevelSimilarity.order(
      of: feature, cells: matrices.map { grid.cells(of: $0.columns[feature]) }, count: grid.count,
      in: matrices)
  }

  private func mean(_ part: ReadyPart, _ scale: (Double) -> Double) -> Double {
    var sum = 0.0
    var total = 0.0
    for row in part.scores.indices {
      sum += part.weights[row] * scale(part.scores[row])
      total += part.weights[row]
    }
    return sum / total
  }

  private func draw(_ ready: ReadyPart, order: [Int]) -> Drawn {
    let matrix = ready.part.matrix
    let cells = grid.cells(of: matrix.columns[feature])
    let (count, hasMissing) = (grid.count, grid.hasMissing)
    if let attribution = ready.attribution {
      let scores = (0..<matrix.rowCount).map {
        attribution.meanScore + attribution.values[$0 * attribution.featureCount + feature]
      }
      let chances = scores.map(ready.part.probability)
      func means(_ values: [Double]) -> ([Double]) -> CurveValues {
        { SweptRows.means(values, cells: cells, count: count, hasMissing: hasMissing, weights: $0) }
      }
      return Drawn(
        logOdds: means(scores), probability: means(chances), cells: cells, sweep: nil,
        chances: nil)
    }
    let sweep = SweptRows(
      values: FeatureSweep(
        of: feature, at: grid.placesAndMissing, ready.part.model, matrix, threads: threads
      ).scores,
      own: ready.scores, cells: cells, count: count, hasMissing: hasMissing,
      isDiscrete: grid.isDiscrete)
    let chances = sweep.mapped(ready.part.probability)
    if settings.kind == .pdp {
      return Drawn(
        logOdds: sweep.partialDependence, probability: chances.partialDependence, cells: cells,
        sweep: sweep, chances: chances)
    }
    return Drawn(
      logOdds: { sweep.accumulatedEffects($0, order: order) },
      probability: { chances.accumulatedEffects($0, order: order) }, cells: cells, sweep: sweep,
      chances: chances)
  }

  // MARK: Several models

  /// The mean of the parts' values, weighted, at each place where a part has one.
  private func mean(_ values: [CurveValues], _ weights: [Double]) -> [Double] {
    values[0].indices.map { place in
      var sum = 0.0
      var total = 0.0
      for (values, weight) in zip(values, weights) where !values[place].isNaN {
        sum += weight * values[place]
        total += weight
      }
      return sum / total
    }
  }

  /// The parts' curves moved up or down to one mean over the rows, which leaves their mean as it is.
  ///
  /// Folds have rows of other base rates, of other days as a rule. That moves whole curves, and says
  /// nothing of what the models make of the feature.
  private func levelled(
    _ values: [CurveValues], _ shares: [Double], _ weights: [Double]
  ) -> [CurveValues] {
    let places = (0..<grid.count).filter { place in values.allSatisfy { !$0[place].isNaN } }
    let total = places.reduce(0) { $0 + shares[$1] }
    guard total > 0 else { return values }
    let levels = values.map { curve in
      places.reduce(0) { $0 + shares[$1] * curve[$1] } / total
    }
    let common = mean(levels.map { [$0] }, weights)[0]
    return zip(values, levels).map { curve, level in curve.map { $0 - level + common } }
  }

  private func band(_ values: [CurveValues]) -> [(low: Double, high: Double)] {
    values[0].indices.map { place in
      let present = values.map { $0[place] }.filter { !$0.isNaN }
      return (present.min() ?? .nan, present.max() ?? .nan)
    }
  }

  private func agreement(_ values: [CurveValues], _ shares: [Double]) -> Double? {
    let places = (0..<grid.count).filter { place in
      shares[place] > 0 && values.allSatisfy { !$0[place].isNaN }
    }
    let total = places.reduce(0) { $0 + shares[$1] }
    func variance(_ value: (Int) -> Double) -> Double {
      let mean = places.reduce(0) { $0 + shares[$1] * value($1) } / total
      return places.reduce(0) { $0 + shares[$1] * (value($1) - mean) * (value($1) - mean) } / total
    }
    guard total > 0 else { return nil }
    let each =
      values.reduce(0) { sum, curve in sum + variance { curve[$0] } } / Double(values.count)
    let common = variance { place in
      values.reduce(0) { $0 + $1[place] } / Double(values.count)
    }
    // A model that makes nothing of the feature has no shape to agree on; rounding is none.
    return each > 1e-20 ? min(1, common / each) : nil
  }

  /// The share of all rows at each place, and at the missing one; of what is neither, nothing.
  private func rowShares(_ drawn: [Drawn]) -> [Double] {
    var sums = [Double](repeating: 0, count: grid.count + 1)
    var total = 0.0
    for (part, drawn) in zip(parts, drawn) {
      for row in drawn.cells.indices {
        total += part.weights[row]
        if drawn.cells[row] == CurveGrid.nowhere { continue }
        sums[drawn.cells[row] == CurveGrid.missing ? grid.count : drawn.cells[row]] +=
          part.weights[row]
      }
    }
    return sums.map { $0 / total }
  }

  // MARK: One model

  /// The 95 % of the curves on rows drawn anew, by percentiles.
  private func resampled(_ drawn: Drawn) -> (
    logOdds: [(low: Double, high: Double)], probability: [(low: Double, high: Double)]
  ) {
    let part = parts[0]
    var units = part.part.groups ?? Array(0..<part.weights.count)
    // Groups by their order of appearance, so that the band does not hang on how they are numbered.
    var known: [Int: Int] = [:]
    for row in units.indices {
      let unit = known[units[row]] ?? known.count
      known[units[row]] = unit
      units[row] = unit
    }
    var samples: (logOdds: [CurveValues], probability: [CurveValues]) = ([], [])
    for resample in 0..<settings.resampleCount {
      var counts = [UInt8](repeating: 0, count: known.count)
      UnitDraws.fill(&counts, seed: settings.seed, resample: resample)
      let weights = units.indices.map { part.weights[$0] * Double(counts[units[$0]]) }
      guard weights.contains(where: { $0 > 0 }) else { continue }
      samples.logOdds.append(drawn.logOdds(weights))
      samples.probability.append(drawn.probability(weights))
    }
    if samples.logOdds.isEmpty {
      return (band([drawn.logOdds(part.weights)]), band([drawn.probability(part.weights)]))
    }
    return (percentiles(samples.logOdds), percentiles(samples.probability))
  }

  private func percentiles(_ values: [CurveValues]) -> [(low: Double, high: Double)] {
    values[0].indices.map { place in
      let present = values.map { $0[place] }.filter { !$0.isNaN }.sorted()
      guard let last = present.indices.last else { return (.nan, .nan) }
      return (
        present[Int((0.025 * Double(last)).rounded())],
        present[Int((0.975 * Double(last)).rounded())]
      )
    }
  }

  // MARK: Single rows

  /// Draws as many rows as are asked for, by the seed.
  private func addRows(to curve: inout FeatureCurve, _ drawn: [Drawn]) {
    guard settings.lineCount > 0 else { return }
    var generator = SeededGenerator(seed: settings.seed, stream: 1 << 32)
    let chosen = generator.sample(
      min(settings.lineCount, curve.rowCount), of: curve.rowCount)
    var start = 0
    for (ready, drawn) in zip(parts, drawn) {
      let matrix = ready.part.matrix
      for row in chosen where (start..<start + matrix.rowCount).contains(row) {
        let inPart = row - start
        let place = FeatureCurve.Place(
          matrix.features[feature], matrix.columns[feature], row: inPart)
        if let attribution = ready.attribution {
          curve.contributions.append(
            ContributionPoint(
              place: place,
              logOdds: attribution.values[inPart * attribution.featureCount + feature]))
        } else if let sweep = drawn.sweep, let chances = drawn.chances, grid.count > 0 {
          let width = grid.count + (grid.hasMissing ? 1 : 0)
          let cells = inPart * width..<inPart * width + grid.count
          let line = IndividualLine(
            row: row, place: place, logOdds: Array(sweep.values[cells]),
            probability: Array(chances.values[cells]))
          curve.lines.append(settings.isCentred ? line.centred : line)
        }
      }
      start += matrix.rowCount
    }
  }
}
