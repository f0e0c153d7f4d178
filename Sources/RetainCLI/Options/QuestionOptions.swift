import ArgumentParser
import RetentionKit

/// What is asked of judged rows beyond the figures.
struct QuestionOptions: ParsableArguments {
  @Option(help: "Columns whose levels are judged one by one, separated by commas.")
  var segment: [ColumnNames] = []

  @Option(help: "The fewest rows of a level that is judged by itself.")
  var segmentRows = SegmentEvaluation.Minimum().rows

  @Option(
    help: """
      The column of the money that a row stands for, per month. (default: with --config, recurring \
      revenue)
      """)
  var money: String?

  @Option(help: "What contacting a customer costs: prints the profit of contacting the riskiest.")
  var contactCost: Double?

  @Option(
    help: "With --contact-cost, what a saved customer is worth. (default: 12 times its --money)")
  var saveValue: Double?

  @Option(help: "With --contact-cost, the share of contacted leavers who stay. (default: 1)")
  var saveRate: Double?

  @Option(help: "With --contact-cost, the most that contacts may cost.")
  var budget: Double?

  @Option(help: "Call customers from this probability on, and count who is called rightly.")
  var threshold: Double?

  @Option(help: "Call this share of customers, the riskiest (0.1 for a tenth), and count the same.")
  var top: Double?

  func validate() throws {
    for (option, value) in [
      ("--contact-cost", contactCost), ("--save-value", saveValue), ("--budget", budget),
    ] {
      if let value, !(value >= 0 && value.isFinite) {
        throw ValidationError("\(option) is \(value), expected 0 or more.")
      }
    }
    for (option, value) in [
      ("--save-rate", saveRate), ("--threshold", threshold), ("--top", top),
    ] {
      if let value, !(0...1).contains(value) {
        throw ValidationError("\(option) is \(value), expected 0 to 1.")
      }
    }
    for (option, isGiven) in [
      ("--save-value", saveValue != nil), ("--save-rate", saveRate != nil),
      ("--budget", budget != nil),
    ] where isGiven && contactCost == nil {
      throw ValidationError("\(option) goes with --contact-cost.")
    }
    if threshold != nil && top != nil {
      throw ValidationError("--threshold and --top exclude each other.")
    }
    if segmentRows < 1 {
      throw ValidationError("--segment-rows is \(segmentRows), expected at least 1.")
    }
  }

  /// The questions as the library takes them.
  var questions: EvaluationQuestions {
    var questions = EvaluationQuestions()
    questions.segments = segment.flatMap(\.names)
    questions.minimum.rows = segmentRows
    questions.moneyColumn = money
    questions.plan = contactCost.map {
      ContactPlan(
        costPerContact: $0, valuePerSaved: saveValue ?? 0, successRate: saveRate ?? 1,
        moneyLimit: budget)
    }
    questions.operatingPoint = threshold.map { .threshold($0) } ?? top.map { .top($0) }
    return questions
  }
}
