import Configuration
import UsageHistory

/// The tone of tickets, from -1 to 1.
struct Sentiment: BuiltFamily {
  /// Below it a ticket is unhappy.
  static let unhappy = -0.3

  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.tickets), .column("tickets.sentiment", "tickets.text")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "sentiment_28", unit: "-1..1", family: .support, windowDays: 28,
        sentence: "tone of the support tickets in the last 28 days",
        phrase: .level(
          "tone of support tickets #", .change, in: 28,
          missing: "no tone of support tickets known in 28 days")),
      FeatureDefinition(
        "sentiment_min_28", unit: "-1..1", family: .support, windowDays: 28,
        sentence: "tone of the unhappiest support ticket in the last 28 days",
        phrase: .level(
          "tone of the unhappiest support ticket #", .change, in: 28,
          missing: "no tone of support tickets known in 28 days")),
      FeatureDefinition(
        "unhappy_share_28", unit: "0..1", family: .support, windowDays: 28,
        sentence: "share of unhappy support tickets in the last 28 days",
        phrase: .level(
          "unhappy support tickets #", .share, in: 28,
          missing: "no tone of support tickets known in 28 days")),
      FeatureDefinition(
        "sentiment_slope_84", unit: "per week", family: .support, windowDays: 84,
        sentence: "weekly change of the tone of support tickets over 84 days",
        phrase: .fact("course of the tone of support tickets # a week over 84 days", .change)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    // Whole millionths, whose sums do not depend on the order of tickets of one day.
    var (count28, sum28, unhappy28, least) = (0, 0, 0, Double.infinity)
    var line = LineSums()
    for ticket in view.tickets {
      if ticket.sentiment.isNaN { continue }
      let tone = ExactAmount(min(max(ticket.sentiment, -1), 1))!
      let age = view.age(ticket)
      if age > 84 { continue }
      line.add(x: -age, y: Int(tone.millionths))
      if age > 28 { continue }
      count28 += 1
      sum28 += Int(tone.millionths)
      if tone.value < Self.unhappy { unhappy28 += 1 }
      least = min(least, tone.value)
    }
    row[0] = quotient(Double(sum28) / 1_000_000, Double(count28))
    row[1] = count28 == 0 ? .nan : least
    row[2] = quotient(Double(unhappy28), Double(count28))
    row[3] = line.count < 3 ? .nan : line.slope * 7 / 1_000_000
  }
}

/// The sums behind a least-squares line through points of whole numbers.
struct LineSums {
  private(set) var count = 0
  private var x = 0
  private var y = 0
  private var xx = 0
  private var xy = 0

  mutating func add(x: Int, y: Int) {
    count += 1
    self.x += x
    self.y += y
    xx += x * x
    xy += x * y
  }

  /// The slope; NaN where all points share one `x`.
  var slope: Double { quotient(Double(count * xy - x * y), Double(count * xx - x * x)) }
}
