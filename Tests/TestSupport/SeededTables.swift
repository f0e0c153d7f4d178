import Diagnostics
import Learning

/// Random tables with a known structure, the same for a seed.
public enum SeededTables {
  /// A table of two quantities (one with missing cells), a yes/no and a category of `levelCount`
  /// levels, whose label depends on all of them and on chance.
  public static func mixed(rowCount: Int, seed: UInt64, levelCount: Int = 6) throws(Diagnostic)
    -> TrainingSet
  {
    var generator = SeededGenerator(seed: seed)
    var first: [Double] = []
    var second: [Double] = []
    var flag: [Double] = []
    var codes: [Int32] = []
    var labels: [Bool] = []
    for _ in 0..<rowCount {
      let x = generator.nextUnit() * 4 - 2
      let y = generator.nextUnit() < 0.15 ? Double.nan : (generator.nextUnit() * 100).rounded()
      let z = generator.nextUnit() < 0.5 ? 0.0 : 1.0
      let level = generator.nextIndex(below: levelCount)
      let score =
        x - 0.5 + (y.isNaN ? 0.8 : y / 60 - 1) + z * x + (level % 2 == 0 ? 0.7 : -0.7)
      first.append(x)
      second.append(y)
      flag.append(z)
      codes.append(generator.nextUnit() < 0.05 ? CategoryCode.missing : Int32(level))
      labels.append(generator.nextUnit() < LogLoss.probability(score))
    }
    let matrix = FeatureMatrix(
      features: [
        Feature(name: "x", kind: .number), Feature(name: "y", kind: .number),
        Feature(name: "z", kind: .boolean),
        Feature(name: "level", kind: .category(levels: (0..<levelCount).map { "level \($0)" })),
      ],
      columns: [.number(first), .number(second), .number(flag), .category(codes)],
      rowCount: rowCount)
    return try TrainingSet(matrix: matrix, labels: labels)
  }

  /// A table of quantities alone.
  public static func numbers(_ columns: [[Double]], labels: [Bool]) throws(Diagnostic)
    -> TrainingSet
  {
    try TrainingSet(
      matrix: FeatureMatrix(
        features: columns.indices.map { Feature(name: "x\($0)", kind: .number) },
        columns: columns.map { .number($0) }, rowCount: labels.count),
      labels: labels)
  }
}
