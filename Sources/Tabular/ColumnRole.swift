/// What a column is good for, judged by its values.
public enum ColumnRole: String, Sendable, CaseIterable {
  /// Quantities.
  case numeric
  /// Yes or no.
  case boolean
  /// Words of a list.
  case categorical
  /// Instants.
  case date
  /// Words without a list.
  case text
  /// Values that name a row rather than describe it.
  case idLike = "id-like"
  /// The same value in every row.
  case constant
  /// No value in any row.
  case empty
}

/// A column's role, and why.
public struct RoleAssessment: Sendable, Equatable {
  /// The role.
  public let role: ColumnRole
  /// One sentence without a full stop, for an overview.
  public let reason: String

  /// States a role and its reason.
  public init(role: ColumnRole, reason: String) {
    self.role = role
    self.reason = reason
  }
}

extension TableColumn {
  /// Fewer values than this say nothing of whether they name the rows.
  static let leastRowCountOfIdentifiers = 20

  /// Judges the column's role.
  ///
  /// - A column of one distinct value, none missing, is constant.
  /// - Words are id-like where more than half of 20 or more are distinct.
  /// - Whole numbers are id-like where 20 or more are all distinct, and either ascend from row to row
  ///   or bear a name like `id`, `customerID`, `user_key`.
  ///
  /// - Complexity: O(n); O(n log n) for whole numbers under a name like an identifier's.
  public func assessedRole() -> RoleAssessment {
    switch values {
    case .empty: return RoleAssessment(role: .empty, reason: "no row has a value")
    case .number(let numbers): return assessedNumbers(numbers)
    case .boolean(let values): return assessedSimple(values, .boolean, "yes or no")
    case .date(let values): return assessedSimple(values, .date, "dates or times")
    case .category(let category): return assessedWords(category)
    case .text(let summary): return assessedText(summary)
    case .identifier(let texts):
      return texts.count == 0
        ? RoleAssessment(role: .empty, reason: "no row has a value")
        : RoleAssessment(role: .idLike, reason: "declared as an identifier")
    }
  }

  // MARK: By type

  private func assessedNumbers(_ numbers: [Double]) -> RoleAssessment {
    if let simple = emptyOrConstant(numbers) { return simple }
    let present = numbers.filter { !$0.isNaN }
    let areWhole = present.allSatisfy { $0 == $0.rounded(.towardZero) }
    let missing = missingText(numbers.count - present.count)
    if areWhole && present.count >= Self.leastRowCountOfIdentifiers {
      let ascend = zip(present, present.dropFirst()).allSatisfy { $0 < $1 }
      if ascend {
        return RoleAssessment(
          role: .idLike, reason: "the \(grouped(present.count)) integers ascend from row to row")
      }
      if nameLooksLikeIdentifier && areDistinct(present) {
        return RoleAssessment(
          role: .idLike, reason: "all \(grouped(present.count)) values are distinct integers")
      }
    }
    return RoleAssessment(
      role: .numeric, reason: (areWhole ? "integers" : "decimal numbers") + missing)
  }

  private func assessedSimple(_ values: [Double], _ role: ColumnRole, _ description: String)
    -> RoleAssessment
  {
    emptyOrConstant(values)
      ?? RoleAssessment(
        role: role, reason: description + missingText(values.count { $0.isNaN }))
  }

  private func assessedWords(_ category: CategoryValues) -> RoleAssessment {
    let levelCount = category.levels.count
    let missingCount = category.codes.count { $0 < 0 }
    let presentCount = category.codes.count - missingCount
    guard presentCount > 0 else {
      return RoleAssessment(role: .empty, reason: "no row has a value")
    }
    if levelCount == 1 && missingCount == 0 {
      return RoleAssessment(role: .constant, reason: "every row has the same value")
    }
    if presentCount >= Self.leastRowCountOfIdentifiers && levelCount * 2 > presentCount {
      let reason =
        levelCount == presentCount
        ? "all \(grouped(presentCount)) values are distinct"
        : "\(grouped(levelCount)) of \(grouped(presentCount)) values are distinct"
      return RoleAssessment(role: .idLike, reason: reason)
    }
    let levels = levelCount == 1 ? "1 level" : "\(grouped(levelCount)) levels"
    return RoleAssessment(role: .categorical, reason: levels + missingText(missingCount))
  }

  private func assessedText(_ summary: TextSummary) -> RoleAssessment {
    if summary.countedRowCount >= Self.leastRowCountOfIdentifiers
      && summary.distinctLowerBound * 2 > summary.countedRowCount
    {
      return RoleAssessment(
        role: .idLike,
        reason: "\(grouped(summary.distinctLowerBound)) of the first "
          + "\(grouped(summary.countedRowCount)) values are distinct")
    }
    return RoleAssessment(
      role: .text,
      reason: "at least \(grouped(summary.distinctLowerBound)) distinct values"
        + missingText(summary.missingCount))
  }

  // MARK: Parts

  private func emptyOrConstant(_ values: [Double]) -> RoleAssessment? {
    guard let first = values.first(where: { !$0.isNaN }) else {
      return RoleAssessment(role: .empty, reason: "no row has a value")
    }
    guard values.allSatisfy({ $0 == first }) else { return nil }
    return RoleAssessment(role: .constant, reason: "every row has the same value")
  }

  private func areDistinct(_ values: [Double]) -> Bool {
    let sorted = values.sorted()
    return zip(sorted, sorted.dropFirst()).allSatisfy { $0 != $1 }
  }

  private func missingText(_ count: Int) -> String {
    count == 0 ? "" : ", \(grouped(count)) missing"
  }

  /// Whether the name's last word is one by which identifiers are called.
  var nameLooksLikeIdentifier: Bool {
    let words = Self.words(of: name)
    guard let last = words.last else { return false }
    if ["id", "ids", "key", "uuid", "guid", "number", "nr", "num"].contains(last) { return true }
    // "customerid" is one word to whoever wrote it, and so is "paid".
    let owners = [
      "account", "client", "company", "contract", "customer", "device", "employee", "event",
      "member",
      "order", "org", "person", "record", "row", "session", "subscriber", "subscription", "tenant",
      "user",
    ]
    return last.hasSuffix("id") && owners.contains(String(last.dropLast(2)))
  }

  /// The words of a name in lower case, told apart by capitals and by what is no letter or digit.
  private static func words(of name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var previousIsLowercase = false
    for scalar in name.unicodeScalars {
      let properties = scalar.properties
      if !properties.isAlphabetic && properties.numericType == nil {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        if properties.isUppercase && previousIsLowercase && !word.isEmpty {
          words.append(word)
          word = ""
        }
        word += properties.lowercaseMapping
      }
      previousIsLowercase = properties.isLowercase
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}

/// A count with commas between the thousands.
private func grouped(_ count: Int) -> String {
  var digits = String(count)
  var index = digits.count - 3
  while index > 0 {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
    index -= 3
  }
  return digits
}
