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
      return ReportBlock.card(
        title: "\(displayText(row.id)): \(example.title)",
        [.paragraph(sentence(row, accounts)), .figures([waterfall(number, example.row, accounts)])]
          + reasonBlocks(accounts.reasons(ofRow: example.row, limit: 3)))
    }
    return .section(
      ReportSection(
        id: "examples", title: title,
        statement: "\(capitalised(Numbers.count(blocks.count, "account"))) of high, middling and low "
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
      text += " Pays \(Self.amount(row.money)) a month; \(words.expected) \(Self.amount(row.expected))."
    }
    if let days = row.daysToRenewal { text += " Renews in \(Numbers.count(days, "day"))." }
    if let outcome = row.outcome {
      text += outcome ? " The outcome came." : " The outcome did not come."
    }
    return text
  }

  private func reasonBlocks(_ reasons: [Reason]) -> [ReportBlock] {
    reasons.isEmpty ? [.paragraph("Nothing stands out.")] : [.list(reasons.map(\.text))]
  }

  /// What points are added to.
  private var startName: String { model.levels == nil ? "mean account" : "base rate" }

  private func waterfall(_ number: Int, _ row: Int, _ accounts: ReportAccounts) -> String {
    let drivers = accounts.drivers[row]!
    let order = drivers.points.indices.filter { drivers.points[$0] != 0 }.sorted {
      (-drivers.points[$0].magnitude, $0) < (-drivers.points[$1].magnitude, $1)
    }
    let shown = order.prefix(8)
    var steps = shown.map { feature in
      WaterfallChart.Step(
        Reason(
          feature: accounts.features[feature], value: drivers.values[feature],
          points: drivers.points[feature]
        ).statement, change: drivers.points[feature], text: Numbers.points(drivers.points[feature]))
    }
    let rest = order.dropFirst(shown.count).reduce(0) { $0 + drivers.points[$1] }
    if order.count > shown.count {
      steps.append(
        WaterfallChart.Step(
          "\(Numbers.count(order.count - shown.count)) others", change: rest,
          text: Numbers.points(rest)))
    }
    let end = accounts.rows[row].probability
    return WaterfallChart(
      id: "chart-account-\(number)", title: "From the \(startName) to this account",
      summary: "From \(Numbers.percent(drivers.base)) to \(Numbers.percent(end)).",
      x: Axis("Probability", scale: .percent), startLabel: startName, start: drivers.base,
      steps: steps, endLabel: displayText(accounts.rows[row].id)
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
      .words("account"), .number("probability"), .words("band"),
    ]
    if hasMoney { columns += [.number("revenue a month"), .number(words.expected)] }
    if hasRenewal { columns.append(.number("days to renewal")) }
    if hasOutcome { columns.append(.words("outcome")) }
    columns += [.sentences("first reason"), .sentences("second reason"), .sentences("third reason")]
    let caption =
      "The \(Numbers.count(accounts.listed.count)) accounts "
      + (hasMoney ? "with the most \(words.expected)" : "of the highest probability")
    var table = ReportTable(caption: caption, columns: columns, isInteractive: true)
    for place in accounts.listed {
      let row = accounts.rows[place]
      var cells: [ReportTable.Cell] = [
        .init(displayText(row.id)),
        .init(Numbers.percent(row.probability), sortedBy: Self.rounded(row.probability)),
        .init(row.band.rawValue),
      ]
      if hasMoney {
        cells += [
          .init(row.money > 0 ? Self.amount(row.money) : "-", sortedBy: Self.rounded(row.money)),
          .init(
            row.money > 0 ? Self.amount(row.expected) : "-", sortedBy: Self.rounded(row.expected)),
        ]
      }
      if hasRenewal {
        cells.append(
          .init(row.daysToRenewal.map { "\($0)" } ?? "-", sortedBy: row.daysToRenewal.map(Double.init))
        )
      }
      if hasOutcome { cells.append(.init(row.outcome.map { $0 ? "came" : "did not" } ?? "unknown")) }
      let reasons = accounts.reasons(ofRow: place, limit: 3).map(\.text)
      cells += (0..<3).map { .init($0 < reasons.count ? reasons[$0] : "") }
      table.add(cells)
    }
    return .section(
      ReportSection(
        id: "accounts", title: title, statement: accountStatement(accounts, hasMoney),
        blocks: [.table(table)],
        guide: "A click on a heading sorts, the field above finds words. Reasons say what moved this "
          + "account's probability the most towards the side on which it stands, in percentage points."))
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
