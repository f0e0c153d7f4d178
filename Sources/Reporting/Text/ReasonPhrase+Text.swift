import Diagnostics
import Features
import Learning
import Scoring

extension FeatureDefinition {
  /// What a reason says of an account: its value, beside its own past and its peers.
  ///
  /// A past value that reads like the present one is left out, so that `14 -> 14` never stands for a
  /// change.
  ///
  /// - Parameters:
  ///   - now: The value; NaN where missing, of a category its code.
  ///   - then: The value so many days before as the phrase says; NaN where it is not known.
  ///   - peers: What is usual among the account's peers.
  ///   - companion: The value of the phrase's companion.
  ///   - feature: The feature as the model reads it, whose levels the codes refer to.
  package func reasonText(
    now: Double, then: Double = .nan, peers: PeerProfile.Typical? = nil, companion: Double = .nan,
    feature: Feature
  ) -> String {
    let phrase = phrase ?? ReasonPhrase(of: self)
    guard phrase.knows(now) else { return phrase.missing ?? "\(sentence): unknown" }
    let number = phrase.number(now, feature)
    var text: String
    if phrase.pastDays != nil, phrase.knows(then), case let before = phrase.number(then, feature),
      before != number
    {
      let gap = phrase.countsFirst ? " " : ""
      text = "\(phrase.before)\(gap)\(before) -> \(number)\(phrase.after)"
      if !phrase.namesWindow { text += " in \(phrase.pastDays ?? 0) days" }
    } else {
      text = phrase.presentText(now, number)
    }
    if let other = phrase.companion, companion >= other.low, companion <= other.high {
      text += other.before + ReasonPhrase.number(companion, other.form) + other.after
    }
    guard phrase.hasPeers, let peers else { return text }
    return text + phrase.peerText(now, number, peers, feature)
  }

  /// The value of a feature as its phrase writes it, without words.
  package func valueText(_ value: Double, feature: Feature) -> String {
    let phrase = phrase ?? ReasonPhrase(of: self)
    return phrase.knows(value) ? phrase.bareNumber(value, feature) : "unknown"
  }
}

extension ReasonPhrase {
  /// Whether a value can be said.
  fileprivate func knows(_ value: Double) -> Bool {
    form == .word ? value.isFinite && value != Double(CategoryCode.missing) : value.isFinite
  }

  /// The sentence without a past.
  fileprivate func presentText(_ now: Double, _ number: String) -> String {
    if now == 0, let zero { return zero }
    if form == .flag { return now != 0 && one != nil ? one! : before + number + after }
    guard countsFirst else { return before + number + after }
    return "\(number) \(number == "1" ? one ?? before : before)\(after)"
  }

  fileprivate func peerText(
    _ now: Double, _ number: String, _ peers: PeerProfile.Typical, _ feature: Feature
  ) -> String {
    if form == .flag {
      guard peers.mean.isFinite else { return "" }
      let share = now == 0 ? 1 - peers.mean : peers.mean
      return ", like \(Self.number(share, .share)) of peers"
    }
    guard peers.median.isFinite else { return "" }
    return self.number(peers.median, feature) == number
      ? ", like its peers" : ", peers \(bareNumber(peers.median, feature))"
  }

  /// A value as it stands within the words.
  fileprivate func number(_ value: Double, _ feature: Feature) -> String {
    form == .word ? feature.valueText(value) : Self.number(value, form)
  }

  /// A value as it stands by itself.
  fileprivate func bareNumber(_ value: Double, _ feature: Feature) -> String {
    let text = number(value, feature)
    return form == .multiple && text.hasSuffix(" of") ? String(text.dropLast(3)) : text
  }

  /// A finite number in a form.
  static func number(_ value: Double, _ form: Form) -> String {
    switch form {
    case .count: rounded(value, value.magnitude < 10 ? 1 : 0)
    case .money: rounded(value, value.magnitude < 100 ? 2 : 0)
    case .logMoney: number(PortableMath.exp(min(value, 700)) - 1, .money)
    case .share: percent(value * 100)
    case .percent: percent(value)
    case .percentChange: signed(value, percent)
    case .points: signed(value, { rounded($0, $0.magnitude < 10 ? 1 : 0) }) + " points"
    case .multiple: value < 2 ? percent(value * 100) + " of" : rounded(value, 1) + " times"
    case .days: unit(value, "day")
    case .daysToAYear: value < 365 ? unit(value, "day") : "a year or more"
    case .weeks: unit(value, "week")
    case .months: unit(value, "month")
    case .hours: value.magnitude < 72 ? unit(value, "hour") : unit(value / 24, "day")
    case .decimal: rounded(value, 2)
    case .change: signed(value, { rounded($0, 2) })
    case .growth: signed((PortableMath.exp(min(value, 700)) - 1) * 100, percent)
    case .monthName: month(value)
    case .flag: value == 0 ? "no" : "yes"
    case .word: rounded(value, 0)
    }
  }

  private static func percent(_ value: Double) -> String {
    rounded(value, value.magnitude < 1 ? 1 : 0) + " %"
  }

  private static func unit(_ value: Double, _ one: String) -> String {
    let text = rounded(value, value.magnitude < 10 ? 1 : 0)
    return "\(text) \(one)\(text == "1" ? "" : "s")"
  }

  private static func signed(_ value: Double, _ text: (Double) -> String) -> String {
    let text = text(value)
    return text.first == "-" || !text.contains { ("1"..."9").contains($0) } ? text : "+" + text
  }

  private static func month(_ value: Double) -> String {
    let names = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ]
    let month = value.rounded()
    return (1...12).contains(month) ? names[Int(month) - 1] : rounded(value, 0)
  }

  /// At most so many decimals, and a comma after every third digit.
  private static func rounded(_ value: Double, _ decimalCount: Int) -> String {
    guard value.magnitude < 1e15 else { return "\(value)" }
    var bytes: [UInt8] = []
    FixedDecimal(value, decimalCount: decimalCount).append(to: &bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = Int(parts[0]) else { return text }
    var fraction = parts.count > 1 ? String(parts[1]) : ""
    while fraction.last == "0" { fraction.removeLast() }
    let isZero = whole == 0 && fraction.isEmpty
    let sign = parts[0].first == "-" && !isZero ? "-" : ""
    return sign + Numbers.count(Int(whole.magnitude)) + (fraction.isEmpty ? "" : "." + fraction)
  }
}

/// Numbers as reasons write them, for what is no feature.
package enum ReasonNumbers {
  /// How many.
  package static func count(_ value: Double) -> String { ReasonPhrase.number(value, .count) }

  /// An amount of money.
  package static func money(_ value: Double) -> String { ReasonPhrase.number(value, .money) }

  /// Days from now: `today`, `in 41 days`.
  package static func days(_ count: Int) -> String {
    count == 0 ? "today" : "in " + ReasonPhrase.number(Double(count), .days)
  }
}
