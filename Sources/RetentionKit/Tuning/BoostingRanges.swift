import GradientBoosting
import Learning

/// What a search may try of gradient boosting: ranges around what the table's size suggests.
///
/// A parameter that is not at its default was given, and stays as it is.
struct BoostingRanges {
  /// What the options say.
  private let asked: GradientBoostingLearner
  /// What follows from the table where they say nothing.
  private let settled: GradientBoostingLearner
  private let hasWideCategories: Bool

  private static let plain = GradientBoostingLearner()

  init(_ asked: GradientBoostingLearner, set: TrainingSet, features: [Feature]) {
    self.asked = asked
    settled = asked.settled(for: set)
    hasWideCategories = features.contains { $0.levelCount > asked.categoryOneHotLimit }
  }

  /// Settings at random, from all ranges at once: where few parameters matter, and nobody knows which,
  /// this covers each of them better than a grid does (Bergstra and Bengio 2012, "Random search for
  /// hyper-parameter optimization", https://www.jmlr.org/papers/v13/bergstra12a.html).
  func drawn(_ generator: inout SeededGenerator) -> TuningCandidate {
    var draw = Draw(generator: generator)
    let (rate, leaves) = (settled.learningRate!, Double(settled.leafCount!))
    var changes: [TuningChange?] = [
      change("learning-rate", \.learningRate, min(1, draw.scaled(rate * 0.4, rate * 1.6))),
      change("leaves", \.leafCount, draw.count(max(3, leaves / 3), min(256, leaves * 4))),
      change("min-rows-per-leaf", \.minimumRowsPerLeaf, draw.count(5, 200)),
      change("column-sample", \.columnSample, draw.share(from: 0.3)),
      change("node-column-sample", \.nodeColumnSample, draw.orElse(1) { $0.share(from: 0.3) }),
      change("l2", \.l2, draw.scaled(0.1, 30)),
      change("l1", \.l1, draw.orElse(0) { $0.scaled(0.01, 3) }),
      change("path-smoothing", \.pathSmoothing, draw.orElse(0) { $0.scaled(1, 60) }),
    ]
    let rowSample = draw.share(from: 0.4)
    // Sampling by gradients takes its place.
    if asked.gradientSampling == nil {
      changes.append(change("row-sample", \.rowSample, rowSample))
    }
    if hasWideCategories {
      changes += [
        change("category-smoothing", \.categorySmoothing, draw.scaled(1, 100)),
        change("category-l2", \.categoryL2, draw.scaled(1, 100)),
        change("category-rows-per-group", \.categoryRowsPerGroup, draw.count(10, 200)),
      ]
    }
    generator = draw.generator
    return TuningCandidate(settings: changes.compactMap(\.self))
  }

  /// Settings that take each parameter from one of two that did well.
  func crossed(
    _ first: TuningCandidate, _ second: TuningCandidate, _ generator: inout SeededGenerator
  ) -> TuningCandidate {
    let others = drawn(&generator)
    return TuningCandidate(
      settings: others.settings.map { other in
        let coin = generator.nextUnit()
        let parent = coin < 0.45 ? first : coin < 0.9 ? second : others
        return parent.settings.first { $0.option == other.option } ?? other
      })
  }

  /// A change, unless the parameter was given or is at this value anyhow.
  private func change<Value: Equatable & Sendable>(
    _ option: String, _ path: WritableKeyPath<GradientBoostingLearner, Value> & Sendable,
    _ value: Value
  ) -> TuningChange? {
    let usual = Self.plain[keyPath: path]
    guard asked[keyPath: path] == usual else { return nil }
    return TuningChange(option, "\(value)", isUsual: value == usual) {
      $0.boosting[keyPath: path] = value
    }
  }

  private func change<Value: Equatable & Sendable>(
    _ option: String, _ path: WritableKeyPath<GradientBoostingLearner, Value?> & Sendable,
    _ value: Value
  ) -> TuningChange? {
    guard asked[keyPath: path] == nil else { return nil }
    return TuningChange(option, "\(value)") { $0.boosting[keyPath: path] = value }
  }
}

/// Draws values of few digits, since more would say nothing.
private struct Draw {
  var generator: SeededGenerator

  /// As likely between 1 and 2 as between 10 and 20.
  mutating func scaled(_ low: Double, _ high: Double) -> Double {
    let (from, to) = (PortableMath.log(low), PortableMath.log(high))
    return Self.rounded(PortableMath.exp(from + generator.nextUnit() * (to - from)))
  }

  mutating func count(_ low: Double, _ high: Double) -> Int {
    let (from, to) = (PortableMath.log(low), PortableMath.log(high))
    return Int(PortableMath.exp(from + generator.nextUnit() * (to - from)).rounded())
  }

  /// A share of 1, in hundredths.
  mutating func share(from low: Double) -> Double {
    ((low + generator.nextUnit() * (1 - low)) * 100).rounded() / 100
  }

  /// The usual value half of the time.
  mutating func orElse(_ usual: Double, _ other: (inout Draw) -> Double) -> Double {
    let isOther = generator.nextUnit() < 0.5
    let value = other(&self)
    return isOther ? value : usual
  }

  /// Two digits that count; divided by a whole power of ten, a decimal is the nearest there is.
  private static func rounded(_ value: Double) -> Double {
    var scale = 1.0
    while value * scale < 10 { scale *= 10 }
    return (value * scale).rounded() / scale
  }
}
