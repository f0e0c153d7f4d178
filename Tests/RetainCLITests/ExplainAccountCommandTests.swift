import Foundation
import TestSupport
import Testing

/// One account in full, through the real command.
struct ExplainAccountCommandTests {
  private static let company = Result { try Company() }

  /// A made-up company and a model of its churn.
  private final class Company: @unchecked Sendable {
    // Nothing of it changes after the initialiser.
    let folder: TemporaryFolder
    let config: String
    let model: String

    init() throws {
      folder = try TemporaryFolder()
      let company = folder.path("acme")
      config = company + "/retain.yaml"
      model = folder.path("churn.retain")
      for arguments in [
        ["synth", company, "--accounts", "300", "--months", "18", "--events", "60000"],
        ["init", company],
        [
          "train", "--config", config, "--target", "churn", "--learner", "gbm", "--trees", "30",
          "--output", model,
        ],
      ] {
        let run = try RetainProcess.run(arguments)
        try #require(run.exitCode == 0, "\(arguments): \(run.errors)")
      }
    }

    func explain(_ account: String, _ arguments: String...) throws -> RetainRun {
      try RetainProcess.run(
        ["explain", model, "--config", config, "--account", account] + arguments)
    }
  }

  private let company: Company

  init() throws { company = try Self.company.get() }

  /// The scores of a day, the riskiest first.
  private func scores() throws -> [(id: String, probability: Double, reasons: [String])] {
    let run = try RetainProcess.run(
      "score", company.model, "--config", company.config, "--as-of", "2025-06-01")
    #expect(run.exitCode == 0, "\(run.errors)")
    let table = CSVText(run.text)
    return table.rows.indices.map { row in
      (
        table["account_id"][row], Double(table["probability"][row])!,
        (1...3).map { table["reason_\($0)"][row] }.filter { !$0.isEmpty }
      )
    }.sorted { $0.probability > $1.probability }
  }

  @Test func `an account is told in full, with the probability and the reasons of its score`()
    throws
  {
    let scores = try scores()
    #expect(scores.allSatisfy { !$0.reasons.isEmpty })
    let riskiest = scores[0]
    let run = try company.explain(riskiest.id, "--as-of", "2025-06-01", "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    let json = run.json
    #expect(number(json["probability"]) == riskiest.probability)
    #expect(json["as_of"] as? String == "2025-06-01" && json["target"] as? String == "churn")
    let reasons = try #require(json["reasons"] as? [String])
    for (reason, text) in zip(riskiest.reasons, reasons) { #expect(reason.hasPrefix(text)) }
    let rise = riskiest.probability - (number(json["base_probability"]) ?? .nan)
    for key in ["families", "actionable"] {
      let sums = try #require(json[key] as? [[String: Any]])
      #expect(abs(sums.compactMap { number($0["points"]) }.reduce(0, +) - rise) < 1e-9)
    }
    let history = try #require(json["history"] as? [[String: Any]])
    #expect(history.contains { $0["name"] as? String == "active users" })
    #expect(history.allSatisfy { ($0["weeks"] as? [Any])?.count == 26 })
    let past = try #require(json["past_scores"] as? [[String: Any]])
    #expect(number(past.last?["probability"]) == riskiest.probability)
    let similar = try #require(json["similar"] as? [String: Any])
    let neighbours = try #require(similar["neighbours"] as? [[String: Any]])
    #expect(neighbours.count == 5)
    #expect(
      neighbours.allSatisfy {
        ($0["outcome"] as? String)?.hasPrefix(
          $0["has_outcome"] as? Bool == true ? "left" : "stayed")
          == true
      })

    let text = try company.explain(riskiest.id, "--as-of", "2025-06-01").text
    for part in [
      "Reasons", "From the base rate to this account", "can be changed", "The last 26 weeks",
      "Its own earlier scores", "Similar accounts of the past", "of the 50 nearest accounts",
    ] { #expect(text.contains(part), "\(part)") }
    for reason in reasons.prefix(3) { #expect(text.contains(reason)) }
  }

  @Test func `threads change no letter of it`() throws {
    let account = try scores()[1].id
    let one = try company.explain(account, "--as-of", "2025-06-01", "--threads", "1")
    let many = try company.explain(account, "--as-of", "2025-06-01", "--threads", "4")
    #expect(one.output == many.output && !one.output.isEmpty)
  }

  @Test func `an account that cannot be told of is an error that says why`() throws {
    let unknown = try company.explain("acct_9999999", "--as-of", "2025-06-01")
    #expect(unknown.exitCode == 65 && unknown.errors.contains("error[data.no_rows]"))
    #expect(unknown.errors.contains("hint: "))
    let scored = Set(try scores().map(\.id))
    let accounts = CSVText(
      try String(contentsOfFile: company.folder.path("acme/accounts.csv"), encoding: .utf8))
    let gone = try #require(accounts["account_id"].first { !scored.contains($0) })
    let absent = try company.explain(gone, "--as-of", "2025-06-01")
    #expect(absent.exitCode == 65 && absent.errors.contains("error[data.no_eligible_rows]"))
    #expect(absent.errors.contains("no subscription runs"))
    let early = try company.explain(gone, "--as-of", "2001-01-01")
    #expect(early.errors.contains("data.no_rows_before_as_of"))
  }

  @Test func `a model of one kind is not given the other kind of data`() throws {
    let table = try RetainProcess.run(
      "explain", company.model, "--table", ShippedData.heldOutTable, "--account", "acct_04001")
    #expect(table.exitCode != 0 && table.errors.contains("model.wrong_task"))
    #expect(table.errors.contains("--config"))
    #expect(try ShippedData.gbm.training.exitCode == 0)
    let histories = try RetainProcess.run(
      "explain", ShippedData.gbm.model, "--config", company.config, "--account", "acct_04001",
      "--as-of", "2025-06-01")
    #expect(histories.exitCode != 0 && histories.errors.contains("model.wrong_task"))
  }

  @Test(arguments: [
    (["--config", "c", "--account", "a"], "--as-of"),
    (["--table", "t", "--account", "a", "--as-of", "2025-01-01"], "--as-of goes with --config"),
    (["--config", "c", "--as-of", "2025-01-01"], "--as-of goes with --config and --account"),
  ]) func `options that do not fit are wrong arguments`(arguments: [String], words: String) throws {
    let run = try RetainProcess.run(["explain", "m"] + arguments)
    #expect(run.exitCode == 64 && run.errors.contains(words), "\(run.errors)")
  }

  @Test func `rows of a plain table are compared where it has outcomes`() throws {
    #expect(try ShippedData.gbm.training.exitCode == 0)
    let run = try RetainProcess.run(
      "explain", ShippedData.gbm.model, "--table", ShippedData.heldOutTable, "--account",
      "acct_04003")
    #expect(run.exitCode == 0)
    #expect(run.text.contains("(typical ") && run.text.contains("Similar accounts, and what"))
    let folder = try TemporaryFolder()
    let lines = try ShippedData.text(ShippedData.heldOutTable).split(separator: "\n")
    let label = try #require(lines[0].split(separator: ",").firstIndex(of: "churned"))
    let unlabelled = lines.map { line in
      var cells = line.split(separator: ",", omittingEmptySubsequences: false)
      cells.remove(at: label)
      return cells.joined(separator: ",")
    }.joined(separator: "\n")
    let path = try folder.write(unlabelled + "\n", to: "unlabelled.csv")
    let bare = try RetainProcess.run(
      "explain", ShippedData.gbm.model, "--table", path, "--account", "acct_04003")
    #expect(bare.exitCode == 0, "\(bare.errors)")
    #expect(bare.text.contains("(typical ") && !bare.text.contains("Similar accounts"))
  }
}
