import CivilCalendar
import Diagnostics

extension TargetDefinition {
  /// The most days of a lead, a horizon or a look back.
  static let dayLimit = 3650

  /// Reads what `targets` says of one.
  init(_ node: ConfigurationNode, of name: TargetName) throws(Diagnostic) {
    self.init(name)
    let common = [
      "from", "lead", "horizon", "gap_days", "outcomes", "active_within", "paying",
      "minimum_tenure",
    ]
    let keys: [String] =
      switch name {
      case .churn: common
      case .contraction: common + ["minimum_drop"]
      case .expansion: common + ["minimum_rise"]
      }
    var from: ConfigurationNode?
    try node.forEachKey(among: keys) { (key, node) throws(Diagnostic) in
      switch key {
      case "from":
        from = node
        source = try node.choice()
      case "lead": leadDays = try node.dayCount(in: 0...Self.dayLimit)
      case "horizon": horizonDays = try node.dayCount(in: 1...Self.dayLimit)
      case "gap_days": gapDays = try node.dayCount(in: 0...365)
      case "outcomes": outcomeWords = try node.words()
      case "active_within": activeWithinDays = try node.dayCount(in: 1...Self.dayLimit)
      case "paying": paying = try node.flag()
      case "minimum_tenure": minimumTenureDays = try node.dayCount(in: 0...Self.dayLimit)
      case "minimum_drop": minimumChange = try node.share(in: 0...1)
      case "minimum_rise": minimumChange = try node.share(in: 0...1000)
      default: preconditionFailure("no key \(key)")
      }
    }
    if source == .inactivity, name != .churn, let from {
      throw from.outOfRange("subscriptions or outcomes", hint: "only churn can be inactivity")
    }
    if source == .outcomes, outcomeWords.isEmpty {
      throw node.missing(
        "outcomes", hint: "list the words of the column 'outcome' that mean \(name.rawValue)")
    }
    if source != .outcomes, !outcomeWords.isEmpty {
      throw node.fault(
        .configValue, "has outcomes, which are looked for in the table of outcomes alone",
        hint: "add 'from: outcomes', or remove outcomes")
    }
  }
}

extension AsOfSchedule {
  /// The most days of a schedule.
  static let dayLimit = 20_000

  /// Reads the section `as_of`.
  init(_ node: ConfigurationNode) throws(Diagnostic) {
    if node.isMapping {
      try self.init(mapping: node)
      return
    }
    var days: [CalendarDay] = []
    for element in node.isList ? try node.elements() : [node] {
      let day = try element.day()
      if let last = days.last, day <= last {
        throw element.fault(
          .configAsOf, "is \(day), expected a day after \(last)",
          hint: "list each day once, in order")
      }
      days.append(day)
    }
    guard !days.isEmpty else { throw node.fault(.configAsOf, "has no day") }
    self = .days(days)
  }

  private init(mapping node: ConfigurationNode) throws(Diagnostic) {
    var first: CalendarDay?
    var last: CalendarDay?
    var step: Step?
    var column: String?
    var days: Int?
    try node.forEachKey(among: ["from", "to", "every", "before", "days"]) {
      (key, node) throws(Diagnostic) in
      switch key {
      case "from": first = try node.day()
      case "to": last = try node.day()
      case "every": step = try Self.step(node)
      case "before": column = try node.word()
      default: days = try node.dayCount(in: 0...TargetDefinition.dayLimit)
      }
    }
    if let column {
      guard first == nil, last == nil, step == nil else {
        throw node.fault(
          .configAsOf, "has both a series of days and days before a column",
          hint: "keep one of them")
      }
      self = .before(column: column, days: days ?? 0)
      return
    }
    guard let first else { throw node.missing("from") }
    guard let last else { throw node.missing("to") }
    guard days == nil else {
      throw node.fault(.configAsOf, "has days, which count before a column", hint: "add 'before'")
    }
    guard first <= last else {
      throw node.fault(.configAsOf, "goes from \(first) to \(last), expected a later day")
    }
    let every = step ?? .months(1)
    if case .days(let count) = every, first.days(until: last) / count >= Self.dayLimit {
      throw node.fault(
        .configAsOf, "has more than \(Self.dayLimit) days", hint: "choose longer steps")
    }
    self = .series(from: first, to: last, every: every)
  }

  /// `day`, `week`, `month`, `quarter`, `year`, or so many days, weeks or months.
  private static func step(_ node: ConfigurationNode) throws(Diagnostic) -> Step {
    let parts = try node.word().split(separator: " ")
    let hint = "known are day, week, month, quarter, year, 28 days, 4 weeks, 3 months"
    guard parts.count <= 2, let unit = parts.last else {
      throw node.fault(.configAsOf, "is not a step", hint: hint)
    }
    var count = 1
    if parts.count == 2 {
      guard let number = Int(parts[0]), 1...3650 ~= number else {
        throw node.fault(.configAsOf, "is not a step", hint: hint)
      }
      count = number
    }
    switch unit {
    case "day", "days": return .days(count)
    case "week", "weeks": return .days(7 * count)
    case "month", "months": return .months(count)
    case "quarter", "quarters": return .months(3 * count)
    case "year", "years": return .months(12 * count)
    default: throw node.fault(.configAsOf, "is not a step", hint: hint)
    }
  }
}
