import Charts
import Diagnostics
import Explanation
import Features
import HTMLReport
import Learning
import LogisticRegression
import Reporting
import Scoring

extension ReportMaterial {
  /// A feature's name with what it is, where that is known.
  private func label(_ name: String) -> String {
    definitions[name].map { capitalised($0.sentence) } ?? displayText(name)
  }

  /// What the model relies on.
  var importancePart: ReportPart {
    let title = "What the model relies on"
    let importances = model.summary.importances
    let kinds = Importance.Kind.allCases.filter { kind in importances.contains { $0.kind == kind } }
    guard let first = kinds.first else {
      return .leftOut(title: title, reason: "The model file holds no importances.")
    }
    // Families are not features, whatever they are called.
    let areFeatures = first != .family && first != .actionability
    let leading = importances.filter { $0.kind == first && $0.value > 0 && $0.isNoise != true }
      .prefix(3)
    let statement =
      leading.isEmpty
      ? "No column stands out from noise."
      : "Most rests on "
        + Self.listed(
          leading.map { areFeatures ? label($0.feature).loweredFirst : displayText($0.feature) })
        + "."
    let isFall = first == .group || first == .permutation
    return .section(
      ReportSection(
        id: "importances", title: title, statement: statement,
        blocks: importanceBlocks(first)
          + kinds.dropFirst().map { .folded(title: $0.title, importanceBlocks($0)) },
        guide: (isFall
          ? "A bar says how much worse the model ranks held-out accounts when the column's values are "
            + "shuffled among them; the whisker is a 95 % interval, and one that reaches 0 may be noise. "
          : "")
          + (first == .group
            ? "Columns that go together are shuffled together, named after the one that carries most. "
            : first == .permutation ? "Columns that say the same hide each other. " : "")
          + (definitions.isEmpty
            ? "" : "Grey bars are what no team can change, such as age or plan. ")
          + "Importance is not cause."))
  }

  private func importanceBlocks(_ kind: Importance.Kind) -> [ReportBlock] {
    let all = model.summary.importances.filter { $0.kind == kind }
    let shown = all.prefix(15)
    let isFall = [.group, .family, .actionability, .permutation].contains(kind)
    let areFeatures = kind != .family && kind != .actionability
    func name(_ importance: Importance) -> String {
      let name = areFeatures ? label(importance.feature) : displayText(importance.feature)
      return name + (importance.members.count > 1 ? " + \(importance.members.count - 1)" : "")
    }
    let unit =
      switch kind {
      case .gain: "Share of the gain"
      case .splits: "Splits"
      case .shap: "Mean size, in log odds"
      case .coefficient: "Spread, in log odds"
      case .group, .family, .actionability, .permutation: "Fall in ROC AUC"
      }
    let chart = BarChart(
      id: "chart-importance-\(kind.rawValue)", title: kind.title,
      summary: "The largest: " + shown.prefix(3).map(name).joined(separator: ", ") + ".",
      x: Axis(unit, scale: kind == .gain ? .percent : .linear),
      rows: shown.map { importance in
        // Older models have standard errors alone.
        let reach = importance.standardError.map { 1.96 * $0 }
        return BarChart.Bar(
          name(importance), value: importance.value,
          low: importance.interval?.low ?? reach.map { importance.value - $0 },
          high: importance.interval?.high ?? reach.map { importance.value + $0 },
          note: importance.isNoise == true ? "may be noise" : "",
          tone: areFeatures && definitions[importance.feature]?.isActionable == false
            ? .grey : .blue)
      })
    let hasMembers = kind == .group
    let hasDefinitions = areFeatures && !definitions.isEmpty
    var columns: [ReportTable.Column] = [.words(areFeatures ? "column" : "family")]
    if hasDefinitions {
      columns += [.sentences("what it is"), .words("family"), .words("can be changed")]
    }
    if hasMembers { columns.append(.sentences("shuffled together")) }
    columns += [.number("importance"), .number(isFall ? "95 % interval" : "standard error")]
    var table = ReportTable(
      caption: kind.title, columns: columns, isInteractive: all.count > 15)
    for importance in all {
      var cells: [ReportTable.Cell] = [.init(displayText(importance.feature))]
      if hasDefinitions {
        let definition = definitions[importance.feature]
        cells.append(.init(definition?.sentence ?? ""))
        cells.append(.init(definition?.family.rawValue ?? ""))
        cells.append(.init(definition.map { $0.isActionable ? "yes" : "no" } ?? ""))
      }
      if hasMembers { cells.append(.init(importance.membersText())) }
      cells.append(.init(kind.text(importance.value), sortedBy: importance.value))
      let certainty: String
      if let interval = importance.interval {
        certainty = "\(Numbers.fixed(interval.low, 4)) to \(Numbers.fixed(interval.high, 4))"
      } else {
        certainty = importance.standardError.map { "± \(Numbers.fixed($0, 4))" } ?? "-"
      }
      cells.append(
        .init(certainty, sortedBy: importance.interval?.low ?? importance.standardError))
      table.add(cells)
    }
    return [
      .figures([chart.figure(note: kind.caution.map { capitalised($0) + "." } ?? "")]),
      .folded(
        title: "All \(Numbers.count(all.count)) in numbers", [.table(table)]),
    ]
  }

  /// The coefficients of a logistic regression as odds ratios.
  var oddsPart: ReportPart? {
    guard case .logistic(let logistic) = model.learner else { return nil }
    let title = "Odds ratios"
    guard let inference = logistic.inference else {
      return .leftOut(
        title: title, reason: capitalised(model.missingInferenceText ?? "there are no tests") + ".")
    }
    let schema = model.schema
    var table = ReportTable(
      caption: "Odds ratios of \(words.outcome)",
      columns: [
        .words("column"), .number("odds ratio"), .number("95 % interval"),
        .number("per standard deviation"), .number("p"),
      ], isInteractive: true)
    var strongest: [(name: String, effect: LogisticInference.Effect)] = []
    for term in inference.terms {
      for effect in term.effects where effect.isEstimable {
        let name = inference.name(of: effect.subject, ofFeature: term.feature, in: schema)
        let ratio = effect.oddsRatio
        strongest.append((name, effect))
        table.add([
          .init(name), .init(Self.ratio(ratio.value), sortedBy: ratio.value),
          .init("\(Self.ratio(ratio.low)) to \(Self.ratio(ratio.high))"),
          .init(
            effect.oddsRatioPerDeviation.map { Self.ratio($0.value) } ?? "",
            sortedBy: effect.oddsRatioPerDeviation?.value),
          .init(effect.p < 1e-4 ? "< 0.0001" : Numbers.fixed(effect.p, 4), sortedBy: effect.p),
        ])
      }
    }
    strongest.sort {
      (-$0.effect.z.magnitude, $0.name) < (-$1.effect.z.magnitude, $1.name)
    }
    let certain = strongest.filter { $0.effect.p < 0.05 }
    let statement =
      "\(Numbers.count(certain.count)) of \(Numbers.count(strongest.count, "coefficient")) differ from "
      + "nothing by more than chance makes (p below 0.05)"
      + (certain.first.map { "; the surest is \($0.name)" } ?? "") + "."
    let chart = BarChart(
      id: "chart-odds", title: "The surest terms, per standard deviation or against the reference",
      summary: statement, x: Axis("Change of the log odds"),
      rows: strongest.prefix(15).map { name, effect in
        let scale = effect.deviation ?? 1
        let reach = 1.96 * effect.error * scale
        return BarChart.Bar(
          name, value: effect.estimate * scale, low: effect.estimate * scale - reach,
          high: effect.estimate * scale + reach, tone: effect.estimate > 0 ? .orange : .blue)
      })
    return .section(
      ReportSection(
        id: "odds-ratios", title: title, statement: statement,
        blocks: [
          .figures([chart.figure()]),
          .folded(title: "All \(Numbers.count(table.rows.count, "coefficient"))", [.table(table)]),
        ],
        guide:
          "An odds ratio of 1.5 multiplies the odds of \(words.outcome) by one and a half for each "
          + "unit more, all else equal; below 1 it lowers them. Bars to the right raise the odds."))
  }

  private static func ratio(_ value: Double) -> String {
    guard value.isFinite else { return "∞" }
    return value != 0 && value < 1e-3 || value >= 1e5
      ? Numbers.scientific(value, 2) : Numbers.fixed(value, value < 0.1 ? 4 : 3)
  }

  /// Which families of features move probabilities, and how much of it can be changed.
  var familyPart: ReportPart? {
    let title = "What moves accounts"
    guard let accounts else { return nil }
    guard !definitions.isEmpty else {
      return .leftOut(
        title: title, reason: "The columns of a plain table belong to no families.")
    }
    let families = FeatureDefinition.Family.allCases
    let ofFeature = accounts.features.map { definitions[$0.name]?.family }
    let isChangeable = accounts.features.map { definitions[$0.name]?.isActionable ?? false }
    func sums(_ rows: [Int]) -> (byFamily: [Double], changeable: Double) {
      var sums = [Double](repeating: 0, count: families.count)
      var changeable = 0.0
      for row in rows {
        guard let points = accounts.drivers[row]?.points else { continue }
        for (feature, value) in points.enumerated() {
          guard let family = ofFeature[feature] else { continue }
          sums[families.firstIndex(of: family)!] += value.magnitude
          if isChangeable[feature] { changeable += value.magnitude }
        }
      }
      let count = Double(max(1, rows.count))
      return (sums.map { $0 / count }, changeable / count)
    }
    let all = sums(accounts.sample)
    let total = all.byFamily.reduce(0, +)
    guard total > 0 else { return .leftOut(title: title, reason: "Nothing moves them.") }
    let order = families.indices.filter { all.byFamily[$0] > 0 }
      .sorted { (-all.byFamily[$0], $0) < (-all.byFamily[$1], $1) }
    let leading = families[order[0]]
    let statement =
      "\(capitalised(leading.rawValue)) moves probabilities the most, with "
      + "\(Numbers.percent(all.byFamily[order[0]] / total, 0)) of all that drivers add or take; "
      + "\(Numbers.percent(all.changeable / total, 0)) comes from what a team can change."
    let bars = BarChart(
      id: "chart-families", title: "How far each family moves a probability", summary: statement,
      x: Axis("Mean movement, in points of probability", scale: .percent),
      rows: order.map { family in
        BarChart.Bar(
          families[family].rawValue, value: all.byFamily[family],
          note: Numbers.percent(all.byFamily[family] / total, 0) + " of all")
      })
    var pictures = [bars.figure()]
    let bands = ScoreBand.allCases.map { band in
      (band, accounts.sample.filter { accounts.rows[$0].band == band })
    }.filter { !$0.1.isEmpty }
    // As many as have a colour of their own.
    let named = order.prefix(4)
    let hasRest = order.count > named.count
    let stacked = StackedBar(
      id: "chart-family-bands", title: "Which family counts most, by band",
      summary: "For each band the share of accounts whose strongest driver is of each family.",
      x: Axis("Share of accounts", scale: .percent),
      parts: named.map { families[$0].rawValue } + (hasRest ? ["others"] : []),
      rows: bands.map { band, rows in
        var counts = [Double](repeating: 0, count: families.count)
        for row in rows {
          guard
            let strongest = accounts.drivers[row]?.strongest(1).first,
            let family = ofFeature[strongest]
          else { continue }
          counts[families.firstIndex(of: family)!] += 1
        }
        let sum = max(1, counts.reduce(0, +))
        let shares = named.map { counts[$0] / sum }
        let rest = order.dropFirst(named.count).reduce(0) { $0 + counts[$1] / sum }
        return StackedBar.Row(
          "\(band.rawValue) (\(Numbers.count(rows.count)))",
          values: shares + (hasRest ? [rest] : []))
      })
    pictures.append(stacked.figure())
    var table = ReportTable(
      caption: "Families of features",
      columns: [.words("family"), .number("mean movement"), .number("share"), .number("features")])
    for family in order {
      table.add([
        .init(families[family].rawValue),
        .init(Numbers.fixed(all.byFamily[family] * 100, 2) + " pts"),
        .init(Numbers.percent(all.byFamily[family] / total)),
        .init(Numbers.count(ofFeature.count { $0 == families[family] })),
      ])
    }
    return .section(
      ReportSection(
        id: "families", title: title, statement: statement,
        blocks: [.figures(pictures), .folded(title: "In numbers", [.table(table)])],
        guide:
          "Each account's probability is taken apart into what each feature adds or takes. Here "
          + "these movements are summed up by family"
          + (accounts.sample.count < accounts.rows.count
            ? ", over \(Numbers.count(accounts.sample.count)) of the accounts" : "") + "."))
  }

  /// `a`, `a and b`, `a, b and c`.
  static func listed(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension String {
  /// With a small first letter, where the second is small too: `MRR` stays.
  fileprivate var loweredFirst: String {
    guard count > 1, let second = dropFirst().first, second.isLowercase else { return self }
    return prefix(1).lowercased() + dropFirst()
  }
}
