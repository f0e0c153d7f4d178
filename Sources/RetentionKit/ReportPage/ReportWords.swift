import Configuration
import Diagnostics
import Scoring

/// The words of a report, which turn with what is predicted: of churn one speaks of risk, of
/// expansion of readiness.
struct ReportWords: Sendable {
  /// What is predicted: `churn`, or `cancelled = yes` of a plain table.
  let outcome: String
  /// The accounts that it came for.
  let hits: String
  /// The accounts that it did not come for.
  let misses: String
  /// What a high probability is.
  let level: String
  /// How accounts of a high probability are called, before a noun.
  let most: String
  /// How accounts of a low probability are called, before a noun.
  let least: String
  /// What probability times revenue is.
  let expected: String
  /// What the revenue of accounts with the outcome is.
  let movedRevenue: String
  /// Whether the outcome is one that everybody hopes for.
  let isWelcome: Bool
  /// What to do with accounts of a high probability.
  let contact: String

  init(_ model: RetentionModel) {
    switch model.recipe?.target {
    case .churn:
      outcome = "churn"
      (hits, misses) = ("accounts that churned", "accounts that stayed")
      (level, most, least) = ("risk", "riskiest", "safest")
      (expected, movedRevenue) = ("expected loss", "revenue that churned")
      isWelcome = false
      contact = "Contact the accounts at the top of the list before they leave"
    case .contraction:
      outcome = "contraction"
      (hits, misses) = ("accounts that contracted", "accounts that did not contract")
      (level, most, least) = ("risk", "riskiest", "safest")
      (expected, movedRevenue) = ("revenue at risk", "revenue of accounts that contracted")
      isWelcome = false
      contact = "Talk to the accounts at the top of the list about what they use and pay for"
    case .expansion:
      outcome = "expansion"
      (hits, misses) = ("accounts that expanded", "accounts that did not expand")
      (level, most, least) = ("readiness", "most ready", "least ready")
      (expected, movedRevenue) = ("revenue ready to grow", "revenue of accounts that expanded")
      isWelcome = true
      contact = "Offer the next tier to the accounts at the top of the list first"
    case nil:
      let target = model.schema.target
      outcome = "\(displayText(target.column)) = \(displayText(target.positive))"
      (hits, misses) = ("accounts with \(outcome)", "accounts without it")
      (level, most, least) = ("probability", "highest-scored", "lowest-scored")
      (expected, movedRevenue) = ("expected amount", "money of \(hits)")
      isWelcome = false
      contact = "Begin with the accounts at the top of the list"
    }
  }

  /// The title of the page.
  var title: String { outcome.prefix(1).uppercased() + outcome.dropFirst() + " report" }
}
