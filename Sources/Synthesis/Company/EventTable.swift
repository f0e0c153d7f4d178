import Learning

/// `events.csv`, day by day.
struct EventTable {
  static let header: StaticString = "account_id,user_id,ts,event,value,actor,status\n"

  /// The rows of a day in the order of their seconds, then of the accounts, then as drawn.
  ///
  /// - Parameters:
  ///   - parts: The events by block, each in the order of the accounts.
  static func rows(of parts: [[EventRecord]], on date: CompanyDate) -> [UInt8] {
    let records = sorted(Array(parts.joined()))
    var stamp = ByteText()
    stamp.append(date)
    var text = ByteText()
    text.reserve(records.count * 84)
    for record in records { append(record, on: stamp.bytes, to: &text) }
    return text.bytes
  }

  /// Sorts by the second; whatever has the same second keeps its order.
  ///
  /// Method: counting sort (Knuth, volume 3, section 5.2, algorithm D) in two rounds of 9 bits, the
  /// lower first, since a day has fewer than `2^18` seconds.
  private static func sorted(_ records: [EventRecord]) -> [EventRecord] {
    var source = records
    var target = records
    for shift in [0, 9] as [Int32] {
      var places = [Int](repeating: 0, count: 513)
      for record in source { places[Int(record.second >> shift & 511) + 1] += 1 }
      for digit in 1..<513 { places[digit] += places[digit - 1] }
      for record in source {
        let digit = Int(record.second >> shift & 511)
        target[places[digit]] = record
        places[digit] += 1
      }
      swap(&source, &target)
    }
    return source
  }

  private static func append(_ record: EventRecord, on stamp: [UInt8], to text: inout ByteText) {
    let account = Int(record.account)
    text.appendAccountID(account)
    text.comma()
    if record.person != EventRecord.noPerson {
      text.appendID("user_", account: account, number: Int(record.person), width: 3)
    }
    text.comma()
    text.append(stamp)
    text.appendTime(Int(record.second))
    text.comma()
    text.append(record.event.name)
    text.comma()
    if record.value != EventRecord.noValue {
      if record.event == .fileUploaded {
        text.append(hundredths: Int(record.value))
      } else {
        text.append(Int(record.value))
      }
    }
    text.append(record.event == .agentRun ? ",agent," : ",human,")
    text.append(record.status.name)
    text.newline()
  }
}
