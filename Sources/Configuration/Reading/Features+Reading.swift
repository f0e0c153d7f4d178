import Diagnostics

extension FeatureSettings {
  /// Reads the section `features`; the thresholds are a section of their own.
  mutating func read(_ node: ConfigurationNode) throws(Diagnostic) {
    let keys = ["families", "exclude", "windows", "counts", "key_events", "calendar_month"]
    try node.forEachKey(among: keys) { (key, node) throws(Diagnostic) in
      switch key {
      case "families":
        try node.forEachKey(among: FeatureSettings.familyNames) {
          (family, node) throws(Diagnostic) in
          if try !node.flag() { familiesOff.insert(family) }
        }
      case "exclude": excluded = try node.words()
      case "windows": windows = try node.ascending(in: 1...3650)
      case "counts": counts = try node.choice()
      case "key_events": keyEvents = try node.patterns()
      case "calendar_month": calendarMonth = try node.flag()
      default: preconditionFailure("no key \(key)")
      }
    }
  }
}

extension Thresholds {
  /// Reads the section `thresholds`.
  init(_ node: ConfigurationNode) throws(Diagnostic) {
    self.init()
    let keys = [
      "depth", "minimum_agent_runs", "champion_silent_days", "gap_days", "activation_days",
    ]
    try node.forEachKey(among: keys) { (key, node) throws(Diagnostic) in
      switch key {
      case "depth": depth = try node.share(in: 0...1)
      case "minimum_agent_runs": minimumAgentRuns = try node.integer(in: 1...1_000_000)
      case "champion_silent_days": championSilentDays = try node.dayCount(in: 1...3650)
      case "gap_days": gapDays = try node.dayCount(in: 0...3650)
      case "activation_days":
        activationDays = try node.ascending(in: 1...3650)
        guard activationDays.count == 2 else {
          throw node.outOfRange("two counts of days, as [9, 30]")
        }
      default: preconditionFailure("no key \(key)")
      }
    }
  }
}

extension PlanTerms {
  /// Reads what `plans` says of one.
  init(_ node: ConfigurationNode, name: String) throws(Diagnostic) {
    self.init(name: name)
    let keys = ["rank", "price", "limits", "capabilities"]
    try node.forEachKey(among: keys) { (key, node) throws(Diagnostic) in
      switch key {
      case "rank": rank = try node.integer(in: 0...1_000_000)
      case "price": price = try node.number(in: 0 ... .greatestFiniteMagnitude)
      case "limits":
        try node.forEachEntry { (meter, node) throws(Diagnostic) in
          limits[meter] = try node.number(in: 0 ... .greatestFiniteMagnitude)
        }
      case "capabilities": capabilities = try node.words()
      default: preconditionFailure("no key \(key)")
      }
    }
  }
}

extension PlainTable {
  /// Reads the section `table`.
  init(_ node: ConfigurationNode) throws(Diagnostic) {
    self.init(file: "", label: "")
    let keys = [
      "file", "label", "positive", "id", "drop", "categorical", "numeric", "weight", "group",
      "time", "delimiter",
    ]
    try node.forEachKey(among: keys) { (key, node) throws(Diagnostic) in
      switch key {
      case "file": file = try node.text()
      case "label": label = try node.word()
      case "positive": positive = try node.word()
      case "id": id = try node.word()
      case "drop": drop = try node.words()
      case "categorical": categorical = try node.words()
      case "numeric": numeric = try node.words()
      case "weight": weight = try node.word()
      case "group": group = try node.word()
      case "time": time = try node.word()
      case "delimiter": delimiter = try node.delimiter()
      default: preconditionFailure("no key \(key)")
      }
    }
    guard !file.isEmpty else { throw node.missing("file") }
    guard !label.isEmpty else { throw node.missing("label", hint: "the column of the outcome") }
  }
}

extension ConfigurationNode {
  /// Counts of days in ascending order.
  fileprivate func ascending(in range: ClosedRange<Int>) throws(Diagnostic) -> [Int] {
    var counts: [Int] = []
    for element in try elements() {
      let count = try element.dayCount(in: range)
      if let last = counts.last, count <= last { throw element.outOfRange("more than \(last)") }
      counts.append(count)
    }
    guard !counts.isEmpty else { throw outOfRange("at least one count of days") }
    return counts
  }
}
