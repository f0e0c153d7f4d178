/// The order of an account's records: by day, then by all else that they say, so that the order of
/// the rows in the files leaves no trace.
protocol OrderedRecord {
  /// What decides, the most important first; days as numbers, what is unknown as NaN.
  var sortKey: [Double] { get }
}

extension OrderedRecord {
  /// Whether the record comes before another; what is unknown comes last.
  func precedes(_ other: Self) -> Bool {
    for (own, others) in zip(sortKey, other.sortKey) {
      if own.isNaN && others.isNaN || own == others { continue }
      return others.isNaN || own < others
    }
    return false
  }
}

extension SubscriptionSpell: OrderedRecord {
  var sortKey: [Double] {
    [
      Double(start.number), end.map { Double($0.number) } ?? .nan, Double(plan), mrr.value, seats,
      discount, billingPeriodMonths, Double(knownOn.number),
      autoRenews.map { $0 ? 1 : 0 } ?? .nan, renewal.map { Double($0.number) } ?? .nan,
    ]
  }
}

extension SupportTicket: OrderedRecord {
  var sortKey: [Double] {
    [
      Double(opened.number), closed.map { Double($0.number) } ?? .nan, Double(knownOn.number),
      isSevere ? 1 : 0, sentiment, firstReplyHours, resolutionHours, wasReopened ? 1 : 0,
    ]
  }
}

extension Payment: OrderedRecord {
  var sortKey: [Double] {
    [Double(day.number), Double(knownOn.number), Double(status.rawValue), amount.value]
  }
}

extension OutcomeRecord: OrderedRecord {
  var sortKey: [Double] { [Double(day.number), Double(outcome)] }
}

extension AccountRecordTables.UserRow: OrderedRecord {
  // A fingerprint has more digits than a number holds, so its halves are compared.
  var sortKey: [Double] {
    [
      Double(fingerprint >> 32), Double(fingerprint & 0xffff_ffff), Double(record.from.number),
      record.left.map { Double($0.number) } ?? .nan, Double(record.department),
      Double(record.role),
    ]
  }
}
