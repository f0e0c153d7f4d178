import Configuration

extension ConfigurationDraft {
  /// The draft as a commented `retain.yaml`.
  ///
  /// - Parameter prefix: What leads from the configuration's folder to that of the tables.
  func text(prefix: String) -> String {
    var text = """
      # Written by 'retain init': it looked at the tables and guessed what they are.
      # Read it through, the lines with 'check:' above all. Docs/Configuration.md has every key.
      version: 1
      time_zone: UTC  # of timestamps that state no zone

      """
    if !parts.isEmpty { text += "\nsources:\n" }
    for part in parts { text += Self.source(part, prefix: prefix) }
    text += eventsText + targetsText + asOfText
    if let plain { text += Self.plain(plain.table, prefix: prefix) }
    return text
  }

  // MARK: Sources

  private static func source(_ part: Part, prefix: String) -> String {
    let table = part.table
    var text = "  \(table.source.rawValue):  # \(table.sample.rowCount) rows\n"
    for check in part.checks { text += "    # check: \(commented(check))\n" }
    text += "    files: \(files(table.sample.files.map { prefix + $0 }))\n"
    if let delimiter = table.sample.delimiterText {
      text += "    delimiter: \(YAMLText.scalar(delimiter))\n"
    }
    if table.layout == .changes {
      text += "    layout: changes  # a row lasts until the account's next one\n"
      if !table.endedPlans.isEmpty {
        text += "    ended_plans: \(YAMLText.list(table.endedPlans))\n"
      }
    }
    text += "    columns:\n"
    let limits = table.columns.keys.filter { !table.source.columnNames.contains($0) }.sorted()
    for column in table.source.columnNames + limits {
      guard let name = table.columns[column] else { continue }
      let check = part.use.checks[column].map { "  # \(commented($0))" } ?? ""
      text += "      \(column): \(YAMLText.scalar(name))\(check)\n"
    }
    if table.source == .outcomes, table.columns["outcome"] == nil {
      text += "    constants: {outcome: churn}  # every row is a churn\n"
    }
    if !part.use.attributes.isEmpty {
      text += "    # Attributes must have been known at sign-up and not have changed since.\n"
      text += "    attributes: \(YAMLText.list(part.use.attributes))\n"
    }
    text += formats(table)
    for (column, reason) in part.use.leftOut {
      text += "    # not used: \(commented(column)): \(commented(reason))\n"
    }
    return text
  }

  private static func files(_ files: [String]) -> String {
    files.count == 1 ? YAMLText.scalar(files[0]) : YAMLText.list(files)
  }

  private static func formats(_ table: RecognisedTable) -> String {
    var text = ""
    for column in table.sample.columns
    where table.columns.values.contains(column.name) && column.kind == .date {
      guard let format = column.dateShape?.format else { continue }
      if text.isEmpty { text = "    column_formats:\n" }
      text +=
        "      \(YAMLText.scalar(column.name)): {timestamp_format: \(YAMLText.scalar(format))}\n"
    }
    return text
  }

  // MARK: Events

  private var eventsText: String {
    guard !eventNames.isEmpty else { return "" }
    let standard = EventMeanings()
    var body = ""
    func add(_ key: String, _ names: [String], _ comment: String) {
      if !names.isEmpty { body += "  \(key): \(YAMLText.list(names))  # \(comment)\n" }
    }
    if isValueUnknown {
      let shown = eventNames.prefix(8).map { Self.commented($0) }.joined(separator: ", ")
      body +=
        "  # check: which events are what customers come for? Add value: [...] with names of these:\n"
      body += "  # \(shown)\(eventNames.count > 8 ? ", ..." : "")\n"
    }
    add("value", meanings.value, "check: what customers come for")
    add("admin", meanings.admin, "visits to the admin console")
    add("gates", meanings.gates, "attempts at what the plan does not include")
    add("limit_hits", meanings.limitHits, "a limit of the plan was reached")
    add("exports", meanings.exports, "data that leave")
    add("errors", meanings.errors, "errors")
    add("invites", meanings.invites, "invitations sent")
    add("invites_accepted", meanings.invitesAccepted, "invitations accepted")
    add("integrations", meanings.integrations, "each name is one integration")
    add("onboarding", meanings.onboarding, "check: the key steps of onboarding")
    add("touches", meanings.touches, "contacts by customer success")
    add("agents", meanings.agents, "check: events of agents rather than people")
    add("ignore", meanings.ignored, "written because of the outcome: never a feature")
    var status = ""
    for (key, words, usual) in [
      ("succeeded", meanings.succeededWords, standard.succeededWords),
      ("failed", meanings.failedWords, standard.failedWords),
      ("timed_out", meanings.timedOutWords, standard.timedOutWords),
    ] where words != usual {
      status += "    \(key): \(YAMLText.list(words))\n"
    }
    if !status.isEmpty { body += "  status:\n\(status)" }
    for limit in unmeteredLimits {
      body += "  # check: no event is called like \(Self.commented(limit)); add its meter by hand\n"
    }
    if !meanings.meters.isEmpty { body += "  meters:\n" }
    for meter in meanings.meters {
      body += "    \(YAMLText.scalar(meter.name)): {events: \(YAMLText.list(meter.events))"
      body += meter.measure == .value ? ", measure: value}\n" : "}\n"
    }
    // Comments alone would make the section an empty value, which is an empty mapping.
    return "\nevents:\n\(body)"
  }

  // MARK: Targets and days

  private var targetsText: String {
    guard !schedule.targets.isEmpty else { return "" }
    var text = "\ntargets:\n"
    for check in schedule.checks { text += "  # check: \(Self.commented(check))\n" }
    for (name, target) in schedule.targets {
      text += "  \(name.rawValue):\n    from: \(target.source.rawValue)\n"
      if !target.outcomeWords.isEmpty {
        text += "    outcomes: \(YAMLText.list(target.outcomeWords))\n"
      }
      text += "    lead: \(target.leadDays) days  # between the as-of day and the label window\n"
      text += "    horizon: \(target.horizonDays) days  # the label window\n"
      if target.source == .subscriptions, name == .churn {
        text +=
          "    gap_days: \(target.gapDays)  # a subscription that resumes within has not ended\n"
      }
      if let days = target.activeWithinDays {
        text +=
          "    active_within: \(days) days  # accounts without an event in them are not asked\n"
      }
      if !target.paying { text += "    paying: false  # accounts that do not pay count as well\n" }
      switch name {
      case .churn: break
      case .contraction: text += "    minimum_drop: 1%\n"
      case .expansion: text += "    minimum_rise: 5%\n"
      }
    }
    return text
  }

  private var asOfText: String {
    guard let span = schedule.span else { return "" }
    let reason =
      "# The data reach from \(span.lowerBound) to \(span.upperBound); "
      + "features look back \(SchedulePlan.lookBackDays) days.\n"
    switch schedule.asOf {
    case .series(let first, let last, _)?:
      return "\n\(reason)as_of: {from: \(first), to: \(last), every: month}\n"
    case .days(let days)?:
      return "\n\(reason)as_of: [\(days.map(\.description).joined(separator: ", "))]\n"
    case .before?, nil: return ""
    }
  }

  private static func plain(_ table: PlainTable, prefix: String) -> String {
    var text = "\ntable:\n  file: \(YAMLText.scalar(prefix + table.file))\n"
    text += "  label: \(YAMLText.scalar(table.label))  # check: the column of the outcome\n"
    if let positive = table.positive {
      text += "  positive: \(YAMLText.scalar(positive))  # check: the value that says it happened\n"
    }
    for (key, column) in [("id", table.id), ("group", table.group), ("time", table.time)] {
      if let column { text += "  \(key): \(YAMLText.scalar(column))\n" }
    }
    if table.delimiter != "," { text += "  delimiter: \(YAMLText.scalar(table.delimiter))\n" }
    return text
  }

  /// A text made safe for a comment: on one line, and without what YAML does not allow.
  private static func commented(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(200) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        shown += "?"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}
