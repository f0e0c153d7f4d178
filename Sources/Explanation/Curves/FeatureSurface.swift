import Learning

/// What a model makes of two features together.
public struct FeatureSurface: Sendable, Equatable {
  /// A figure over several models: their mean, the least and the greatest.
  public struct Figure: Sendable, Equatable {
    /// The mean.
    public var mean: Double
    /// The least.
    public var low: Double
    /// The greatest.
    public var high: Double

    /// Puts a figure together.
    public init(mean: Double, low: Double, high: Double) {
      self.mean = mean
      self.low = low
      self.high = high
    }
  }

  /// The feature along the rows of the surface.
  public var first: Feature
  /// The feature along its columns.
  public var second: Feature
  /// How the surface was had: `pdp` or `ale`.
  public var kind: FeatureCurve.Kind
  /// The places of the first feature; missing values are apart and not among them.
  public var firstPlaces: [FeatureCurve.Place]
  /// The places of the second.
  public var secondPlaces: [FeatureCurve.Place]
  /// Shape `[firstPlaces.count, secondPlaces.count]`. Partial dependence: the mean raw score. Local
  /// effects: the second-order effect alone, which is 0 where the features only add up.
  public var logOdds: [Double]
  /// The same as a probability.
  public var probability: [Double]
  /// What the two do together beyond what each does alone, in log odds; same shape.
  public var interaction: [Double]
  /// The share of rows at each cell; same shape. Rows that miss either value have none.
  public var rowShare: [Double]
  /// Friedman's H squared: how much of the surface's variance is interaction, 0 to 1 for features that
  /// do not go together; `nil` for local effects, and where the surface is flat.
  public var interactionShare: Figure?
  /// How many rows the surface was measured on.
  public var rowCount: Int
  /// How many models it is the mean of.
  public var partCount: Int
}

extension FeatureSurface {
  /// Draws the surface of two features.
  ///
  /// Partial dependence sets all rows to each pair of places. H squared compares it, centred over the
  /// rows, with the sum of the two curves of one feature (Friedman, Popescu 2008, "Predictive learning
  /// via rule ensembles", equation 44, https://doi.org/10.1214/07-AOAS148); over the cells, weighted by
  /// their rows, which for features with few values is the paper's sum over rows.
  ///
  /// Local effects are second differences over the cells' own rows, summed up and freed of what one
  /// feature does (Apley, Zhu 2020, equations 17 to 20). A cell without rows takes the difference of
  /// the nearest cell that has some, the first of several, by places.
  ///
  /// - Parameter settings: `kind` is `pdp` or `ale`; `pointCount` holds for either feature.
  /// - Precondition: Two features; for local effects, two quantities.
  /// - Returns: The same bits for any `threads`.
  public static func drawn(
    _ first: Int, _ second: Int, parts: [CurvePart], _ settings: CurveSettings, threads: Int
  ) -> FeatureSurface {
    precondition(first != second && settings.kind != .shap, "a surface of two features, pdp or ale")
    let matrices = parts.map(\.matrix)
    let grids = [first, second].map {
      CurveGrid(of: $0, in: matrices, pointCount: settings.pointCount)
    }
    let drawings = parts.map { part in
      SurfaceDrawing(part, first, second, grids[0], grids[1], settings, threads: threads)
    }
    let weights = drawings.map(\.totalWeight)
    func mean(_ values: (SurfaceDrawing) -> [Double]) -> [Double] {
      let each = drawings.map(values)
      let total = weights.reduce(0, +)
      return each[0].indices.map { cell in
        zip(each, weights).reduce(0) { $0 + $1.0[cell] * $1.1 } / total
      }
    }
    let shares = drawings.compactMap(\.interactionShare)
    let total = weights.reduce(0, +)
    return FeatureSurface(
      first: matrices[0].features[first], second: matrices[0].features[second],
      kind: settings.kind, firstPlaces: grids[0].names(matrices[0].features[first]),
      secondPlaces: grids[1].names(matrices[0].features[second]), logOdds: mean(\.logOdds),
      probability: mean(\.probability), interaction: mean(\.interaction),
      rowShare: drawings[0].cellWeights.indices.map { cell in
        drawings.reduce(0) { $0 + $1.cellWeights[cell] } / total
      },
      interactionShare: shares.isEmpty
        ? nil
        : Figure(
          mean: shares.reduce(0, +) / Double(shares.count), low: shares.min()!,
          high: shares.max()!),
      rowCount: matrices.reduce(0) { $0 + $1.rowCount }, partCount: parts.count)
  }
}

/// One model's surface.
private struct SurfaceDrawing {
  private(set) var logOdds: [Double] = []
  private(set) var probability: [Double] = []
  private(set) var interaction: [Double] = []
  private(set) var interactionShare: Double?
  let cellWeights: [Double]
  let totalWeight: Double

  init(
    _ part: CurvePart, _ first: Int, _ second: Int, _ firstGrid: CurveGrid,
    _ secondGrid: CurveGrid, _ settings: CurveSettings, threads: Int
  ) {
    let (rowCount, columnCount) = (firstGrid.count, secondGrid.count)
    let matrix = part.matrix
    let weights = part.weights ?? [Double](repeating: 1, count: matrix.rowCount)
    totalWeight = weights.reduce(0, +)
    let cells = Cells(
      firstGrid.cells(of: matrix.columns[first]), secondGrid.cells(of: matrix.columns[second]),
      weights, rowCount: rowCount, columnCount: columnCount)
    cellWeights = cells.weights
    // One sweep of the first feature for each place of the second.
    let sweeps = (0..<columnCount).map { column in
      let set = secondGrid.places.selecting([Int](repeating: column, count: matrix.rowCount))
      return FeatureSweep(
        of: first, at: firstGrid.places, part.model, matrix.replacing(second, with: set),
        threads: threads)
    }
    if settings.kind == .ale {
      func score(_ row: Int, _ place: Int, _ column: Int) -> Double {
        sweeps[column].scores[row * rowCount + place]
      }
      logOdds = cells.accumulated(score)
      probability = cells.accumulated { part.probability(score($0, $1, $2)) }
      interaction = logOdds
      return
    }
    var sums = [Double](repeating: 0, count: rowCount * columnCount)
    var chances = sums
    for (column, sweep) in sweeps.enumerated() {
      for row in weights.indices {
        for place in 0..<rowCount {
          let score = sweep.scores[row * rowCount + place]
          sums[place * columnCount + column] += weights[row] * score
          chances[place * columnCount + column] += weights[row] * part.probability(score)
        }
      }
    }
    logOdds = sums.map { [totalWeight] in $0 / totalWeight }
    probability = chances.map { [totalWeight] in $0 / totalWeight }
    func dependence(_ feature: Int, _ grid: CurveGrid) -> [Double] {
      let sweep = FeatureSweep(of: feature, at: grid.places, part.model, matrix, threads: threads)
      var sums = [Double](repeating: 0, count: grid.count)
      for row in weights.indices {
        for place in 0..<grid.count {
          sums[place] += weights[row] * sweep.scores[row * grid.count + place]
        }
      }
      return sums.map { [totalWeight] in $0 / totalWeight }
    }
    (interaction, interactionShare) = cells.interaction(
      of: logOdds, beyond: dependence(first, firstGrid), dependence(second, secondGrid))
  }
}

/// The rows of a grid of two features.
private struct Cells {
  private let firstCells: [Int]
  private let secondCells: [Int]
  private let rowWeights: [Double]
  private let rowCount: Int
  private let columnCount: Int
  /// The weight of the rows at each cell, shape `[rowCount, columnCount]`.
  let weights: [Double]

  init(
    _ firstCells: [Int], _ secondCells: [Int], _ rowWeights: [Double], rowCount: Int,
    columnCount: Int
  ) {
    self.firstCells = firstCells
    self.secondCells = secondCells
    self.rowWeights = rowWeights
    self.rowCount = rowCount
    self.columnCount = columnCount
    var weights = [Double](repeating: 0, count: rowCount * columnCount)
    for row in firstCells.indices where firstCells[row] >= 0 && secondCells[row] >= 0 {
      weights[firstCells[row] * columnCount + secondCells[row]] += rowWeights[row]
    }
    self.weights = weights
  }

  /// What a surface has beyond two curves, and how much of its variance that is.
  func interaction(
    of surface: [Double], beyond first: [Double], _ second: [Double]
  ) -> (values: [Double], share: Double?) {
    let total = weights.reduce(0, +)
    guard total > 0 else { return (surface.map { _ in 0 }, nil) }
    var means = (surface: 0.0, first: 0.0, second: 0.0)
    for cell in weights.indices {
      means.surface += weights[cell] * surface[cell] / total
      means.first += weights[cell] * first[cell / columnCount] / total
      means.second += weights[cell] * second[cell % columnCount] / total
    }
    var values = surface
    var (above, below) = (0.0, 0.0)
    for cell in values.indices {
      let centred = surface[cell] - means.surface
      values[cell] =
        centred - (first[cell / columnCount] - means.first)
        - (second[cell % columnCount] - means.second)
      above += weights[cell] * values[cell] * values[cell]
      below += weights[cell] * centred * centred
    }
    // A surface that is flat but for rounding has no share of anything.
    return (values, below > 1e-20 * total ? above / below : nil)
  }

  /// Second-order accumulated local effects, shape `[rowCount, columnCount]`.
  ///
  /// - Parameter score: Of a row, with the first feature at a place and the second at another.
  func accumulated(_ score: (_ row: Int, _ first: Int, _ second: Int) -> Double) -> [Double] {
    guard rowCount > 1, columnCount > 1 else {
      return [Double](repeating: 0, count: rowCount * columnCount)
    }
    let (steps, stepWeights) = differences(score)
    var effects = [Double](repeating: 0, count: rowCount * columnCount)
    for row in 1..<rowCount {
      for column in 1..<columnCount {
        effects[row * columnCount + column] =
          steps[(row - 1) * (columnCount - 1) + column - 1]
          + effects[(row - 1) * columnCount + column] + effects[row * columnCount + column - 1]
          - effects[(row - 1) * columnCount + column - 1]
      }
    }
    return centred(effects, stepWeights)
  }

  /// The mean second difference of each step in both directions, and the weight of its rows.
  private func differences(
    _ score: (Int, Int, Int) -> Double
  ) -> (steps: [Double], weights: [Double]) {
    let (height, width) = (rowCount - 1, columnCount - 1)
    var sums = [Double](repeating: 0, count: height * width)
    var totals = sums
    for row in firstCells.indices where firstCells[row] >= 0 && secondCells[row] >= 0 {
      let (first, second) = (max(1, firstCells[row]), max(1, secondCells[row]))
      let step = (first - 1) * width + second - 1
      sums[step] +=
        rowWeights[row]
        * ((score(row, first, second) - score(row, first - 1, second))
          - (score(row, first, second - 1) - score(row, first - 1, second - 1)))
      totals[step] += rowWeights[row]
    }
    let present = totals.indices.filter { totals[$0] > 0 }
    let steps = totals.indices.map { step in
      if totals[step] > 0 { return sums[step] / totals[step] }
      func distance(_ other: Int) -> Double {
        let down = Double(step / width - other / width) / Double(height)
        let across = Double(step % width - other % width) / Double(width)
        return down * down + across * across
      }
      guard let nearest = present.min(by: { distance($0) < distance($1) }) else { return 0 }
      return sums[nearest] / totals[nearest]
    }
    return (steps, totals)
  }

  /// Takes off what each feature does alone, then the mean.
  private func centred(_ effects: [Double], _ weights: [Double]) -> [Double] {
    let (height, width) = (rowCount - 1, columnCount - 1)
    func effect(_ row: Int, _ column: Int) -> Double { effects[row * columnCount + column] }
    var first = [Double](repeating: 0, count: rowCount)
    for row in 0..<height {
      var (sum, total) = (0.0, 0.0)
      for column in 0..<width {
        let weight = weights[row * width + column]
        let lower = effect(row + 1, column) - effect(row, column)
        let upper = effect(row + 1, column + 1) - effect(row, column + 1)
        sum += weight * (lower + upper) / 2
        total += weight
      }
      first[row + 1] = first[row] + (total > 0 ? sum / total : 0)
    }
    var second = [Double](repeating: 0, count: columnCount)
    for column in 0..<width {
      var (sum, total) = (0.0, 0.0)
      for row in 0..<height {
        let weight = weights[row * width + column]
        let left = effect(row, column + 1) - effect(row, column)
        let right = effect(row + 1, column + 1) - effect(row + 1, column)
        sum += weight * (left + right) / 2
        total += weight
      }
      second[column + 1] = second[column] + (total > 0 ? sum / total : 0)
    }
    var values = effects.indices.map {
      effects[$0] - first[$0 / columnCount] - second[$0 % columnCount]
    }
    var (sum, total) = (0.0, 0.0)
    for row in 0..<height {
      for column in 0..<width {
        let weight = weights[row * width + column]
        let corners =
          values[row * columnCount + column] + values[row * columnCount + column + 1]
          + values[(row + 1) * columnCount + column] + values[(row + 1) * columnCount + column + 1]
        sum += weight * corners / 4
        total += weight
      }
    }
    let mean = total > 0 ? sum / total : 0
    for cell in values.indices { values[cell] -= mean }
    return values
  }
}
