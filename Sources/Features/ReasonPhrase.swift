/// The words of a feature's value, so that a reason is a sentence with the account's number in it.
///
/// A phrase states what is, and how it was before where that is known: `14 -> 5`. It has no word such
/// as "fell", which would have to be true of all numbers. It is part of the feature's definition and
/// so of a model file; `Reporting` fills in the numbers.
public struct ReasonPhrase: Sendable, Equatable, Codable {
  /// How the number is written.
  public enum Form: String, Sendable, CaseIterable, Codable {
    /// How many, or how many per 28 days: `1,240`.
    case count
    /// An amount in a currency that is not known: `12,400`.
    case money
    /// The logarithm of 1 and an amount, written as the amount.
    case logMoney
    /// A share of 1, written in per cent: `88 %`.
    case share
    /// A number of per cent: `20 %`.
    case percent
    /// A change in per cent, with its sign: `+12 %`.
    case percentChange
    /// A change in percentage points, with its sign: `+12 points`.
    case points
    /// A quotient of two numbers of a kind: `62 % of`, `3.1 times`.
    case multiple
    /// Days, weeks, months and hours with their unit: `41 days`.
    case days, weeks, months, hours
    /// Days that are not counted further than a year: `41 days`, `a year or more`.
    case daysToAYear
    /// Any other number: `0.42`.
    case decimal
    /// A change, with its sign: `+0.42`.
    case change
    /// A change of a logarithm, written as growth: `-4 %`.
    case growth
    /// The name of a month by its number.
    case monthName
    /// Yes or no.
    case flag
    /// The word of a category.
    case word

    /// Reads a form; one of a later release, which this one does not know, as any other number.
    public init(from decoder: any Decoder) throws {
      self = Form(rawValue: try decoder.singleValueContainer().decode(String.self)) ?? .decimal
    }
  }

  /// Another feature of the account that completes the sentence.
  public struct Companion: Sendable, Equatable, Codable {
    /// The feature's name.
    public var feature: String
    /// The words before its number.
    public var before: String
    /// The words after its number.
    public var after: String
    /// How its number is written.
    public var form: Form
    /// The lowest value that is worth saying.
    public var low: Double
    /// The highest.
    public var high: Double
  }

  /// The words before the number, or what is counted where ``countsFirst``.
  public var before: String
  /// The words after the number.
  public var after: String
  /// How the number is written.
  public var form: Form
  /// Whether a number alone comes first: "3 failed payments", but "failed payments 0 -> 3".
  public var countsFirst: Bool
  /// What is said of 1 in place of ``before``: the singular of what is counted; of a flag the whole
  /// sentence for yes.
  public var one: String?
  /// The whole sentence for 0, or for no.
  public var zero: String?
  /// The whole sentence for a missing value.
  public var missing: String?
  /// How many days back the account's own past lies that the value is set beside; `nil` where a past
  /// value tells nothing.
  public var pastDays: Int?
  /// Whether the words name a window already, so that a change need not say since when.
  public var namesWindow: Bool
  /// Whether the value is set beside that of the account's peers.
  public var hasPeers: Bool
  /// What completes the sentence.
  public var companion: Companion?

  /// Words around a number.
  ///
  /// - Parameter words: What is said, with `#` where the number belongs.
  init(
    _ words: String, _ form: Form, zero: String? = nil, missing: String? = nil, past: Int? = nil,
    namesWindow: Bool = false, peers: Bool = true, companion: Companion? = nil
  ) {
    let parts = words.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(
      before: String(parts[0]), after: parts.count > 1 ? String(parts[1]) : "", form: form,
      zero: zero, missing: missing, past: past, namesWindow: namesWindow, peers: peers)
    self.companion = companion
  }

  private init(
    before: String, after: String, form: Form, countsFirst: Bool = false, one: String? = nil,
    zero: String? = nil, missing: String? = nil, past: Int? = nil, namesWindow: Bool = false,
    peers: Bool = true
  ) {
    self.before = before
    self.after = after
    self.form = form
    self.countsFirst = countsFirst
    self.one = one
    self.zero = zero
    self.missing = missing
    pastDays = past
    self.namesWindow = namesWindow
    hasPeers = peers
  }

  /// A count in a window that lies beside the same window before: "5 active users in 28 days",
  /// "active users 14 -> 5 in 28 days".
  ///
  /// - Parameters:
  ///   - many: What is counted.
  ///   - one: The same in the singular.
  static func count(_ many: String, _ one: String, in window: Int)
    -> ReasonPhrase
  {
    ReasonPhrase(
      before: many, after: " in \(window) days", form: .count, countsFirst: true, one: one,
      zero: "no \(many) in \(window) days", past: window <= 91 ? window : nil, namesWindow: true)
  }

  /// A count of what there is now, beside that of 28 days before: "open tickets 2 -> 7 in 28 days".
  static func count(_ many: String, _ one: String, past: Int? = 28) -> ReasonPhrase {
    ReasonPhrase(
      before: many, after: "", form: .count, countsFirst: true, one: one, zero: "no \(many)",
      past: past)
  }

  /// A count of events in a window by the scale of counts.
  static func rate(_ many: String, _ one: String, _ scale: CountScale, _ window: Int)
    -> ReasonPhrase
  {
    if scale.isRaw || window == 28 { return count(many, one, in: window) }
    var phrase = ReasonPhrase(
      before: many, after: " per 28 days, over \(window) days", form: .count, countsFirst: true,
      one: one, zero: "no \(many) in \(window) days", past: window <= 91 ? window : nil)
    phrase.namesWindow = true
    return phrase
  }

  /// A quantity in a window beside the same window before: "agent success 97 % -> 88 % in 28 days".
  ///
  /// - Parameter words: What is said, with `#` where the number belongs.
  static func level(
    _ words: String, _ form: Form, in window: Int, zero: String? = nil, missing: String? = nil
  ) -> ReasonPhrase {
    ReasonPhrase(
      words + " in \(window) days", form, zero: zero, missing: missing,
      past: window <= 91 ? window : nil, namesWindow: true)
  }

  /// A sum over a window by the scale of counts.
  ///
  /// - Parameter words: What is said, with `#` where the number belongs.
  static func rate(_ words: String, _ scale: CountScale, _ window: Int) -> ReasonPhrase {
    if scale.isRaw || window == 28 { return level(words, .count, in: window) }
    return ReasonPhrase(
      words + " per 28 days, over \(window) days", .count, past: window <= 91 ? window : nil,
      namesWindow: true)
  }

  /// A quantity that says all by itself: a change, a term, a place among others.
  static func fact(
    _ words: String, _ form: Form, zero: String? = nil, missing: String? = nil, peers: Bool = false,
    companion: Companion? = nil
  ) -> ReasonPhrase {
    ReasonPhrase(
      words, form, zero: zero, missing: missing, peers: peers, companion: companion)
  }

  /// The phrase, its value beside that of so many days before.
  func beside(_ days: Int) -> ReasonPhrase {
    var phrase = self
    phrase.pastDays = days
    return phrase
  }

  /// The phrase without peers: where a value is a comparison with others already.
  var alone: ReasonPhrase {
    var phrase = self
    phrase.hasPeers = false
    return phrase
  }

  /// Yes or no.
  ///
  /// - Parameters:
  ///   - subject: What is so or is not: "renews by itself".
  ///   - no: The whole sentence for no, where the subject is one for yes; without it, they are
  ///     "renews by itself: yes" and "renews by itself: no".
  static func flag(
    _ subject: String, no: String? = nil, past: Int? = 28, peers: Bool = true
  ) -> ReasonPhrase {
    ReasonPhrase(
      before: subject + ": ", after: "", form: .flag, one: no == nil ? nil : subject, zero: no,
      missing: subject + ": unknown", past: past, peers: peers)
  }

  /// A word of a category.
  static func word(_ subject: String, past: Int? = 28) -> ReasonPhrase {
    ReasonPhrase(
      before: subject + " ", after: "", form: .word, missing: subject + " unknown", past: past,
      peers: false)
  }

  /// A column of the table of accounts: a name that may be anything, and its value.
  static func attribute(_ name: String, isWord: Bool) -> ReasonPhrase {
    ReasonPhrase(
      before: name + (isWord ? " " : " = "), after: "", form: isWord ? .word : .decimal,
      missing: name + " unknown", peers: !isWord)
  }

  /// The phrase of a definition that was written before there were phrases.
  public init(of definition: FeatureDefinition) {
    let form: Form =
      switch definition.kind {
      case .boolean: .flag
      case .category: .word
      case .number:
        switch definition.unit {
        case "0..1": .share
        case "%": .percent
        case "days": .days
        case "weeks": .weeks
        case "hours": .hours
        case "count", "count/28 d", "units", "units/28 d": .count
        case "currency", "currency/month": .money
        default: .decimal
        }
      }
    self.init(
      before: definition.sentence + ": ", after: "", form: form,
      missing: definition.sentence + ": unknown", peers: form != .word)
  }

  /// How many days an account must be known for, before it has a past to compare with.
  ///
  /// - Parameter window: The days that the feature looks back.
  public func daysNeeded(window: Int?) -> Int? {
    pastDays.map { $0 + max(1, min(window ?? 1, $0)) }
  }
}
