import Evaluation

extension ProfitCurve {
  /// What contacting more and more customers would have brought, and the best cut in words.
  public var text: String {
    var table = AlignedTable(
      [.right, .right, .right, .right, .right],
      header: ["contacted", "customers", "leavers among them", "cost", "profit"])
    for point in points {
      table.add(
        Numbers.percent(point.share, 0), Numbers.count(Int(point.contacts.rounded())),
        Numbers.count(Int(point.positives.rounded())), Numbers.fixed(point.cost, 0),
        Self.money(point.profit))
    }
    let verdict =
      best.contacts > 0
      ? "Best: contact the top \(Numbers.percent(best.share)) (scores of at least "
        + "\(Numbers.fixed(best.lowestScore, 4))) for a profit of \(Self.money(best.profit)).\n"
      : "Best: contact no one; no number of contacts would have paid.\n"
    return table.text + verdict
  }

  private static func money(_ amount: Double) -> String {
    amount < 0 ? "-" + Numbers.fixed(-amount, 0) : Numbers.fixed(amount, 0)
  }
}

extension MoneyCapture {
  /// The share of the leavers' money in the best shares of the ranking.
  public var text: String {
    var table = AlignedTable(
      [.right, .right, .right, .right, .right],
      header: ["top", "money of leavers", "caught", "95 % interval", "lift"])
    for row in rows {
      let interval = row.low.flatMap { low in
        row.high.map { "\(Numbers.percent(low)) to \(Numbers.percent($0))" }
      }
      table.add(
        Numbers.percent(row.share, 0), Numbers.fixed(row.money, 0), Numbers.percent(row.captured),
        interval ?? "-", Metric.liftAt10.text(row.lift))
    }
    return table.text
  }
}

extension Confusion {
  /// Who was called what, and how often rightly.
  public var text: String {
    func count(_ weight: Double) -> String { Numbers.count(Int(weight.rounded())) }
    var table = AlignedTable([.left, .right, .right], header: ["", "left", "stayed"])
    table.add("called at risk", count(truePositives), count(falsePositives))
    table.add("called safe", count(falseNegatives), count(trueNegatives))
    return table.text
      + "precision \(Numbers.percent(precision)), recall \(Numbers.percent(recall)), "
      + "specificity \(Numbers.percent(specificity)), F1 \(Numbers.fixed(f1, 3)), "
      + "Matthews correlation \(matthewsCorrelation.map { Numbers.signed($0, 3) } ?? "-")\n"
  }
}
