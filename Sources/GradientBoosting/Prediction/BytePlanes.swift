import Learning

/// What a row is to a model's tests: a byte per test, or per many tests of one feature.
///
/// A plane holds one byte for each row of a block. A tree tests planes instead of values, so that a
/// value is looked up once for all trees, and a vector holds many rows.
struct BytePlanes: Sendable {
  /// The planes of quantities.
  var ranks: [RankPlanes] = []
  /// The planes of categories.
  var categories: [CategoryPlanes] = []
  /// The thresholds of all ``ranks``, one after another, each with +infinity up to 2^steps values.
  var keys: [Double] = []
  /// The bytes of the codes of all ``categories``, one after another.
  var bytesOfCodes: [Int8] = []
  /// How many planes there are.
  var planeCount = 0
}

/// The rank of a quantity among up to 254 of the model's thresholds: how many of them are less, less
/// 127, so that `value <= threshold` is `rank <= position - 127`.
///
/// A missing value is in one plane greater than every position, in another less: trees that send it
/// left and trees that send it right test the same rank in different planes.
struct RankPlanes: Sendable {
  var feature: Int
  /// Where the thresholds begin in ``BytePlanes/keys``.
  var keyStart: Int
  /// How many halvings find a rank: there are at most `2^steps - 1` thresholds.
  var steps: Int
  /// The plane where missing values go right at every test, if a tree has such a test.
  var missingRight: Int?
  /// The plane where they go left.
  var missingLeft: Int?

  /// How many thresholds fit: a byte has 256 values, and a rank, from 0 on, one more than thresholds;
  /// one value is for the missing cells that go left.
  static let keyLimit = 254

  /// What a row must exceed to go right at the threshold in this position.
  static func threshold(_ position: Int) -> Int8 { Int8(position - 127) }

  /// What every value exceeds but a missing one that goes left: the threshold NaN.
  static let belowAll = Int8.min
}

/// The outcomes of the tests on a category, looked up by code: a bit per test, 1 for going right.
struct CategoryPlanes: Sendable {
  var feature: Int
  /// The first of its planes.
  var firstPlane: Int
  /// How many bytes the outcomes take.
  var planeCount: Int
  /// Where the bytes of the codes begin in ``BytePlanes/bytesOfCodes``, shape
  /// `[positionCount, planeCount]`.
  var byteStart: Int
  /// How many codes are told apart; all later ones are in no set.
  var positionCount: Int

  /// How many tests share a plane: the eighth bit is the sign.
  static let testsPerPlane = 7

  /// The position of a code: 0 for one never seen, 1 for a missing cell, then the levels.
  func position(of code: Int32) -> Int { min(max(Int(code), -2) + 2, positionCount - 1) }

  /// The position of a code that is stored as a number; see ``Tree/goesLeft(_:_:)``.
  func position(of value: Double) -> Int {
    if value >= 0 { return min(Int(min(value, 0x1p53)) + 2, positionCount - 1) }
    return value == Double(CategoryCode.missing) ? 1 : 0
  }
}
