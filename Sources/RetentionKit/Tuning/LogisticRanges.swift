import Learning
import LogisticRegression

/// What a search may try of logistic regression: how columns enter, and how strong the penalty is.
///
/// What is not at its default was given, and stays as it is.
struct LogisticRanges {
  private let asked: LogisticRegressionLearner
  private let features: [Feature]

  private static let plain = LogisticRegressionLearner()

  init(_ asked: LogisticRegressionLearner, features: [Feature]) {
    self.asked = asked
    self.features = features
  }

  /// All settings, those first that more often help.
  var candidates: [TuningCandidate] {
    strengths.flatMap { strength in
      treatments.map { TuningCandidate(settings: $0 + strength) }
    }.filter { !$0.isUnchanged }
  }

  /// Ways for columns to enter, of which the first changes nothing.
  private var treatments: [[TuningChange]] {
    let shape = TuningChange("transform", "auto") { $0.logistic.columns.decidesShapes = true }
    let encoding = TuningChange("encode", "auto") {
      $0.logistic.columns.encodesWideCategories = true
    }
    let mayShape = asked.columns == .plain && features.contains { $0.levelCount == 0 }
    let mayEncode =
      asked.columns == .plain && features.contains { $0.levelCount > Self.wideLevelCount }
    return [[]] + (mayShape ? [[shape]] : []) + (mayEncode ? [[encoding]] : [])
      + (mayShape && mayEncode ? [[shape, encoding]] : [])
  }

  /// Categories of no more levels than this are never encoded by themselves.
  private static let wideLevelCount = 100

  /// Penalties; the default among them.
  private var strengths: [[TuningChange]] {
    guard asked.penalty == .fixed, !asked.isFirth, asked.l1 == Self.plain.l1,
      asked.l2 == Self.plain.l2
    else { return [[]] }
    func change(l1: Double?, l2: Double?) -> [TuningChange] {
      [
        l1.map { value in TuningChange("l1", "\(value)") { $0.logistic.l1 = value } },
        l2.map { value in TuningChange("l2", "\(value)") { $0.logistic.l2 = value } },
      ].compactMap(\.self)
    }
    let squares: [Double?] = [nil, 10, 100, 0.1, 1000]
    let magnitudes = [3.0, 10, 30, 1]
    return squares.map { change(l1: nil, l2: $0) } + magnitudes.map { change(l1: $0, l2: nil) }
  }
}
