import Diagnostics

/// What a learner may know of one feature: its name, and how its values are to be read.
public struct Feature: Hashable, Sendable {
  /// How the values of a feature are to be read.
  public enum Kind: Hashable, Sendable {
    /// A quantity; missing is NaN.
    case number
    /// A quantity that is 0 for no, 1 for yes, NaN for missing.
    case boolean
    /// One of these levels, as a code; see ``CategoryCode``. With `hasOther`, one more code after
    /// the last level stands for all levels that are not named.
    case category(levels: [String], hasOther: Bool = false)
  }

  /// The column's name in the input.
  public var name: String
  /// How its values are to be read.
  public var kind: Kind

  /// Describes a feature.
  public init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// How many codes a category has for its levels, the one for other levels included; 0 for a
  /// quantity.
  public var levelCount: Int {
    guard case .category(let levels, let hasOther) = kind else { return 0 }
    return levels.count + (hasOther ? 1 : 0)
  }

  /// The name of a category's level, by its code.
  public func levelName(_ code: Int32) -> String {
    guard case .category(let levels, _) = kind, code >= 0 else { return "missing" }
    return Int(code) < levels.count ? levels[Int(code)] : "(other)"
  }
}

/// The codes of a category that are not levels; a level's code is its position, from 0.
public enum CategoryCode {
  /// The cell was empty.
  public static let missing: Int32 = -1
  /// The cell held a level that training never saw.
  public static let unseen: Int32 = -2
}

/// The values of one feature, one per row.
public enum FeatureColumn: Sendable, Equatable {
  /// Quantities, shape `[rowCount]`; NaN where missing.
  case number([Double])
  /// Codes, shape `[rowCount]`; each a level's position or one of ``CategoryCode``.
  case category([Int32])

  /// How many rows the column has.
  public var count: Int {
    switch self {
    case .number(let values): values.count
    case .category(let codes): codes.count
    }
  }

  /// The column's values at `rows`, in their order.
  public func selecting(_ rows: [Int]) -> FeatureColumn {
    switch self {
    case .number(let values): .number(rows.map { values[$0] })
    case .category(let codes): .category(rows.map { codes[$0] })
    }
  }
}

/// A table of features that a learner can read, stored column by column.
///
/// Shape `[rowCount, features.count]`. Column `feature` holds `.category` exactly where
/// `features[feature].kind` is a category, and every level's code is in `0..<levelCount`.
public struct FeatureMatrix: Sendable, Equatable {
  /// What each column is.
  public let features: [Feature]
  /// The columns, in the order of `features`.
  public let columns: [FeatureColumn]
  /// How many rows each column has.
  public let rowCount: Int

  /// Puts columns together.
  ///
  /// - Precondition: `columns` match `features` in number and kind, and share one length.
  public init(features: [Feature], columns: [FeatureColumn], rowCount: Int) {
    precondition(
      features.count == columns.count, "\(features.count) features but \(columns.count) columns")
    for (feature, column) in zip(features, columns) {
      precondition(
        column.count == rowCount, "\(feature.name): \(column.count) values for \(rowCount) rows")
      if case .category = feature.kind {
        guard case .category(let codes) = column else {
          preconditionFailure("\(feature.name): a category whose column holds numbers")
        }
        let valid = CategoryCode.unseen..<Int32(feature.levelCount)
        precondition(codes.allSatisfy(valid.contains), "\(feature.name): a code outside \(valid)")
      } else if case .category = column {
        preconditionFailure("\(feature.name): a quantity whose column holds codes")
      }
    }
    self.features = features
    self.columns = columns
    self.rowCount = rowCount
  }

  /// The matrix of `rows` alone, in their order.
  public func selecting(_ rows: [Int]) -> FeatureMatrix {
    // All rows in their own order need no copy.
    if rows.count == rowCount, rows.elementsEqual(0..<rowCount) { return self }
    return FeatureMatrix(
      features: features, columns: columns.map { $0.selecting(rows) }, rowCount: rows.count)
  }

  /// The matrix with one column replaced by another of the same kind and length.
  public func replacing(_ feature: Int, with column: FeatureColumn) -> FeatureMatrix {
    var columns = self.columns
    columns[feature] = column
    return FeatureMatrix(features: features, columns: columns, rowCount: rowCount)
  }
}
