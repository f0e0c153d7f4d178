import CivilCalendar

extension RetentionConfiguration {
  /// The configuration as canonical YAML: keys in a fixed order, and only what is not the default.
  ///
  /// Reading the text with the same path gives an equal configuration; equal configurations have
  /// equal texts. The path itself is not in it.
  public func text() -> String {
    var yaml = YAMLText()
    yaml.add("version", "\(Self.layoutVersion)")
    if timeZone != "UTC" { yaml.add("time_zone", text: timeZone) }
    yaml.add("sources") { yaml in
      for name in SourceName.allCases {
        guard let source = sources[name] else { continue }
        yaml.add(name.rawValue) { source.write(to: &$0, as: name) }
      }
    }
    yaml.add("events") { events.write(to: &$0) }
    yaml.add("plans") { yaml in
      for plan in plans { yaml.add(plan.name, isNeeded: true) { plan.write(to: &$0) } }
    }
    yaml.add("targets") { yaml in
      for name in TargetName.allCases {
        guard let target = targets[name] else { continue }
        yaml.add(name.rawValue, isNeeded: true) { target.write(to: &$0, as: name) }
      }
    }
    asOf?.write(to: &yaml)
    yaml.add("features") { features.write(to: &$0) }
    yaml.add("thresholds") { features.thresholds.write(to: &$0) }
    if let table { yaml.add("table") { table.write(to: &$0) } }
    return yaml.text
  }
}

extension TableSource {
  fileprivate func write(to yaml: inout YAMLText, as name: SourceName) {
    let standard = TableSource(files: [])
    if files.count == 1 {
      yaml.add("files", text: files[0])
    } else {
      yaml.add("files", list: files)
    }
    if layout != standard.layout { yaml.add("layout", text: layout.rawValue) }
    yaml.add("ended_plans", list: endedPlans)
    for (key, values) in [("columns", columns), ("constants", constants)] {
      yaml.add(key) { yaml in
        for (column, value) in name.sorted(values) { yaml.add(column, text: value) }
      }
    }
    yaml.add("attributes", list: attributes)
    yaml.add("lag", lagDays, unless: 0, unit: lagDays == 1 ? " day" : " days")
    if delimiter != standard.delimiter {
      yaml.add("delimiter", text: delimiter == "\t" ? "tab" : delimiter)
    }
    yaml.add("skip_lines", skipLines, unless: 0)
    if let header { yaml.add("header", YAMLText.list(header)) }
    yaml.add("format") { format.write(to: &$0) }
    yaml.add("column_formats") { yaml in
      for (column, format) in columnFormats.sorted(by: { $0.key.precedes($1.key) }) {
        yaml.add(column, isNeeded: true) { format.write(to: &$0) }
      }
    }
  }
}

extension SourceName {
  /// Values by our column names: known ones first, in our order, then meters in that of their bytes.
  fileprivate func sorted(_ values: [String: String]) -> [(key: String, value: String)] {
    let rank = Dictionary(uniqueKeysWithValues: columnNames.enumerated().map { ($1, $0) })
    return values.sorted { first, second in
      let ranks = (rank[first.key] ?? Int.max, rank[second.key] ?? Int.max)
      return ranks.0 == ranks.1 ? first.key.precedes(second.key) : ranks.0 < ranks.1
    }
  }
}

extension CellFormat {
  fileprivate func write(to yaml: inout YAMLText) {
    yaml.add("decimal", text: decimal)
    yaml.add("thousands", text: thousands)
    yaml.add("timestamp_format", text: timestampFormat)
    yaml.add("null_values", list: nullValues)
    yaml.add("time_zone", text: timeZone)
  }
}

extension EventMeanings {
  fileprivate func write(to yaml: inout YAMLText) {
    let standard = EventMeanings()
    for list in Self.lists { yaml.add(list.key, list: self[keyPath: list.names]) }
    yaml.add("agent_words", list: agentWords, unless: standard.agentWords)
    yaml.add("status") { yaml in
      yaml.add("succeeded", list: succeededWords, unless: standard.succeededWords)
      yaml.add("failed", list: failedWords, unless: standard.failedWords)
      yaml.add("timed_out", list: timedOutWords, unless: standard.timedOutWords)
    }
    yaml.add("capabilities") { yaml in
      for capability in capabilities { yaml.add(capability.name, YAMLText.list(capability.events)) }
    }
    yaml.add("meters") { yaml in
      for meter in meters {
        yaml.add(meter.name) { yaml in
          yaml.add("events", list: meter.events)
          if meter.measure != .count { yaml.add("measure", text: meter.measure.rawValue) }
        }
      }
    }
  }
}

extension PlanTerms {
  fileprivate func write(to yaml: inout YAMLText) {
    if let rank { yaml.add("rank", "\(rank)") }
    if let price { yaml.add("price", price) }
    yaml.add("limits") { yaml in
      for (meter, limit) in limits.sorted(by: { $0.key.precedes($1.key) }) {
        yaml.add(meter, limit)
      }
    }
    if let capabilities { yaml.add("capabilities", YAMLText.list(capabilities)) }
  }
}

extension TargetDefinition {
  fileprivate func write(to yaml: inout YAMLText, as name: TargetName) {
    let standard = TargetDefinition(name)
    if source != standard.source { yaml.add("from", text: source.rawValue) }
    yaml.add("lead", leadDays, unless: standard.leadDays, unit: leadDays == 1 ? " day" : " days")
    yaml.add(
      "horizon", horizonDays, unless: standard.horizonDays,
      unit: horizonDays == 1 ? " day" : " days")
    yaml.add("gap_days", gapDays, unless: standard.gapDays)
    yaml.add("outcomes", list: outcomeWords)
    if let activeWithinDays { yaml.add("active_within", "\(activeWithinDays) days") }
    if paying != standard.paying { yaml.add("paying", paying ? "true" : "false") }
    yaml.add("minimum_tenure", minimumTenureDays, unless: 0, unit: " days")
    switch name {
    case .churn: break
    case .contraction: yaml.add("minimum_drop", minimumChange, unless: standard.minimumChange)
    case .expansion: yaml.add("minimum_rise", minimumChange, unless: standard.minimumChange)
    }
  }
}

extension AsOfSchedule {
  fileprivate func write(to yaml: inout YAMLText) {
    switch self {
    case .days(let days): yaml.add("as_of", "[\(days.map(\.description).joined(separator: ", "))]")
    case .series(let first, let last, let step):
      yaml.add("as_of") { yaml in
        yaml.add("from", first.description)
        yaml.add("to", last.description)
        switch step {
        case .months(1): yaml.add("every", "month")
        case .months(let count): yaml.add("every", "\(count) months")
        case .days(7): yaml.add("every", "week")
        case .days(let count): yaml.add("every", count == 1 ? "day" : "\(count) days")
        }
      }
    case .before(let column, let days):
      yaml.add("as_of") { yaml in
        yaml.add("before", text: column)
        yaml.add("days", "\(days)")
      }
    }
  }
}

extension FeatureSettings {
  fileprivate func write(to yaml: inout YAMLText) {
    let standard = FeatureSettings()
    yaml.add("families") { yaml in
      for family in familiesOff.sorted(by: { $0.precedes($1) }) { yaml.add(family, "off") }
    }
    yaml.add("exclude", list: excluded)
    if windows != standard.windows {
      yaml.add("windows", "[\(windows.map(String.init).joined(separator: ", "))]")
    }
    if counts != standard.counts { yaml.add("counts", text: counts.rawValue) }
    yaml.add("key_events", list: keyEvents)
    if calendarMonth { yaml.add("calendar_month", "true") }
  }
}

extension Thresholds {
  fileprivate func write(to yaml: inout YAMLText) {
    let standard = Thresholds()
    yaml.add("depth", depth, unless: standard.depth)
    yaml.add("minimum_agent_runs", minimumAgentRuns, unless: standard.minimumAgentRuns)
    yaml.add("champion_silent_days", championSilentDays, unless: standard.championSilentDays)
    yaml.add("gap_days", gapDays, unless: standard.gapDays)
    if activationDays != standard.activationDays {
      yaml.add("activation_days", "[\(activationDays.map(String.init).joined(separator: ", "))]")
    }
  }
}

extension PlainTable {
  fileprivate func write(to yaml: inout YAMLText) {
    yaml.add("file", text: file)
    yaml.add("label", text: label)
    yaml.add("positive", text: positive)
    yaml.add("id", text: id)
    yaml.add("drop", list: drop)
    yaml.add("categorical", list: categorical)
    yaml.add("numeric", list: numeric)
    yaml.add("weight", text: weight)
    yaml.add("group", text: group)
    yaml.add("time", text: time)
    if delimiter != "," { yaml.add("delimiter", text: delimiter == "\t" ? "tab" : delimiter) }
  }
}

extension String {
  /// Whether the text's bytes come before another's, in every locale and process.
  fileprivate func precedes(_ other: String) -> Bool {
    Array(utf8).lexicographicallyPrecedes(Array(other.utf8))
  }
}
