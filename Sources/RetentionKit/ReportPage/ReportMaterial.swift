import Configuration
import Evaluation
import Explanation
import Features
import HTMLReport
import ModelFormat
import Scoring

/// All that the sections of a report are written from.
struct ReportMaterial: Sendable {
  /// How the judged rows were held out.
  enum Judging: Sendable, Equatable {
    /// The model itself, on rows of a table that it has not learned from.
    case heldOutTable
    /// The model itself, on rows that it has learned from.
    case trainingRows
    /// The model's recipe, fitted anew in folds.
    case folds(Int)
  }

  /// The model.
  let file: ModelFile
  let words: ReportWords
  let judging: Judging
  /// What was judged, and what it comes to.
  let report: EvaluationReport
  /// How outcomes came about; `nil` for a plain table.
  let outcomeNotes: String?
  let backtest: Backtest?
  /// What the model makes of the values of the features that it relies on most.
  let curves: [FeatureCurve]
  /// `nil` where there are none.
  let accounts: ReportAccounts?
  /// Whether single accounts are not to be shown.
  let hidesAccounts: Bool
  /// What features of histories are, by name; empty for a plain table.
  let definitions: [String: FeatureDefinition]
  /// How the report was asked for, files by their names alone.
  let command: String
  /// What the data are, in pairs: the days they cover, for instance.
  let dataFacts: [ReportBlock.Fact]
  /// What the one who reads should know.
  let warnings: [String]

  var model: RetentionModel { file.model }
  var summary: EvaluationSummary { report.summary }
}

/// A section, or why there is none.
enum ReportPart {
  case section(ReportSection)
  case leftOut(title: String, reason: String)
}

extension ReportMaterial {
  /// The page.
  var page: ReportPage {
    var page = leadPage
    for part in parts {
      switch part {
      case .section(let section): page.sections.append(section)
      case .leftOut(let title, let reason):
        page.omissions.append(ReportPage.Omission(title: title, reason: reason))
      }
    }
    return page
  }

  private var parts: [ReportPart] {
    [
      distributionPart, rankingPart, calibrationPart, gainsPart, profitPart, leadTimePart,
      importancePart, oddsPart, curvePart, familyPart, segmentPart, examplePart, accountPart,
      cardPart,
      originPart,
    ].compactMap(\.self)
  }
}
