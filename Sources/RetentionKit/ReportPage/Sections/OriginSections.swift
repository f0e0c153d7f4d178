import Diagnostics
import HTMLReport
import Reporting
import Scoring

extension ReportMaterial {
  /// What the model is for, what it was trained on, and how far to trust it.
  var cardPart: ReportPart {
    let card = ModelCard(of: model, id: file.id, byteCount: file.byteCount)
    let summary = model.summary
    var facts = [
      ReportBlock.Fact("Predicts", words.outcome),
      ReportBlock.Fact(
        "Learner",
        summary.learner
          + (model.learner.treeCount > 0
            ? ", \(Numbers.count(model.learner.treeCount, "tree"))" : "")),
      ReportBlock.Fact(
        "Trained on",
        "\(Numbers.count(summary.rowCount, "row")), \(Numbers.count(summary.positiveCount)) with the "
          + "outcome (\(Numbers.percent(summary.baseRate)))"),
      ReportBlock.Fact("Calibration", model.calibrator.text),
      ReportBlock.Fact(
        "Bands",
        "high from \(Numbers.percent(model.bands.high)), elevated from "
          + Numbers.percent(model.bands.elevated)),
    ]
    if let validation = summary.validation {
      for estimate in validation.metrics {
        facts.append(
          ReportBlock.Fact(
            "\(capitalised(estimate.metric.title)) at training",
            "\(estimate.metric.text(estimate.value)) (\(estimate.metric.text(estimate.low)) to "
              + "\(estimate.metric.text(estimate.high)))"))
      }
    }
    var blocks: [ReportBlock] = [.facts(facts), .heading("Limits"), .list(card.limits)]
    if !summary.warnings.isEmpty {
      blocks += [.heading("Warnings of the training"), .list(summary.warnings)]
    }
    var columns = ReportTable(
      caption: "Columns that the model reads", columns: [.words("column"), .words("kind")],
      isInteractive: true)
    for feature in model.schema.features {
      columns.add([
        .init(displayText(feature.name)),
        .init(definitions[feature.name]?.sentence ?? feature.kindText),
      ])
    }
    blocks.append(
      .folded(
        title: "\(Numbers.count(model.schema.features.count, "column")) that the model reads",
        [.table(columns)]))
    if !summary.excludedColumns.isEmpty {
      var left = ReportTable(
        caption: "Columns left out", columns: [.words("column"), .words("why")],
        isInteractive: true)
      for column in summary.excludedColumns {
        left.add([.init(displayText(column.name)), .init(column.reason)])
      }
      blocks.append(
        .folded(
          title: "\(Numbers.count(summary.excludedColumns.count, "column")) left out",
          [.table(left)]))
    }
    let rows = Numbers.count(summary.rowCount, "row")
    return .section(
      ReportSection(
        id: "model-card", title: "Model card",
        statement: "A model of \(words.outcome), trained on \(rows), for customers like those.",
        blocks: blocks))
  }

  /// How the page was made, so that it can be made again.
  var originPart: ReportPart {
    let summary = model.summary
    var facts = [
      ReportBlock.Fact("Made by", command),
      ReportBlock.Fact("Model", "\(file.id), \(Numbers.bytes(file.byteCount))"),
      ReportBlock.Fact("Release of the model", summary.release),
    ]
    facts += dataFacts
    var settings = ReportTable(
      caption: "Settings of the training", columns: [.words("setting"), .words("value")])
    for setting in summary.parameters {
      settings.add([.init(displayText(setting.name)), .init(displayText(setting.value))])
    }
    var blocks: [ReportBlock] = [.facts(facts)]
    if !warnings.isEmpty { blocks += [.heading("Noticed on the way"), .list(warnings)] }
    if !settings.rows.isEmpty {
      blocks.append(.folded(title: "Settings of the training", [.table(settings)]))
    }
    if let splits = report.splits {
      blocks.append(.folded(title: "What each fold learned from", [.table(Self.table(splits))]))
    }
    return .section(
      ReportSection(
        id: "origin", title: "How it was made",
        statement: "The same command on the same data makes the same page, on any machine.",
        blocks: blocks))
  }

  private static func table(_ splits: SplitPicture) -> ReportTable {
    var table = ReportTable(
      caption: "Folds (\(splits.rule))",
      columns: [
        .number("fold"), .number("rows learned from"), .number("with the outcome"),
        .number("left out"), .number("rows judged"), .number("with the outcome"),
      ])
    for (index, fold) in splits.folds.enumerated() {
      table.add([
        .init("\(index + 1)"), .init(Numbers.count(fold.learned.rowCount)),
        .init(Numbers.count(fold.learned.positiveCount)),
        .init(Numbers.count(fold.purgedRowCount + fold.judgedGroupRowCount)),
        .init(Numbers.count(fold.judged.rowCount)), .init(Numbers.count(fold.judged.positiveCount)),
      ])
    }
    return table
  }
}
