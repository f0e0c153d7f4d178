import Configuration

/// What columns of a table are called in exports.
enum ColumnVocabulary {
  /// What a column must hold to be taken for one of ours.
  enum Content {
    case any, key, date, number, word, flag

    func fits(_ column: ColumnSample) -> Bool {
      switch self {
      case .any: true
      case .key: [.word, .number].contains(column.kind) && column.areWhole
      case .date: column.kind == .date || column.kind == .empty
      case .number: column.kind == .number || column.kind == .empty
      case .word: [.word, .number, .flag, .empty].contains(column.kind)
      case .flag: [.flag, .empty].contains(column.kind) || column.counts.count <= 2
      }
    }
  }

  /// One of our columns, the names that it has elsewhere, the likeliest first, without case, blanks
  /// and signs.
  struct Entry {
    let column: String
    let content: Content
    let names: [String]
  }

  /// The columns of a table in the order in which they are looked for.
  static func entries(of source: SourceName) -> [Entry] {
    switch source {
    case .accounts:
      [
        account + Self.words("id uuid key"),
        entry("created_at", .date, created + " startdate start date firstseen customersince"),
        entry("segment", .word, "segment customersegment accountsegment size companysize"),
        availableAt,
      ]
    case .subscriptions:
      [
        account,
        entry("sub_id", .key, subscription + " id"),
        entry(
          "plan", .word,
          "planafter newplan toplan plan plantier planname tier package subscriptionplan planid"),
        entry(
          "mrr", .number,
          "mrrafter newmrr mrr mrramount mrrusd monthlyrecurringrevenue monthlyrevenue monthlyprice monthlycharge monthlycharges monthlyamount pricepermonth"
        ),
        entry("seats", .number, "seats seatcount numseats quantity licenses licences users"),
        entry("discount", .number, "discount discountpct discountpercent discountrate"),
        entry(
          "start", .date,
          "start startdate startedat startsat startat validfrom periodstart begin begindate contractstart effectivefrom effectivedate eventdate changedate changedat date ts timestamp occurredat createdat"
        ),
        entry(
          "end", .date,
          "end enddate endedat endsat endat validto validuntil periodend contractend effectiveto terminationdate canceldate cancelledat canceledat churndate"
        ),
        entry(
          "billing_period_months", .word,
          "billingperiodmonths billperiodmonths billingmonths termmonths contracttermmonths billingfrequency billinginterval billingperiod billingcycle"
        ),
        entry("auto_renew", .flag, "autorenew autorenewflag isautorenew autorenewal autorenews"),
        entry("renewal_date", .date, "renewaldate nextrenewal nextrenewaldate renewsat renewson"),
        entry("product", .word, "product productname productid sku"),
        availableAt,
      ]
    case .events:
      [
        account, entry("sub_id", .key, subscription),
        entry("user_id", .key, "userid useruuid memberid userkey"),
        entry(
          "ts", .date,
          "ts timestamp eventtime eventtimestamp eventdate eventat occurredat happenedat usagedate activitydate loggedat time datetime date day createdat transactiondate purchasedate orderdate at"
        ),
        entry(
          "event", .word,
          "event eventname eventtype action actionname activity activitytype featurename feature eventkey type name"
        ),
        entry(
          "value", .number, "value eventvalue amount quantity count usagecount eventcount units"),
        entry("actor", .word, "actor actortype actorkind performedby"),
        entry("status", .word, "status result eventstatus runstatus"),
        entry("event_id", .key, "eventid usageid logid activityid transactionid eventuuid id uuid"),
        availableAt,
      ]
    case .tickets:
      [
        entry("ticket_id", .key, "ticketid caseid issueid ticketnumber casenumber id"), account,
        entry(
          "opened", .date,
          "opened openedat submittedat createdat created opendate opentime createddate reportedat submitted ts date"
        ),
        entry("closed", .date, "closed closedat resolvedat closeddate closedate solvedat resolved"),
        entry("severity", .word, "severity priority urgency sev"),
        entry("sentiment", .number, "sentiment sentimentscore"),
        entry("text", .any, "text body description message subject comment feedbacktext"),
        entry("reopened", .flag, "reopened isreopened reopenedflag wasreopened"),
        entry(
          "first_reply", .number,
          "firstreply firstreplyhours firstresponsehours firstresponsetimehours firstresponseinhours"
        ),
        availableAt,
      ]
    case .payments:
      [
        account,
        entry(
          "ts", .date,
          "ts paidat paymentdate chargedat chargedate invoicedate date createdat timestamp duedate"),
        entry(
          "amount", .number, "amount amountusd total paid amountpaid invoiceamount value price"),
        entry("status", .word, "status paymentstatus result state invoicestatus"), availableAt,
      ]
    case .users:
      [
        entry("user_id", .key, "userid useruuid memberid contactid id"), account,
        entry("role", .word, "role userrole usertype title jobtitle"),
        entry("department", .word, "department dept team businessunit"),
        entry("created_at", .date, created),
        entry("left_at", .date, "leftat deactivatedat removedat deletedat leftdate"), availableAt,
      ]
    case .tiers:
      [
        entry("tier", .word, "tier plan plantier planname tiername name plankey planid"),
        entry("rank", .number, "rank order tierrank level position"),
        entry(
          "price", .number,
          "price priceperseat monthlyprice monthlypriceusd priceusd listprice pricepermonth pricemonthly mrr"
        ),
        entry("features", .any, "features capabilities entitlements includes"),
      ]
    case .campaigns:
      [
        account, entry("ts", .date, "ts sentat assignedat date timestamp startdate createdat"),
        entry("arm", .word, "arm variant treatment grouparm testgroup"), availableAt,
      ]
    case .outcomes:
      [
        account,
        entry(
          "ts", .date,
          "ts churndate churnedat canceldate cancellationdate cancelledat canceledat outcomedate eventdate date timestamp"
        ),
        entry("outcome", .word, "outcome outcometype churntype eventtype"), availableAt,
      ]
    }
  }

  private static let account = entry(
    "account_id", .key,
    "accountid accountuuid customerid customeruuid clientid companyid organizationid organisationid orgid tenantid workspaceid account customer client custid accountkey customerkey accountno customerno"
  )
  private static let subscription = "subid subscriptionid subscriptionuuid contractid licenseid"
  private static let created =
    "createdat signupdate signedupat signupat registeredat registrationdate joindate joinedat created createddate creationdate signup"
  private static let availableAt = entry(
    "available_at", .date, "availableat ingestedat loadedat insertedat recordedat")

  private static func entry(_ column: String, _ content: Content, _ names: String) -> Entry {
    Entry(column: column, content: content, names: words(names))
  }

  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").map(String.init)
  }

  /// Words in the names of files that hold such a table.
  static func fileWords(of source: SourceName) -> [String] {
    switch source {
    case .accounts: words("account customer client company tenant organization workspace")
    case .subscriptions: words("subscription sub contract licence license ledger mrr")
    case .events:
      words("event usage activity log action feature transaction purchase order session")
    case .tickets: words("ticket support case issue helpdesk")
    case .payments: words("payment invoice charge billing")
    case .users: words("user member seat people contact")
    case .tiers: words("tier plan pricing price catalog catalogue")
    case .campaigns: words("campaign experiment treatment play")
    case .outcomes: words("churn cancellation cancel outcome loss churned")
    }
  }
}

extension ColumnVocabulary.Entry {
  fileprivate static func + (entry: Self, more: [String]) -> Self {
    Self(column: entry.column, content: entry.content, names: entry.names + more)
  }
}
