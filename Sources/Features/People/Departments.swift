import Configuration
import Learning
import UsageHistory

/// How widely the product is used across departments.
struct Departments: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [
      .table(.events), .column("events.user_id"), .table(.users), .column("users.department"),
    ]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "departments_28", unit: "count", family: .people, windowDays: 28, emptyValue: .zero,
        sentence: "departments with at least two active users in the last 28 days",
        phrase: .count(
          "departments with two active users or more", "department with two active users or more",
          in: 28)),
      FeatureDefinition(
        "dept_entropy", unit: "nats", family: .people, windowDays: 28,
        sentence: "spread of the active users over departments in the last 28 days",
        phrase: .level("spread of active users over departments #", .decimal, in: 28)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let departmentCount: Int

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    departmentCount = inputs.dictionaries.departments.count
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    guard !view.members.isEmpty else {
      row[0] = view.digest.users.isEmpty ? 0 : .nan
      row[1] = .nan
      return
    }
    var countOfDepartment = [Int](repeating: 0, count: departmentCount)
    var total = 0
    for user in view.digest.users where user.lastAge <= 28 {
      guard let member = view.member(user.user), member.department >= 0 else { continue }
      countOfDepartment[Int(member.department)] += 1
      total += 1
    }
    // Sorted, so that the sum of logarithms does not depend on the codes.
    countOfDepartment.sort()
    var weightedLogs = 0.0
    for count in countOfDepartment where count > 0 {
      weightedLogs += Double(count) * PortableMath.log(Double(count))
    }
    row[0] = Double(countOfDepartment.count { $0 >= 2 })
    row[1] =
      total == 0 ? .nan : max(0, PortableMath.log(Double(total)) - weightedLogs / Double(total))
  }
}
