import CivilCalendar
import Configuration
import Diagnostics
import Learning
import Testing

struct CanonicalTextTests {
  @Test func `the text of a configuration reads back to an equal one, and is its own text`() throws
  {
    let read = try RetentionConfiguration(text: SampleConfiguration.text, path: "a/retain.yaml")
    let text = read.text()
    let again = try RetentionConfiguration(text: text, path: "a/retain.yaml")
    #expect(again == read)
    #expect(again.text() == text)
  }

  @Test func `only what is not the default is written`() throws {
    #expect(RetentionConfiguration(path: "x").text() == "version: 1\n")
    var configuration = RetentionConfiguration(path: "x")
    configuration.sources[.subscriptions] = TableSource(files: ["s.csv"])
    configuration.targets[.churn] = TargetDefinition(.churn)
    #expect(
      configuration.text() == """
        version: 1
        sources:
          subscriptions:
            files: s.csv
        targets:
          churn: {}

        """)
  }

  @Test(arguments: [
    "yes", "NO", "null", "~", "1", "1e3", "0x1F", ".inf", "2024-01-01", "a: b", "a #b", "#a", "- a",
    "*a", "&a", "!a", "%a", "@a", "`a", "'a'", "\"a\"", "a\\b", "a\nb", "\ta", " a ", "a,b", "[a]",
    "{a}", "é", "日本", "\u{200B}x", "\u{85}", "a\u{FEFF}", "😀", "e\u{301}", "|", ">", "?", "=",
    "<<", "a?", "a*", "---", "...",
  ])
  func `any text survives as a value, in a list and as a key`(_ text: String) throws {
    var configuration = RetentionConfiguration(path: "x")
    configuration.plans = [PlanTerms(name: text)]
    configuration.plans[0].capabilities = [text, text + "x"]
    configuration.table = PlainTable(file: "t.csv", label: text)
    let written = configuration.text()
    #expect(try RetentionConfiguration(text: written, path: "x") == configuration, "\(written)")
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `made-up configurations survive`(_ seed: UInt64) throws {
    let configuration = Self.madeUp(seed: seed)
    let text = configuration.text()
    #expect(try RetentionConfiguration(text: text, path: "x") == configuration, "\(text)")
  }

  /// A configuration drawn from a seed; every value is one that may be written.
  private static func madeUp(seed: UInt64) -> RetentionConfiguration {
    var generator = SeededGenerator(seed: seed, stream: 1)
    func draw(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }
    func names() -> [String] { (0..<draw(4)).map { "name \($0)\(draw(9)): #" } }
    var made = RetentionConfiguration(path: "x")
    for name in SourceName.allCases where name == .events || name == .subscriptions || draw(2) == 0
    {
      var source = TableSource(files: (0...draw(3)).map { "part \($0).csv" })
      for column in name.columnNames where draw(3) == 0 { source.columns[column] = "c\(draw(99))" }
      for column in name.columnNames where source.columns[column] == nil && draw(5) == 0 {
        source.constants[column] = "\(draw(99))"
      }
      source.lagDays = draw(3)
      source.skipLines = draw(3)
      source.delimiter = [",", ";", "\t", "|"][draw(4)]
      source.format.nullValues = names()
      if draw(2) == 0 { source.format.timestampFormat = "epoch_ms" }
      if name == .accounts { source.attributes = names() }
      if name == .subscriptions, draw(2) == 0 {
        source.layout = .changes
        source.endedPlans = names()
      }
      made.sources[name] = source
    }
    made.events.value = names()
    made.events.agentWords = names()
    made.events.meters = (0..<draw(3)).map { Meter(name: "m\($0)", events: ["a\($0)*"]) }
    for target in TargetName.allCases where draw(2) == 0 {
      var definition = TargetDefinition(target)
      definition.leadDays = draw(30)
      definition.horizonDays = 1 + draw(400)
      definition.gapDays = draw(60)
      definition.paying = draw(2) == 0
      definition.minimumTenureDays = draw(60)
      if target != .churn { definition.minimumChange = Double(draw(1000)) / 1000 }
      if draw(2) == 0 { definition.activeWithinDays = 1 + draw(300) }
      made.targets[target] = definition
    }
    let day = CalendarDay(number: Int32(15_000 + draw(5000)))
    let step: AsOfSchedule.Step = draw(2) == 0 ? .days(1 + draw(40)) : .months(1 + draw(14))
    made.asOf =
      draw(2) == 0 ? .days([day, day + 1]) : .series(from: day, to: day + 900, every: step)
    made.features.familiesOff = draw(2) == 0 ? ["money", "people"] : []
    made.features.thresholds.depth = Double(draw(100)) / 100
    return made
  }
}
