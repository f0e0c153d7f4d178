import Charts
import Diagnostics
import Explanation
import HTMLReport
import Learning
import Reporting

extension ReportMaterial {
  /// What the model makes of the values of the features that it relies on most.
  var curvePart: ReportPart {
    let title = "How values move the probability"
    let drawn = curves.enumerated().compactMap { number, curve in
      figure(of: curve, number: number)
    }
    guard let first = curves.first, !drawn.isEmpty else {
      return .leftOut(
        title: title, reason: "The model relies on no column, or there are too few rows.")
    }
    let name = first.words ?? displayText(first.feature.name)
    return .section(
      ReportSection(
        id: "curves", title: title,
        statement: "\(capitalised(name)): \(first.sentence).", blocks: [.figures(drawn)],
        guide: "Each picture gives all accounts one value after the other and shows the mean "
          + "probability; all else stays as it is. "
          + (first.band == .parts
            ? "The band reaches from the lowest to the highest of the models of "
              + "\(Numbers.count(first.partCount, "fold"))"
            : "The band holds 95 % of what rows drawn anew give")
          + ", and the strip below shows where the accounts are. A curve says what the model does, "
          + "not what would happen if the value were changed."))
  }

  private func figure(of curve: FeatureCurve, number: Int) -> String? {
    let points = curve.usual.filter { $0.probability.isFinite }
    guard points.count > 1 else { return nil }
    let name = curve.words.map { capitalised($0) } ?? displayText(curve.feature.name)
    let id = "chart-curve-\(number)"
    var note = capitalised(curve.sentence) + "."
    if let missing = curve.missing, missing.probability.isFinite, missing.rowShare > 0 {
      note +=
        " Where it is missing (\(Numbers.percent(missing.rowShare)) of rows): "
        + "\(Numbers.percent(missing.probability))."
    }
    let values = points.map { point -> Double? in
      if case .number(let value) = point.place, curve.feature.kind != .boolean {
        value
      } else {
        nil
      }
    }
    guard !values.contains(nil) else {
      return BarChart(
        id: id, title: name, summary: note, x: Axis("Probability", scale: .percent),
        rows: points.map { point in
          BarChart.Bar(
            levelText(point, of: curve.feature), value: point.probability, low: point.low,
            high: point.high, note: Numbers.percent(point.rowShare, 0) + " of rows")
        }, width: .half
      ).figure(note: note)
    }
    let places = values.compactMap(\.self)
    return LineChart(
      id: id, title: name, summary: note,
      x: Axis(displayText(curve.feature.name), unit: curve.unit ?? ""),
      y: Axis("Probability", scale: .percent),
      series: [
        Series(
          "",
          points: zip(places, points).map {
            Point(x: $0, y: $1.probability, low: $1.low, high: $1.high)
          })
      ],
      density: zip(places, places.dropFirst()).enumerated().map { index, ends in
        Bin(from: ends.0, to: ends.1, value: points[index + 1].rowShare)
      }
    ).figure(note: note)
  }

  private func levelText(_ point: FeatureCurve.Point, of feature: Feature) -> String {
    switch point.place {
    case .number(let value): feature.valueText(value)
    case .level(_, let name): displayText(name)
    case .missing: "missing"
    }
  }
}
