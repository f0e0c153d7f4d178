import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The page that `retain report` writes, through the real command.
struct ReportCommandTests {
  private static let always = [
    "scores", "ranking", "calibration", "gains", "importances", "curves", "segments", "model-card",
    "origin",
  ]

  @Test(arguments: ["gbm", "logistic"])
  func `a table's report has its sections, and says why others are not there`(learner: String)
    throws
  {
    let trained = ShippedData.model(learner)
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    let output = folder.path("report.html")
    let run = try RetainProcess.run(
      "report", trained.model, "--table", ShippedData.heldOutTable, "--output", output, "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    let html = try ShippedData.text(output)
    let json = run.json
    #expect(number(json["bytes"]) == Double(html.utf8.count))
    #expect(html.utf8.count < 2_000_000)
    let sections = try #require(json["sections"] as? [String])
    let expected =
      Self.always + ["examples", "accounts"] + (learner == "logistic" ? ["odds-ratios"] : [])
    #expect(Set(sections) == Set(expected))
    for section in sections { #expect(html.contains("<section id=\"\(section)\"")) }
    let omissions = try #require(json["left_out"] as? [[String: Any]])
    for omission in omissions {
      #expect(html.contains("<b>\(try #require(omission["section"] as? String)).</b>"))
    }
    let figures = try #require(json["figures"] as? [String: Any])
    let evaluated = try RetainProcess.run(
      "evaluate", trained.model, "--table", ShippedData.heldOutTable, "--json"
    ).json
    for name in ["roc_auc", "average_precision", "log_loss", "lift_at_10"] {
      #expect(try #require(number(figures[name])) == number(evaluated[name]), "\(name)")
    }
    let page = try Page(html)
    #expect(page.ids.count == Set(page.ids).count)
    #expect(!page.elements.contains { ["link", "img", "iframe"].contains($0) })
    #expect(page.elements.count { $0 == "svg" } > 10)
    for link in page.links { #expect(page.ids.contains(String(link.dropFirst())), "\(link)") }
    #expect(!html.contains(folder.url.path) && !html.contains(ReferenceFiles.packageRoot.path))
  }

  @Test func `the same input gives the same bytes, on one thread and on two`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    let pages = try ["1", "2", "2"].enumerated().map { number, threads in
      let output = folder.path("report-\(number).html")
      let run = try RetainProcess.run(
        "report", trained.model, "--table", ShippedData.heldOutTable, "--output", output,
        "--threads", threads)
      #expect(run.exitCode == 0, "\(run.errors)")
      return try ShippedData.text(output)
    }
    #expect(pages[0] == pages[1] && pages[1] == pages[2])
  }

  @Test func `folds judge a table that was learned from, and money asked for is shown`() throws {
    let trained = ShippedData.logistic
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    let output = folder.path("report.html")
    let run = try RetainProcess.run(
      "report", trained.model, "--table", ShippedData.trainingTable, "--cv", "3", "--money", "mrr",
      "--contact-cost", "50", "--output", output)
    #expect(run.exitCode == 0, "\(run.errors)")
    let html = try ShippedData.text(output)
    #expect(html.contains("judged by 3 folds"))
    #expect(html.contains("<section id=\"profit\""))
    #expect(html.contains("expected amount"))
    _ = try Page(html)

    let flattered = try RetainProcess.run(
      "report", trained.model, "--table", ShippedData.trainingTable, "--output", output)
    #expect(flattered.errors.contains("flatter"))
    #expect(try ShippedData.text(output).contains("These rows taught the model"))
  }

  @Test func `accounts are left out on request, and no id of theirs is in the page`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    let output = folder.path("report.html")
    let run = try RetainProcess.run(
      "report", trained.model, "--table", ShippedData.heldOutTable, "--no-accounts", "--output",
      output)
    #expect(run.exitCode == 0, "\(run.errors)")
    let html = try ShippedData.text(output)
    #expect(!html.contains("acct_0"))
    #expect(!html.contains("<section id=\"accounts\"") && html.contains("--no-accounts"))
  }

  @Test func `ids that are markup are shown as they are, and nothing of them runs`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    var lines = try ShippedData.text(ShippedData.heldOutTable).split(separator: "\n")
      .prefix(400).map(String.init)
    let nasty = [
      "<script>alert(1)</script>", "\"\"><img src=x onerror=alert(1)>", "{{{style}}}",
      "\u{202E}evil", "עברית", "a & b",
    ]
    for (place, id) in nasty.enumerated() {
      let rest = lines[place + 1].drop { $0 != "," }
      lines[place + 1] = "\"\(id)\"" + rest
    }
    let table = try folder.write(lines.joined(separator: "\n") + "\n", to: "nasty.csv")
    let output = folder.path("report.html")
    let run = try RetainProcess.run("report", trained.model, "--table", table, "--output", output)
    #expect(run.exitCode == 0, "\(run.errors)")
    let html = try ShippedData.text(output)
    #expect(!html.contains("<script>alert") && !html.contains("<img") && !html.contains("\u{202E}"))
    let page = try Page(html)
    #expect(page.elements.count { $0 == "script" } == 1)
    #expect(!page.attributes.contains { $0.hasPrefix("on") })
  }

  @Test func `rows of one outcome make a page that says what they cannot tell`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    let lines = try ShippedData.text(ShippedData.heldOutTable).split(separator: "\n")
    let safe = [lines[0]] + lines.dropFirst().filter { $0.hasSuffix(",no") }.prefix(300)
    let table = try folder.write(safe.joined(separator: "\n") + "\n", to: "safe.csv")
    let output = folder.path("report.html")
    let run = try RetainProcess.run("report", trained.model, "--table", table, "--output", output)
    #expect(run.exitCode == 0, "\(run.errors)")
    let html = try ShippedData.text(output)
    #expect(html.contains("All rows have one outcome"))
    #expect(!html.contains("<section id=\"ranking\""))
    _ = try Page(html)
  }

  @Test func `a report of histories looks back, and lists accounts with their revenue`() throws {
    let folder = try TemporaryFolder()
    let company = folder.path("acme")
    func run(_ arguments: String...) throws -> RetainRun {
      let result = try RetainProcess.run(arguments)
      #expect(result.exitCode == 0, "\(arguments): \(result.errors)")
      return result
    }
    _ = try run("synth", company, "--accounts", "300", "--months", "18", "--events", "60000")
    _ = try run("init", company)
    let config = company + "/retain.yaml"
    for (target, word) in [("churn", "risk"), ("expansion", "readiness")] {
      let model = folder.path("\(target).retain")
      _ = try run(
        "train", "--config", config, "--target", target, "--learner", "gbm", "--trees", "20",
        "--output", model)
      let output = folder.path("\(target).html")
      let json = try run("report", model, "--config", config, "--output", output, "--json").json
      let html = try ShippedData.text(output)
      let sections = try #require(json["sections"] as? [String])
      #expect(Set(Self.always + ["families", "accounts", "examples"]).isSubset(of: Set(sections)))
      #expect(html.contains(word) && html.contains("\(target.capitalized) report"))
      #expect(!html.contains(folder.url.path))
      let page = try Page(html)
      #expect(page.ids.count == Set(page.ids).count)
    }
  }

  @Test func `holding it wrong is said, and no file is written`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    let output = folder.path("report.html")
    for (arguments, words) in [
      (["report", trained.model, "--output", output], "Either --table or --config"),
      (
        ["report", trained.model, "--table", "t", "--config", "c", "--output", output],
        "exclude each other"
      ),
      (["report", trained.model, "--config", "c", "--cv", "5", "--output", output], "--cv goes"),
      (
        ["report", trained.model, "--table", "t", "--as-of", "2025-01-01", "--output", output],
        "--as-of"
      ),
    ] {
      let run = try RetainProcess.run(arguments)
      #expect(run.exitCode == 64 && run.errors.contains(words), "\(run.errors)")
    }
    let same = try RetainProcess.run(
      "report", trained.model, "--table", ShippedData.heldOutTable, "--output", trained.model)
    #expect(same.exitCode != 0 && same.errors.contains("is also the input"))
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}

/// A page's elements, ids and links; it must be well-formed.
private final class Page: NSObject, XMLParserDelegate {
  private(set) var elements: [String] = []
  private(set) var attributes: [String] = []
  private(set) var ids: [String] = []
  private(set) var links: [String] = []

  struct Malformed: Error { var line: Int }

  init(_ html: String) throws {
    super.init()
    // Style and script are not markup.
    var text = html
    for tag in ["style", "script"] {
      if let start = text.range(of: "<\(tag)>"),
        let end = text.range(of: "</\(tag)>", range: start.upperBound..<text.endIndex)
      {
        text.removeSubrange(start.upperBound..<end.lowerBound)
      }
    }
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else { throw Malformed(line: parser.lineNumber) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements.append(name)
    self.attributes += attributes.keys.sorted()
    if let id = attributes["id"] { ids.append(id) }
    if let link = attributes["href"] { links.append(link) }
  }
}
