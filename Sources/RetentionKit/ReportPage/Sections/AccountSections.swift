import Charts
import Diagnostics
import HTMLReport
import Reporting
import Scoring

extension ReportMaterial {
  /// A few accounts in full.
  var examplePart: ReportPart {
    let title = "Examples"
    guard !hidesAccounts, let accounts, !accounts.examples.isEmpty else {
      return .leftOut(title: title, reason: noAccounts)
    }
    let blocks = accounts.examples.enumerated().map { number, example in
      let row = accounts.rows[example.row]
      let title = "\(displayText(row.id)): \(example.title)"
      var blocks: [ReportBlock] = [.paragraph(sentence(row, accounts))]
      if let story = accounts.stories[example.row] {
        blocks += storyBlocks(story, number)
      } else {
        blocks.append(.figures([waterfall(number, example.row, accounts)]))
        blocks += reasonBlocks(accounts.reasons(ofRow: example.row, limit: 3).map(\.text))
      }
      return ReportBlock.card(title: title, blocks)
    }
    return .section(
      ReportSection(
        id: "examples", title: title,
        statement:
          "\(capitalised(Numbers.count(blocks.count, "account"))) of high, middling and low "
          + "\(words.level), taken apart.",
        blocks: blocks,
        guide: "Each picture begins with the \(startName). Every bar adds or takes "
          + "what the model makes of one feature, until the account's own probability is reached."))
  }

  private var noAccounts: String {
    hidesAccounts ? "Left out on request (--no-accounts)." : "No account is there to be scored."
  }

  private func sentence(_ row: ReportAccounts.Row, _ accounts: ReportAccounts) -> String {
    var text =
      "Probability of \(words.outcome) \(Numbers.percent(row.probability)), band "
      + "\(row.band.rawValue), above \(Numbers.fixed(row.percentile.rounded(.down), 0)) % of the accounts."
    if row.money > 0 {
      text +=
        " Pays \(Self.amount(row.money)) a month; \(words.expected) \(Self.amount(row.expected))."
    }
    if let days = row.daysToRenewal { text += " Renews in \(Numbers.count(days, "day"))." }
    if let outcome = row.outcome {
      text += outcome ? " The outcome came." : " The outcome did not come."
    }
    return text
  }

  private func reasonBlocks(_ reasons: [String]) -> [ReportBlock] {
    reasons.isEmpty
      ? [.paragraph(capitalised(ReasonWords.nothing) + ".")] : [.list(reasons.map(capitalised))]
  }

  /// What points are added to.
  private var startName: String { model.levels == nil ? "mean account" : "base rate" }

  /// The words of a reason, which are made for any terminal, as a page shows them.
  private static func arrows(_ text: String) -> String { text.replacing(" -> ", with: " → ") }

  /// What is known of an account in full: why, its last weeks, and accounts like it.
  private func storyBlocks(_ story: AccountStory, _ number: Int) -> [ReportBlock] {
    let score = story.explanation.score
    func text(_ driver: AccountStory.Driver) -> String {
      Self.arrows("\(driver.text) (\(Numbers.points(driver.reason.points)))")
    }
    var blocks: [ReportBlock] = [
      .figures([
        waterfall(
          number, steps: story.drivers.map { (Self.arrows($0.shortText), $0.reason.points) },
          from: story.explanation.baseProbability, to: score.probability, name: score.accountID)
      ])
    ]
    blocks += reasonBlocks(story.reasons.prefix(3).map(text))
    let against = story.counterweights.filter { $0.reason.points.magnitude >= 0.0005 }.prefix(2)
    if !against.isEmpty {
      blocks.append(
        .paragraph("Against them: " + against.map(text).joined(separator: "; ") + "."))
    }
    let lines = courses(of: story, number)
    if !lines.isEmpty { blocks.append(.lines(lines)) }
    if let similar = story.similar { blocks += similarBlocks(similar) }
    return blocks
  }

  /// The last weeks of the account as small pictures.
  private func courses(of story: AccountStory, _ number: Int) -> [ReportBlock.Line] {
    var lines = story.courses.enumerated().compactMap { place, course -> ReportBlock.Line? in
      let known = course.values.filter(\.isFinite)
      guard let low = known.min(), let high = known.max(), let last = known.last, known.count > 1
      else { return nil }
      let range =
        "\(ReasonNumbers.count(low)) to \(ReasonNumbers.count(high)), last \(ReasonNumbers.count(last))"
      let title = "\(course.name), \(course.values.count) weeks"
      return ReportBlock.Line(
        name: title,
        markup: Sparkline(
          id: "chart-course-\(number)-\(place)", title: title, summary: range,
          values: course.values
        ).svg, note: range)
    }
    let past = story.pastScores.filter { $0.probability != nil }
    if past.count > 1, let first = past.first {
      let values = past.map { $0.probability! }
      let range =
        "\(Numbers.percent(values.min())) to \(Numbers.percent(values.max())), last "
        + Numbers.percent(values.last)
      let title = "probability since \(first.day)"
      lines.append(
        ReportBlock.Line(
          name: title,
          markup: Sparkline(
            id: "chart-past-\(number)", title: title, summary: range, values: values,
            tone: .orange
          ).svg, note: range))
    }
    return lines
  }

  private func similarBlocks(_ similar: SimilarAccounts) -> [ReportBlock] {
    var table = ReportTable(
      caption: "The nearest accounts",
      columns: [.words("account"), .words("looked at"), .number("probability")]
        + similar.features.map { .words(displayText($0.name)) } + [.words("what happened")])
    for neighbour in similar.neighbours {
      table.add(
        [
          .init(displayText(neighbour.accountID)),
          .init(neighbour.asOf.map { "\($0)" } ?? "in the table"),
          .init(Numbers.percent(neighbour.probability)),
        ] + neighbour.values.map { .init($0) } + [
          .init(
            neighbour.hasOutcome
              ? neighbour.daysUntil.map { "it came after \(Numbers.count($0, "day"))" } ?? "it came"
              : "it did not come")
        ])
    }
    return [
      .paragraph(
        "Of the \(Numbers.count(similar.nearestCount)) accounts most like it, "
          + "\(Numbers.percent(similar.share, 0)) had the outcome, against "
          + "\(Numbers.percent(similar.shareOfAll, 0)) of all."),
      .folded(title: "The nearest of them", [.table(table)]),
    ]
  }

  private func waterfall(_ number: Int, _ row: Int, _ accounts: ReportAccounts) -> String {
    let drivers = accounts.drivers[row]!
    return waterfall(
      number,
      steps: drivers.points.indices.filter { drivers.points[$0] != 0 }.map { feature in
        (
          Reason(
            feature: accounts.features[feature], value: drivers.values[feature],
            points: drivers.points[feature]
          ).statement, drivers.points[feature]
        )
      }, from: drivers.base, to: accounts.rows[row].probability, name: accounts.rows[row].id)
  }

  /// The strongest steps one by one, the rest as one.
  private func waterfall(
    _ number: Int, steps: [(label: String, points: Double)], from base: Double,
    to probability: Double, name: String
  ) -> String {
    let order = steps.indices.sorted {
      (-steps[$0].points.magnitude, $0) < (-steps[$1].points.magnitude, $1)
    }
    var shown = order.prefix(8).map { place in
      WaterfallChart.Step(
        steps[place].label, change: steps[place].points,
        text: Numbers.points(steps[place].points))
    }
    if order.count > shown.count {
      let rest = order.dropFirst(shown.count).reduce(0) { $0 + steps[$1].points }
      shown.append(
        WaterfallChart.Step(
          "\(Numbers.count(order.count - shown.count)) others", change: rest,
          text: Numbers.points(rest)))
    }
    return WaterfallChart(
      id: "chart-account-\(number)", title: "From the \(startName) to this account",
      summary: "From \(Numbers.percent(base)) to \(Numbers.percent(probability)).",
      x: Axis("Probability", scale: .percent), startLabel: startName, start: base, steps: shown,
      endLabel: displayText(name)
    ).figure()
  }

  /// The accounts with the most at stake.
  var accountPart: ReportPart {
    let hasMoney = accounts?.rows.contains { $0.money > 0 } ?? false
    let title = "Accounts"
    guard !hidesAccounts, let accounts, !accounts.listed.isEmpty else {
      return .leftOut(title: title, reason: noAccounts)
    }
    let hasOutcome = accounts.rows.contains { $0.outcome != nil }
    let hasRenewal = accounts.listed.contains { accounts.rows[$0].daysToRenewal != nil }
    var columns: [ReportTable.Column] = [
      .words("account"), .number("probability"),
    ]
    // What matters first: the rest is a scroll away on a narrow screen.
    if hasMoney { columns.append(.number(words.expected)) }
    columns.append(.sentences("reasons"))
    if hasOutcome { columns.append(.words("outcome")) }
    if hasMoney { columns.append(.number("revenue a month")) }
    if hasRenewal { columns.append(.number("days to renewal")) }
    columns.append(.words("band"))
    let caption =
      "The \(Numbers.count(accounts.listed.count)) accounts "
      + (hasMoney ? "with the most \(words.expected)" : "of the highest probability")
    var table = ReportTable(caption: caption, columns: columns, isInteractive: true)
    func amount(_ row: ReportAccounts.Row, _ value: Double) -> ReportTable.Cell {
      .init(row.money > 0 ? Self.amount(value) : "-", sortedBy: Self.rounded(value))
    }
    for place in accounts.listed {
      let row = accounts.rows[place]
      let reasons =
        accounts.reasonTexts[place] ?? accounts.reasons(ofRow: place, limit: 3).map(\.text)
      var cells: [ReportTable.Cell] = [
        .init(displayText(row.id)),
        .init(Numbers.percent(row.probability), sortedBy: Self.rounded(row.probability)),
      ]
      if hasMoney { cells.append(amount(row, row.expected)) }
      cells.append(.init(reasons.map(Self.arrows).joined(separator: "; ")))
      if hasOutcome {
        cells.append(.init(row.outcome.map { $0 ? "came" : "did not" } ?? "unknown"))
      }
      if hasMoney { cells.append(amount(row, row.money)) }
      if hasRenewal {
        cells.append(
          .init(
            row.daysToRenewal.map { "\($0)" } ?? "-", sortedBy: row.daysToRenewal.map(Double.init)))
      }
      cells.append(.init(row.band.rawValue))
      table.add(cells)
    }
    return .section(
      ReportSection(
        id: "accounts", title: title, statement: accountStatement(accounts, hasMoney),
        blocks: [.table(table)],
        guide:
          "A click on a heading sorts, the field above finds words. Reasons say what moved this "
          + "account's probability the most towards the side on which it stands, in percentage points."
      ))
  }

  private func accountStatement(_ accounts: ReportAccounts, _ hasMoney: Bool) -> String {
    let count = Numbers.count(accounts.rows.count, "account")
    let day = accounts.asOf.map { " as of \($0)" } ?? ""
    guard hasMoney else {
      let high = accounts.rows.count { $0.band == .high }
      return "\(Numbers.count(high)) of \(count)\(day) are in the band high; shown are the first "
        + "\(Numbers.count(accounts.listed.count))."
    }
    let total = accounts.rows.reduce(0) { $0 + ($1.money > 0 ? $1.expected : 0) }
    let first = accounts.listed.prefix(20).reduce(0) {
      $0 + (accounts.rows[$1].money > 0 ? accounts.rows[$1].expected : 0)
    }
    return "\(count)\(day) have \(Self.amount(total)) a month of \(words.expected); the first "
      + "\(min(20, accounts.listed.count)) hold \(Numbers.percent(total > 0 ? first / total : nil, 0)) of "
      + "it."
  }

  /// With as many digits as sorting needs.
  private static func rounded(_ value: Double) -> Double {
    value.magnitude < 1e9 ? (value * 1e6).rounded() / 1e6 : value
  }
}
