/// The tables that have rows of accounts: a name, a header, and an account's rows.
struct CompanyTable {
  let name: String
  let header: String
  /// Appends an account's rows; how many they were.
  let append: @Sendable (Account, inout ByteText) -> Int

  /// All but the events and the tiers, in the order they are written.
  static func all(_ plan: CompanyPlan) -> [CompanyTable] {
    let writer = AccountRows(plan: plan, calendar: CompanyCalendar(plan))
    let leaks = plan.hasLeaks
    return [
      CompanyTable(
        name: "accounts",
        header: "account_id,created_at,segment,country,industry"
          + (leaks ? ",health_status,lifetime_revenue,account_status,current_plan" : ""),
        append: writer.appendAccount),
      CompanyTable(
        name: "subscriptions",
        header: "account_id,sub_id,plan,mrr,seats,discount,start,end,billing_period_months,"
          + "auto_renew,renewal_date" + (leaks ? ",cancel_reason" : ""),
        append: writer.appendSubscriptions),
      CompanyTable(
        name: "tickets",
        header: "ticket_id,account_id,opened,closed,severity,sentiment,text",
        append: writer.appendTickets),
      CompanyTable(
        name: "payments", header: "account_id,ts,amount,status", append: writer.appendPayments),
      CompanyTable(
        name: "users", header: "user_id,account_id,role,department,created_at,left_at",
        append: writer.appendUsers),
    ]
  }

  /// `tiers.csv`.
  static func tiers(eventScale: Double) -> [UInt8] {
    var text = ByteText()
    text.append("tier,rank,price_per_seat,limit_api_calls,limit_agent_runs,limit_storage_gb,")
    text.append("features\n")
    for tier in CompanyTier.allCases {
      text.append(tier.name)
      text.comma()
      text.append(tier.rawValue + 1)
      text.comma()
      text.append(hundredths: tier.seatPrice)
      for limit in [tier.callLimit, tier.runLimit(eventScale: eventScale), tier.storageLimit] {
        text.comma()
        text.append(limit)
      }
      text.comma()
      let features = CompanyEvent.capabilities.filter(tier.entitles).map { "\($0.name)" }
      text.append(features.joined(separator: ";"))
      text.newline()
    }
    return text.bytes
  }
}

/// Writes the rows of an account.
private struct AccountRows {
  let plan: CompanyPlan
  let calendar: CompanyCalendar

  @Sendable func appendAccount(_ account: Account, to text: inout ByteText) -> Int {
    let profile = account.profile
    text.appendAccountID(account.index)
    text.comma()
    append(profile.createdDay, profile.createdSecond, to: &text)
    text.comma()
    text.append(profile.segment.rawValue)
    text.comma()
    text.append(profile.country)
    text.comma()
    text.append(profile.industry)
    if plan.hasLeaks {
      let leaks = AccountLeaks(account, plan: plan, calendar: calendar)
      let hasLeft = account.hasLeft(calendar)
      text.comma()
      text.append(leaks.healthStatus)
      text.comma()
      text.append(hundredths: account.billing.revenue)
      text.append(hasLeft ? ",closed," : ",active,")
      text.append(hasLeft ? "none" : account.agreement.terms.tier.name)
    }
    text.newline()
    return 1
  }

  @Sendable func appendSubscriptions(_ account: Account, to text: inout ByteText) -> Int {
    let agreement = account.agreement
    for (number, spell) in agreement.spells.enumerated() {
      let isLast = number == agreement.spells.count - 1
      text.appendAccountID(account.index)
      text.comma()
      text.appendID("sub_", account: account.index, number: number, width: 2)
      text.comma()
      text.append(spell.terms.tier.name)
      text.comma()
      text.append(hundredths: spell.terms.revenue)
      text.comma()
      text.append(spell.terms.seatCount)
      text.comma()
      text.append(hundredths: spell.terms.discount)
      text.comma()
      text.append(calendar.date(spell.startDay))
      text.comma()
      if let end = spell.endDay { text.append(calendar.date(end)) }
      text.append(agreement.isAnnual ? ",12," : ",1,")
      text.append(agreement.renewsByItself ? "true," : "false,")
      // Planted: the last date known stands in all rows.
      let known = plan.hasLeaks ? agreement.spells[agreement.spells.count - 1] : spell
      if let renewal = known.renewalDay { text.append(calendar.date(renewal)) }
      if plan.hasLeaks {
        text.comma()
        if isLast {
          text.append(AccountLeaks(account, plan: plan, calendar: calendar).cancelReason)
        }
      }
      text.newline()
    }
    return agreement.spells.count
  }

  @Sendable func appendTickets(_ account: Account, to text: inout ByteText) -> Int {
    var tickets = account.support.tickets
    if plan.hasLeaks,
      let planted = AccountLeaks(account, plan: plan, calendar: calendar).cancellationTicket
    {
      let place =
        tickets.firstIndex { $0.openedDay > planted.openedDay } ?? tickets.count
      tickets.insert(planted, at: place)
    }
    for (number, ticket) in tickets.enumerated() {
      text.appendID("ticket_", account: account.index, number: number, width: 3)
      text.comma()
      text.appendAccountID(account.index)
      text.comma()
      append(Int(ticket.openedDay), Int(ticket.openedSecond), to: &text)
      text.comma()
      let closing = Int(ticket.openedSecond) + 3600 * Int(ticket.hoursOpen)
      let closedDay = Int(ticket.openedDay) + closing / 86_400
      // What a leaver had open is closed with the account; what is open at the export stays open.
      if closedDay >= account.endDay, account.hasLeft(calendar) {
        append(account.endDay - 1, 86_399, to: &text)
      } else if closedDay < calendar.dayCount {
        append(closedDay, closing % 86_400, to: &text)
      }
      text.comma()
      text.append(ticket.severity.name)
      text.comma()
      text.append(hundredths: Int(ticket.sentiment))
      text.comma()
      text.append(Support.text(ticket.text))
      text.newline()
    }
    return tickets.count
  }

  @Sendable func appendPayments(_ account: Account, to text: inout ByteText) -> Int {
    var payments = account.billing.payments
    if plan.hasLeaks,
      let planted = AccountLeaks(account, plan: plan, calendar: calendar).finalInvoice
    {
      payments.append(planted)
    }
    for payment in payments {
      text.appendAccountID(account.index)
      text.comma()
      append(Int(payment.day), Int(payment.second), to: &text)
      text.comma()
      text.append(hundredths: payment.amount)
      text.comma()
      text.append(payment.status.name)
      text.newline()
    }
    return payments.count
  }

  @Sendable func appendUsers(_ account: Account, to text: inout ByteText) -> Int {
    let isDeactivated = plan.hasLeaks && account.hasLeft(calendar)
    for (number, person) in account.team.people.enumerated() {
      text.appendID("user_", account: account.index, number: number, width: 3)
      text.comma()
      text.appendAccountID(account.index)
      text.comma()
      text.append(isDeactivated ? "deactivated" : person.role.name)
      text.comma()
      text.append(person.department.name)
      text.comma()
      append(Int(person.createdDay), Int(person.createdSecond), to: &text)
      text.comma()
      if person.leftDay != .max { append(Int(person.leftDay), 0, to: &text) }
      text.newline()
    }
    return account.team.people.count
  }

  private func append(_ day: Int, _ second: Int, to text: inout ByteText) {
    text.append(calendar.date(day))
    text.appendTime(second)
  }
}
