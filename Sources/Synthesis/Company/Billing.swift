import Learning

/// What an account was charged, and whether it paid.
struct Billing {
  struct Payment {
    let day: Int32
    let second: Int32
    /// In hundredths.
    let amount: Int
    let status: Status
  }

  enum Status: UInt8 {
    case paid, failed
    /// Planted: the bill that closes an account.
    case finalInvoice

    var name: StaticString {
      switch self {
      case .paid: "paid"
      case .failed: "failed"
      case .finalInvoice: "final_invoice"
      }
    }
  }

  private(set) var payments: [Payment] = []
  private var trouble = Episode()
  /// What is still owed, in hundredths, and when it is tried again.
  private var owed = 0
  private var retryDay = Int.max
  private var retryCount = 0

  /// One week on.
  mutating func step(on day: Int, temperament: Temperament, _ generator: inout SeededGenerator) {
    let chance = min(0.0045 * PortableMath.exp(0.6 * temperament.moneyStress), 0.03)
    _ = trouble.maybeBegin(on: day, chance: chance, dayCount: 60...150, &generator)
  }

  /// Charges an amount in hundredths; a failed charge is tried again some days later.
  mutating func charge(
    _ amount: Int, on day: Int, after firstSecond: Int = 0, temperament: Temperament,
    _ generator: inout SeededGenerator
  ) {
    guard amount > 0 else { return }
    let odds = trouble.isOn(day) ? 0.7 : -4.2 + 0.5 * temperament.moneyStress
    let fails = generator.nextBool(probability: LogLoss.probability(odds))
    let second = max(3600 + generator.nextIndex(below: 4 * 3600), firstSecond)
    payments.append(
      Payment(
        day: Int32(day), second: Int32(second), amount: amount, status: fails ? .failed : .paid))
    if fails, retryCount < 3 {
      owed = amount
      retryDay = day + 3 + generator.nextIndex(below: 5)
      retryCount += 1
    } else {
      owed = 0
      retryDay = .max
      retryCount = 0
    }
  }

  /// Tries again what is due to be tried again.
  mutating func retry(
    on day: Int, temperament: Temperament, _ generator: inout SeededGenerator
  ) {
    guard day >= retryDay else { return }
    charge(owed, on: day, temperament: temperament, &generator)
  }

  /// Charges of the 84 days before a day that failed.
  func failures84(asOf day: Int) -> Int {
    payments.reversed().prefix { Int($0.day) >= day - 84 }.count { $0.status == .failed }
  }

  /// Everything that was paid, in hundredths.
  var revenue: Int { payments.reduce(0) { $0 + ($1.status == .paid ? $1.amount : 0) } }
}
